package label

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Columns returns the names of the columns of CSV.
func Columns() []string {
	return []string{
		"serial", "short", "link", "covert_link", "claim_secret",
		"brand", "name", "model", "lot", "maker", "produced_on",
	}
}

// CSV writes labels as RFC 4180 in UTF-8 without a byte order mark, with a
// first line of names if header is set. A value that a spreadsheet would take
// for a formula begins with an apostrophe. It streams, and stops at the first
// error of seq, which it returns.
func CSV(w io.Writer, seq iter.Seq2[Label, error], header bool) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if header {
		if err := out.Write(Columns()); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	row := make([]string, len(Columns()))
	for l, err := range seq {
		if err != nil {
			return err
		}
		row = append(row[:0], l.Serial, l.Short, l.Link, l.Covert, l.Secret,
			l.Brand, l.Name, l.Model, l.Lot, l.Maker, l.ProducedOn)
		for i, v := range row {
			row[i] = harmless(v)
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// harmless keeps spreadsheets from running a value. Full-width signs count,
// as East Asian editions take them for the narrow ones.
func harmless(v string) string {
	for _, sign := range [...]string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(v, sign) {
			return "'" + v
		}
	}
	return v
}
