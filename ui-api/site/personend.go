package site

import (
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (r *request) resetForm() error {
	p, err := r.personFor(authz.Change)
	if err != nil {
		return err
	}
	return r.showAsk(p, "reset", nil)
}

// resetPassword gives a person another password and shows it once.
func (r *request) resetPassword() error {
	id := r.segment("id")
	password, err := r.site.Accounts.ResetPassword(r.UserContext(), r.subject(), id)
	if closed(err) {
		return err
	}
	p, lost := r.site.Accounts.Person(r.UserContext(), r.subject(), id)
	switch {
	case lost != nil:
		return lost
	case err != nil:
		return r.showAsk(p, "reset", err)
	}
	return r.showPassword(p, password, r.text.T("person.reset-done", p.Name))
}

func (r *request) removeForm() error {
	p, err := r.personFor(authz.Remove)
	if err != nil {
		return err
	}
	return r.showAsk(p, "remove", nil)
}

func (r *request) removePerson() error {
	id := r.segment("id")
	err := r.site.Accounts.RemovePerson(r.UserContext(), r.subject(), id)
	switch {
	case err == nil:
		return r.done("/people", "person-removed")
	case closed(err):
		return err
	}
	p, lost := r.site.Accounts.Person(r.UserContext(), r.subject(), id)
	if lost != nil {
		return lost
	}
	return r.showAsk(p, "remove", err)
}

// personFor returns the person of the address if the one who asks may do an
// act on him.
func (r *request) personFor(act authz.Act) (account.Person, error) {
	p, err := r.site.Accounts.Person(r.UserContext(), r.subject(), r.segment("id"))
	if err != nil {
		return p, err
	}
	return p, r.see(act, authz.Person, p.Org)
}

// showAsk asks whether something is meant that cannot be taken back: what is
// reset or remove.
func (r *request) showAsk(p account.Person, what string, failed error) error {
	return r.showForm(web.People, web.FormView{
		Head:    web.Head{Kicker: p.Name, Title: r.text.Of("ask", what+".title")},
		Problem: &web.Panel{State: web.Doubt, Icon: "alert", Title: r.text.Of("ask", what+".what", p.Name), Text: r.text.Of("ask", what+".text")},
		Submit:  r.text.Of("ask", what+".button"), Danger: true, Cancel: personPath(p.ID),
		Asides: []web.Aside{{Title: r.text.T("person.facts"), Facts: []web.Fact{
			{Label: r.text.T("person.name"), Value: web.Value{Text: p.Name}},
			{Label: r.text.Of("field", "login"), Value: web.Value{Plain: p.Login}},
			{Label: r.text.T("person.roles"), Value: web.Value{Text: r.roles(p.Roles)}}}}},
	}, failed)
}
