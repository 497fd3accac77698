// Package site answers people: it takes requests apart, asks the services, and
// has package web show what they say. It decides nothing.
package site

import (
	"context"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/guard"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/api"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

// Parts are what a site works with.
type Parts struct {
	Accounts *account.Service
	Products *product.Service
	Units    *verify.Service
	Runs     *printrun.Service
	Guard    *guard.Guard
	Enqueue  product.Enqueue
	Text     *text.Catalogue
	Clock    func() time.Time
	Log      *slog.Logger
	Host     string                                // printed on labels
	Secure   bool                                  // cookies travel over HTTPS only
	Demo     func(text.Printer) (*web.Demo, error) // nil outside a demonstration

	System    func(context.Context, text.Printer) (web.SystemView, error) // the state of the platform
	Reference func() []api.Group                                          // the API, as it describes itself
}

// A Site is the pages with what answers them.
type Site struct {
	Parts
	pages *web.Pages
}

// New parses the pages.
func New(p Parts) (*Site, error) {
	pages, err := web.New(p.Text, web.Options{Now: p.Clock})
	if err != nil {
		return nil, err
	}
	return &Site{Parts: p, pages: pages}, nil
}

// Prepare puts the middleware into an app that every request passes: security
// headers, where it comes from, who asks.
func (s *Site) Prepare(app *fiber.App) {
	app.Use(web.Secure, s.origin, s.session, s.sameOrigin)
}

// Register puts the pages' routes into an app.
func (s *Site) Register(app *fiber.App) {
	app.Get("/static/:file", s.pages.Assets.Serve)
	s.publicRoutes(app)
	s.accountRoutes(app)
	s.makerRoutes(app)
	s.officeRoutes(app)
}

// get and post register what only those who have logged in may ask; what each
// of them may do the services decide.
func (s *Site) get(app *fiber.App, path string, handle func(*request) error) {
	app.Get(path, s.answer(loggedIn(handle)))
}

func (s *Site) post(app *fiber.App, path string, handle func(*request) error) {
	app.Post(path, s.answer(loggedIn(handle)))
}

// open and accept register what everybody may ask and send.
func (s *Site) open(app *fiber.App, path string, handle func(*request) error) {
	app.Get(path, s.answer(handle))
}

func (s *Site) accept(app *fiber.App, path string, handle func(*request) error) {
	app.Post(path, s.answer(handle))
}
