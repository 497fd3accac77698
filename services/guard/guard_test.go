package guard_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/guard"
)

var (
	noon      = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	registrar = authz.Subject{Person: "p1", Name: "王芳", Org: "M001", Kind: authz.Maker, Roles: []string{authz.Registrar}}
	manager   = authz.Subject{Person: "p2", Name: "李强", Org: "M001", Kind: authz.Maker, Roles: []string{authz.Manager}}
	auditor   = authz.Subject{Person: "p3", Org: "O001", Kind: authz.Operator, Roles: []string{authz.Auditor}}
	ours      = authz.Object{Kind: authz.Batch, Owner: "M001"}
	theirs    = authz.Object{Kind: authz.Batch, Owner: "M002"}
)

type fixture struct {
	*guard.Guard
	db *bun.DB
}

func each(t *testing.T, test func(t *testing.T, f fixture)) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		if err := audit.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE things (id TEXT PRIMARY KEY)"); err != nil {
			t.Fatal(err)
		}
		rights, err := authz.New()
		if err != nil {
			t.Fatal(err)
		}
		test(t, fixture{guard.New(rights, db, func() time.Time { return noon }), db})
	})
}

// lines checks the trail, and empties it for the next step.
func (f fixture) lines(t *testing.T, want ...audit.Line) {
	t.Helper()
	got, err := audit.List(t.Context(), f.db, audit.Filter{}, audit.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(audit.Line{}, "ID"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("trail -want +got:\n%s", diff)
	}
	if _, err := f.db.ExecContext(t.Context(), "DELETE FROM audit_lines"); err != nil {
		t.Fatal(err)
	}
}

func line(outcome audit.Outcome, reason string) audit.Line {
	return audit.Line{At: noon, Person: "p1", Name: "王芳", Org: "M001", Act: "register", Object: "batch", ObjectID: "b1",
		Outcome: outcome, Reason: reason, Address: "192.0.2.7", Request: "r1"}
}

func (f fixture) things(t *testing.T) int64 {
	t.Helper()
	n, err := f.db.NewSelect().Table("things").Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestWrites runs the same cases through Do and DoTx.
func TestWrites(t *testing.T) {
	fault := errors.New("password=hunter2")
	cases := []struct {
		name    string
		obj     authz.Object
		end     error
		outcome audit.Outcome
		reason  string
		wantErr error
	}{
		{"done", ours, nil, audit.Done, "", nil},
		{"not allowed", theirs, nil, audit.Refused, "not-allowed", refusal.New(refusal.Forbidden, "not-allowed")},
		{"refused", ours, refusal.New(refusal.Conflict, "certificate-expired", "C1"), audit.Refused, "certificate-expired", refusal.New(refusal.Conflict, "certificate-expired")},
		{"unavailable", ours, refusal.New(refusal.Unavailable, "disk-full"), audit.Failed, "disk-full", refusal.New(refusal.Unavailable, "disk-full")},
		{"fault", ours, fault, audit.Failed, "fault", fault},
	}
	each(t, func(t *testing.T, f fixture) {
		ctx := audit.WithOrigin(t.Context(), audit.Origin{Address: "192.0.2.7", Request: "r1"})
		for _, c := range cases {
			ran := false
			err := f.Do(ctx, registrar, authz.Register, c.obj, "b1", func(context.Context) error { ran = true; return c.end })
			if !errors.Is(err, c.wantErr) || ran == (c.reason == "not-allowed") {
				t.Errorf("Do, %s: ran %v, %v", c.name, ran, err)
			}
			f.lines(t, line(c.outcome, c.reason))

			before := f.things(t)
			err = f.DoTx(ctx, registrar, authz.Register, c.obj, "b1", func(ctx context.Context, tx bun.Tx) error {
				if _, err := tx.ExecContext(ctx, "INSERT INTO things VALUES (?)", c.name); err != nil {
					return err
				}
				return c.end
			})
			if !errors.Is(err, c.wantErr) {
				t.Errorf("DoTx, %s: %v", c.name, err)
			}
			if wrote := f.things(t) > before; wrote != (c.outcome == audit.Done) {
				t.Errorf("DoTx, %s: wrote %v", c.name, wrote)
			}
			f.lines(t, line(c.outcome, c.reason))
		}
	})
}

// TestCallerGone checks that a request that was cut off leaves its line.
func TestCallerGone(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		want := line(audit.Failed, "fault")
		want.Address, want.Request = "", ""
		ctx, cancel := context.WithCancel(t.Context())
		if err := f.Do(ctx, registrar, authz.Register, ours, "b1", func(ctx context.Context) error {
			cancel()
			return ctx.Err()
		}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		f.lines(t, want)
		ctx, cancel = context.WithCancel(t.Context())
		if err := f.DoTx(ctx, registrar, authz.Register, ours, "b1", func(context.Context, bun.Tx) error {
			cancel()
			return nil
		}); err == nil {
			t.Error("committed for a caller who is gone")
		}
		f.lines(t, want)
	})
}

func TestPanic(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		want := line(audit.Failed, "fault")
		want.Address, want.Request = "", ""
		try := func(do func() error) {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
				f.lines(t, want)
			}()
			t.Error(do())
		}
		try(func() error {
			return f.Do(t.Context(), registrar, authz.Register, ours, "b1", func(context.Context) error { panic("x") })
		})
		try(func() error {
			return f.DoTx(t.Context(), registrar, authz.Register, ours, "b1", func(context.Context, bun.Tx) error { panic("x") })
		})
	})
}

