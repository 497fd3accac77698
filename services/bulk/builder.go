package bulk

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// A builder takes the rows of a file, whatever its type, checks them against
// the limits, and makes the table.
type builder struct {
	limits Limits
	table  Table
	padded bool // rows come without their blank cells at the end, as in XLSX
}

// add takes one row. It may be blank. The cells stay the caller's.
func (b *builder) add(line int, cells []string) error {
	used := len(cells)
	for used > 0 && strings.TrimSpace(cells[used-1]) == "" {
		used--
	}
	switch {
	case used == 0:
		return nil
	case used > b.limits.Columns:
		return refusal.New(refusal.Invalid, "table-too-many-columns", strconv.Itoa(line), strconv.Itoa(b.limits.Columns))
	case b.table.Header != nil && len(b.table.Rows) == b.limits.Rows:
		return refusal.New(refusal.Invalid, "table-too-many-rows", strconv.Itoa(b.limits.Rows))
	}
	trimmed := make([]string, used)
	for i, cell := range cells[:used] {
		if len(cell) > b.limits.Cell {
			return refusal.New(refusal.Invalid, "cell-too-long", strconv.Itoa(line), b.column(i), strconv.Itoa(b.limits.Cell))
		}
		trimmed[i] = strings.TrimSpace(cell)
	}
	if b.table.Header == nil {
		return b.header(line, trimmed)
	}
	return b.row(line, trimmed, len(cells))
}

func (b *builder) header(line int, names []string) error {
	for i, name := range names {
		// A name of digits alone is a GTIN or a number: the header is missing.
		if strings.Trim(name, "0123456789.") == "" {
			return refusal.New(refusal.Invalid, "table-header", strconv.Itoa(line), strconv.Itoa(i+1))
		}
		same := func(other string) bool { return strings.EqualFold(other, name) }
		if slices.ContainsFunc(names[:i], same) {
			return refusal.New(refusal.Invalid, "table-header-repeats", strconv.Itoa(line), name)
		}
	}
	b.table.Header = names
	return nil
}

// row takes a row without its blank cells at the end; had is how many cells it
// had with them.
func (b *builder) row(line int, cells []string, had int) error {
	want := len(b.table.Header)
	if len(cells) > want {
		return refusal.New(refusal.Invalid, "row-cells", strconv.Itoa(line), strconv.Itoa(len(cells)), strconv.Itoa(want))
	}
	if had < want && !b.padded {
		return refusal.New(refusal.Invalid, "row-cells", strconv.Itoa(line), strconv.Itoa(had), strconv.Itoa(want))
	}
	for i, cell := range cells {
		if reason := spoilt(cell); reason != "" {
			return refusal.New(refusal.Invalid, reason, strconv.Itoa(line), b.column(i), cell)
		}
	}
	cells = append(cells, make([]string, want-len(cells))...)
	b.table.Rows = append(b.table.Rows, Row{Line: line, Cells: cells})
	return nil
}

// column returns a column's name, for a refusal.
func (b *builder) column(i int) string {
	if i < len(b.table.Header) {
		return b.table.Header[i]
	}
	return strconv.Itoa(i + 1)
}

// shortened is how a spreadsheet writes a number whose digits it drops.
var shortened = regexp.MustCompile(`^[+-]?[0-9]([.][0-9]+)?[Ee][+][0-9]{2,3}$`)

// spoilt returns the reason to refuse what a spreadsheet left in place of the
// value that someone typed.
func spoilt(cell string) string {
	if shortened.MatchString(cell) {
		return "cell-number-shortened"
	}
	switch cell {
	case "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!":
		return "cell-formula-error"
	}
	return ""
}
