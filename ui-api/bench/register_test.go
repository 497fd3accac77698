package bench_test

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// What a batch of a million units may take.
const (
	million     = 1_000_000
	mostTime    = 5 * time.Second
	mostMemory  = 300 << 20 // bytes resident
	fewestLines = 200_000   // labels a second
)

// BenchmarkRegister registers batches of more and more units and draws their
// labels, each in a process of its own. Its baseline is bare SHA-256 on all
// cores: a unit takes twelve blocks, three HMACs of two each, one for the claim
// hash, three for the leaf and two for its share of the tree.
func BenchmarkRegister(b *testing.B) {
	for _, c := range []struct {
		units int64
		print bool
	}{{10_000, true}, {100_000, true}, {million, true}, {10 * million, false}} {
		b.Run(fmt.Sprintf("units=%d", c.units), func(b *testing.B) {
			task := fmt.Sprintf("register %d", c.units)
			if c.print {
				task = fmt.Sprintf("print %d", c.units)
			}
			var took, bare, labels []time.Duration
			var most int64
			for range 3 {
				r := child(b, task)
				took, labels, most = append(took, r.Took), append(labels, r.Labels), max(most, r.Peak)
				bare = append(bare, hashing(c.units))
			}
			reportRegistration(b, c.units, median(took), median(bare), median(labels), most)
		})
	}
}

func reportRegistration(b *testing.B, units int64, took, bare, labels time.Duration, most int64) {
	b.Helper()
	ratio := float64(bare) / float64(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took.Seconds(), "s")
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(float64(most>>20), "MB")
	lines, printed := 0.0, "–"
	if labels > 0 {
		lines = float64(units) / labels.Seconds()
		printed = cell(lines) + "/s"
		b.ReportMetric(lines, "labels/s")
	}
	record(b, "register", units, took, float64(units)/took.Seconds(), bare, ratio, fmt.Sprintf("%d MB", most>>20), printed)
	if units != million {
		return
	}
	if took > mostTime {
		b.Errorf("%v for a million units, want at most %v", took, mostTime)
	}
	if most > mostMemory {
		b.Errorf("%d MB of memory, want at most %d", most>>20, mostMemory>>20)
	}
	if lines < fewestLines {
		b.Errorf("%.0f labels a second, want at least %d", lines, fewestLines)
	}
}

// hashing is how long the SHA-256 blocks of a batch take and nothing else.
func hashing(units int64) time.Duration {
	const blocks = 12
	began := time.Now()
	cores := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for range cores {
		all.Go(func() {
			h, sum := sha256.New(), make([]byte, 0, sha256.Size)
			block := make([]byte, 1024*sha256.BlockSize)
			for range units * blocks / int64(cores) / 1024 {
				h.Write(block)
			}
			h.Sum(sum)
		})
	}
	all.Wait()
	return time.Since(began)
}
