package account_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
)

// add adds a person to the subject's organisation.
func (w *world) add(t *testing.T, sub authz.Subject, login string, roles ...string) (account.Person, string) {
	t.Helper()
	p, password, err := w.AddPerson(t.Context(), sub, account.Person{Org: sub.Org, Login: login, Name: "名" + login, Roles: roles})
	must(t, err)
	return p, password
}

func TestAddPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, boss := t.Context(), w.subject(t, "boss")
		p, password := w.add(t, boss, "Li.Na", authz.Viewer, authz.Printer)
		if got := w.last(t); got != "名boss add person done  li.na: viewer, printer" {
			t.Errorf("trail: %q", got)
		}
		people, err := w.People(ctx, boss, "M001")
		must(t, err)
		if diff := cmp.Diff(p, people[2]); diff != "" || p.Login != "li.na" || strings.Join(p.Roles, " ") != "printer viewer" {
			t.Errorf("%+v\n%s", p, diff)
		}
		one, err := w.Person(ctx, boss, p.ID)
		must(t, err)
		if diff := cmp.Diff(p, one); diff != "" {
			t.Error(diff)
		}
		_, sess, err := w.Login(ctx, "li.na", password)
		must(t, err)
		_, sess, err = w.ChangePassword(ctx, sess.Subject, password, good)
		must(t, err)
		if sess.MustChange || strings.Join(sess.Roles, " ") != "printer viewer" || sess.Organisation.EN != "Org M001" {
			t.Errorf("%+v", sess)
		}
	})
}

func TestAddPersonRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, boss, admin := t.Context(), w.subject(t, "boss"), w.subject(t, "admin")
		for _, c := range []struct {
			name   string
			sub    authz.Subject
			p      account.Person
			code   refusal.Code
			reason string
			args   []string
		}{
			{"taken", boss, account.Person{Org: "M001", Login: " REG ", Name: "王"}, refusal.Exists, "login-taken", []string{"reg"}},
			{"taken elsewhere", boss, account.Person{Org: "M001", Login: "Boss2", Name: "王"}, refusal.Exists, "login-taken", []string{"boss2"}},
			{"login", boss, account.Person{Org: "M001", Login: "王芳芳", Name: "王"}, refusal.Invalid, "login-name", []string{"王芳芳"}},
			{"name", boss, account.Person{Org: "M001", Login: "wang", Name: ""}, refusal.Invalid, "text-missing", []string{"person-name"}},
			{"role of others", boss, account.Person{Org: "M001", Login: "wang", Name: "王", Roles: []string{authz.Officer}}, refusal.Invalid, "role-unknown", []string{"officer", "maker"}},
			{"no role", boss, account.Person{Org: "M001", Login: "wang", Name: "王", Roles: []string{}}, refusal.Invalid, "roles-missing", nil},
			{"another's organisation", boss, account.Person{Org: "M002", Login: "wang", Name: "王"}, refusal.Forbidden, "not-allowed", []string{"add", "person"}},
			{"no manager", w.subject(t, "reg"), account.Person{Org: "M001", Login: "wang", Name: "王"}, refusal.Forbidden, "not-allowed", []string{"add", "person"}},
			{"nobody", authz.Subject{}, account.Person{Org: "M001", Login: "wang", Name: "王"}, refusal.Forbidden, "not-allowed", []string{"add", "person"}},
			{"administrator, no leader", admin, account.Person{Org: "M001", Login: "wang", Name: "王", Roles: []string{authz.Manager, authz.Registrar}}, refusal.Forbidden, "leader-only", []string{"manager"}},
			{"no organisation", admin, account.Person{Org: "M999", Login: "wang", Name: "王"}, refusal.NotFound, "organisation-missing", []string{"M999"}},
		} {
			if c.p.Roles == nil {
				c.p.Roles = []string{authz.Viewer}
			}
			_, password, err := w.AddPerson(ctx, c.sub, c.p)
			t.Log(c.name)
			refused(t, err, c.code, c.reason, c.args...)
			if password != "" {
				t.Error("a password without a person")
			}
		}
		_, _, err := w.AddPerson(ctx, admin, account.Person{Org: "M001", Login: "wang", Name: "王", Roles: []string{authz.Manager}})
		must(t, err)
		_, err = w.People(ctx, admin, "M001")
		refused(t, err, refusal.NotFound, "organisation-missing", "M001")
	})
}

