package verify

import (
	"context"
	"strings"
	"sync"

	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/unitcode"
)

// lotKey names a batch as people may write it: the case of a lot is folded.
type lotKey struct{ gtin, lot string }

// A file is what is known of a batch, kept in memory while the ledger's
// projection stands still.
type file struct {
	product.Dossier

	at     uint64 // the projection's position when it was read
	maker  string // the organisation's name
	names  map[string]string
	number string    // the batch number, as printed
	coders sync.Pool // of *unitcode.Coder: one is not safe for two at once
}

// file returns a batch's facts, from memory while they are true.
func (s *Service) file(ctx context.Context, gtin, lot string) (*file, error) {
	key := lotKey{gtin, strings.ToUpper(lot)}
	at := s.products.Position()
	if f, ok := s.batches.Get(key); ok && f.at == at {
		return f, nil
	}
	d, err := s.products.Dossier(ctx, gtin, lot)
	if err != nil {
		return nil, err
	}
	f := &file{Dossier: d, at: at, names: map[string]string{}}
	if f.number, err = unitcode.BatchNumber(d.Batch.Number); err != nil {
		return nil, err
	}
	if f.maker, err = s.makers(ctx, d.Batch.Maker); err != nil {
		return nil, err
	}
	for _, r := range d.Recalls {
		if f.names[r.By], err = s.makers(ctx, r.By); err != nil {
			return nil, err
		}
	}
	coder, err := s.products.Coder(ctx, d.Batch)
	if err != nil {
		return nil, err
	}
	f.coders.New = func() any { return coder.Clone() }
	s.batches.Add(key, f)
	return f, nil
}

// index returns the unit index of a serial, and whether it is one of the
// batch's codes.
func (f *file) index(serial string) (uint64, bool) {
	coder := f.coders.Get().(*unitcode.Coder)
	defer f.coders.Put(coder)
	return coder.Index(serial)
}

// near returns the codes of the batch that are one typing slip away from what
// was asked.
func (f *file) near(asked string) []Code {
	var near []Code
	for serial := range unitcode.Slips(asked) {
		if _, ok := f.index(serial); ok {
			near = append(near, Code{GTIN: f.Batch.GTIN, Lot: f.Batch.Lot, Serial: serial})
		}
	}
	return near
}

// lotReasons says what is right about a code whose serial is not.
func (f *file) lotReasons() []Reason {
	return []Reason{
		{Code: "gtin-known", Good: true, Args: []string{f.Batch.GTIN, f.maker}},
		{Code: "lot-known", Good: true, Args: []string{f.Batch.Lot}},
		{Code: "serial-unknown"},
	}
}

// recall returns the newest running recall that the unit falls under, or nil.
func (f *file) recall(index int64) *Recall {
	for _, r := range f.Recalls {
		if index >= r.From && index <= r.To {
			return &Recall{Number: r.Number, Reason: r.Reason, Advice: r.Advice, By: f.names[r.By], Ordered: r.Ordered, Since: r.BegunAt}
		}
	}
	return nil
}

func (f *file) unit(index uint64, serial string) *Unit {
	return &Unit{
		Code: Code{GTIN: f.Batch.GTIN, Lot: f.Batch.Lot, Serial: serial}, Index: index, Short: unitcode.Short(f.number, serial),
		Model: f.Model.Model, Name: f.Model.Name, Brand: f.Model.Brand, Class: f.Model.Class,
		Specification: f.Model.Specification, Photo: f.Model.Photo, Maker: f.maker,
		Plant: f.Batch.Plant, ProducedOn: f.Batch.ProducedOn, RegisteredAt: f.Batch.RegisteredAt,
		Certificate: f.Certificate.Number, ValidTo: f.Certificate.ValidTo,
	}
}

// oneSlip reports whether two texts differ by one typing slip: a wrong, missing
// or extra character, or a swap of neighbours, case folded.
func oneSlip(a, b string) bool {
	a, b = strings.ToUpper(a), strings.ToUpper(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		if a == b {
			return true
		}
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return a[i+1:] == b[i+1:] || swapped
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
