package bulk_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/bulk"
)

// workbook returns an XLSX file with rows from A1 on.
func workbook(t testing.TB, rows [][]any) []byte {
	t.Helper()
	return edited(t, rows, func(*excelize.File) {})
}

// edited returns an XLSX file that edit has changed.
func edited(t testing.TB, rows [][]any, edit func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, cells := range rows {
		must(t, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells))
	}
	edit(f)
	var b bytes.Buffer
	must(t, f.Write(&b))
	must(t, f.Close())
	return b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// styled gives a cell a number format.
func styled(t testing.TB, f *excelize.File, cell string, style excelize.Style) {
	t.Helper()
	id, err := f.NewStyle(&style)
	must(t, err)
	must(t, f.SetCellStyle("Sheet1", cell, cell, id))
}

func custom(code string) excelize.Style { return excelize.Style{CustomNumFmt: &code} }

func TestReadXLSX(t *testing.T) {
	data := edited(t, [][]any{{" 批次 ", "GTIN", "备注", nil}, {}, {"A1", "06901234567892", "电池 "}, {"A2"}, {nil, nil, " "}},
		func(f *excelize.File) {
			styled(t, f, "Z3", excelize.Style{NumFmt: 14}) // a blank cell far away
			must(t, f.SetRowHeight("Sheet1", 2_000, 20))   // as is a row
		})
	check(t, "plain", data, bulk.Limits{}, table("批次,GTIN,备注",
		row(3, "A1", "06901234567892", "电池"), row(4, "A2", "", "")), "")
}

func TestReadXLSXValues(t *testing.T) {
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		value any
		style excelize.Style
		want  string
	}{
		{6901234567892, excelize.Style{}, "6901234567892"},
		{6901234567892, excelize.Style{NumFmt: 11}, "6901234567892"}, // 0.00E+00
		{6901234567892, custom("00000000000000"), "06901234567892"},
		{6901234567892, custom("General"), "6901234567892"},
		{123456789012345, excelize.Style{}, "123456789012345"},
		{1000, excelize.Style{NumFmt: 3}, "1000"}, // #,##0
		{1234.5, excelize.Style{NumFmt: 4}, "1234.5"},
		{0.12, excelize.Style{NumFmt: 9}, "0.12"}, // 0%
		{0.1 + 0.2, excelize.Style{}, "0.3"},
		{0.00001, excelize.Style{}, "0.00001"},
		{-5, custom(`[Red]-0.0"day"`), "-5"},
		{true, excelize.Style{}, "TRUE"},
		{day, excelize.Style{}, "2026-11-21"},
		{day, excelize.Style{NumFmt: 14}, "2026-11-21"},
		{day, excelize.Style{NumFmt: 31}, "2026-11-21"}, // 年月日
		{day, custom(`yyyy"年"m"月"d"日"`), "2026-11-21"},
		{day, custom(`[$-804]dddd, mmmm dd`), "2026-11-21"},
		{day.Add(13 * time.Hour), excelize.Style{NumFmt: 22}, "2026-11-21"},
		{"2026-11-21", excelize.Style{NumFmt: 14}, "2026-11-21"},
		{"电池", custom("00000"), "电池"},
		{"1E5", excelize.Style{}, "1E5"},
	} {
		data := edited(t, [][]any{{"a"}, {test.value}}, func(f *excelize.File) {
			if test.style.NumFmt != 0 || test.style.CustomNumFmt != nil {
				styled(t, f, "A2", test.style)
			}
		})
		check(t, fmt.Sprint(test.value, test.style.NumFmt), data, bulk.Limits{}, table("a", row(2, test.want)), "")
	}
}

