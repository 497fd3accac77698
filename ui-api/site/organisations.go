package site

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) organisationRoutes(app *fiber.App) {
	s.get(app, "/organisations", (*request).organisations)
	s.get(app, "/organisations/new", (*request).organisationForm)
	s.post(app, "/organisations/new", (*request).createOrganisation)
	s.get(app, "/organisations/:id", (*request).organisationPage)
	s.post(app, "/organisations/:id", (*request).changeOrganisation)
	s.get(app, "/organisations/:id/end", (*request).endForm)
	s.post(app, "/organisations/:id/end", (*request).endOrganisation)
	s.post(app, "/organisations/:id/resume", (*request).resumeOrganisation)
}

func (r *request) organisations() error {
	kind := clip(r.Query("kind"), 20)
	list, err := r.site.Accounts.Organisations(r.UserContext(), r.subject(), kind)
	if err != nil {
		return err
	}
	if len(list) == 0 && kind == "" { // everybody who may read any may read his own
		return refusal.New(refusal.NotFound, "organisation-missing")
	}
	t := r.text.T
	view := web.ListView{Head: web.Head{Title: r.text.Of("place", string(web.Organisations))}, Chips: r.kinds(kind),
		Table: web.Table{Caption: t("organisations.list"),
			Columns: []web.Column{{Label: t("organisation.name")}, {Label: t("organisation.kind")}, {Label: t("person.state")}, {Label: t("person.since")}},
			Empty:   &web.Panel{Icon: "building", Title: t("organisations.none"), Text: t("organisations.none-text")}}}
	if r.may(authz.Create, authz.Organisation, "") {
		view.Head.Acts = []web.Action{{Text: t("organisation.create"), Icon: "plus", Href: "/organisations/new", Primary: true}}
	}
	for _, o := range list {
		tag := r.organisationTag(o)
		row := web.Row{Cells: []web.Value{{Text: r.named(o.Names), Href: organisationPath(o.ID), Small: o.ID},
			{Text: r.text.Of("kind", o.Kind)}, {Tag: &tag}, {At: o.Created}}}
		if r.may(authz.Add, authz.Person, o.ID) {
			row.Acts = []web.Action{{Text: r.text.Of("place", string(web.People)), Href: r.ofOrg("/people", o.ID), Small: true}}
		}
		view.Table.Rows = append(view.Table.Rows, row)
	}
	return render(r, r.site.pages.List, web.Organisations, view)
}

// kinds narrows the list down to one kind of organisation.
func (r *request) kinds(chosen string) *web.Tabs {
	if !r.reachesAll(authz.Organisation) {
		return nil
	}
	tabs := &web.Tabs{Label: r.text.T("organisation.kind"), Tabs: []web.Tab{{Text: r.text.T("all"), Href: "/organisations", Current: chosen == ""}}}
	for _, kind := range authz.Kinds() {
		tabs.Tabs = append(tabs.Tabs, web.Tab{Text: r.text.Of("kind", kind), Href: "/organisations?kind=" + kind, Current: chosen == kind})
	}
	return tabs
}

func (r *request) organisationTag(o account.Organisation) web.Tag {
	if o.Active {
		return web.Tag{State: web.OK, Icon: "check", Text: r.text.T("organisation.active")}
	}
	return web.Tag{State: web.Mute, Icon: "ban", Text: r.text.T("organisation.inactive")}
}

// typedOrganisation is an organisation as a person typed it.
func (r *request) typedOrganisation(id string) account.Organisation {
	return account.Organisation{ID: id, Kind: r.entered("kind"), Names: account.Names{ZH: r.entered("name-zh"), EN: r.entered("name-en")},
		Prefixes: typedLines(r.FormValue("prefixes"))}
}

// organisationFields asks for what can be changed of an organisation, and for
// a new one also for its kind, which stays.
func (r *request) organisationFields(o account.Organisation, fresh bool) []web.Field {
	fields := []web.Field{
		{Name: "name-zh", Label: r.text.Of("field", "name-zh"), Value: o.Names.ZH, Required: true, Help: r.text.T("organisation.name-help")},
		{Name: "name-en", Label: r.text.Of("field", "name-en"), Value: o.Names.EN},
		{Name: "prefixes", Label: r.text.Of("field", "prefixes"), Type: "textarea", Value: strings.Join(o.Prefixes, "\n"),
			Help: r.text.T("organisation.prefixes-help")},
	}
	if !fresh {
		return fields
	}
	kinds := []web.Option{{Text: r.text.T("choose")}}
	for _, kind := range authz.Kinds() {
		kinds = append(kinds, web.Option{Value: kind, Text: r.text.Of("kind", kind), Chosen: kind == o.Kind})
	}
	return append([]web.Field{{Name: "kind", Label: r.text.T("organisation.kind"), Type: "select", Options: kinds, Required: true,
		Help: r.text.T("organisation.kind-help")}}, fields...)
}
