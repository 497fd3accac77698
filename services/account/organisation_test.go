package account_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
)

func TestOrganisations(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.subject(t, "admin")
		want := account.Organisation{ID: "BYD-1", Kind: authz.Maker, Names: account.Names{ZH: "比亚迪", EN: "BYD"},
			Prefixes: []string{"6901234", "69123456"}, Active: true, Created: w.time()}
		made, err := w.CreateOrganisation(ctx, admin, account.Organisation{ID: want.ID, Kind: want.Kind, Names: want.Names, Prefixes: want.Prefixes})
		must(t, err)
		got, err := w.Organisation(ctx, admin, "BYD-1")
		must(t, err)
		for _, o := range []account.Organisation{made, got} {
			if diff := cmp.Diff(want, o); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		}
		if got := w.last(t); got != "名admin create organisation done  " {
			t.Errorf("trail: %q", got)
		}
		next, err := w.CreateOrganisation(ctx, admin, account.Organisation{Kind: authz.Maker, Names: want.Names})
		must(t, err)
		if next.ID != "M003" {
			t.Errorf("next id %s", next.ID)
		}
		ids := func(sub authz.Subject, kind string) string {
			list, err := w.Organisations(ctx, sub, kind)
			must(t, err)
			var s []string
			for _, o := range list {
				s = append(s, o.ID)
			}
			return strings.Join(s, " ")
		}
		if got := ids(admin, authz.Maker); got != "BYD-1 M001 M002 M003" {
			t.Error(got)
		}
		if got := ids(w.subject(t, "reg"), "") + "|" + ids(authz.Subject{}, ""); got != "M001|" {
			t.Error(got)
		}
	})
}

func TestOrganisationRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, admin, boss := t.Context(), w.subject(t, "admin"), w.subject(t, "boss")
		o := account.Organisation{ID: "X1", Kind: authz.Fire, Names: account.Names{ZH: "消防"}}
		for _, c := range []struct {
			change func(*account.Organisation)
			code   refusal.Code
			reason string
			args   []string
		}{
			{func(o *account.Organisation) { o.Kind = "bank" }, refusal.Invalid, "organisation-kind", []string{"bank"}},
			{func(o *account.Organisation) { o.ID = "M 1" }, refusal.Invalid, "organisation-id", []string{"M 1"}},
			{func(o *account.Organisation) { o.ID = "1M" }, refusal.Invalid, "organisation-id", []string{"1M"}},
			{func(o *account.Organisation) { o.ID = "m001" }, refusal.Exists, "organisation-taken", []string{"m001"}},
			{func(o *account.Organisation) { o.Names.ZH = "" }, refusal.Invalid, "text-missing", []string{"name-zh"}},
			{func(o *account.Organisation) { o.Names.ZH = "a\x00" }, refusal.Invalid, "text-unprintable", []string{"name-zh"}},
			{func(o *account.Organisation) { o.Names.EN = strings.Repeat("a", 161) }, refusal.Invalid, "text-too-long", []string{"name-en", "160"}},
			{func(o *account.Organisation) { o.Prefixes = []string{"69x"} }, refusal.Invalid, "gs1-prefix", []string{"69x"}},
			{func(o *account.Organisation) { o.Prefixes = []string{"6901", "6901"} }, refusal.Invalid, "list-repeats", []string{"prefixes", "6901"}},
			{func(o *account.Organisation) { o.Prefixes = make([]string, 51) }, refusal.Invalid, "list-too-long", []string{"prefixes", "50"}},
		} {
			bad := o
			c.change(&bad)
			_, err := w.CreateOrganisation(ctx, admin, bad)
			refused(t, err, c.code, c.reason, c.args...)
		}
		_, err := w.CreateOrganisation(ctx, boss, o)
		refused(t, err, refusal.Forbidden, "not-allowed", "create", "organisation")
		if got := w.last(t); got != "名boss create organisation refused not-allowed " {
			t.Errorf("trail: %q", got)
		}
		_, err = w.Organisation(ctx, boss, "M002")
		refused(t, err, refusal.NotFound, "organisation-missing", "M002")
		_, err = w.Organisation(ctx, admin, "M999")
		refused(t, err, refusal.NotFound, "organisation-missing", "M999")
	})
}

func TestChangeOrganisation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, admin := t.Context(), w.subject(t, "admin")
		token, _ := w.login(t, "boss")
		o, err := w.Organisation(ctx, admin, "M001")
		must(t, err)
		o.Names, o.Prefixes = account.Names{ZH: "新名"}, []string{"6901234"}
		must(t, w.ChangeOrganisation(ctx, admin, o))
		got, err := w.Organisation(ctx, admin, "M001")
		must(t, err)
		if diff := cmp.Diff(o, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if !w.alive(t, token) {
			t.Error("a new name ended sessions")
		}
		o.Active = false
		must(t, w.ChangeOrganisation(ctx, admin, o))
		if w.alive(t, token) {
			t.Error("a session of an inactive organisation goes on")
		}
		_, _, err = w.Login(ctx, "boss", good)
		refused(t, err, refusal.Forbidden, "login-wrong")
		_, _, err = w.AddPerson(ctx, admin, account.Person{Org: "M001", Login: "new", Name: "新", Roles: []string{authz.Manager}})
		refused(t, err, refusal.Conflict, "organisation-inactive", "M001")
		o.Active = true
		must(t, w.ChangeOrganisation(ctx, admin, o))
		if w.alive(t, token) {
			t.Error("a session came back")
		}
		o.Kind = authz.Fire
		refused(t, w.ChangeOrganisation(ctx, admin, o), refusal.Conflict, "organisation-kind-stays", "maker")
		refused(t, w.ChangeOrganisation(ctx, admin, account.Organisation{ID: "O001", Names: o.Names}), refusal.Conflict, "organisation-yours", "O001")
		refused(t, w.ChangeOrganisation(ctx, admin, account.Organisation{ID: "M999", Names: o.Names}), refusal.NotFound, "organisation-missing", "M999")
		refused(t, w.ChangeOrganisation(ctx, w.subject(t, "boss"), o), refusal.Forbidden, "not-allowed", "change", "organisation")
	})
}

func TestNames(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		names, err := w.OrganisationNames(t.Context(), []string{"M001", "M002", "M999"})
		must(t, err)
		want := map[string]account.Names{"M001": {ZH: "单位M001", EN: "Org M001"}, "M002": {ZH: "单位M002", EN: "Org M002"}}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		n, err := w.OrganisationName(t.Context(), "M001")
		must(t, err)
		if n.In("en-GB") != "Org M001" || n.In("zh") != "单位M001" || (account.Names{ZH: "甲"}).In("en") != "甲" {
			t.Errorf("%+v", n)
		}
		_, err = w.OrganisationName(t.Context(), "M999")
		refused(t, err, refusal.NotFound, "organisation-missing", "M999")
		if none, err := w.OrganisationNames(t.Context(), nil); err != nil || len(none) != 0 {
			t.Error(none, err)
		}
	})
}
