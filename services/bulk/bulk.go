// Package bulk reads tables that people upload, CSV and XLSX, into rows of text.
// It trusts nothing about a file: what it keeps and what it unpacks is bounded,
// and whatever it cannot read for certain it refuses, with the line.
package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/gabriel-vasile/mimetype"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// A Table is an uploaded table: the names of its columns, and its rows.
type Table struct {
	Header []string
	Rows   []Row
}

// A Row has as many cells as the table's header. Cells have no space at their
// ends; numbers are plain decimals and dates 2006-01-02.
type Row struct {
	Line  int // in the file as a person sees it; the first is 1
	Cells []string
}

// Limits bound a table. A zero field stands for its default.
type Limits struct {
	Bytes    int64 // of the file, default 10 MiB
	Unpacked int64 // bytes of all that an XLSX file holds, default 64 MiB
	Rows     int   // below the header, default 10,000
	Columns  int   // default 32
	Cell     int   // bytes of one cell, default 2,000
}

func (l Limits) orDefault() Limits {
	return Limits{
		Bytes:    cmp.Or(l.Bytes, 10<<20),
		Unpacked: cmp.Or(l.Unpacked, 64<<20),
		Rows:     cmp.Or(l.Rows, 10_000),
		Columns:  cmp.Or(l.Columns, 32),
		Cell:     cmp.Or(l.Cell, 2_000),
	}
}

// sniffed is how much of a file tells its type, in bytes.
const sniffed = 3072

// Read reads a table of size bytes: CSV with commas, semicolons or tabs, in
// UTF-8 or GB18030, or the first sheet of an XLSX file. The first row that is
// not blank is the header; blank rows are passed over. Of formulas it takes the
// value that the file shows.
//
// All its refusals are Invalid. Of the file: "file-empty"; "file-too-large" (the
// most bytes); "file-truncated"; "file-old-excel", also for one with a password;
// "file-type" (the type found); "file-encoding" (line); "file-broken";
// "file-unpacks-too-large" (the most bytes). Of the table: "table-header" (line,
// column from 1); "table-header-repeats" (line, the name);
// "table-too-many-rows" (the most); "table-too-many-columns" (line, the most).
// Of a row: "row-cells" (line, cells, cells of the header); "row-quotes" (line).
// Of a cell: "cell-too-long" (line, column's name, the most bytes);
// "cell-number-shortened" (line, column's name, what stands there) where a
// spreadsheet has dropped digits; "cell-formula-error" (line, column's name, what
// stands there). In a header the column's name is its number.
//
// When ctx ends Read returns its error.
func Read(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (Table, error) {
	limits = limits.orDefault()
	if size <= 0 {
		return Table{}, refusal.New(refusal.Invalid, "file-empty")
	}
	if size > limits.Bytes {
		return Table{}, refusal.New(refusal.Invalid, "file-too-large", strconv.FormatInt(limits.Bytes, 10))
	}
	data := make([]byte, size)
	if n, err := r.ReadAt(data, 0); n < len(data) {
		if errors.Is(err, io.EOF) {
			return Table{}, refusal.New(refusal.Invalid, "file-truncated")
		}
		return Table{}, fmt.Errorf("read a table: %w", err)
	}
	b := builder{limits: limits}
	read, err := reader(data)
	if err == nil {
		err = read(ctx, data, &b)
	}
	if err != nil {
		return Table{}, fmt.Errorf("read a table: %w", err)
	}
	if b.table.Header == nil {
		return Table{}, refusal.New(refusal.Invalid, "table-header", "1", "1")
	}
	return b.table, nil
}

// reader returns the function that reads data's type into a builder.
func reader(data []byte) (func(context.Context, []byte, *builder) error, error) {
	found := mimetype.Detect(data[:min(len(data), sniffed)])
	for m := found; m != nil; m = m.Parent() {
		switch {
		case m.Is("application/zip"): // of an XLSX file, or one whose first parts do not tell
			return readXLSX, nil
		case m.Is("application/x-ole-storage"):
			return nil, refusal.New(refusal.Invalid, "file-old-excel")
		}
	}
	if found.Is("text/plain") || found.Is("text/csv") || found.Is("text/tab-separated-values") {
		return readCSV, nil
	}
	return nil, refusal.New(refusal.Invalid, "file-type", found.String())
}
