// Package account keeps organisations, their people and roles, passwords and
// sessions. A person belongs to one organisation and has one or more roles of
// its kind.
//
// Second factors would be asked for between the password and the session in
// Login; a person known by OpenID Connect would enter where the session is
// made. Neither is built.
package account

import (
	"context"
	"embed"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/guard"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the tables of accounts up to date.
func Migrate(ctx context.Context, db *bun.DB) error {
	return database.Migrate(ctx, db, "account", migrations, "migrations")
}

// A Service is safe for concurrent use.
type Service struct {
	db    *bun.DB
	guard *guard.Guard
	hash  *hasher
	now   func() time.Time
}

// Options are what a Service may be told. The zero value is right.
type Options struct {
	Now     func() time.Time // time.Now
	Hashing Hashing
}

// New returns a service over db, whose tables must be up to date (Migrate,
// audit.Migrate).
func New(db *bun.DB, g *guard.Guard, o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	h, err := newHasher(o.Hashing)
	if err != nil {
		return nil, err
	}
	return &Service{db: db, guard: g, hash: h, now: o.Now}, nil
}

// time returns now, as a database keeps it.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// inTx runs fn in a transaction.
func (s *Service) inTx(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return database.Explain(s.db.RunInTx(ctx, nil, fn))
}

// note writes the audit line of what needs no right: logging in and out, the
// own password, the first start.
func (s *Service) note(ctx context.Context, db bun.IDB, l audit.Line) error {
	l.At = s.now()
	return audit.Write(ctx, db, l)
}

// Sweep removes expired sessions and login attempts that count no longer. Run
// it every hour or so.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.time()
	if _, err := s.db.NewDelete().Model((*sessionRow)(nil)).
		Where("expires_at <= ? OR seen_at <= ?", now, now.Add(-idleTime)).Exec(ctx); err != nil {
		return fmt.Errorf("sweep sessions: %w", database.Explain(err))
	}
	if _, err := s.db.NewDelete().Model((*attemptRow)(nil)).
		Where("last < ? AND until < ?", now.Add(-attemptWindow).UnixMilli(), now.UnixMilli()).Exec(ctx); err != nil {
		return fmt.Errorf("sweep login attempts: %w", database.Explain(err))
	}
	return nil
}

// affected returns how many rows a statement changed.
func affected(res interface{ RowsAffected() (int64, error) }, err error) (int64, error) {
	if err != nil {
		return 0, database.Explain(err)
	}
	return res.RowsAffected()
}

func object(kind authz.Kind, org string) authz.Object { return authz.Object{Kind: kind, Owner: org} }
