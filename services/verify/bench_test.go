package verify

import (
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

// BenchmarkCount counts scans that 64 people make at the same time, each of
// another unit: in the table, as several processes do that share it, and in
// the journal.
func BenchmarkCount(b *testing.B) {
	for _, journalled := range []bool{false, true} {
		b.Run(map[bool]string{false: "table", true: "journal"}[journalled], func(b *testing.B) {
			t := benchTally(b, journalled)
			c := startCounter(b.Context(), t)
			units := rand.Perm(b.N)
			var next atomic.Int64
			var people sync.WaitGroup
			b.ResetTimer()
			for range 64 {
				people.Go(func() {
					for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
						if _, err := c.count(b.Context(), unitKey{uint64(i % 10), uint64(units[i])}, time.Now()); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			people.Wait()
			if err := c.close(); err != nil { // folds the rest
				b.Error(err)
			}
		})
	}
}

func benchTally(b *testing.B, journalled bool) tally {
	b.Helper()
	var files [2]*bun.DB
	for i, name := range []string{"fanwei.db", "scans.db"} {
		if i == 1 && !journalled {
			break
		}
		db, err := database.Open(b.Context(), filepath.Join(b.TempDir(), name))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = db.Close() })
		files[i] = db
	}
	t, err := openTally(b.Context(), files[0], files[1])
	if err != nil {
		b.Fatal(err)
	}
	return t
}
