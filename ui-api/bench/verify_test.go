package bench_test

import (
	"testing"
	"time"
)

const (
	htmlType = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
	jsonType = "application/json"

	rounds   = 5      // of each, in turn
	perRound = 40_000 // requests
	warmUp   = 4_000  // requests before

	// share is how much of the baseline's speed is asked for.
	share = 0.5
)

// BenchmarkVerify answers first scans, each counted and durable before it is
// answered, and compares with Fiber that sends the same bytes from memory.
func BenchmarkVerify(b *testing.B) {
	for _, c := range []struct{ name, accept, format string }{
		{"page", htmlType, "/01/%s/10/%s/21/%s"},
		{"API", jsonType, "/api/v1/units/%s/%s/%s"},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := newPlatform(b)
			const batches = 10
			paths := p.codes(b, c.format, "L", batches, (rounds*perRound+warmUp)/batches)
			ours := serve(b, p.web)
			head, body := sample(b, ours, c.accept, paths[0])
			theirs := serve(b, baseline(head, body))
			load(b, ours, c.accept, paths[1:warmUp])
			load(b, theirs, c.accept, paths[1:warmUp])
			var a, base []figure
			b.ResetTimer()
			for i := range rounds {
				asked := paths[warmUp+i*perRound:][:perRound]
				a = append(a, load(b, ours, c.accept, asked))
				p.settle(b, warmUp+(i+1)*perRound)
				base = append(base, load(b, theirs, c.accept, asked))
			}
			b.StopTimer()
			p.settle(b, len(paths))
			compare(b, c.name, len(body), a, base)
		})
	}
}

// settle waits until the table of scans holds all there were. It is part of the
// work that the scans make.
func (p *platform) settle(b *testing.B, scans int) {
	b.Helper()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-look.C {
		var units, sum int
		must(b, p.DB.NewSelect().Table("verify_scans").ColumnExpr("count(*), coalesce(sum(count), 0)").Scan(b.Context(), &units, &sum))
		if units == scans && sum == scans {
			return
		}
		if sum > scans || time.Now().After(deadline) {
			b.Fatalf("%d scans of %d units are counted, want %d", sum, units, scans)
		}
	}
}

// compare reports the medians of rounds, and fails if ours are less than a
// share of the baseline's.
func compare(b *testing.B, name string, bytes int, ours, theirs []figure) {
	b.Helper()
	a, base := middle(ours), middle(theirs)
	fast, prompt := a.rate/base.rate, float64(base.p99)/float64(a.p99)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(a.rate, "req/s")
	b.ReportMetric(fast, "req/s-ratio")
	b.ReportMetric(float64(a.p99)/1e6, "p99-ms")
	b.ReportMetric(float64(a.cpu)/1e3, "cpu-us")
	b.ReportMetric(float64(base.cpu)/1e3, "baseline-cpu-us")
	b.ReportMetric(prompt, "p99-ratio")
	record(b, "verify", name, int64(bytes), a.rate, base.rate, fast, a.p99, base.p99, prompt, a.cpu, base.cpu)
	if fast < share {
		b.Errorf("%.2f of the baseline's requests a second, want %.2f", fast, share)
	}
	if prompt < share {
		b.Errorf("p99 %v against %v: ratio %.2f, want %.2f", a.p99, base.p99, prompt, share)
	}
}

// middle is the median of each figure of several rounds.
func middle(rounds []figure) figure {
	var rates []float64
	var p99s, cpus []time.Duration
	for _, r := range rounds {
		rates, p99s, cpus = append(rates, r.rate), append(p99s, r.p99), append(cpus, r.cpu)
	}
	return figure{median(rates), median(p99s), median(cpus)}
}
