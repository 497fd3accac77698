package printrun_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/unitcode"
)

// BenchmarkRun draws runs from request to durable files.
func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		format printrun.Format
		units  uint64
	}{{printrun.CSV, 300_000}, {printrun.PDF, 4_000}, {printrun.ZPL, 20_000}} {
		b.Run(string(c.format), func(b *testing.B) {
			db, err := database.Open(b.Context(), filepath.Join(b.TempDir(), "test.db"))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = db.Close() })
			f := newFixture(b, db, b.TempDir())
			f.config.Part = nil
			f.config.Batch = func(ctx context.Context, g, l string) (printrun.Batch, unitcode.Keys, error) {
				batch, keys, err := f.batch(ctx, g, l)
				batch.Size = c.units
				return batch, keys, err
			}
			f.Service = printrun.New(f.config)
			for b.Loop() {
				f.start(b, printrun.Request{Format: c.format, To: c.units - 1})
				if err := f.work(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(c.units)*float64(b.N)/b.Elapsed().Seconds(), "labels/s")
		})
	}
}
