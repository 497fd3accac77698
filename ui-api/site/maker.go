package site

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

// makerRoutes are the pages of what makers register, and of recalls. Whoever
// may read it sees them too.
func (s *Site) makerRoutes(app *fiber.App) {
	s.get(app, "/search", (*request).search)
	s.importRoutes(app) // before those of a batch, whose addresses match more
	s.batchRoutes(app)
	s.printRoutes(app)
	s.modelRoutes(app)
	s.recallRoutes(app)
	s.secretRoutes(app)
}

// segments writes what follows a folder's address. A lot may hold a slash or a
// percent sign, so each segment is escaped.
func segments(folder string, parts ...string) string {
	var b strings.Builder
	b.WriteString(folder)
	for _, part := range parts {
		b.WriteString("/" + url.PathEscape(part))
	}
	return b.String()
}

// batchPath is the address of a batch, or of what is under it.
func batchPath(gtin, lot string, under ...string) string {
	return segments("/batches", append([]string{gtin, lot}, under...)...)
}

// recallPath is the address of a recall, or of what is under it.
func recallPath(by, number string, under ...string) string {
	return segments("/recalls", append([]string{by, number}, under...)...)
}

// segment reads a segment of the address that segments wrote. What cannot be
// read names nothing.
func (r *request) segment(name string) string {
	v, err := url.PathUnescape(r.Params(name))
	if err != nil {
		return ""
	}
	return v
}

// entered reads an entry of a form, without space at its ends and with the
// line breaks of every other text.
func (r *request) entered(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(r.FormValue(name), "\r\n", "\n"))
}

// orgName is what an organisation is called, in the reader's language, or its
// id where it is on the ledger but not of this installation.
func (r *request) orgName(ctx context.Context, id string) (string, error) {
	names, err := r.site.Accounts.OrganisationName(ctx, id)
	if refusal.Is(err, refusal.NotFound) {
		return id, nil
	}
	return names.In(string(r.text.Lang())), err
}

// reachesAll reports whether lists of a kind show every organisation's.
func (r *request) reachesAll(kind authz.Kind) bool {
	return r.site.Guard.Reach(r.subject(), authz.Read, kind) == authz.All
}

// nothing is what a list shows that has nothing to show: that the search found
// nothing, or how the list fills.
func (r *request) nothing(query string, none web.Panel) *web.Panel {
	if query == "" {
		return &none
	}
	return &web.Panel{Icon: "search", Title: r.text.T("list.not-found", query), Text: r.text.T("list.not-found-text"),
		Acts: []web.Action{{Text: r.text.T("list.show-all"), Href: r.Path(), Small: true}}}
}

// batchTag says of a batch whether it is called back, whole or in part.
func batchTag(p text.Printer, b product.Batch, recalls []product.Recall) web.Tag {
	switch reached := called(recalls, b.Size); {
	case reached == 0:
		return web.Tag{State: web.OK, Icon: "check", Text: p.T("batch.registered")}
	case reached < b.Size:
		return web.Tag{State: web.Recall, Icon: "back", Text: p.T("batch.partly-recalled")}
	}
	return web.Tag{State: web.Recall, Icon: "back", Text: p.T("batch.recalled")}
}
