package bulk_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/bulk"
)

func read(t testing.TB, data []byte, limits bulk.Limits) (bulk.Table, error) {
	t.Helper()
	return bulk.Read(t.Context(), bytes.NewReader(data), int64(len(data)), limits)
}

// check reads a file and compares what comes out: a table, or a refusal as
// "reason arg arg".
func check(t *testing.T, name string, data []byte, limits bulk.Limits, want bulk.Table, refused string) {
	t.Helper()
	got, err := read(t, data, limits)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
	}
	if line := refusalLine(err); line != refused {
		t.Errorf("%s: refused as %q, want %q", name, line, refused)
	}
}

func refusalLine(err error) string {
	if err == nil {
		return ""
	}
	e, ok := refusal.Of(err)
	if !ok || e.Code != refusal.Invalid {
		return "?" + err.Error()
	}
	return strings.Join(append([]string{e.Reason}, e.Args...), " ")
}

func table(header string, rows ...bulk.Row) bulk.Table {
	return bulk.Table{Header: strings.Split(header, ","), Rows: rows}
}

func row(line int, cells ...string) bulk.Row { return bulk.Row{Line: line, Cells: cells} }

func gb18030(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadCSV(t *testing.T) {
	const text = "批次,数量,备注\nA1,100,电池\nA2,200,\n"
	want := table("批次,数量,备注", row(2, "A1", "100", "电池"), row(3, "A2", "200", ""))
	for name, data := range map[string][]byte{
		"utf-8":        []byte(text),
		"with mark":    []byte("\uFEFF" + text),
		"crlf":         []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"semicolons":   []byte(strings.ReplaceAll(text, ",", ";")),
		"tabs":         []byte(strings.ReplaceAll(text, ",", "\t")),
		"gb18030":      gb18030(t, text),
		"gb18030 tabs": gb18030(t, strings.ReplaceAll(text, ",", "\t")),
		"no last line": []byte(strings.TrimSuffix(text, "\n")),
		"spaces":       []byte("  批次 ,数量,备注,, \nA1, 100　,电池\n\u00a0A2,200,\n"),
		"quotes":       []byte("\"批次\",\"数量\",\"备注\"\nA1,\"100\",电池\nA2,200,\"\"\n"),
	} {
		check(t, name, data, bulk.Limits{}, want, "")
	}
	check(t, "blank lines", []byte("\n,,\na,b\n\n , \n1,2\n"), bulk.Limits{}, table("a,b", row(6, "1", "2")), "")
	check(t, "lines in cells", []byte("a,b\n\"1\n2\",\"x,\"\"y\"\"\"\n3,4\n"), bulk.Limits{},
		table("a,b", row(2, "1\n2", `x,"y"`), row(4, "3", "4")), "")
	check(t, "header only", []byte("a,b\n"), bulk.Limits{}, table("a,b"), "")
	check(t, "one column", []byte("lot\nL1\nL2\n"), bulk.Limits{}, table("lot", row(2, "L1"), row(3, "L2")), "")
	check(t, "rare characters", gb18030(t, "型号,a\n㐂𠮷€,1\n"), bulk.Limits{}, table("型号,a", row(2, "㐂𠮷€", "1")), "")
	check(t, "like a number", []byte("a,b\n1E5,1.5E-3\n"), bulk.Limits{}, table("a,b", row(2, "1E5", "1.5E-3")), "")
}

func TestReadCSVRefuses(t *testing.T) {
	small := bulk.Limits{Bytes: 40, Rows: 2, Columns: 3, Cell: 6}
	for _, test := range []struct {
		name, data string
		limits     bulk.Limits
		want       string
	}{
		{"empty", "", small, "file-empty"},
		{"too large", strings.Repeat("a", 41), small, "file-too-large 40"},
		{"blank", "\n\n,,\n", small, "table-header 1 1"},
		{"only a mark", "\uFEFF", small, "table-header 1 1"},
		{"no header", "06901234567892,A1\n", bulk.Limits{}, "table-header 1 1"},
		{"hole in header", "\na,,c\n", small, "table-header 2 2"},
		{"repeated header", "lot,n,LOT\n1,2,3\n", small, "table-header-repeats 1 LOT"},
		{"too many rows", "a\n1\n2\n3\n", small, "table-too-many-rows 2"},
		{"too many columns", "a,b\n1,2,3,4\n", small, "table-too-many-columns 2 3"},
		{"too many blanks", "a\n" + strings.Repeat(",", 20_000), bulk.Limits{}, "table-too-many-columns 2 32"},
		{"few cells", "a,b\n1\n", small, "row-cells 2 1 2"},
		{"many cells", "a,b\n1,2\n1,2,3\n", small, "row-cells 3 3 2"},
		{"long cell", "a,b\n1,1234567\n", small, "cell-too-long 2 b 6"},
		{"long name", "a,1234567\n", small, "cell-too-long 1 2 6"},
		{"open quote", "a,b\n1,2\n3,\"4\n5,6\n", small, "row-quotes 3"},
		{"bare quote", "a,b\n1,2\"x\n", small, "row-quotes 2"},
		{"shortened", "gtin,b\n6.90123E+12,1\n", bulk.Limits{}, "cell-number-shortened 2 gtin 6.90123E+12"},
		{"formula error", "a,b\n1,#REF!\n", small, "cell-formula-error 2 b #REF!"},
		{"utf-16", "a\x00,\x00b\x00\n\x00", small, "file-type application/octet-stream"},
		{"utf-16 with mark", "\xff\xfea\x00,\x00b\x00\n\x00", small, "file-encoding 1"},
		{"utf-8 cut short", "批次,数量\n电池,型\xe5\x9e\n", bulk.Limits{}, "file-encoding 2"},
		{"mark and no utf-8", "\uFEFFa,b\n\xff,1\n", small, "file-encoding 2"},
		{"no gb18030 either", "a,b\n\xff\xff,1\n", small, "file-encoding 2"},
		{"pdf", "%PDF-1.7\n1 0 obj", small, "file-type application/pdf"},
		{"html", "<!DOCTYPE html><html><table>", small, "file-type text/html; charset=utf-8"},
		{"old excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600), bulk.Limits{}, "file-old-excel"},
	} {
		check(t, test.name, []byte(test.data), test.limits, bulk.Table{}, test.want)
	}
}

func TestReadTruncated(t *testing.T) {
	_, err := bulk.Read(t.Context(), strings.NewReader("a,b\n"), 100, bulk.Limits{})
	if got := refusalLine(err); got != "file-truncated" {
		t.Errorf("refused as %q", got)
	}
}

type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

func TestReadPassesErrorsOn(t *testing.T) {
	if _, err := bulk.Read(t.Context(), failing{io.ErrClosedPipe}, 10, bulk.Limits{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, data := range map[string][]byte{"csv": []byte("a\n1\n"), "xlsx": workbook(t, [][]any{{"a"}, {1}})} {
		if _, err := bulk.Read(ctx, bytes.NewReader(data), int64(len(data)), bulk.Limits{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("\uFEFF批次;数量\r\n\"A\"\"1\";1E5\r\n"))
	f.Add(gb18030(f, "批次\t数量\n电池\t1\n"))
	f.Add(workbook(f, [][]any{{"批次", "数量"}, {"A1", 6901234567892}}))
	limits := bulk.Limits{Bytes: 1 << 16, Unpacked: 1 << 20, Rows: 50, Columns: 8, Cell: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := read(t, data, limits)
		if err != nil {
			if !refusal.Is(err, refusal.Invalid) || got.Header != nil {
				t.Fatalf("error %v", err)
			}
			return
		}
		if len(got.Header) < 1 || len(got.Header) > limits.Columns || len(got.Rows) > limits.Rows {
			t.Fatalf("%d columns, %d rows", len(got.Header), len(got.Rows))
		}
		last := 0
		for _, r := range got.Rows {
			if len(r.Cells) != len(got.Header) || r.Line <= last {
				t.Fatalf("line %d after %d: %d cells", r.Line, last, len(r.Cells))
			}
			last = r.Line
		}
	})
}
