package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/ingest"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/ledger"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/product/producttest"
)

// filled returns a kit with some of everything.
func filled(t *testing.T, db *bun.DB) *producttest.Kit {
	k := producttest.Open(t, db)
	k.Certify(t, "C1", "lanbo", "LB-1")
	k.Certify(t, "C2", "lanbo", "LB-2")
	k.AddModel(t, "lanbo", producttest.GTIN(1), "LB-1")
	for _, lot := range []string{"A", "b", "C"} {
		k.AddBatch(t, "lanbo", producttest.GTIN(1), lot, 10)
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, market := t.Context(), producttest.Market()
	do(k.ChangeCertificate(ctx, market, "C1", trace.SuspendCertificate{Head: producttest.ID(), Number: "C1", From: k.Today(), Reason: "抽查"}))
	do(k.ChangeCertificate(ctx, market, "C1", trace.RestoreCertificate{Head: producttest.ID(), Number: "C1", Reason: "整改合格"}))
	do(k.ChangeCertificate(ctx, market, "C2", trace.RevokeCertificate{Head: producttest.ID(), Number: "C2", From: k.Today(), Reason: "虚假材料"}))
	for _, number := range []string{"R1", "R2"} {
		do(k.BeginRecall(ctx, producttest.Maker("lanbo"), trace.Recall{Head: producttest.ID(), Number: number, GTIN: producttest.GTIN(1),
			Lot: "b", From: 1, To: 2, Reason: "虚焊", Advice: "停用"}))
	}
	do(k.EndRecall(ctx, producttest.Maker("lanbo"), trace.EndRecall{Head: producttest.ID(), By: "lanbo", Number: "R1", Reason: "换完"}))
	return k
}

// dump returns all projected rows as text.
func dump(t *testing.T, db *bun.DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, table := range []string{"product_certificates", "product_certificate_changes", "product_models", "product_batches", "product_recalls", "product_checkpoint"} {
		var rows []map[string]any
		if err := db.NewSelect().Table(table).OrderExpr("position").Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		all[table] = string(b)
	}
	return all
}

func TestRebuildGivesTheSameRows(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		k := filled(t, db)
		before := dump(t, db)
		var last uint64
		if err := ingest.Rebuild(t.Context(), k.Ledger, k.Projection, func(done, all uint64) { last = all - done }); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, dump(t, db)); d != "" {
			t.Errorf("rebuilt rows differ: %s", d)
		}
		if last != 0 || before["product_batches"] == "null" {
			t.Errorf("progress ended %d short", last)
		}
	})
}

func TestEveryProcessFollows(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, other *bun.DB) {
		k := filled(t, databasetest.SQLite(t))
		var running []chan struct{}
		ctx, stop := context.WithCancel(t.Context())
		first, err := product.OpenProjection(ctx, other)
		if err != nil {
			t.Fatal(err)
		}
		second, err := product.OpenProjection(ctx, other)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []*product.Projection{first, second} {
			done := make(chan struct{})
			running = append(running, done)
			go func() { defer close(done); ingest.Follow(ctx, k.Ledger, p, slog.New(slog.DiscardHandler)) }()
		}
		height, err := k.Ledger.Height(ctx)
		if err != nil {
			t.Fatal(err)
		}
		reached(t, first, height)
		reached(t, second, height)
		stop()
		for _, done := range running {
			<-done
		}
		got := dump(t, other)
		if err := ingest.Rebuild(t.Context(), k.Ledger, first, func(_, _ uint64) {}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(dump(t, other), got); d != "" {
			t.Errorf("two processes wrote something else than one: %s", d)
		}
	})
}

// reached waits until a projection stands at a position.
func reached(t *testing.T, p *product.Projection, position uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		at, err := p.Checkpoint(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if at >= position {
			return
		}
	}
}

// shaky is a ledger whose events break off after each one.
type shaky struct{ ledger.Ledger }

func (s shaky) Events(ctx context.Context, after uint64) iter.Seq2[ledger.Event, error] {
	return func(yield func(ledger.Event, error) bool) {
		for e, err := range s.Ledger.Events(ctx, after) {
			if !yield(e, err) {
				return
			}
			yield(ledger.Event{}, errors.New("connection lost"))
			return
		}
	}
}

func TestCatchUpGoesOnWhereEventsBrokeOff(t *testing.T) {
	k := filled(t, databasetest.SQLite(t))
	height, err := k.Ledger.Height(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := product.OpenProjection(t.Context(), databasetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for {
		err := ingest.CatchUp(t.Context(), shaky{k.Ledger}, p, height, func(_, _ uint64) {})
		if err == nil {
			break
		}
		if calls++; calls > int(height) {
			t.Fatalf("no progress after %d tries: %v", calls, err)
		}
	}
	if at, err := p.Checkpoint(t.Context()); err != nil || at != height {
		t.Errorf("stands at %d, %v, want %d", at, err, height)
	}
}
