package site

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) peopleRoutes(app *fiber.App) {
	s.get(app, "/people", (*request).people)
	s.get(app, "/people/new", (*request).personForm)
	s.post(app, "/people/new", (*request).addPerson)
	s.get(app, "/people/:id", (*request).person)
	s.post(app, "/people/:id", (*request).setRoles)
	s.get(app, "/people/:id/password", (*request).resetForm)
	s.post(app, "/people/:id/password", (*request).resetPassword)
	s.get(app, "/people/:id/remove", (*request).removeForm)
	s.post(app, "/people/:id/remove", (*request).removePerson)
}

// org is the organisation whose people are meant: the person's own, unless
// another is named.
func (r *request) org() string {
	if id := r.entered("org"); id != "" {
		return id
	}
	return r.session.Org
}

// ofOrg is an address with the organisation in it, where it is not the
// person's own.
func (r *request) ofOrg(path, org string) string {
	if org == r.session.Org {
		return path
	}
	return path + "?org=" + org
}

// organisation returns an organisation that the person may read, or the
// person's own.
func (r *request) organisation(id string) (account.Organisation, error) {
	if id == r.session.Org {
		return account.Organisation{ID: id, Kind: r.session.Kind, Names: r.session.Organisation, Active: true}, nil
	}
	return r.site.Accounts.Organisation(r.UserContext(), r.subject(), id)
}

func (r *request) people() error {
	id := r.org()
	people, err := r.site.Accounts.People(r.UserContext(), r.subject(), id)
	others := refusal.Is(err, refusal.NotFound) && r.may(authz.Add, authz.Person, id)
	if err != nil && !others {
		return err
	}
	org, err := r.organisation(id)
	if err != nil {
		return err
	}
	t := r.text.T
	view := web.ListView{Head: web.Head{Kicker: r.named(org.Names), Title: r.text.Of("place", string(web.People))},
		Table: web.Table{Caption: t("people.list"), Empty: &web.Panel{Icon: "person", Title: t("people.none"), Text: t("people.none-text")},
			Columns: []web.Column{{Label: t("person.name")}, {Label: r.text.Of("field", "login")}, {Label: t("person.roles")},
				{Label: t("person.state")}, {Label: t("person.since")}}}}
	if others {
		view.Table.Empty = &web.Panel{Icon: "lock", State: web.Mute, Title: t("people.others"), Text: t("people.others-text")}
	}
	if r.may(authz.Add, authz.Person, id) {
		view.Head.Acts = []web.Action{{Text: t("person.add"), Icon: "plus", Href: r.ofOrg("/people/new", id), Primary: true}}
	}
	for _, p := range people {
		tag := r.personTag(p)
		view.Table.Rows = append(view.Table.Rows, web.Row{Cells: []web.Value{{Text: p.Name, Href: personPath(p.ID)},
			{Plain: p.Login}, {Text: r.roles(p.Roles)}, {Tag: &tag}, {At: p.Created}}})
	}
	return render(r, r.site.pages.List, web.People, view)
}

// roles are roles in words.
func (r *request) roles(roles []string) string {
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = r.text.Of("role", role)
	}
	return strings.Join(words, r.text.T("list.and"))
}

// personTag says whether a person can log in.
func (r *request) personTag(p account.Person) web.Tag {
	switch {
	case !p.Active:
		return web.Tag{State: web.Mute, Icon: "ban", Text: r.text.T("person.removed")}
	case p.MustChange:
		return web.Tag{State: web.Doubt, Icon: "key", Text: r.text.T("person.must-change")}
	}
	return web.Tag{State: web.OK, Icon: "check", Text: r.text.T("person.active")}
}

// roleField asks for roles that a person can have in an organisation of a kind.
func (r *request) roleField(kind string, chosen, roles []string) web.Field {
	f := web.Field{Name: "roles", Label: r.text.T("person.roles"), Type: "checks", Required: true}
	for _, role := range roles {
		f.Options = append(f.Options, web.Option{Value: role, Chosen: slices.Contains(chosen, role),
			Text: r.text.T("person.role", r.text.Of("role", role), r.does(kind, role))})
	}
	return f
}

// does says what a role is for.
func (r *request) does(kind, role string) string {
	if kind == authz.Market && role == authz.Officer {
		return r.text.Of("role-does", "market-officer")
	}
	return r.text.Of("role-does", role)
}
