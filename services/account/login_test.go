package account_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
)

func from(t *testing.T, address string) context.Context {
	return audit.WithOrigin(t.Context(), audit.Origin{Address: address, Request: "r1"})
}

func TestLogin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		token, sess, err := w.Login(from(t, "192.0.2.1"), " Boss ", good)
		must(t, err)
		want := account.Session{
			Subject: authz.Subject{Person: sess.Person, Name: "名boss", Org: "M001", OrgName: "单位M001", Kind: authz.Maker, Roles: []string{authz.Manager}},
			Login:   "boss", Organisation: account.Names{ZH: "单位M001", EN: "Org M001"}, Expires: w.time().Add(7 * 24 * time.Hour),
		}
		again, err := w.Resume(t.Context(), token)
		must(t, err)
		for _, got := range []account.Session{sess, again} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		}
		lines, err := audit.List(t.Context(), w.db, audit.Filter{Act: "login", Outcome: audit.Done}, audit.Page{})
		must(t, err)
		line := audit.Line{ID: lines[0].ID, At: w.time(), Person: sess.Person, Name: "名boss", Org: "M001", Act: "login",
			Object: "session", ObjectID: sess.Person, Outcome: audit.Done, Address: "192.0.2.1", Request: "r1"}
		if diff := cmp.Diff([]audit.Line{line}, lines); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		must(t, w.Logout(t.Context(), token))
		if w.alive(t, token) {
			t.Error("logged out, and still there")
		}
		if got := w.last(t); got != "名boss logout session done  " {
			t.Errorf("trail: %q", got)
		}
		must(t, w.Logout(t.Context(), token))
		if w.alive(t, "") || w.alive(t, strings.Repeat("x", 1<<16)) {
			t.Error("a session for nothing")
		}
	})
}

// TestSecretsAreNotKept looks for the token and the password in every table.
func TestSecretsAreNotKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		token, _ := w.login(t, "boss")
		_, _, err := w.Login(t.Context(), "My-Secret-By-Mistake", "My-Secret-By-Mistake")
		refused(t, err, refusal.Forbidden, "login-wrong")
		for _, table := range []string{"people", "sessions", "login_attempts", "audit_lines"} {
			var rows []map[string]any
			must(t, w.db.NewSelect().Table(table).Scan(t.Context(), &rows))
			if len(rows) == 0 {
				t.Errorf("%s: empty", table)
			}
			text := strings.ToLower(fmt.Sprintf("%s", rows))
			for _, secret := range []string{token, good, "my-secret"} {
				if strings.Contains(text, strings.ToLower(secret)) {
					t.Errorf("%s keeps %q", table, secret)
				}
			}
		}
	})
}

func TestSessionExpires(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		idle, _ := w.login(t, "boss")
		used, _ := w.login(t, "boss")
		w.pass(12*time.Hour - time.Second)
		if !w.alive(t, used) {
			t.Error("ended too soon")
		}
		w.pass(time.Second)
		if w.alive(t, idle) {
			t.Error("an idle session goes on")
		}
		for range 20 {
			w.pass(8 * time.Hour)
			w.alive(t, used)
		}
		w.pass(-4 * time.Hour) // 168 hours in all, without the last second
		if w.pass(-time.Second); !w.alive(t, used) {
			t.Error("ended before seven days")
		}
		if w.pass(time.Second); w.alive(t, used) {
			t.Error("a session goes on after seven days")
		}
		must(t, w.Sweep(t.Context()))
		if n, err := w.db.NewSelect().Table("sessions").Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d sessions left, %v", n, err)
		}
	})
}

// TestTouch checks that a session is written at most once a minute.
func TestTouch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		token, _ := w.login(t, "boss")
		seen := func() (at time.Time) {
			w.alive(t, token)
			must(t, w.db.NewSelect().Table("sessions").Column("seen_at").Scan(t.Context(), &at))
			return at.UTC()
		}
		start := w.time()
		if w.pass(59 * time.Second); !seen().Equal(start) {
			t.Error("written within the minute")
		}
		if w.pass(time.Second); !seen().Equal(start.Add(time.Minute)) {
			t.Error("not written after a minute")
		}
	})
}

func TestChangePassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		one, sess := w.login(t, "boss")
		two, _ := w.login(t, "boss")
		_, _, err := w.ChangePassword(ctx, sess.Subject, "wrong", "quite another one")
		refused(t, err, refusal.Forbidden, "password-wrong")
		if got := w.last(t); got != "名boss change-password person refused password-wrong " {
			t.Errorf("trail: %q", got)
		}
		_, _, err = w.ChangePassword(ctx, sess.Subject, good, good)
		refused(t, err, refusal.Invalid, "password-same")
		_, _, err = w.ChangePassword(ctx, sess.Subject, good, "short")
		refused(t, err, refusal.Invalid, "password-short", "12")
		_, _, err = w.ChangePassword(ctx, authz.Subject{}, good, "quite another one")
		refused(t, err, refusal.Forbidden, "session-ended")
		if !w.alive(t, one) {
			t.Error("a refused change ended a session")
		}
		three, _, err := w.ChangePassword(ctx, sess.Subject, good, "quite another one")
		must(t, err)
		if w.alive(t, one) || w.alive(t, two) || !w.alive(t, three) {
			t.Error("the old sessions must end, the new one live")
		}
		_, _, err = w.Login(ctx, "boss", good)
		refused(t, err, refusal.Forbidden, "login-wrong")
		_, _, err = w.Login(ctx, "boss", "ｑｕｉｔｅ　another one") // full width, as a Chinese keyboard may type it
		must(t, err)

		for range 5 {
			_, _, err = w.ChangePassword(ctx, sess.Subject, "wrong", "one more good one")
			refused(t, err, refusal.Forbidden, "password-wrong")
		}
		_, _, err = w.ChangePassword(ctx, sess.Subject, "quite another one", "one more good one")
		refused(t, err, refusal.Unavailable, "login-throttled", "30")
	})
}

// TestRehash checks that a login keeps a hash of the parameters of today.
func TestRehash(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stored := func() (phc string) {
			must(t, w.db.NewSelect().Table("people").Column("password").Where("login = 'boss'").Scan(t.Context(), &phc))
			return phc
		}
		if !strings.HasPrefix(stored(), "$argon2id$v=19$m=19456,t=1,p=1$") {
			t.Fatal(stored())
		}
		dearer := w.with(t, account.Hashing{Memory: 20 << 10, Passes: 2, Lanes: 1, Parallel: 1})
		_, _, err := dearer.Login(t.Context(), "boss", "wrong")
		refused(t, err, refusal.Forbidden, "login-wrong")
		_, _, err = dearer.Login(t.Context(), "boss", good)
		must(t, err)
		before := stored()
		if !strings.HasPrefix(before, "$argon2id$v=19$m=20480,t=2,p=1$") {
			t.Error(before)
		}
		_, _, err = dearer.Login(t.Context(), "boss", good)
		must(t, err)
		if stored() != before {
			t.Error("hashed anew without a reason")
		}
	})
}

// TestTrailLost checks that nobody logs in unseen.
func TestTrailLost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := w.db.ExecContext(t.Context(), "DROP TABLE audit_lines"); err != nil {
			t.Fatal(err)
		}
		for _, password := range []string{good, "wrong"} {
			_, _, err := w.Login(t.Context(), "boss", password)
			if _, quiet := refusal.Of(err); err == nil || quiet {
				t.Error(err)
			}
		}
		if n, err := w.db.NewSelect().Table("sessions").Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d sessions, %v", n, err)
		}
	})
}
