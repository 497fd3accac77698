package bench_test

import (
	"testing"
	"time"
)

const (
	htmlType = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
	jsonType = "application/json"

	rounds   = 5      // of each, in turn
	perRound = 20_000 // requests
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
				base = append(base, load(b, theirs, c.accept, asked))
			}
			b.StopTimer()
			p.wantScans(b, len(paths))
			compare(b, c.name, len(body), a, base)
		})
	}
}

// wantScans checks that every request was counted as a first scan.
func (p *platform) wantScans(b *testing.B, n int) {
	b.Helper()
	var units, scans int
	must(b, p.DB.NewSelect().Table("verify_scans").ColumnExpr("count(*), sum(count)").Scan(b.Context(), &units, &scans))
	if units != n || scans != n {
		b.Errorf("%d scans of %d units are counted, want %d", scans, units, n)
	}
}

// compare reports the medians of rounds, and fails if ours are less than a
// share of the baseline's.
func compare(b *testing.B, name string, bytes int, ours, base []figure) {
	b.Helper()
	rate, baseRate := median(each(ours, func(f figure) float64 { return f.rate })), median(each(base, func(f figure) float64 { return f.rate }))
	p99, baseP99 := median(each(ours, func(f figure) time.Duration { return f.p99 })), median(each(base, func(f figure) time.Duration { return f.p99 }))
	fast, prompt := rate/baseRate, float64(baseP99)/float64(p99)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate, "req/s")
	b.ReportMetric(fast, "req/s-ratio")
	b.ReportMetric(float64(p99)/1e6, "p99-ms")
	b.ReportMetric(prompt, "p99-ratio")
	record(b, "verify", name, int64(bytes), rate, baseRate, fast, p99, baseP99, prompt)
	if fast < share {
		b.Errorf("%.2f of the baseline's requests a second, want %.2f", fast, share)
	}
	if prompt < share {
		b.Errorf("p99 %v against %v: ratio %.2f, want %.2f", p99, baseP99, prompt, share)
	}
}

func each[T any](figures []figure, f func(figure) T) []T {
	list := make([]T, len(figures))
	for i, g := range figures {
		list[i] = f(g)
	}
	return list
}
