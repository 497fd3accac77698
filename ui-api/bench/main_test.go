// Package bench_test measures what must be fast, each figure beside a baseline
// of the same run on the same machine. make bench runs it; with -update it
// writes what it measured into docs/benchmarks.md.
package bench_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

const (
	// childTask names the variable that makes this test binary a process of
	// its own, measured by its parent. Its value says what to do.
	childTask = "FANWEI_TEST_BENCH_CHILD"
	// rowsFile names the variable with the file in which benchmarks leave the
	// rows of their tables.
	rowsFile = "FANWEI_TEST_BENCH_ROWS"
)

func TestMain(m *testing.M) {
	update := flag.Bool("update", false, "write what was measured into docs/benchmarks.md")
	flag.Parse()
	if task := os.Getenv(childTask); task != "" {
		os.Exit(status(runChild(task, os.Stdout)))
	}
	dir, err := os.MkdirTemp("", "fanwei-bench-")
	if err != nil {
		os.Exit(status(err))
	}
	rows := filepath.Join(dir, "rows")
	if err := os.Setenv(rowsFile, rows); err != nil {
		os.Exit(status(err))
	}
	code := m.Run()
	err = report(rows, *update)
	if gone := os.RemoveAll(dir); err == nil {
		err = gone
	}
	os.Exit(max(code, status(err)))
}

// status is the exit status of an error, which it prints.
func status(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// report prints the tables of what was measured, and writes them if asked to.
func report(rows string, update bool) error {
	measured, err := readRows(rows)
	if err != nil || len(measured) == 0 {
		return err
	}
	if err := printTables(os.Stdout, measured); err != nil {
		return err
	}
	if !update {
		return nil
	}
	return updateDoc(filepath.Join("..", "..", "docs", "benchmarks.md"), measured)
}

// median returns the middle of what was measured several times.
func median[T float64 | time.Duration](figures []T) T {
	sorted := slices.Sorted(slices.Values(figures))
	return sorted[len(sorted)/2]
}

// must ends a benchmark that cannot go on.
func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