func TestReadXLSXSheets(t *testing.T) {
	data := edited(t, [][]any{{"hidden"}}, func(f *excelize.File) {
		for _, name := range []string{"批次", "说明"} {
			_, err := f.NewSheet(name)
			must(t, err)
			must(t, f.SetCellStr(name, "A1", name))
		}
		f.SetActiveSheet(1)
		must(t, f.SetSheetVisible("Sheet1", false))
	})
	check(t, "first visible sheet", data, bulk.Limits{}, table("批次"), "")

	data = edited(t, [][]any{{"a", "b"}, {44885}}, func(f *excelize.File) {
		must(t, f.SetCellFormula("Sheet1", "B2", "A2*2"))
		must(t, f.SetCellDefault("Sheet1", "B2", "2"))
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: new(true)}))
		styled(t, f, "A2", excelize.Style{NumFmt: 14})
	})
	data = rewrite(t, data, "xl/worksheets/sheet1.xml", func(s string) string {
		return strings.Replace(s, "<v>2</v>", "<f>A2*2</f><v>2</v>", 1)
	})
	check(t, "formula and 1904", data, bulk.Limits{}, table("a,b", row(2, "2026-11-21", "2")), "")
}

func TestReadXLSXRefuses(t *testing.T) {
	small := bulk.Limits{Unpacked: 2 << 20, Rows: 2, Columns: 3, Cell: 6}
	whole := workbook(t, [][]any{{"a", "b"}, {1, 2}})
	sheet := func(change func(string) string) []byte {
		return rewrite(t, whole, "xl/worksheets/sheet1.xml", change)
	}
	cell := func(c string) []byte {
		return sheet(func(s string) string { return strings.Replace(s, "</sheetData>", "<row>"+c+"</row></sheetData>", 1) })
	}
	for _, test := range []struct {
		name   string
		data   []byte
		limits bulk.Limits
		want   string
	}{
		{"blank", workbook(t, nil), small, "table-header 1 1"},
		{"no header", workbook(t, [][]any{{6901234567892}}), bulk.Limits{}, "table-header 1 1"},
		{"repeated header", workbook(t, [][]any{{"a", "A"}}), small, "table-header-repeats 1 A"},
		{"too many rows", workbook(t, [][]any{{"a"}, {1}, {2}, {3}}), small, "table-too-many-rows 2"},
		{"too many columns", workbook(t, [][]any{{"a"}, {1, 2, 3, 4}}), small, "table-too-many-columns 2 3"},
		{"many cells", workbook(t, [][]any{{"a"}, {1, 2}}), small, "row-cells 2 2 1"},
		{"long cell", workbook(t, [][]any{{"a"}, {"1234567"}}), small, "cell-too-long 2 a 6"},
		{"16 digits", workbook(t, [][]any{{"a"}, {1234567890123456}}), bulk.Limits{}, "cell-number-shortened 2 a 1.23456789012346E+15"},
		{"formula error", cell(`<c r="B3" t="e"><v>#N/A</v></c>`), small, "cell-formula-error 3 b #N/A"},
		{"row far away", cell(`</row><row r="9007199254740993"><c><v>1</v></c>`), small, "table-too-many-rows 2"},
		{"column far away", cell(`<c r="XFD3"><v>1</v></c>`), small, "table-too-many-columns 3 3"},
		{"no column at all", cell(`<c r="ZZZZZZ3"><v>1</v></c>`), small, "file-broken"},
		{"no xml", sheet(func(s string) string { return s[:len(s)/2] }), small, "file-broken"},
		{"bad character", cell(`<c t="str"><v>&#0;</v></c>`), small, "file-broken"},
		{"other charset", sheet(func(s string) string { return strings.Replace(s, "UTF-8", "utf-16", 1) }), small, "file-broken"},
		{"truncated", whole[:len(whole)-30], small, "file-broken"},
		{"a zip", archive(t, map[string]string{"a.txt": "a"}), small, "file-type application/zip"},
		{"empty workbook", archive(t, map[string]string{"xl/workbook.xml": "<workbook/>"}), small, "file-broken"},
		{"many parts", archive(t, parts(1001)), small, "file-unpacks-too-large 2097152"},
		{"zip bomb", archive(t, map[string]string{"xl/workbook.xml": strings.Repeat(" ", 3<<20)}), small, "file-unpacks-too-large 2097152"},
		{"bomb of another kind", archive(t, map[string]string{"xl/media/a.png": strings.Repeat("\x00", 3<<20)}), small, "file-unpacks-too-large 2097152"},
		{"many cells in all", cell(strings.Repeat("<c/>", 210_000)), small, "file-unpacks-too-large 2097152"},
		{"many styles", rewrite(t, whole, "xl/styles.xml", func(s string) string {
			return strings.Replace(s, "</cellXfs>", strings.Repeat("<xf/>", 210_000)+"</cellXfs>", 1)
		}), small, "file-unpacks-too-large 2097152"},
		{"many sheets", rewrite(t, whole, "xl/workbook.xml", func(s string) string {
			return strings.Replace(s, "</sheets>", strings.Repeat("<sheet/>", 6_000)+"</sheets>", 1)
		}), small, "file-unpacks-too-large 2097152"},
	} {
		check(t, test.name, test.data, test.limits, bulk.Table{}, test.want)
	}
}

