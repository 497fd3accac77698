package bulk

import (
	"bytes"
	"context"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// maxLine is the last row that a sheet can have (Excel specifications).
const maxLine = 1 << 20

// readXLSX reads the first visible sheet of a workbook into a builder.
func readXLSX(ctx context.Context, data []byte, b *builder) (err error) {
	if err := unpack(ctx, data, b.limits); err != nil {
		return err
	}
	f, err := openWorkbook(data, b.limits)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // removes nothing: no part is large enough for a file
	b.padded = true
	return readSheet(ctx, f, b)
}

// openWorkbook opens a workbook whose numbers will show as the table wants them.
// excelize follows whatever the parts say, and may panic where they lie.
func openWorkbook(data []byte, limits Limits) (f *excelize.File, err error) {
	defer broken(&err)
	// Parts stay in memory: unpack has counted them.
	f, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: limits.Unpacked, UnzipXMLSizeLimit: limits.Unpacked})
	if err != nil {
		return nil, refusal.New(refusal.Invalid, "file-broken")
	}
	if err := plainFormats(f); err != nil {
		return nil, refusal.New(refusal.Invalid, "file-broken")
	}
	return f, nil
}

// broken turns a panic of excelize into a refusal.
func broken(err *error) {
	if recover() != nil {
		*err = refusal.New(refusal.Invalid, "file-broken")
	}
}

// maxHidden is how many hidden sheets are passed over: excelize searches all
// sheets for each.
const maxHidden = 100

// firstSheet returns the name of the first sheet that a person sees.
func firstSheet(f *excelize.File) string {
	names := f.GetSheetList()
	for _, name := range names[:min(len(names), maxHidden)] {
		if visible, err := f.GetSheetVisible(name); err == nil && visible {
			return name
		}
	}
	return ""
}

// readSheet reads row after row, and never asks excelize for a single cell: for
// that it would build the whole sheet, in memory that the file alone decides.
func readSheet(ctx context.Context, f *excelize.File, b *builder) (err error) {
	defer broken(&err)
	rows, err := f.Rows(firstSheet(f))
	if err != nil {
		return refusal.New(refusal.Invalid, "file-broken")
	}
	defer func() { _ = rows.Close() }() // only read
	for line := 1; rows.Next(); line++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if line > maxLine {
			return refusal.New(refusal.Invalid, "table-too-many-rows", strconv.Itoa(b.limits.Rows))
		}
		cells, err := rows.Columns()
		if err != nil {
			return refusal.New(refusal.Invalid, "file-broken")
		}
		if err := b.add(line, cells); err != nil {
			return err
		}
	}
	return nil
}
