package account

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
)

const (
	idleTime  = 12 * time.Hour
	wholeTime = 7 * 24 * time.Hour
	touchTime = time.Minute // a session is not marked as seen more often
)

// A Session is a person who is logged in.
type Session struct {
	authz.Subject

	Login        string
	Organisation Names
	// MustChange says that the password was shown to somebody else and must be
	// changed before anything else: until then the Subject has no roles.
	MustChange bool
	Expires    time.Time // at the latest; sooner without use
}

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`

	Digest    string `bun:",pk"`
	PersonID  string `bun:"person"`
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Person    *personRow `bun:"rel:belongs-to,join:person=id"`
}

// errEnded is the refusal of a token that is not, or no longer, one.
func errEnded() error { return refusal.New(refusal.Forbidden, "session-ended") }

// openSession makes a session and returns its token, which is kept nowhere.
func (s *Service) openSession(ctx context.Context, tx bun.Tx, p *personRow) (string, Session, error) {
	token, now := rand.Text()+rand.Text(), s.time() // 260 random bits
	row := &sessionRow{Digest: digest(token), PersonID: p.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(wholeTime)}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return "", Session{}, fmt.Errorf("open session: %w", err)
	}
	return token, sessionOf(p, row), nil
}

func sessionOf(p *personRow, row *sessionRow) Session {
	sess := Session{
		Subject: authz.Subject{Person: p.ID, Name: p.Name, Org: p.Org, OrgName: p.Organisation.NameZH,
			Kind: p.Organisation.Kind, Roles: split(p.Roles)},
		Login: p.Login, Organisation: p.Organisation.names(), MustChange: p.MustChange, Expires: row.ExpiresAt.UTC(),
	}
	if p.MustChange {
		sess.Roles = nil
	}
	return sess
}

// Resume returns the session of a token, or refuses with Forbidden
// "session-ended".
func (s *Service) Resume(ctx context.Context, token string) (Session, error) {
	row := new(sessionRow)
	err := s.db.NewSelect().Model(row).Relation("Person").Relation("Person.Organisation").
		Where("digest = ?", digest(token)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, errEnded()
	}
	if err != nil {
		return Session{}, fmt.Errorf("resume session: %w", database.Explain(err))
	}
	now := s.time()
	if !now.Before(row.ExpiresAt) || now.Sub(row.SeenAt) >= idleTime || row.Person == nil || !row.Person.welcome() {
		return Session{}, errEnded()
	}
	if now.Sub(row.SeenAt) >= touchTime {
		if _, err := s.db.ExecContext(ctx, "UPDATE sessions SET seen_at = ? WHERE digest = ?", now, row.Digest); err != nil {
			return Session{}, fmt.Errorf("resume session: %w", database.Explain(err))
		}
	}
	return sessionOf(row.Person, row), nil
}

// Logout ends the session of a token. To end what has ended is no error.
func (s *Service) Logout(ctx context.Context, token string) error {
	sess, err := s.Resume(ctx, token)
	if refusal.Is(err, refusal.Forbidden) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := endSessions(ctx, tx, "digest = ?", digest(token)); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Line{Person: sess.Person, Name: sess.Name, Org: sess.Org,
			Act: "logout", Object: "session", Outcome: audit.Done})
	})
}

// endSessions removes the sessions that a condition names.
func endSessions(ctx context.Context, db bun.IDB, where string, args ...any) error {
	if _, err := db.NewDelete().Model((*sessionRow)(nil)).Where(where, args...).Exec(ctx); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}
