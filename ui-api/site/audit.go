package site

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) auditRoutes(app *fiber.App) { s.get(app, "/audit", (*request).audit) }

// auditSize is how many lines of the trail a page shows.
const auditSize = 50

// auditKeys are the entries of the form that narrows the trail down.
var auditKeys = []string{"person", "act", "object", "id", "outcome", "from", "to"}

func (r *request) audit() error {
	asked := url.Values{}
	for _, key := range auditKeys {
		if v := clip(r.Query(key), 100); v != "" {
			asked.Set(key, v)
		}
	}
	before := clip(r.Query("before"), 40)
	lines, err := r.site.Guard.Trail(r.UserContext(), r.subject(), filterOf(asked), audit.Page{Before: before, Limit: auditSize + 1})
	if err != nil {
		return err
	}
	more := len(lines) > auditSize
	lines = lines[:min(len(lines), auditSize)]
	teller, err := r.teller(lines)
	if err != nil {
		return err
	}
	view := web.AuditView{Head: web.Head{Kicker: r.scope(), Title: r.text.Of("place", string(web.AuditTrail))}, Action: "/audit",
		Fields: r.auditFields(asked, teller), Empty: web.Panel{Icon: "list", Title: r.text.T("audit.none"), Text: r.text.T("audit.none-text")}}
	for _, l := range lines {
		view.Lines = append(view.Lines, teller.tell(l))
	}
	if len(asked) > 0 {
		view.Clear = "/audit"
	}
	if before != "" {
		view.Newest = addressOf(asked, "")
	}
	if more {
		view.Older = addressOf(asked, lines[len(lines)-1].ID)
	}
	return render(r, r.site.pages.Audit, web.AuditTrail, view)
}

// scope says whose lines are shown.
func (r *request) scope() string {
	if r.reachesAll(authz.Audit) {
		return r.text.T("audit.all")
	}
	return r.named(r.session.Organisation)
}

func addressOf(asked url.Values, before string) string {
	q := url.Values{}
	for key, v := range asked {
		q[key] = v
	}
	if before != "" {
		q.Set("before", before)
	}
	return strings.TrimSuffix("/audit?"+q.Encode(), "?")
}

func filterOf(asked url.Values) audit.Filter {
	f := audit.Filter{Person: asked.Get("person"), Act: asked.Get("act"), Object: asked.Get("object"), ObjectID: asked.Get("id"),
		Outcome: audit.Outcome(asked.Get("outcome")), From: dayOf(asked.Get("from"))}
	if to := dayOf(asked.Get("to")); !to.IsZero() {
		f.To = to.AddDate(0, 0, 1)
	}
	return f
}

// dayOf is when a day begins in China, or the zero time for what is no day.
func dayOf(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, text.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// ownDeeds are the acts of the trail that need no right.
var ownDeeds = []string{"login", "logout", "change-password"}

func (r *request) auditFields(asked url.Values, teller teller) []web.Field {
	choice := func(name string, options ...web.Option) web.Field {
		f := web.Field{Name: name, Label: r.text.Of("audit-by", name), Type: "select", Options: []web.Option{{Text: r.text.T("all")}}}
		for _, o := range options {
			o.Chosen = o.Value == asked.Get(name)
			f.Options = append(f.Options, o)
		}
		return f
	}
	var acts, objects, outcomes []web.Option
	for _, act := range append(ownDeeds[:len(ownDeeds):len(ownDeeds)], deeds()...) {
		acts = append(acts, web.Option{Value: act, Text: r.text.Of("deed", act+".name")})
	}
	for _, kind := range authz.Objects() {
		objects = append(objects, web.Option{Value: string(kind), Text: r.text.Of("object", string(kind))})
	}
	for _, o := range []audit.Outcome{audit.Done, audit.Refused, audit.Failed} {
		outcomes = append(outcomes, web.Option{Value: string(o), Text: r.text.Of("outcome", string(o))})
	}
	return []web.Field{choice("person", teller.people()...), choice("act", acts...), choice("object", objects...),
		{Name: "id", Label: r.text.Of("audit-by", "id"), Value: asked.Get("id")}, choice("outcome", outcomes...),
		{Name: "from", Label: r.text.Of("audit-by", "from"), Type: "date", Value: asked.Get("from")},
		{Name: "to", Label: r.text.Of("audit-by", "to"), Type: "date", Value: asked.Get("to")}}
}

// deeds lists the acts that leave a line, each once: reading leaves none.
func deeds() []string {
	var list []string
	seen := map[authz.Act]bool{authz.Read: true, authz.Verify: true, authz.Find: true}
	for _, kind := range authz.Objects() {
		for _, act := range authz.Acts(kind) {
			if !seen[act] {
				seen[act], list = true, append(list, string(act))
			}
		}
	}
	return list
}
