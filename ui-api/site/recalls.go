package site

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) recallRoutes(app *fiber.App) {
	s.get(app, "/recalls", (*request).recalls)
	s.get(app, "/recalls/new", (*request).newRecall)
	s.post(app, "/recalls/new", (*request).checkRecall)
	s.post(app, "/recalls", (*request).beginRecall)
	s.get(app, "/recalls/:by/:number", (*request).recall)
	s.post(app, "/recalls/:by/:number/end", (*request).endRecall)
}

// recallForm is the address of the form that calls a batch back.
func recallForm(b product.Batch) string {
	return "/recalls/new?" + url.Values{"gtin": {b.GTIN}, "lot": {b.Lot}}.Encode()
}

// called counts the units of a batch that running recalls reach, each once.
func called(recalls []product.Recall, size int64) int64 {
	running := slices.DeleteFunc(slices.Clone(recalls), func(c product.Recall) bool { return c.EndedAt != nil })
	slices.SortFunc(running, func(a, b product.Recall) int { return cmp.Compare(a.From, b.From) })
	var reached, next int64
	for _, c := range running {
		from, to := max(c.From, next), min(c.To+1, size)
		if from < to {
			reached, next = reached+to-from, to
		}
	}
	return reached
}

func recallTag(p text.Printer, c product.Recall) web.Tag {
	if c.EndedAt != nil {
		return web.Tag{State: web.Mute, Icon: "done", Text: p.T("recall.ended")}
	}
	return web.Tag{State: web.Recall, Icon: "back", Text: p.T("recall.running")}
}

// recallWord is what beginning a recall is called: market regulation orders it.
func (r *request) recallWord() string {
	if r.subject().Kind == authz.Market {
		return r.text.T("recalls.order")
	}
	return r.text.T("recalls.new")
}

func (r *request) recalls() error {
	page := r.page()
	rows, total, err := r.site.Products.Recalls(r.UserContext(), r.subject(), page)
	if err != nil {
		return err
	}
	p := r.text
	view := web.ListView{Head: web.Head{Title: p.Of("place", "recalls")}, Search: &web.Search{Action: "/recalls", Label: p.T("recalls.search"), Value: page.Query}}
	if r.may(authz.Begin, authz.Recall, r.subject().Org) {
		view.Head.Acts = []web.Action{{Text: r.recallWord(), Icon: "back", Danger: true, Href: "/recalls/new"}}
	}
	if view.Table, err = r.recallTable(r.UserContext(), rows); err != nil {
		return err
	}
	view.Table.Empty = r.nothing(page.Query, web.Panel{Icon: "check", Title: p.T("recalls.none"), Text: p.T("recalls.none-text")})
	view.Table.Pager = r.pager(page, len(rows), total)
	return render(r, r.site.pages.List, web.Recalls, view)
}

func (r *request) recallTable(ctx context.Context, rows []product.Recall) (web.Table, error) {
	p := r.text
	table := web.Table{Caption: p.Of("place", "recalls"), Columns: []web.Column{{Label: p.Of("field", "number")}, {Label: p.T("batch.state")},
		{Label: p.T("recall.lot")}, {Label: p.T("recall.range")}, {Label: p.T("recall.units"), Num: true}, {Label: p.T("recall.begun")}}}
	for _, c := range rows {
		by, err := r.orgName(ctx, c.By)
		if err != nil {
			return table, err
		}
		tag := recallTag(p, c)
		table.Rows = append(table.Rows, web.Row{Cells: []web.Value{
			{Plain: c.Number, Href: recallPath(c.By, c.Number), Small: by}, {Tag: &tag}, {Plain: c.Lot, Href: batchPath(c.GTIN, c.Lot)},
			{Text: p.T("recall.from-to", c.From+1, c.To+1)}, web.Count(c.To - c.From + 1), {At: c.BegunAt}}})
	}
	return table, nil
}

func (r *request) recall() error { return r.showRecall("", uuid.NewString(), nil) }

// showRecall shows a recall. reason and failed are what was typed into the form
// that ends it, and why that was refused.
func (r *request) showRecall(reason, id string, failed error) error {
	ctx, p := r.UserContext(), r.text
	c, err := r.site.Products.Recall(ctx, r.subject(), r.segment("by"), r.segment("number"))
	if err != nil {
		return err
	}
	facts, err := r.recallFacts(ctx, c)
	if err != nil {
		return err
	}
	tag := recallTag(p, c)
	view := web.RecordView{Head: web.Head{Title: p.T("recall.one"), Code: c.Number, Tag: &tag}, Asides: []web.Aside{facts},
		Passages: []web.Passage{{Title: p.Of("field", "reason"), Text: c.Reason}, {Title: p.Of("field", "what_to_do"), Text: c.Advice}}}
	if c.EndedAt != nil {
		view.Passages = append(view.Passages, web.Passage{Title: p.T("recall.end-reason"), Text: c.EndReason})
	} else if r.mayEnd(c) {
		view.Form = &web.FormView{Head: web.Head{Title: p.T("recall.end")}, Action: recallPath(c.By, c.Number, "end"), ID: id, Submit: p.T("recall.end"), Icon: "done",
			Danger: true, Fields: []web.Field{{Name: "reason", Label: p.T("recall.end-reason"), Type: "textarea", Value: reason, Required: true, Help: p.T("recall.end-help")}}}
	}
	if failed != nil {
		r.Status(statusOf(failed))
		if view.Form != nil {
			view.Form.Problem = r.problem(view.Form.Fields, failed)
		} else {
			view.Panel = r.problem(nil, failed)
		}
	}
	return render(r, r.site.pages.Record, web.Recalls, view)
}

// mayEnd reports whether a page offers to end a recall: a maker does not end
// what was ordered.
func (r *request) mayEnd(c product.Recall) bool {
	return r.may(authz.End, authz.Recall, c.Maker) && (!c.Ordered || r.subject().Kind == authz.Market)
}

func (r *request) recallFacts(ctx context.Context, c product.Recall) (web.Aside, error) {
	p := r.text
	by, err := r.orgName(ctx, c.By)
	if err != nil {
		return web.Aside{}, err
	}
	how := p.T("recall.own")
	if c.Ordered {
		how = p.T("recall.ordered")
	}
	facts := web.Aside{Title: p.T("recall.facts"), Facts: []web.Fact{
		{Label: p.T("recall.lot"), Value: web.Value{Plain: c.Lot, Href: batchPath(c.GTIN, c.Lot), Small: c.GTIN}},
		{Label: p.T("recall.range"), Value: web.Value{Text: p.T("recall.from-to", c.From+1, c.To+1)}},
		{Label: p.T("recall.units"), Value: web.Count(c.To - c.From + 1)},
		{Label: p.Of("field", "by"), Value: web.Value{Text: by, Small: how}},
		{Label: p.T("recall.begun"), Value: web.Value{At: c.BegunAt}},
	}}
	if c.EndedAt != nil {
		facts.Facts = append(facts.Facts, web.Fact{Label: p.T("recall.ended-at"), Value: web.Value{At: *c.EndedAt}})
	}
	return facts, nil
}

func (r *request) endRecall() error {
	by, number, id, reason := r.segment("by"), r.segment("number"), r.entered("id"), r.entered("reason")
	err := r.site.Products.EndRecall(r.UserContext(), r.subject(), trace.EndRecall{Head: trace.Head{ID: id}, By: by, Number: number, Reason: reason})
	if err != nil {
		return r.showRecall(reason, id, err)
	}
	return r.done(recallPath(by, number), "recall-ended")
}