func TestSetRoles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, boss, other := t.Context(), w.subject(t, "boss"), w.subject(t, "boss2")
		token, reg := w.login(t, "reg")
		must(t, w.SetRoles(ctx, boss, reg.Person, []string{authz.Viewer, authz.Quality, authz.Viewer}))
		if got := w.last(t); got != "名boss change person done  roles: viewer, quality, viewer" {
			t.Errorf("trail: %q", got)
		}
		if w.alive(t, token) {
			t.Error("a session outlives its roles")
		}
		if got := w.subject(t, "reg").Roles; strings.Join(got, " ") != "quality viewer" {
			t.Error(got)
		}
		refused(t, w.SetRoles(ctx, boss, reg.Person, nil), refusal.Invalid, "roles-missing")
		refused(t, w.SetRoles(ctx, boss, reg.Person, []string{authz.Auditor}), refusal.Invalid, "role-unknown", "auditor", "maker")
		refused(t, w.SetRoles(ctx, boss, boss.Person, []string{authz.Viewer}), refusal.Conflict, "last-leader", "manager")
		refused(t, w.SetRoles(ctx, reg.Subject, reg.Person, []string{authz.Manager}), refusal.NotFound, "person-missing", reg.Person)
		refused(t, w.SetRoles(ctx, boss, "nobody", []string{authz.Viewer}), refusal.NotFound, "person-missing", "nobody")
		refused(t, w.SetRoles(ctx, other, reg.Person, []string{authz.Viewer}), refusal.NotFound, "person-missing", reg.Person)
		if got := w.last(t); got != "名boss2 change person refused not-allowed roles: viewer" {
			t.Errorf("trail: %q", got)
		}
	})
}

func TestRemovePerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, boss := t.Context(), w.subject(t, "boss")
		token, reg := w.login(t, "reg")
		refused(t, w.RemovePerson(ctx, boss, boss.Person), refusal.Conflict, "remove-yourself")
		must(t, w.RemovePerson(ctx, boss, reg.Person))
		if w.alive(t, token) {
			t.Error("a removed person is still there")
		}
		_, _, err := w.Login(ctx, "reg", good)
		refused(t, err, refusal.Forbidden, "login-wrong")
		for _, err := range []error{w.RemovePerson(ctx, boss, reg.Person), w.SetRoles(ctx, boss, reg.Person, []string{authz.Viewer})} {
			refused(t, err, refusal.Conflict, "person-removed", "名reg")
		}
		_, _, err = w.AddPerson(ctx, boss, account.Person{Org: "M001", Login: "reg", Name: "别人", Roles: []string{authz.Viewer}})
		refused(t, err, refusal.Exists, "login-taken", "reg")
		people, err := w.People(ctx, boss, "M001")
		must(t, err)
		if len(people) != 2 || people[1].Active {
			t.Errorf("%+v", people)
		}
		refused(t, w.RemovePerson(ctx, w.subject(t, "boss2"), boss.Person), refusal.NotFound, "person-missing", boss.Person)
	})
}

// TestLastLeader checks that two managers who remove one another at the same
// moment do not both succeed.
func TestLastLeader(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss := w.subject(t, "boss")
		p, _ := w.add(t, boss, "deputy", authz.Manager)
		deputy := authz.Subject{Person: p.ID, Org: "M001", Kind: authz.Maker, Roles: []string{authz.Manager}}
		var wg sync.WaitGroup
		var one, two error
		wg.Go(func() { one = w.RemovePerson(t.Context(), boss, deputy.Person) })
		wg.Go(func() { two = w.SetRoles(t.Context(), deputy, boss.Person, []string{authz.Viewer}) })
		wg.Wait()
		if (one == nil) == (two == nil) {
			t.Fatalf("%v; %v", one, two)
		}
		for _, err := range []error{one, two} {
			if err != nil {
				refused(t, err, refusal.Conflict, "last-leader", "manager")
			}
		}
	})
}

func TestResetPassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, boss := t.Context(), w.subject(t, "boss")
		token, reg := w.login(t, "reg")
		for range 5 {
			_, _, err := w.Login(ctx, "reg", "wrong")
			refused(t, err, refusal.Forbidden, "login-wrong")
		}
		password, err := w.ResetPassword(ctx, boss, reg.Person)
		must(t, err)
		if got := w.last(t); got != "名boss change person done  password reset" {
			t.Errorf("trail: %q", got)
		}
		if w.alive(t, token) {
			t.Error("a session outlives its password")
		}
		_, sess, err := w.Login(ctx, "reg", password) // without waiting, too
		must(t, err)
		if !sess.MustChange || len(sess.Roles) != 0 {
			t.Errorf("%+v", sess)
		}
		_, err = w.ResetPassword(ctx, boss, boss.Person)
		refused(t, err, refusal.Conflict, "reset-yourself")
		_, err = w.ResetPassword(ctx, w.subject(t, "boss2"), reg.Person)
		refused(t, err, refusal.NotFound, "person-missing", reg.Person)
		_, err = w.ResetPassword(ctx, w.subject(t, "admin"), reg.Person)
		refused(t, err, refusal.NotFound, "person-missing", reg.Person)
	})
}
