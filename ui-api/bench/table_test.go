package bench_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// A row is one line of a table.
type row struct {
	Table string
	Cells []string
}

// tables are the tables' names and headings, in the order of the document.
func tables() []row {
	return []row{
		{"machine", []string{"", ""}},
		{"verify", []string{"answer", "bytes", "requests/s", "Fiber's", "ratio", "p99", "Fiber's", "ratio", "processor time", "Fiber's"}},
		{"register", []string{"units", "registered in", "units/s", "bare SHA-256", "ratio", "peak memory", "labels, CSV"}},
		{"writers", []string{"writers", "bare inserts/s", "Ledger.Submit/s", "ratio", "RegisterBatch/s", "ratio"}},
		{"start", []string{"batches", "to the first page"}},
	}
}

// record leaves a row of a table.
func record(b *testing.B, table string, cells ...any) {
	b.Helper()
	r := row{Table: table}
	for _, c := range cells {
		r.Cells = append(r.Cells, cell(c))
	}
	line, err := json.Marshal(r)
	must(b, err)
	f, err := os.OpenFile(os.Getenv(rowsFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(b, err)
	_, err = f.Write(append(line, '\n'))
	must(b, errors.Join(err, f.Close()))
}

// cell writes a figure with no more digits than it is worth.
func cell(v any) string {
	switch v := v.(type) {
	case time.Duration:
		switch {
		case v < 100*time.Microsecond:
			return fmt.Sprintf("%.0f µs", float64(v)/1e3)
		case v < 10*time.Millisecond:
			return fmt.Sprintf("%.2f ms", float64(v)/1e6)
		case v < time.Second:
			return fmt.Sprintf("%.0f ms", float64(v)/1e6)
		}
		return fmt.Sprintf("%.2f s", v.Seconds())
	case float64:
		if v < 100 {
			return fmt.Sprintf("%.2f", v)
		}
		return grouped(int64(v))
	case int64:
		return grouped(v)
	}
	return fmt.Sprint(v)
}

// grouped writes a count with a space between thousands.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

func readRows(path string) ([]row, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // nothing was measured
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rows []row
	for dec := json.NewDecoder(f); ; {
		var r row
		if err := dec.Decode(&r); errors.Is(err, io.EOF) {
			return append(rows, machine()...), nil
		} else if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
}

// of returns the rows of a table, under its headings.
func (t row) of(rows []row) [][]string {
	all := [][]string{t.Cells}
	for _, r := range rows {
		if r.Table == t.Table {
			all = append(all, r.Cells)
		}
	}
	return all
}

func printTables(out io.Writer, rows []row) error {
	for _, t := range tables() {
		lines := t.of(rows)
		if len(lines) == 1 {
			continue
		}
		fmt.Fprintf(out, "\n%s\n", t.Table)
		w := tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)
		for _, l := range lines {
			fmt.Fprintln(w, strings.Join(l, "\t"))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// updateDoc puts the tables that were measured between their marks in a
// document; the others stay as they are.
func updateDoc(path string, rows []row) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	doc := string(b)
	for _, t := range tables() {
		lines := t.of(rows)
		if len(lines) == 1 {
			continue
		}
		begin, end := "<!-- bench "+t.Table+" -->\n", "<!-- end -->"
		before, rest, found := strings.Cut(doc, begin)
		_, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			return fmt.Errorf("%s has no place for the table %s", path, t.Table)
		}
		doc = before + begin + markdown(lines) + end + after
	}
	return os.WriteFile(path, []byte(doc), 0o644)
}

func markdown(lines [][]string) string {
	rule := slices.Repeat([]string{"---:"}, len(lines[0]))
	rule[0] = "---"
	var s strings.Builder
	for _, l := range slices.Insert(slices.Clone(lines), 1, rule) {
		s.WriteString("| " + strings.Join(l, " | ") + " |\n")
	}
	return s.String()
}
