// Package producttest opens a whole product service on an embedded ledger, for
// tests of it and of what stands on it.
package producttest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"gocloud.dev/blob/memblob"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/guard"
	"github.com/fanwei/fanwei/services/ledger"
	"github.com/fanwei/fanwei/services/ledger/embedded"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/vault"
)

// A Kit is a product service with all that it stands on.
type Kit struct {
	*product.Service

	DB         *bun.DB
	Ledger     *embedded.Ledger
	Projection *product.Projection
	Guard      *guard.Guard
	Clock      *Clock
}

// A Clock stands still until it is set.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Start is when a kit's clock begins.
var Start = time.Date(2026, 11, 20, 10, 24, 0, 0, time.FixedZone("", 8*60*60))

// Open opens a service on an empty database. Its tables follow the ledger
// until the test ends.
func Open(t *testing.T, db *bun.DB) *Kit {
	t.Helper()
	ctx := t.Context()
	k := &Kit{DB: db, Clock: &Clock{now: Start}}
	must(t, audit.Migrate(ctx, db))
	rights, err := authz.New()
	must(t, err)
	k.Guard = guard.New(rights, db, k.Clock.Now)
	k.Ledger, err = embedded.Open(ctx, db, k.Clock.Now)
	must(t, err)
	t.Cleanup(func() { must(t, k.Ledger.Close()) })
	k.Projection, err = product.OpenProjection(ctx, db)
	must(t, err)
	photos := memblob.OpenBucket(nil)
	t.Cleanup(func() { must(t, photos.Close()) })
	k.Service = product.New(product.Parts{DB: db, Ledger: k.Ledger, Projection: k.Projection, Guard: k.Guard,
		Vault: secrets(t, db), Photos: photos, Clock: k.Clock.Now, MaxBatch: 1 << 20})
	follow(t, k.Ledger, k.Projection)
	return k
}

func secrets(t *testing.T, db *bun.DB) *vault.Vault {
	path := filepath.Join(t.TempDir(), "seal.key")
	must(t, vault.NewKeyFile(path))
	keeper, err := vault.OpenKeyFile(t.Context(), path)
	must(t, err)
	t.Cleanup(func() { must(t, keeper.Close()) })
	v, err := vault.Open(t.Context(), db, keeper)
	must(t, err)
	return v
}

// follow applies each event as it comes. The program does it with package
// ingest, which stands above this one.
func follow(t *testing.T, l ledger.Ledger, p *product.Projection) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		after := uint64(0)
		for e, err := range l.Events(ctx, after) {
			if err == nil {
				err = p.Apply(ctx, after, []ledger.Event{e})
			}
			if err != nil && ctx.Err() == nil && !errors.Is(err, product.ErrRaced) {
				t.Error(err)
				return
			}
			after = e.Position
		}
	}()
	t.Cleanup(func() { stop(); <-done })
}

// Maker returns somebody who may do everything for a maker.
func Maker(org string) authz.Subject { return subject(authz.Maker, org) }

// Market returns an officer of market regulation.
func Market() authz.Subject { return subject(authz.Market, "market-1") }

func subject(kind, org string) authz.Subject {
	return authz.Subject{Person: "p-" + org, Name: org, Org: org, OrgName: org, Kind: kind, Roles: authz.Roles(kind)}
}

// ID returns a new command id.
func ID() trace.Head { return trace.Head{ID: uuid.NewString()} }

// GTIN returns the n-th GTIN of a prefix that nobody has.
func GTIN(n int) string {
	body := fmt.Sprintf("0690123%06d", n)
	sum := 0
	for i, c := range body {
		sum += int(c-'0') * (3 - i%2*2)
	}
	return body + fmt.Sprint((10-sum%10)%10)
}

// Certify records a certificate of a maker for models of the lithium battery
// class, valid from 2025 to 2029 for a million units a year.
func (k *Kit) Certify(t *testing.T, number, holder string, models ...string) {
	t.Helper()
	must(t, k.RecordCertificate(t.Context(), Market(), trace.RecordCertificate{Head: ID(), Number: number, Holder: holder,
		Class: "ebike-lithium-battery", Models: models, Standards: []string{"GB 43854-2024"},
		ValidFrom: "2025-01-01", ValidTo: "2029-12-31", Capacity: 1_000_000}))
}

// AddModel registers a model of a maker.
func (k *Kit) AddModel(t *testing.T, org, gtin, model string) {
	t.Helper()
	must(t, k.RegisterModel(t.Context(), Maker(org), trace.RegisterModel{Head: ID(), GTIN: gtin, Model: model,
		ModelName: model + " 电池", Brand: "岚泊", Class: "ebike-lithium-battery", Specification: "48 V 24 Ah"}))
}

// AddBatch registers a batch made today.
func (k *Kit) AddBatch(t *testing.T, org, gtin, lot string, size int64) product.Batch {
	t.Helper()
	b, err := k.RegisterBatch(t.Context(), Maker(org), product.NewBatch{ID: uuid.NewString(), GTIN: gtin, Lot: lot, Size: size,
		Plant: "云溪工厂", ProducedOn: k.Today()})
	must(t, err)
	return b
}

// Serial returns the serial of a unit.
func (k *Kit) Serial(t *testing.T, b product.Batch, index uint64) string {
	t.Helper()
	coder, err := k.Coder(t.Context(), b)
	must(t, err)
	return coder.Serial(index)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