// Half a byte is enough to make an archive's sum wrong.
func TestReadXLSXDamaged(t *testing.T) {
	whole := workbook(t, [][]any{{"a", "b"}, {1, 2}})
	want, err := read(t, whole, bulk.Limits{})
	must(t, err)
	for i := 0; i < len(whole); i += 7 {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x10
		got, err := read(t, damaged, bulk.Limits{})
		if err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("byte %d: %v", i, got)
		}
	}
}

func parts(n int) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[fmt.Sprintf("xl/%d", i)] = ""
	}
	return all
}

func archive(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range parts {
		part, err := w.Create(name)
		must(t, err)
		_, err = io.WriteString(part, text)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

// rewrite changes the text of one part of an archive.
func rewrite(t testing.TB, data []byte, name string, change func(string) string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range r.File {
		from, err := part.Open()
		must(t, err)
		text, err := io.ReadAll(from)
		must(t, err)
		if part.Name == name {
			text = []byte(change(string(text)))
		}
		to, err := w.Create(part.Name)
		must(t, err)
		_, err = to.Write(text)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func BenchmarkReadXLSX(b *testing.B) {
	rows := [][]any{{"a", "b", "c", "d", "e", "f", "g", "h"}}
	for i := range 10_000 {
		rows = append(rows, []any{fmt.Sprint("L", i), 6901234567892, i, "电池", "plant", "cert", 1.5, "x"})
	}
	data := workbook(b, rows)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(b, data, bulk.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever a sheet and its styles say, reading ends, and in a table or a refusal.
func FuzzReadSheet(f *testing.F) {
	whole := edited(f, [][]any{{"a", "b"}, {1, 2}}, func(x *excelize.File) { styled(f, x, "A2", excelize.Style{NumFmt: 14}) })
	f.Add(`<row r="3"><c r="A3" s="1"><v>1e300</v></c><c t="s"><v>-1</v></c></row>`, `<numFmts><numFmt numFmtId="164" formatCode="yyyy"/></numFmts>`)
	f.Add(`<row r="2"><c r="B2" t="d" s="2"><v>2026-11-21T00:00:00Z</v></c></row>`, `<cellXfs><xf numFmtId="99999999999"/></cellXfs>`)
	f.Add(`</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells><sheetData>`, ``)
	f.Add(`<row r="1048577"><c t="inlineStr" s="-1"><is><r><t>x</t></r></is></c></row>`, `<cellXfs/>`)
	limits := bulk.Limits{Bytes: 1 << 16, Unpacked: 1 << 20, Rows: 50, Columns: 8, Cell: 100}
	f.Fuzz(func(t *testing.T, cells, styles string) {
		data := rewrite(t, whole, "xl/worksheets/sheet1.xml", func(s string) string {
			return strings.Replace(s, "</sheetData>", cells+"</sheetData>", 1)
		})
		data = rewrite(t, data, "xl/styles.xml", func(s string) string {
			return strings.Replace(s, "</fonts>", "</fonts>"+styles, 1)
		})
		if _, err := read(t, data, limits); err != nil && !refusal.Is(err, refusal.Invalid) {
			t.Fatal(err)
		}
	})
}
