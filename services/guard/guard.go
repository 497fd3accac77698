// Package guard is the door that every write passes: it asks whether the
// subject may, runs the write, and puts a line into the audit trail, of
// refused writes too. Reads ask See and Reach, which leave no line.
package guard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
)

// A Guard is safe for concurrent use.
type Guard struct {
	rights *authz.Enforcer
	db     *bun.DB
	now    func() time.Time
}

// New returns a guard that writes the audit trail to db, whose tables must be
// up to date (audit.Migrate).
func New(rights *authz.Enforcer, db *bun.DB, now func() time.Time) *Guard {
	return &Guard{rights: rights, db: db, now: now}
}

// errUnfinished is how an operation ended that panicked.
var errUnfinished = errors.New("guard: the operation did not return")

// Do runs a write if the subject may do the act on the object, and writes the
// audit line of how it ended. id names the object in that line; it may be
// empty where there is none yet.
//
// Do returns fn's error, or the refusal Forbidden "not-allowed" if fn was not
// run. If the line cannot be written, Do fails with that, whatever fn did: the
// caller must not report success. fn must therefore be safe to run again.
func (g *Guard) Do(ctx context.Context, sub authz.Subject, act authz.Act, obj authz.Object, id string,
	fn func(ctx context.Context) error,
) (err error) {
	line := lineOf(sub, act, obj, id)
	err = errUnfinished
	defer func() { err = g.note(ctx, line, err) }()
	if err = g.rights.Check(sub, act, obj); err == nil {
		err = errUnfinished
		err = fn(ctx)
	}
	return err
}

// DoTx is Do for a write into the database: what fn writes through tx and the
// line that tells of it are one transaction. fn must not use the database but
// through tx.
func (g *Guard) DoTx(ctx context.Context, sub authz.Subject, act authz.Act, obj authz.Object, id string,
	fn func(ctx context.Context, tx bun.Tx) error,
) (err error) {
	line := lineOf(sub, act, obj, id)
	err = errUnfinished
	defer func() {
		if err != nil { // nothing was committed, not the line either
			err = g.note(ctx, line, err)
		}
	}()
	if err = g.rights.Check(sub, act, obj); err != nil {
		return err
	}
	err = errUnfinished
	err = database.Explain(g.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		line.At, line.Outcome = g.now(), audit.Done
		return audit.Write(ctx, tx, line)
	}))
	return err
}

// noteTime bounds how long a line may take to write. The line is written even
// if the caller has gone away.
const noteTime = 15 * time.Second

// note writes the line of an operation that ended with err, and returns err,
// or why the line could not be written.
func (g *Guard) note(ctx context.Context, line audit.Line, err error) error {
	line.At = g.now()
	line.Outcome, line.Reason = ending(err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	if lost := audit.Write(ctx, g.db, line); lost != nil {
		return fmt.Errorf("%s %s ended %s, and there is no line of it: %w", line.Act, line.Object, line.Outcome, lost)
	}
	return err
}

// ending says of an error what the trail keeps of it. The text of a fault is
// not kept: it may hold anything.
func ending(err error) (audit.Outcome, string) {
	if err == nil {
		return audit.Done, ""
	}
	r, ok := refusal.Of(err)
	switch {
	case !ok:
		return audit.Failed, "fault"
	case r.Code == refusal.Unavailable:
		return audit.Failed, r.Reason
	}
	return audit.Refused, r.Reason
}

func lineOf(sub authz.Subject, act authz.Act, obj authz.Object, id string) audit.Line {
	return audit.Line{
		Person: sub.Person, Name: sub.Name, Org: sub.Org,
		Act: string(act), Object: string(obj.Kind), ObjectID: id,
	}
}

// See returns nil if the subject may do the act, a reading one, on the object.
// Otherwise it returns what Missing does, so that what is hidden looks like
// what is not there.
func (g *Guard) See(sub authz.Subject, act authz.Act, obj authz.Object, names ...string) error {
	if g.rights.Check(sub, act, obj) != nil {
		return Missing(obj.Kind, names...)
	}
	return nil
}

// May reports whether the subject may do the act on the object, for pages that
// show only what leads somewhere. It guards nothing.
func (g *Guard) May(sub authz.Subject, act authz.Act, obj authz.Object) bool {
	return g.rights.Check(sub, act, obj) == nil
}

// Missing returns the refusal NotFound of an object that does not exist, such
// as "batch-missing"; names are what it was asked for by.
func Missing(kind authz.Kind, names ...string) error {
	return refusal.New(refusal.NotFound, string(kind)+"-missing", names...)
}

// Reach returns which objects of a kind a list may show to the subject.
func (g *Guard) Reach(sub authz.Subject, act authz.Act, kind authz.Kind) authz.Reach {
	return g.rights.Reach(sub, act, kind)
}

// Trail returns the lines of the audit trail that the subject may read, the
// newest first: all, or those of its own organisation's people. The refusal is
// NotFound "audit-missing".
func (g *Guard) Trail(ctx context.Context, sub authz.Subject, f audit.Filter, p audit.Page) ([]audit.Line, error) {
	switch g.rights.Reach(sub, authz.Read, authz.Audit) {
	case authz.All:
	case authz.Own:
		if f.Org != "" && f.Org != sub.Org {
			return nil, Missing(authz.Audit)
		}
		f.Org = sub.Org
	default:
		return nil, Missing(authz.Audit)
	}
	return audit.List(ctx, g.db, f, p)
}
