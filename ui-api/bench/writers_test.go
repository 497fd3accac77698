package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
)

// A bareRow has the bytes that a registration leaves on the ledger: the
// command, its event, and the state that the rules keep of both.
type bareRow struct {
	bun.BaseModel `bun:"table:bare"`

	ID      int64  `bun:"id,pk,autoincrement"`
	Command []byte `bun:"command"`
	Event   []byte `bun:"event"`
	State   []byte `bun:"state"`
}

// BenchmarkWriters registers batches of one unit, by more and more people at
// the same time, and compares with bare inserts of the same bytes into SQLite,
// each as durable.
func BenchmarkWriters(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			p := newPlatform(b)
			insert := bareInserts(b)
			var bare, submitted, registered []float64
			for range rounds {
				n := 100 + 20*writers
				bare = append(bare, rate(b, writers, n, insert))
				submitted = append(submitted, rate(b, writers, n, p.submit))
				registered = append(registered, rate(b, writers, n, func(ctx context.Context) error {
					_, err := p.register(ctx, "R"+uuid.NewString()[:18], 1)
					return err
				}))
			}
			base, submit, register := median(bare), median(submitted), median(registered)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(register, "batches/s")
			b.ReportMetric(register/base, "register-ratio")
			b.ReportMetric(submit/base, "submit-ratio")
			record(b, "writers", int64(writers), base, submit, submit/base, register, register/base)
		})
	}
}

// rate is how often a second so many writers do something n times in all.
func rate(b *testing.B, writers, n int, do func(context.Context) error) float64 {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range writers {
		all.Go(func() {
			for next.Add(1) <= int64(n) {
				if err := do(b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// batchCommand is the command that registers a batch of one unit.
func batchCommand() trace.RegisterBatch {
	id := uuid.NewString()
	return trace.RegisterBatch{Head: trace.Head{ID: id}, GTIN: gtin, Lot: "S" + id[:18], Size: 1,
		Root: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Certificate: certificate, Plant: "云溪工厂",
		ProducedOn: trace.DateOf(time.Now()), Key: "1"}
}

// submit puts a batch on the ledger and does not wait for the tables.
func (p *platform) submit(ctx context.Context) error {
	_, err := p.Ledger.Submit(ctx, trace.Caller{Kind: trace.Maker, Org: subject(authz.Maker).Org}, batchCommand())
	return err
}

// bareInserts returns an insert into a SQLite file of its own.
func bareInserts(b *testing.B) func(context.Context) error {
	b.Helper()
	db, err := database.Open(b.Context(), filepath.Join(b.TempDir(), "bare.db"))
	must(b, err)
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	_, err = db.NewCreateTable().Model((*bareRow)(nil)).Exec(b.Context())
	must(b, err)
	return func(ctx context.Context) error {
		command, err := json.Marshal(batchCommand())
		if err != nil {
			return err
		}
		// As many bytes again for the event, and twice as many for the state.
		row := bareRow{Command: command, Event: command, State: append(command, command...)}
		_, err = db.NewInsert().Model(&row).Exec(ctx)
		return err
	}
}
