// Package product is what the platform knows of certificates, models, batches
// and recalls. Writes are commands to the ledger; reads come from tables that
// the ledger's events fill.
package product

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"gocloud.dev/blob"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/guard"
	"github.com/fanwei/fanwei/services/ledger"
	"github.com/fanwei/fanwei/services/vault"
)

// A Service answers and changes what is known of products, on behalf of people
// whose rights it checks.
type Service struct {
	db         *bun.DB
	ledger     ledger.Ledger
	projection *Projection
	guard      *guard.Guard
	vault      *vault.Vault
	photos     *blob.Bucket
	clock      func() time.Time
	maxBatch   int64
}

// Parts are what a Service works with.
type Parts struct {
	DB         *bun.DB
	Ledger     ledger.Ledger
	Projection *Projection
	Guard      *guard.Guard
	Vault      *vault.Vault
	Photos     *blob.Bucket
	Clock      func() time.Time
	MaxBatch   int64 // most units of a batch whose codes are computed here
}

// New returns a service. Something must apply the ledger's events to the
// projection, or writes will wait in vain.
func New(p Parts) *Service {
	return &Service{db: p.DB, ledger: p.Ledger, projection: p.Projection, guard: p.Guard,
		vault: p.Vault, photos: p.Photos, clock: p.Clock, maxBatch: p.MaxBatch}
}

// submit records a command and returns when reads show it.
func (s *Service) submit(ctx context.Context, sub authz.Subject, cmd trace.Command) error {
	e, err := s.ledger.Submit(ctx, caller(sub), cmd)
	if err != nil {
		return err
	}
	return s.projection.wait(ctx, e.Position)
}

// caller is the organisation for which a person signs.
func caller(sub authz.Subject) trace.Caller {
	return trace.Caller{Kind: trace.Kind(sub.Kind), Org: sub.Org}
}

// Today returns the current day in China, as the law counts days.
func (s *Service) Today() trace.Date {
	return trace.DateOf(s.clock())
}

// A Page says which part of a list is wanted.
type Page struct {
	Query string // part of a number, name or lot; empty for all
	After int    // how many to leave out
	Limit int    // how many to return, 1 to 200
}

// bounded keeps a page's figures within sense.
func (p Page) bounded() Page {
	if p.Limit < 1 || p.Limit > 200 {
		p.Limit = 50
	}
	p.After = max(p.After, 0)
	return p
}

// list fills rows with the page of what a subject may see of a kind, newest
// first, and returns how many there are in all.
func (s *Service) list(ctx context.Context, sub authz.Subject, kind authz.Kind, owner string, page Page, q *bun.SelectQuery) (int, error) {
	switch s.guard.Reach(sub, authz.Read, kind) {
	case authz.All:
	case authz.Own:
		q = q.Where("? = ?", bun.Ident(owner), sub.Org)
	default:
		return 0, refusal.New(refusal.NotFound, "no-such-page")
	}
	page = page.bounded()
	n, err := q.OrderExpr("position DESC").Limit(int64(page.Limit)).Offset(int64(page.After)).ScanAndCount(ctx)
	if err != nil {
		return 0, fmt.Errorf("list %ss: %w", kind, err)
	}
	return int(n), nil
}

// found turns the database's word for "no row" into a refusal.
func found(err error, reason string, args ...string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return refusal.New(refusal.NotFound, reason, args...)
	}
	return err
}
