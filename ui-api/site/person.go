package site

import (
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (r *request) personForm() error {
	if err := r.see(authz.Add, authz.Person, r.org()); err != nil {
		return err
	}
	return r.showNewPerson(account.Person{Org: r.org()}, nil)
}

func (r *request) addPerson() error {
	p := account.Person{Org: r.org(), Login: r.entered("login"), Name: r.entered("person-name"), Roles: r.typedAll("roles")}
	added, password, err := r.site.Accounts.AddPerson(r.UserContext(), r.subject(), p)
	switch {
	case err == nil:
		return r.showPassword(added, password, r.text.T("person.added", added.Name))
	case closed(err):
		return err
	}
	return r.showNewPerson(p, err)
}

// showNewPerson shows the form for a new person. To another organisation one
// can add only who leads it.
func (r *request) showNewPerson(p account.Person, failed error) error {
	org, err := r.organisation(p.Org)
	if err != nil {
		return err
	}
	roles, aside := authz.Roles(org.Kind), web.Aside{Title: r.text.T("person.then"), Note: r.text.T("person.then-text")}
	if p.Org != r.session.Org {
		roles = []string{authz.Leader(org.Kind)}
		aside.Note = r.text.T("person.leader-text", r.named(org.Names))
	}
	return r.showForm(web.People, web.FormView{
		Head:   web.Head{Kicker: r.named(org.Names), Title: r.text.T("person.add")},
		Hidden: []web.Hidden{{Name: "org", Value: p.Org}}, Submit: r.text.T("person.add"), Icon: "plus",
		Cancel: r.ofOrg("/people", p.Org), Asides: []web.Aside{aside},
		Fields: []web.Field{
			{Name: "person-name", Label: r.text.T("person.name"), Value: p.Name, Required: true},
			{Name: "login", Label: r.text.Of("field", "login"), Value: p.Login, Required: true, Help: r.text.T("person.login-help"), Complete: "off"},
			r.roleField(org.Kind, p.Roles, roles),
		}}, failed)
}

// showPassword shows a password once: the answer is kept nowhere, and the
// address does not have it.
func (r *request) showPassword(p account.Person, password, title string) error {
	return render(r, r.site.pages.Password, web.People, web.PasswordView{
		Head: web.Head{Title: title}, Password: password,
		Facts: []web.Fact{{Label: r.text.T("person.name"), Value: web.Value{Text: p.Name}},
			{Label: r.text.Of("field", "login"), Value: web.Value{Plain: p.Login}}},
		Next: web.Action{Text: r.text.T("person.back"), Icon: "back", Href: r.ofOrg("/people", p.Org)},
	})
}

func (r *request) person() error {
	p, err := r.site.Accounts.Person(r.UserContext(), r.subject(), r.segment("id"))
	if err != nil {
		return err
	}
	return r.showPerson(p, p.Roles, nil)
}

func (r *request) setRoles() error {
	id, roles := r.segment("id"), r.typedAll("roles")
	err := r.site.Accounts.SetRoles(r.UserContext(), r.subject(), id, roles)
	switch {
	case err == nil:
		return r.done(personPath(id), "roles-changed")
	case closed(err):
		return err
	}
	p, lost := r.site.Accounts.Person(r.UserContext(), r.subject(), id)
	if lost != nil {
		return lost
	}
	return r.showPerson(p, roles, err)
}

// showPerson shows a person with the form to give other roles, and leads to
// what else can be done.
func (r *request) showPerson(p account.Person, roles []string, failed error) error {
	org, err := r.organisation(p.Org)
	if err != nil {
		return err
	}
	tag := r.personTag(p)
	view := web.FormView{Head: web.Head{Kicker: r.named(org.Names), Title: p.Name, Tag: &tag}, Cancel: r.ofOrg("/people", p.Org),
		Submit: r.text.T("person.save"), Asides: []web.Aside{r.personFacts(p)}}
	view.Fields = []web.Field{r.roleField(org.Kind, roles, authz.Roles(org.Kind))}
	if !p.Active || !r.may(authz.Change, authz.Person, p.Org) {
		if failed != nil {
			r.Status(statusOf(failed))
		}
		return render(r, r.site.pages.List, web.People, web.ListView{Head: view.Head, Table: web.Table{Caption: p.Name,
			Empty: &web.Panel{State: web.Mute, Icon: "ban", Title: r.text.T("person.gone"), Text: r.text.T("person.gone-text")}}})
	}
	return r.showForm(web.People, view, failed)
}

// personFacts is a person beside the form, with what else can be done.
func (r *request) personFacts(p account.Person) web.Aside {
	aside := web.Aside{Title: r.text.T("person.facts"), Facts: []web.Fact{
		{Label: r.text.Of("field", "login"), Value: web.Value{Plain: p.Login}},
		{Label: r.text.T("person.since"), Value: web.Value{At: p.Created}}}}
	if p.ID == r.session.Person {
		aside.Note = r.text.T("person.you")
		aside.Acts = []web.Action{{Text: r.text.T("menu.password"), Icon: "key", Href: "/password"}}
		return aside
	}
	if r.may(authz.Change, authz.Person, p.Org) {
		aside.Acts = append(aside.Acts, web.Action{Text: r.text.T("person.reset"), Icon: "key", Href: personPath(p.ID, "password")})
	}
	if r.may(authz.Remove, authz.Person, p.Org) {
		aside.Acts = append(aside.Acts, web.Action{Text: r.text.T("person.remove"), Icon: "ban", Danger: true, Href: personPath(p.ID, "remove")})
	}
	return aside
}