// TestTrailLost checks that no write succeeds, and no refusal is answered,
// without its line.
func TestTrailLost(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		if _, err := f.db.ExecContext(t.Context(), "DROP TABLE audit_lines"); err != nil {
			t.Fatal(err)
		}
		for _, obj := range []authz.Object{ours, theirs} {
			err := f.Do(t.Context(), registrar, authz.Register, obj, "b1", func(context.Context) error { return nil })
			if _, quiet := refusal.Of(err); err == nil || quiet {
				t.Errorf("Do: %v", err)
			}
			err = f.DoTx(t.Context(), registrar, authz.Register, obj, "b1", func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO things VALUES ('a')")
				return err
			})
			if _, quiet := refusal.Of(err); err == nil || quiet {
				t.Errorf("DoTx: %v", err)
			}
		}
		if n := f.things(t); n != 0 {
			t.Errorf("%d things written without a line", n)
		}
	})
}

func TestReads(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		if err := f.See(registrar, authz.Read, ours); err != nil {
			t.Error(err)
		}
		hidden, missing := f.See(registrar, authz.Read, theirs, "b2"), guard.Missing(authz.Batch, "b2")
		if diff := cmp.Diff(missing, hidden); diff != "" || hidden.Error() != `not-found: batch-missing ["b2"]` {
			t.Errorf("%v\n%s", hidden, diff)
		}
		if r := f.Reach(registrar, authz.Read, authz.Batch); r != authz.Own {
			t.Errorf("reach %v", r)
		}
		if !f.May(registrar, authz.Register, ours) || f.May(manager, authz.Register, ours) {
			t.Error("May differs from the policy")
		}
		f.lines(t)
	})
}

func TestTrail(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		for _, sub := range []authz.Subject{registrar, auditor} {
			err := f.Do(t.Context(), sub, authz.Register, ours, "b1", func(context.Context) error { return nil })
			if sub.Kind == authz.Maker && err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			name string
			sub  authz.Subject
			f    audit.Filter
			want int // -1: refused
		}{
			{"auditor", auditor, audit.Filter{}, 2},
			{"auditor, one organisation", auditor, audit.Filter{Org: "M001"}, 1},
			{"manager", manager, audit.Filter{}, 1},
			{"manager, another organisation", manager, audit.Filter{Org: "O001"}, -1},
			{"registrar", registrar, audit.Filter{}, -1},
			{"nobody", authz.Subject{}, audit.Filter{}, -1},
		} {
			lines, err := f.Trail(t.Context(), c.sub, c.f, audit.Page{})
			if refused := refusal.Is(err, refusal.NotFound); refused != (c.want < 0) || !refused && (err != nil || len(lines) != c.want) {
				t.Errorf("%s: %d lines, %v", c.name, len(lines), err)
			}
		}
	})
}
