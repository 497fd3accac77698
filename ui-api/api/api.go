// Package api is the JSON API under /api/v1, described by OpenAPI 3.1 at
// /api/openapi.json. Handlers translate; the services decide.
package api

import (
	"context"
	"log/slog"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/text"
)

// A Caller is who sends a request, and in which language to answer.
type Caller struct {
	Subject authz.Subject
	Printer text.Printer
}

type callerKey struct{}

// WithCaller returns a context that names the caller of a request.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// An API answers programs.
type API struct {
	products *product.Service
	units    *verify.Service
	log      *slog.Logger

	described huma.API // set by Register
}

// New returns an API.
func New(products *product.Service, units *verify.Service, log *slog.Logger) *API {
	return &API{products: products, units: units, log: log}
}

// Register puts the API's routes into an app. A middleware before them must
// put the caller into each request's context.
func (a *API) Register(app *fiber.App) huma.API {
	huma.NewError = malformed
	c := huma.DefaultConfig("Fanwei", "1")
	c.Info.Description = "Certificates, models, batches, recalls, and what a unit's code stands for. " +
		"Log in at /login; the session's cookie is the credential. Each write carries an id of your own: sent twice, it happens once."
	c.OpenAPIPath = "/api/openapi"
	c.DocsPath = "" // the page is our own
	c.SchemasPath = "/api/schemas"
	c.CreateHooks = nil // no $schema links in bodies
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "fw_session"},
	}
	h := humafiber.New(app, c)
	a.described = h
	a.unitRoutes(h)
	a.certificateRoutes(h)
	a.modelRoutes(h)
	a.batchRoutes(h)
	a.recallRoutes(h)
	return h
}

// handle registers an operation whose errors become problems. Who has not
// logged in reaches only those with an empty list of Security.
func handle[I, O any](a *API, h huma.API, op huma.Operation, f func(context.Context, Caller, *I) (*O, error)) {
	if op.Security == nil {
		op.Security = []map[string][]string{{"session": {}}}
	}
	huma.Register(h, op, func(ctx context.Context, in *I) (*O, error) {
		who := callerOf(ctx)
		if len(op.Security) > 0 && who.Subject.Person == "" {
			return nil, a.problem(ctx, refusal.New(refusal.Forbidden, "session-ended"))
		}
		out, err := f(ctx, who, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// plain decodes a path's element, which the router passes as it was sent.
func plain(element string) string {
	if s, err := url.PathUnescape(element); err == nil {
		return s
	}
	return element
}

// A Paging is the part of a list that is asked for.
type Paging struct {
	Query string `query:"q" maxLength:"80" doc:"Part of a number, name or lot"`
	After int    `query:"after" minimum:"0" doc:"How many to leave out"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many to return"`
}

func (p Paging) page() product.Page {
	return product.Page{Query: p.Query, After: p.After, Limit: p.Limit}
}

// A List is a part of a list and how many there are in all.
type List[T any] struct {
	Body struct {
		Total int `json:"total"`
		Items []T `json:"items"`
	}
}

func listOf[R, T any](rows []R, total int, convert func(R) T) *List[T] {
	var l List[T]
	l.Body.Total, l.Body.Items = total, make([]T, len(rows))
	for i, r := range rows {
		l.Body.Items[i] = convert(r)
	}
	return &l
}

// A One is a single thing.
type One[T any] struct{ Body T }

// Done is the answer to a write: it is durable.
type Done struct{}
