package site

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/ui-api/web"
)

// sessionAge is how long the browser keeps the session's cookie; the session
// itself may end sooner.
const sessionAge = 7 * 24 * time.Hour

func (s *Site) accountRoutes(app *fiber.App) {
	s.open(app, "/login", (*request).loginForm)
	s.accept(app, "/login", (*request).login)
	s.accept(app, "/logout", (*request).logout)
	s.get(app, "/desk", (*request).desk)
}

func (r *request) loginForm() error { return r.showLogin("", r.Query("next"), nil) }

func (r *request) showLogin(login, next string, failed error) error {
	view := web.LoginView{Login: login, Next: web.SafeBack(next)}
	var err error
	if view.Demo, err = r.site.demo(r.text); err != nil {
		return err
	}
	if failed != nil {
		r.Status(statusOf(failed))
		if no, ok := refusal.Of(failed); ok && r.Response().StatusCode() == fiber.StatusTooManyRequests {
			r.Set(fiber.HeaderRetryAfter, no.Args[0])
		}
		view.Problem = r.text.Refusal(failed).Text
	}
	return render(r, r.site.pages.Login, "", view)
}

func (r *request) login() error {
	name, next := clip(r.FormValue("login"), 200), r.FormValue("next")
	token, session, err := r.site.Accounts.Login(r.UserContext(), name, r.FormValue("password"))
	if _, refused := refusal.Of(err); refused {
		return r.showLogin(name, next, err)
	}
	if err != nil {
		return err
	}
	r.site.setCookie(r.Ctx, sessionCookie, token, sessionAge)
	r.session = session
	if back := web.SafeBack(next); back != "/" {
		return r.Redirect(back, fiber.StatusSeeOther)
	}
	return r.desk()
}

// desk leads to the first place that a person may see.
func (r *request) desk() error {
	if r.session.MustChange {
		return r.Redirect("/password", fiber.StatusSeeOther)
	}
	if nav := r.nav(); len(nav) > 0 {
		return r.Redirect(nav[0].Href(), fiber.StatusSeeOther)
	}
	return r.Redirect("/", fiber.StatusSeeOther)
}

func (r *request) logout() error {
	if err := r.site.Accounts.Logout(r.UserContext(), r.Cookies(sessionCookie)); err != nil {
		return err
	}
	r.site.setCookie(r.Ctx, sessionCookie, "", -1)
	return r.Redirect("/", fiber.StatusSeeOther)
}
