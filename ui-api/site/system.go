package site

import (
	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) systemRoutes(app *fiber.App) {
	s.get(app, "/system", (*request).system)
	s.get(app, "/system/state", (*request).systemState)
}

func (r *request) systemView() (web.SystemView, error) {
	if err := r.see(authz.Read, authz.System, ""); err != nil {
		return web.SystemView{}, err
	}
	view, err := r.site.System(r.UserContext(), r.text)
	view.Poll = "/system/state"
	return view, err
}

func (r *request) system() error {
	view, err := r.systemView()
	if err != nil {
		return err
	}
	return render(r, r.site.pages.System, web.System, view)
}

// systemState is the part of the page that the browser asks for again.
func (r *request) systemState() error {
	view, err := r.systemView()
	if err != nil {
		return err
	}
	r.Type("html", "utf-8")
	r.Set(fiber.HeaderCacheControl, "no-store")
	return r.site.pages.State.Render(r.Response().BodyWriter(), r.visit(web.System), view)
}
