package trace_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/fanwei/fanwei/chaincode/trace"
)

// bare is a ledger of one map, enough to run the bare rules. It polices them:
// a rule that reads what it has put gets another answer on a peer.
type bare struct {
	t       testing.TB
	state   map[string][]byte
	commits int
	now     time.Time // the real clock's if zero
}

func newBare(t testing.TB, now time.Time) *bare {
	return &bare{t: t, state: map[string][]byte{}, now: now}
}

// submit runs a command and commits it if it is not refused.
func (b *bare) submit(as trace.Caller, cmd trace.Command) (trace.Outcome, error) {
	out, puts, err := b.try(as, cmd)
	if err == nil {
		maps.Copy(b.state, puts)
		b.commits++
	}
	return out, err
}

// try runs a command and commits nothing.
func (b *bare) try(as trace.Caller, cmd trace.Command) (trace.Outcome, map[string][]byte, error) {
	now := b.now
	if now.IsZero() {
		now = time.Now()
	}
	tx := &bareTx{bare: b, as: as, now: now, puts: map[string][]byte{}}
	out, err := trace.Apply(tx, cmd)
	if out.Repeated && len(tx.puts) > 0 {
		b.t.Errorf("a repeated command put %v", tx.puts)
	}
	return out, tx.puts, err
}

// do is a tracetest.Do.
func (b *bare) do(as trace.Caller, name string, payload []byte) ([]byte, error) {
	cmd, err := trace.Decode(name, payload)
	if err != nil {
		return nil, err
	}
	out, err := b.submit(as, cmd)
	return out.Event, err
}

type bareTx struct {
	*bare
	as   trace.Caller
	now  time.Time
	puts map[string][]byte
}

func (t *bareTx) ID() string           { return fmt.Sprint("tx-", t.commits) }
func (t *bareTx) Time() time.Time      { return t.now }
func (t *bareTx) Caller() trace.Caller { return t.as }

func (t *bareTx) Get(key string) ([]byte, error) {
	if _, ok := t.puts[key]; ok {
		t.t.Errorf("read of its own write: %s", key)
	}
	return t.state[key], nil
}

func (t *bareTx) Put(key string, value []byte) error {
	if _, ok := t.puts[key]; ok {
		t.t.Errorf("second write of %s", key)
	}
	t.puts[key] = value
	return nil
}

// Callers and commands of the tests.

var (
	market = trace.Caller{Kind: trace.Market, Org: "market"}
	maker  = trace.Caller{Kind: trace.Maker, Org: "M1"}
	noon   = time.Date(2026, 11, 21, 12, 0, 0, 0, time.FixedZone("", 8*60*60))
)

const (
	gtin = "06901234567892"
	root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
)

func named(id string) trace.Head { return trace.Head{ID: id} }

func certificate(number string, capacity int64) trace.RecordCertificate {
	return trace.RecordCertificate{Head: named("record-" + number), Number: number, Holder: maker.Org, Class: "battery",
		Models: []string{"NX-48"}, Standards: []string{"GB 43854-2024"},
		ValidFrom: "2025-01-01", ValidTo: "2028-12-31", Capacity: capacity}
}

func model() trace.RegisterModel {
	return trace.RegisterModel{Head: named("model"), GTIN: gtin, Model: "NX-48", ModelName: "48 V 电池",
		Brand: "Nanxing", Class: "battery", Specification: "48 V 20 Ah"}
}

func batch(lot string, size int64) trace.RegisterBatch {
	return trace.RegisterBatch{Head: named("batch-" + lot), GTIN: gtin, Lot: lot, Size: size, Root: root,
		Certificate: "C1", Plant: "Plant 1", ProducedOn: "2026-11-21", Key: "k1"}
}

// withModel returns a ledger with a certificate, C1, and its model.
func withModel(t testing.TB, capacity int64) *bare {
	b := newBare(t, noon)
	if _, err := b.submit(market, certificate("C1", capacity)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.submit(maker, model()); err != nil {
		t.Fatal(err)
	}
	return b
}
