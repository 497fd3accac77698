package site

import (
	"strings"

	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (r *request) organisationForm() error {
	if err := r.see(authz.Create, authz.Organisation, ""); err != nil {
		return err
	}
	return r.showNewOrganisation(account.Organisation{}, nil)
}

func (r *request) createOrganisation() error {
	o := r.typedOrganisation("")
	made, err := r.site.Accounts.CreateOrganisation(r.UserContext(), r.subject(), o)
	switch {
	case err == nil:
		return r.done(organisationPath(made.ID), "organisation-created")
	case closed(err):
		return err
	}
	return r.showNewOrganisation(o, err)
}

func (r *request) showNewOrganisation(o account.Organisation, failed error) error {
	return r.showForm(web.Organisations, web.FormView{Head: web.Head{Title: r.text.T("organisation.create")}, Icon: "plus",
		Submit: r.text.T("organisation.create"), Cancel: "/organisations", Fields: r.organisationFields(o, true),
		Asides: []web.Aside{{Title: r.text.T("person.then"), Note: r.text.T("organisation.then-text")}}}, failed)
}

func (r *request) organisationPage() error {
	o, err := r.site.Accounts.Organisation(r.UserContext(), r.subject(), r.segment("id"))
	if err != nil {
		return err
	}
	return r.showOrganisation(o, o, nil)
}

func (r *request) changeOrganisation() error {
	o := r.typedOrganisation(r.segment("id"))
	before, err := r.site.Accounts.Organisation(r.UserContext(), r.subject(), o.ID)
	if err != nil {
		return err
	}
	o.Active, o.Kind = before.Active, ""
	err = r.site.Accounts.ChangeOrganisation(r.UserContext(), r.subject(), o)
	switch {
	case err == nil:
		return r.done(organisationPath(o.ID), "organisation-changed")
	case closed(err):
		return err
	}
	return r.showOrganisation(before, o, err)
}

// showOrganisation shows an organisation: as a form to those who may change it.
func (r *request) showOrganisation(is, typed account.Organisation, failed error) error {
	tag := r.organisationTag(is)
	head := web.Head{Kicker: r.text.Of("kind", is.Kind), Title: r.named(is.Names), Tag: &tag}
	facts := r.organisationFacts(is)
	if !r.may(authz.Change, authz.Organisation, is.ID) {
		return render(r, r.site.pages.Record, web.Organisations, web.RecordView{Head: head, Facts: &facts})
	}
	return r.showForm(web.Organisations, web.FormView{Head: head, Submit: r.text.T("person.save"), Cancel: "/organisations",
		Fields: r.organisationFields(typed, false), Asides: []web.Aside{facts}}, failed)
}

// organisationFacts is what is known of an organisation, with what else can be
// done.
func (r *request) organisationFacts(o account.Organisation) web.Aside {
	t := r.text.T
	aside := web.Aside{Title: t("organisation.facts"), Facts: []web.Fact{
		{Label: t("organisation.id"), Value: web.Value{Plain: o.ID}},
		{Label: t("organisation.kind"), Value: web.Value{Text: r.text.Of("kind", o.Kind)}},
		{Label: r.text.Of("field", "prefixes"), Value: web.Value{Text: strings.Join(o.Prefixes, t("list.and"))}},
		{Label: t("person.since"), Value: web.Value{At: o.Created}}}}
	if r.may(authz.Add, authz.Person, o.ID) {
		aside.Acts = append(aside.Acts, web.Action{Text: r.text.Of("place", string(web.People)), Icon: "person", Href: r.ofOrg("/people", o.ID)})
	}
	if !r.may(authz.Change, authz.Organisation, o.ID) || o.ID == r.session.Org {
		return aside
	}
	if o.Active {
		return withAct(aside, web.Action{Text: t("organisation.end"), Icon: "ban", Danger: true, Href: organisationPath(o.ID, "end")})
	}
	return withAct(aside, web.Action{Text: t("organisation.resume"), Icon: "play", Post: organisationPath(o.ID, "resume")})
}

func withAct(a web.Aside, act web.Action) web.Aside {
	a.Acts = append(a.Acts, act)
	return a
}

func (r *request) endForm() error {
	o, err := r.site.Accounts.Organisation(r.UserContext(), r.subject(), r.segment("id"))
	if err != nil {
		return err
	}
	if err := r.see(authz.Change, authz.Organisation, o.ID); err != nil {
		return err
	}
	return r.showEnd(o, nil)
}

func (r *request) showEnd(o account.Organisation, failed error) error {
	facts := r.organisationFacts(o)
	facts.Acts = nil
	return r.showForm(web.Organisations, web.FormView{
		Head:    web.Head{Kicker: r.named(o.Names), Title: r.text.T("organisation.end")},
		Problem: &web.Panel{State: web.Doubt, Icon: "alert", Title: r.text.T("organisation.end-what", r.named(o.Names)), Text: r.text.T("organisation.end-text")},
		Submit:  r.text.T("organisation.end-button"), Danger: true, Cancel: organisationPath(o.ID),
		Asides: []web.Aside{facts}}, failed)
}

func (r *request) endOrganisation() error    { return r.setActive(false, "organisation-ended") }
func (r *request) resumeOrganisation() error { return r.setActive(true, "organisation-resumed") }

// setActive lets the people of an organisation log in, or lets nobody of it.
func (r *request) setActive(active bool, notice string) error {
	o, err := r.site.Accounts.Organisation(r.UserContext(), r.subject(), r.segment("id"))
	if err != nil {
		return err
	}
	o.Active = active
	err = r.site.Accounts.ChangeOrganisation(r.UserContext(), r.subject(), o)
	switch {
	case err == nil:
		return r.done(organisationPath(o.ID), notice)
	case closed(err):
		return err
	}
	return r.showEnd(o, err)
}
