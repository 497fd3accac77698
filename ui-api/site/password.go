package site

import (
	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) passwordRoutes(app *fiber.App) {
	s.get(app, "/password", (*request).passwordForm)
	s.post(app, "/password", (*request).changePassword)
}

func (r *request) passwordForm() error { return r.showOwnPassword(nil) }

// changePassword replaces the person's own password. That ends every session;
// this browser gets a new one.
func (r *request) changePassword() error {
	current, next := r.FormValue("current"), r.FormValue("next")
	if next != r.FormValue("again") {
		return r.showOwnPassword(refusal.New(refusal.Invalid, "password-repeated"))
	}
	token, session, err := r.site.Accounts.ChangePassword(r.UserContext(), r.subject(), current, next)
	if err != nil {
		return r.showOwnPassword(err)
	}
	r.site.setCookie(r.Ctx, sessionCookie, token, sessionAge)
	r.session = session
	return r.done("/desk", "password-changed")
}

func (r *request) showOwnPassword(failed error) error {
	field := func(name, complete, help string) web.Field {
		return web.Field{Name: name, Label: r.text.Of("password-field", name), Type: "password", Complete: complete, Required: true, Help: help}
	}
	view := web.FormView{Head: web.Head{Kicker: r.session.Name, Title: r.text.T("menu.password")}, Submit: r.text.T("menu.password"), Icon: "key",
		Fields: []web.Field{field("current", "current-password", ""), field("next", "new-password", r.text.T("password.help")),
			field("again", "new-password", "")},
		Asides: []web.Aside{{Title: r.text.T("person.then"), Note: r.text.T("password.then")}}}
	if r.session.MustChange {
		view.Problem = &web.Panel{State: web.Doubt, Icon: "key", Title: r.text.T("password.must"), Text: r.text.T("password.must-text")}
	} else {
		view.Cancel = "/desk"
	}
	return r.showForm("", view, failed)
}
