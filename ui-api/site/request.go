package site

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/api"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

// A request is one request of a person.
type request struct {
	*fiber.Ctx
	site    *Site
	session account.Session // zero if nobody has logged in
	text    text.Printer
}

func (r *request) subject() authz.Subject { return r.session.Subject }

// answer turns a handler of requests into one of Fiber's.
func (s *Site) answer(handle func(*request) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r := s.request(c)
		if r.session.MustChange && c.Path() != "/password" && c.Path() != "/logout" {
			return c.Redirect("/password", fiber.StatusSeeOther)
		}
		return handle(r)
	}
}

// loggedIn sends who has not logged in to do so, and back to the page asked for.
func loggedIn(handle func(*request) error) func(*request) error {
	return func(r *request) error {
		switch {
		case r.session.Person != "":
			return handle(r)
		case r.Method() == fiber.MethodPost:
			return refusal.New(refusal.Forbidden, "session-ended")
		}
		return r.Redirect("/login?next="+url.QueryEscape(r.OriginalURL()), fiber.StatusSeeOther)
	}
}

func (s *Site) request(c *fiber.Ctx) *request {
	session, _ := c.Locals(sessionLocal).(account.Session)
	return &request{c, s, session, s.Text.Printer(langOf(c))}
}

// langOf chooses the language of an answer.
func langOf(c *fiber.Ctx) text.Lang {
	return text.Choose(c.Query("lang"), c.Cookies(web.LangCookie), c.Get(fiber.HeaderAcceptLanguage))
}

// visit is what every page must know of this request.
func (r *request) visit(at web.Place) web.Visit {
	v := web.Visit{Lang: r.text.Lang(), Theme: web.ParseTheme(r.Cookies(web.ThemeCookie)), Here: r.OriginalURL(), At: at,
		Query: r.Query("q")}
	if r.session.Person == "" {
		return v
	}
	roles := make([]string, len(r.session.Roles))
	for i, role := range r.session.Roles {
		roles[i] = r.text.Of("role", role)
	}
	v.Person = &web.Person{Name: r.session.Name, Organisation: r.session.Organisation.In(string(r.text.Lang())),
		Role: strings.Join(roles, r.text.T("list.and"))}
	v.Nav, v.Notice = r.nav(), r.takeNotice()
	return v
}

// places says which right opens which place of the navigation.
var places = []struct {
	place web.Place
	act   authz.Act
	kind  authz.Kind
}{
	{web.Batches, authz.Read, authz.Batch},
	{web.Models, authz.Read, authz.Model},
	{web.Certificates, authz.Read, authz.Certificate},
	{web.Recalls, authz.Read, authz.Recall},
	{web.Secret, authz.Rotate, authz.Secret},
	{web.Organisations, authz.Create, authz.Organisation},
	{web.People, authz.Read, authz.Person},
	{web.AuditTrail, authz.Read, authz.Audit},
	{web.System, authz.Read, authz.System},
}

func (r *request) nav() []web.Place {
	var nav []web.Place
	for _, p := range places {
		if r.site.Guard.Reach(r.subject(), p.act, p.kind) != authz.None {
			nav = append(nav, p.place)
		}
	}
	return nav
}

// may reports whether a page shows the way to an act. The services decide when
// it is done.
func (r *request) may(act authz.Act, kind authz.Kind, owner string) bool {
	return r.site.Guard.May(r.subject(), act, authz.Object{Kind: kind, Owner: owner})
}

// render writes a page.
func render[V any](r *request, page web.Page[V], at web.Place, view V) error {
	r.Type("html", "utf-8")
	r.Set(fiber.HeaderCacheControl, "no-store")
	return page.Render(r.Response().BodyWriter(), r.visit(at), view)
}

// page reads which part of a list is asked for.
func (r *request) page() product.Page {
	return product.Page{Query: clip(r.Query("q"), 80), After: min(max(r.QueryInt("after"), 0), 1_000_000), Limit: pageSize}
}

// pageSize is how many records a page of a list shows.
const pageSize = 30

// pager leads to the other parts of a list.
func (r *request) pager(p product.Page, shown, total int) *web.Pager {
	all := int64(total)
	pager := &web.Pager{From: int64(p.After + 1), To: int64(p.After + shown), Total: &all}
	at := func(after int) string {
		q := url.Values{}
		if p.Query != "" {
			q.Set("q", p.Query)
		}
		if after > 0 {
			q.Set("after", fmt.Sprint(after))
		}
		return strings.TrimSuffix(r.Path()+"?"+q.Encode(), "?")
	}
	if p.After > 0 {
		pager.Prev = at(max(0, p.After-p.Limit))
	}
	if p.After+shown < total {
		pager.Next = at(p.After + p.Limit)
	}
	return pager
}

// done sends the browser on after a write, with a notice for the next page.
func (r *request) done(to, notice string) error {
	r.leaveNotice(notice)
	return r.Redirect(to, fiber.StatusSeeOther)
}

// fail shows an error on a page of its own.
func (r *request) fail(err error) error {
	number := strings.ToUpper(uuid.NewString()[:8])
	if _, ok := refusal.Of(err); !ok {
		r.site.Log.ErrorContext(r.UserContext(), "request failed", "error", err, "number", number, "path", r.Path())
	}
	r.Status(statusOf(err))
	view := web.Failure(r.text, err, number)
	if r.session.Person == "" {
		return render(r, r.site.pages.Failure, "", view)
	}
	return render(r, r.site.pages.ConsoleFailure, "", view)
}

// statusOf is the HTTP status of an error.
func statusOf(err error) int {
	if no, ok := refusal.Of(err); ok {
		return api.Status(no)
	}
	var f *fiber.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return fiber.StatusInternalServerError
}

// Fail is the app's handler of errors that no page has handled.
func (s *Site) Fail(c *fiber.Ctx, err error) error {
	r := s.request(c)
	var f *fiber.Error
	if errors.As(err, &f) {
		err = refusalOf(f)
	}
	if strings.HasPrefix(c.Path(), "/api/") { // a program asked
		p := api.NewProblem(err, r.text, r.session.Person == "")
		return c.Status(p.Status).JSON(p, p.ContentType(""))
	}
	return r.fail(err)
}

// refusalOf says in our words what the server refused before a handler ran.
func refusalOf(f *fiber.Error) error {
	switch f.Code {
	case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
		return refusal.New(refusal.NotFound, "no-such-page")
	case fiber.StatusRequestEntityTooLarge:
		return refusal.New(refusal.Invalid, "request-too-large")
	case fiber.StatusRequestTimeout, fiber.StatusServiceUnavailable:
		return refusal.New(refusal.Unavailable, "request-timeout")
	case fiber.StatusInternalServerError:
		return f
	}
	return refusal.New(refusal.Invalid, "request-malformed")
}

// clip shortens what was typed to what is looked at.
func clip(s string, most int) string {
	runes := []rune(strings.TrimSpace(s))
	if len(runes) > most {
		runes = runes[:most]
	}
	return string(runes)
}
