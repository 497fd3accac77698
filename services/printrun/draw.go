package printrun

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/label"
	"github.com/fanwei/fanwei/services/unitcode"
)

// Layouts returns the layouts of a format, the usual one first: sheets of
// paper, or the dots an inch of a label printer. CSV has the empty one only,
// and what is no format has none.
func Layouts(f Format) []string {
	switch f {
	case PDF:
		var names []string
		for _, sheet := range label.Sheets() {
			names = append(names, sheet.Name)
		}
		return names
	case ZPL:
		return []string{"203", "300", "600"}
	case CSV:
		return []string{""}
	}
	return nil
}

// layout returns the layout asked for.
func (r Request) layout() (string, error) {
	layouts := Layouts(r.Format)
	if len(layouts) == 0 {
		return "", refusal.New(refusal.Invalid, "print-format", string(r.Format))
	}
	if r.Layout == "" {
		return layouts[0], nil
	}
	if !slices.Contains(layouts, r.Layout) {
		return "", refusal.New(refusal.Invalid, "print-layout", r.Layout)
	}
	return r.Layout, nil
}

// partSize returns how many units a part has: a second to half a minute of
// work, and a PDF's volume ends with a full sheet.
func (s *Service) partSize(f Format, layout string) uint64 {
	size := map[Format]int{PDF: 2_000, CSV: 100_000, ZPL: 20_000}[f]
	if n := s.Part[f]; n > 0 {
		size = n
	}
	if f == PDF {
		if n := sheet(layout).Labels(); size > n {
			size -= size % n
		}
	}
	return uint64(size)
}

func sheet(layout string) label.Sheet {
	for _, sheet := range label.Sheets() {
		if sheet.Name == layout {
			return sheet
		}
	}
	return label.Sheets()[0]
}

// write draws labels in the run's format. The first part of a CSV has the
// names of the columns. A panic of a library that draws is an error.
func (s *Service) write(w io.Writer, run Run, first bool, seq iter.Seq2[label.Label, error]) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("draw labels: panic: %v", p)
		}
	}()
	words := s.Words(run.Language)
	switch run.Format {
	case PDF:
		return label.PDF(w, seq, sheet(run.Layout), words)
	case ZPL:
		return label.ZPL(w, seq, label.Rolls()[run.Layout], words)
	default:
		return label.CSV(w, seq, first)
	}
}

// labels yields the labels of the units from, …, to − 1.
func (s *Service) labels(ctx context.Context, run Run, batch Batch, keys unitcode.Keys, from, to uint64) iter.Seq2[label.Label, error] {
	return func(yield func(label.Label, error) bool) {
		for unit, err := range unitcode.Units(ctx, keys, run.GTIN, run.Lot, batch.Size, from, to) {
			if err != nil {
				yield(label.Label{}, err)
				return
			}
			l := label.Label{
				Brand: batch.Brand, Name: batch.Name, Model: batch.Model, Lot: run.Lot,
				Maker: batch.Maker, ProducedOn: batch.ProducedOn,
				Serial: unit.Serial, Short: unitcode.Short(batch.Number, unit.Serial),
				Link: gs1.Link(s.Host, gs1.Code{GTIN: run.GTIN, Lot: run.Lot, Serial: unit.Serial}),
			}
			if unit.ClaimSecret != "" {
				l.Covert, l.Secret = gs1.CovertLink(s.Host, unit.Serial, unit.ClaimSecret), unit.ClaimSecret
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// probe draws one label for nobody, so that what cannot be drawn is refused
// when it is asked for.
func (s *Service) probe(ctx context.Context, run Run, batch Batch, keys unitcode.Keys) error {
	return explain(s.write(io.Discard, run, true, s.labels(ctx, run, batch, keys, run.From, run.From+1)))
}

// explain turns an error of drawing that a person can act on into a refusal.
func explain(err error) error {
	if errors.Is(err, label.ErrDense) {
		return errors.Join(refusal.New(refusal.Invalid, "print-code-too-long"), err)
	}
	return err
}
