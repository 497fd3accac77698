// Package audit keeps the audit trail: who did what to which object, when,
// from where, and how it ended. Lines are only ever added; no function changes
// or removes one. A line holds names and ids, never a secret.
//
// Who may read the trail is asked in package guard.
package audit

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the trail's table up to date.
func Migrate(ctx context.Context, db *bun.DB) error {
	return database.Migrate(ctx, db, "audit", migrations, "migrations")
}

// An Outcome is how an operation ended.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // by a right or a rule; Reason says which
	Failed  Outcome = "failed"  // by a fault; the program's log says more
)

// A Line is one entry of the trail. Write cuts each text at MaxField bytes.
type Line struct {
	bun.BaseModel `bun:"table:audit_lines"`

	ID       string    `bun:",pk"` // set by Write
	At       time.Time // UTC
	Person   string    // id; empty if nobody was logged in
	Name     string    // of the person, as it was then
	Org      string    // the person's organisation
	Act      string    // what was asked for
	Object   string    // the kind of object
	ObjectID string    `bun:"object_id"`
	Detail   string    // what more there is to say; see WithDetail
	Outcome  Outcome
	Reason   string // of a refusal
	Address  string // where the request came from; see WithOrigin
	Request  string // its id
}

// MaxField is the most bytes of a text that a Line keeps.
const MaxField = 200

// Write adds a line, within the transaction if db is one. Detail, Address and
// Request are taken from the context if the line has none.
func Write(ctx context.Context, db bun.IDB, line Line) error {
	if line.At.IsZero() {
		return errors.New("audit: a line without time")
	}
	if o := line.Outcome; o != Done && o != Refused && o != Failed {
		return fmt.Errorf("audit: outcome %q", o)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	line.ID, line.At = id.String(), line.At.UTC().Truncate(time.Microsecond)
	line.complete(ctx)
	if _, err := db.NewInsert().Model(&line).Exec(ctx); err != nil {
		return fmt.Errorf("audit: %w", database.Explain(err))
	}
	return nil
}

// complete takes what is missing from the context, and bounds every text.
func (l *Line) complete(ctx context.Context) {
	from := OriginOf(ctx)
	if l.Address == "" {
		l.Address = from.Address
	}
	if l.Request == "" {
		l.Request = from.Request
	}
	if l.Detail == "" {
		l.Detail = detailOf(ctx)
	}
	for _, s := range []*string{
		&l.Person, &l.Name, &l.Org, &l.Act, &l.Object, &l.ObjectID, &l.Detail, &l.Reason, &l.Address, &l.Request,
	} {
		*s = bounded(*s)
	}
}

// bounded makes a text fit to store and to show: valid, on one line, short.
func bounded(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) <= MaxField {
		return s
	}
	cut := MaxField - len("…")
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// A Filter says which lines to list. A zero field lets all pass.
type Filter struct {
	Org, Person, Act, Object, ObjectID string
	Outcome                            Outcome
	From, To                           time.Time // At is not before From, and before To
}

// A Page says which part of a list to give, the newest line first.
type Page struct {
	Before string // the ID of the last line of the page before; empty for the first page
	Limit  int    // at most MaxPage; 0 is MaxPage
}

// MaxPage is the most lines of one page.
const MaxPage = 200

// List returns lines of the trail, the newest first.
func List(ctx context.Context, db bun.IDB, f Filter, p Page) ([]Line, error) {
	if p.Limit <= 0 || p.Limit > MaxPage {
		p.Limit = MaxPage
	}
	lines := make([]Line, 0, p.Limit)
	q := db.NewSelect().Model(&lines).OrderExpr("id DESC").Limit(int64(p.Limit))
	for _, c := range []struct{ column, value string }{
		{"org", f.Org}, {"person", f.Person}, {"act", f.Act}, {"object", f.Object},
		{"object_id", f.ObjectID}, {"outcome", string(f.Outcome)},
	} {
		if c.value != "" {
			q = q.Where("? = ?", bun.Ident(c.column), c.value)
		}
	}
	if !f.From.IsZero() {
		q = q.Where("at >= ?", f.From.UTC())
	}
	if !f.To.IsZero() {
		q = q.Where("at < ?", f.To.UTC())
	}
	if p.Before != "" {
		q = q.Where("id < ?", p.Before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("audit: %w", database.Explain(err))
	}
	for i := range lines {
		lines[i].At = lines[i].At.UTC()
	}
	return lines, nil
}
