package embedded_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/trace"
)

func maker() trace.Caller { return trace.Caller{Kind: trace.Maker, Org: "M1"} }

const gtin = "06901234567892"

func registerBatch(i int64) trace.RegisterBatch {
	lot := fmt.Sprintf("L%d", i)
	return trace.RegisterBatch{Head: trace.Head{ID: "batch-" + lot}, GTIN: gtin, Lot: lot, Size: 1,
		Root: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Certificate: "C-0", Plant: "Plant 1",
		ProducedOn: trace.DateOf(time.Now()), Key: "k1"}
}

// BenchmarkSubmit registers batches; BenchmarkBareInsert writes the same bytes
// into a table of the same database file, each insert durable.
func BenchmarkSubmit(b *testing.B) {
	each(b, func(b *testing.B, db *bun.DB) func(context.Context, int64) error {
		l := open(b, db, time.Now)
		cert := record(0).(trace.RecordCertificate)
		cert.Capacity = trace.MaxSize
		model := trace.RegisterModel{Head: trace.Head{ID: "model"}, GTIN: gtin, Model: "NX-48", ModelName: "48 V 电池",
			Brand: "南星", Class: "battery", Specification: "48 V 20 Ah"}
		submit(b, l, cert)
		if _, err := l.Submit(b.Context(), maker(), model); err != nil {
			b.Fatal(err)
		}
		return func(ctx context.Context, i int64) error {
			_, err := l.Submit(ctx, maker(), registerBatch(i))
			return err
		}
	})
}

// insertRow has the bytes that a registration leaves: the command, its event,
// and the state that the rules keep of both.
type insertRow struct {
	bun.BaseModel `bun:"table:bare"`

	ID      int64  `bun:"id,pk"`
	Command []byte `bun:"command"`
	Event   []byte `bun:"event"`
	State   []byte `bun:"state"`
}

func BenchmarkBareInsert(b *testing.B) {
	each(b, func(b *testing.B, db *bun.DB) func(context.Context, int64) error {
		if _, err := db.NewCreateTable().Model((*insertRow)(nil)).Exec(b.Context()); err != nil {
			b.Fatal(err)
		}
		return func(ctx context.Context, i int64) error {
			command, err := json.Marshal(registerBatch(i))
			if err != nil {
				return err
			}
			// As many bytes again for the event, and twice as many for the state.
			row := insertRow{ID: i, Command: command, Event: command, State: append(command, command...)}
			_, err = db.NewInsert().Model(&row).Exec(ctx)
			return err
		}
	})
}

// each runs a benchmark by 1, 16 and 64 writers.
func each(b *testing.B, prepare func(*testing.B, *bun.DB) func(context.Context, int64) error) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			write := prepare(b, openFile(b, filepath.Join(b.TempDir(), "ledger.db")))
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range writers {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						if err := write(b.Context(), i); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "batches/s")
		})
	}
}
