package account_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/guard"
)

const good = "correct horse battery"

// cheap is the least that is allowed.
var cheap = account.Hashing{Memory: 19 << 10, Passes: 1, Lanes: 1, Parallel: 2}

// A world is a platform with two makers, market regulation and the operator.
// Everybody's password is good.
type world struct {
	*account.Service
	db    *bun.DB
	guard *guard.Guard

	mu  sync.Mutex
	now time.Time // mu
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func empty(t *testing.T, db *bun.DB) *world {
	t.Helper()
	w := &world{db: db, now: time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)}
	for _, migrate := range []func(context.Context, *bun.DB) error{account.Migrate, audit.Migrate} {
		if err := migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	}
	rights, err := authz.New()
	if err != nil {
		t.Fatal(err)
	}
	w.guard = guard.New(rights, db, w.time)
	w.Service = w.with(t, cheap)
	return w
}

func (w *world) with(t *testing.T, h account.Hashing) *account.Service {
	t.Helper()
	s, err := account.New(w.db, w.guard, account.Options{Now: w.time, Hashing: h})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		w := empty(t, db)
		demo := func(id, kind string, people ...account.DemonstrationPerson) account.Demonstration {
			return account.Demonstration{Organisation: account.Organisation{ID: id, Kind: kind,
				Names: account.Names{ZH: "单位" + id, EN: "Org " + id}}, People: people}
		}
		person := func(login string, roles ...string) account.DemonstrationPerson {
			return account.DemonstrationPerson{Person: account.Person{Login: login, Name: "名" + login, Roles: roles}, Password: good}
		}
		err := w.Demonstrate(t.Context(), []account.Demonstration{
			demo("O001", authz.Operator, person("admin", authz.Administrator)),
			demo("M001", authz.Maker, person("boss", authz.Manager), person("reg", authz.Registrar)),
			demo("M002", authz.Maker, person("boss2", authz.Manager)),
		})
		if err != nil {
			t.Fatal(err)
		}
		test(t, w)
	})
}

// login logs in, and forgets a clock that would be in the way.
func (w *world) login(t *testing.T, name string) (string, account.Session) {
	t.Helper()
	token, sess, err := w.Login(t.Context(), name, good)
	if err != nil {
		t.Fatal(err)
	}
	return token, sess
}

func (w *world) subject(t *testing.T, name string) authz.Subject {
	t.Helper()
	_, sess := w.login(t, name)
	return sess.Subject
}

// refused checks for a refusal.
func refused(t *testing.T, err error, code refusal.Code, reason string, args ...string) {
	t.Helper()
	r, ok := refusal.Of(err)
	if !ok || r.Code != code || r.Reason != reason || !slices.Equal(r.Args, args) {
		t.Errorf("got %v, want %v", err, refusal.New(code, reason, args...))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// last returns the newest line of the trail as one text.
func (w *world) last(t *testing.T) string {
	t.Helper()
	lines, err := audit.List(t.Context(), w.db, audit.Filter{}, audit.Page{Limit: 1})
	must(t, err)
	l := lines[0]
	return fmt.Sprint(l.Name, " ", l.Act, " ", l.Object, " ", l.Outcome, " ", l.Reason, " ", l.Detail)
}

// alive reports whether a token has a session.
func (w *world) alive(t *testing.T, token string) bool {
	t.Helper()
	_, err := w.Resume(t.Context(), token)
	if err != nil {
		refused(t, err, refusal.Forbidden, "session-ended")
	}
	return err == nil
}

func TestBootstrap(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		w, ctx := empty(t, db), t.Context()
		o := account.Organisation{Names: account.Names{ZH: "平台运营单位"}}
		p, password, err := w.Bootstrap(ctx, o, account.Person{Login: "Root@Fanwei", Name: "赵敏"})
		must(t, err)
		if p.Login != "root@fanwei" || p.Org != "O001" || !p.MustChange {
			t.Errorf("%+v", p)
		}
		_, _, err = w.Bootstrap(ctx, account.Organisation{ID: "O9", Names: o.Names}, account.Person{Login: "again", Name: "赵敏"})
		refused(t, err, refusal.Conflict, "already-started")

		_, sess, err := w.Login(ctx, "ROOT@fanwei", password)
		must(t, err)
		if !sess.MustChange || len(sess.Roles) != 0 || sess.Kind != authz.Operator {
			t.Errorf("until the password is changed there must be no role: %+v", sess)
		}
		_, err = w.CreateOrganisation(ctx, sess.Subject, account.Organisation{Kind: authz.Maker, Names: account.Names{ZH: "甲"}})
		refused(t, err, refusal.Forbidden, "not-allowed", "create", "organisation")

		_, sess, err = w.ChangePassword(ctx, sess.Subject, password, good)
		must(t, err)
		made, err := w.CreateOrganisation(ctx, sess.Subject, account.Organisation{Kind: authz.Maker, Names: account.Names{ZH: "甲"}})
		must(t, err)
		if made.ID != "M001" || !made.Active {
			t.Errorf("%+v", made)
		}
	})
}

// TestBootstrapOnce checks that of many first starts one wins.
func TestBootstrapOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		w := empty(t, db)
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wg.Go(func() {
				_, _, errs[i] = w.Bootstrap(t.Context(), account.Organisation{Names: account.Names{ZH: "运营"}},
					account.Person{Login: fmt.Sprint("root", i), Name: "赵敏"})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			refused(t, err, refusal.Conflict, "already-started")
		}
		if won != 1 {
			t.Errorf("%d won", won)
		}
	})
}

func TestDemonstrateTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		demos := []account.Demonstration{{
			Organisation: account.Organisation{ID: "M001", Kind: authz.Maker, Names: account.Names{ZH: "别的名"}},
			People: []account.DemonstrationPerson{
				{Person: account.Person{Login: "boss", Name: "别人", Roles: []string{authz.Viewer}}, Password: "another good one"},
				{Person: account.Person{Login: "late", Name: "新人", Roles: []string{authz.Viewer}}, Password: good},
			},
		}}
		must(t, w.Demonstrate(t.Context(), demos))
		if sub := w.subject(t, "boss"); sub.Name != "名boss" || sub.OrgName != "单位M001" {
			t.Errorf("what was there changed: %+v", sub)
		}
		w.login(t, "late")
		demos[0].People[0] = account.DemonstrationPerson{Person: account.Person{Login: "weak", Name: "弱", Roles: []string{authz.Viewer}}, Password: "password1234"}
		refused(t, w.Demonstrate(t.Context(), demos), refusal.Invalid, "password-common")
	})
}
