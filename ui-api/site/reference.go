package site

import (
	"slices"

	"github.com/fanwei/fanwei/ui-api/api"
	"github.com/fanwei/fanwei/ui-api/web"
)

// reference shows the API as people read it, in their language.
func (r *request) reference() error {
	groups := slices.Clone(r.site.Reference())
	for i := range groups {
		groups[i].Title = r.text.Of("api-group", groups[i].Tag)
		groups[i].Operations = slices.Clone(groups[i].Operations)
		for j, op := range groups[i].Operations {
			groups[i].Operations[j] = r.explain(op)
		}
	}
	return render(r, r.site.pages.Reference, "", web.ReferenceView{Host: r.BaseURL(), Groups: groups})
}

// explain puts an operation into the reader's language. What the catalogue has
// no word for stays as the description has it.
func (r *request) explain(op api.Operation) api.Operation {
	said := func(fallback string, keys ...string) string {
		for _, key := range keys {
			if r.text.Has(key) {
				return r.text.T(key)
			}
		}
		return fallback
	}
	op.Summary = said(op.Summary, "api-do."+op.ID)
	op.Description = said(op.Description, "api-note."+op.ID)
	fields := func(list []api.Field) []api.Field {
		list = slices.Clone(list)
		for i, f := range list {
			list[i].Doc = said(f.Doc, "api-field."+op.Tag+"."+f.Leaf, "api-field."+f.Leaf)
		}
		return list
	}
	op.Parameters, op.Body, op.Answer = fields(op.Parameters), fields(op.Body), fields(op.Answer)
	op.Replies = slices.Clone(op.Replies)
	for i, reply := range op.Replies {
		op.Replies[i].Text = said(reply.Text, "api-reply."+op.Tag+"."+reply.Code, "api-reply."+reply.Code)
	}
	return op
}
