package site

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

// A recallEntry is what was typed into the form of a new recall. Units are
// counted from 1; both empty is the whole batch.
type recallEntry struct {
	ID, Number, GTIN, Lot, First, Last, Reason, Advice string
}

func (r *request) recallEntry() recallEntry {
	return recallEntry{ID: r.entered("id"), Number: r.entered("number"), GTIN: r.entered("gtin"), Lot: r.entered("lot"),
		First: r.entered("first"), Last: r.entered("last"), Reason: r.entered("reason"), Advice: r.entered("what_to_do")}
}

func (r *request) newRecall() error {
	if err := r.see(authz.Begin, authz.Recall, r.subject().Org); err != nil {
		return err
	}
	number, err := r.nextRecall(r.UserContext())
	if err != nil {
		return err
	}
	return r.recallForm(recallEntry{ID: uuid.NewString(), Number: number, GTIN: r.Query("gtin"), Lot: r.Query("lot")}, nil)
}

// nextRecall proposes a number that follows those that the organisation has
// given this year.
func (r *request) nextRecall(ctx context.Context) (string, error) {
	prefix := "RC-" + r.site.Products.Today().Year() + "-"
	rows, _, err := r.site.Products.Recalls(ctx, r.subject(), product.Page{Query: prefix, Limit: choices})
	most := 0
	for _, c := range rows {
		if n, err := strconv.Atoi(strings.TrimPrefix(c.Number, prefix)); err == nil && c.By == r.subject().Org {
			most = max(most, n)
		}
	}
	return fmt.Sprintf("%s%02d", prefix, most+1), err
}

func (r *request) recallForm(e recallEntry, failed error) error {
	p := r.text
	view := web.FormView{Head: web.Head{Kicker: p.Of("place", "recalls"), Title: r.recallWord()}, Action: "/recalls/new", ID: e.ID,
		Submit: p.T("recall.check"), Icon: "next", Cancel: "/recalls", Fields: []web.Field{
			{Name: "gtin", Label: p.Of("field", "gtin"), Value: e.GTIN, Required: true, Code: true, Mode: "numeric", Complete: "off"},
			{Name: "lot", Label: p.Of("field", "lot"), Value: e.Lot, Required: true, Code: true, Complete: "off"},
			{Name: "first", Label: p.T("recall.first"), Value: e.First, Type: "number", Min: "1", Help: p.T("recall.range-help")},
			{Name: "last", Label: p.T("recall.last"), Value: e.Last, Type: "number", Min: "1"},
			{Name: "number", Label: p.Of("field", "number"), Value: e.Number, Required: true, Code: true, Help: p.T("recall.number-help")},
			{Name: "reason", Label: p.Of("field", "reason"), Value: e.Reason, Type: "textarea", Required: true, Help: p.T("recall.reason-help")},
			{Name: "what_to_do", Label: p.Of("field", "what_to_do"), Value: e.Advice, Type: "textarea", Required: true, Help: p.T("recall.advice-help")},
		}}
	b, err := r.site.Products.Batch(r.UserContext(), r.subject(), e.GTIN, e.Lot)
	switch {
	case err == nil:
		view.Asides = []web.Aside{{Title: p.T("recall.lot"), Facts: []web.Fact{
			{Label: p.Of("field", "lot"), Value: web.Value{Plain: b.Lot, Href: batchPath(b.GTIN, b.Lot)}}, {Label: p.Of("field", "model"), Value: web.Value{Text: b.Model}},
			{Label: p.Of("field", "size"), Value: web.Count(b.Size)}, {Label: p.T("batch.produced"), Value: web.Value{Day: string(b.ProducedOn)}}}}}
	case !refusal.Is(err, refusal.NotFound):
		return err
	}
	return r.showForm(web.Recalls, view, failed)
}

// command is the recall that was asked for, and its batch.
func (r *request) recallCommand(e recallEntry) (trace.Recall, product.Batch, error) {
	cmd := trace.Recall{Head: trace.Head{ID: e.ID}, Number: e.Number, Reason: e.Reason, Advice: e.Advice}
	gtin, err := gs1.ParseGTIN(e.GTIN)
	if err != nil {
		return cmd, product.Batch{}, err
	}
	b, err := r.site.Products.Batch(r.UserContext(), r.subject(), gtin, e.Lot)
	if err != nil {
		return cmd, b, err
	}
	cmd.GTIN, cmd.Lot, cmd.To = b.GTIN, b.Lot, b.Size-1
	if e.First == "" && e.Last == "" {
		return cmd, b, nil
	}
	from, to, err := span(e.First, e.Last, b.Size)
	cmd.From, cmd.To = int64(from), int64(to)
	return cmd, b, err
}

// checkRecall shows in numbers what would be published, before it is.
func (r *request) checkRecall() error {
	if err := r.see(authz.Begin, authz.Recall, r.subject().Org); err != nil {
		return err
	}
	e := r.recallEntry()
	if r.FormValue("change") != "" {
		return r.recallForm(e, nil)
	}
	cmd, b, err := r.recallCommand(e)
	for name, text := range map[string]string{"number": e.Number, "reason": e.Reason, "what_to_do": e.Advice} {
		if err == nil && text == "" {
			err = refusal.New(refusal.Invalid, "text-missing", name)
		}
	}
	if err != nil {
		return r.recallForm(e, err)
	}
	return r.confirmRecall(e, cmd, b, nil)
}

func (r *request) confirmRecall(e recallEntry, cmd trace.Recall, b product.Batch, failed error) error {
	p := r.text
	view := web.RecordView{Head: web.Head{Kicker: r.recallWord(), Title: p.T("recall.confirm")},
		Passages: []web.Passage{{Title: p.Of("field", "reason"), Text: e.Reason}, {Title: p.Of("field", "what_to_do"), Text: e.Advice}},
		Facts: &web.Aside{Title: p.T("recall.scope"), Facts: []web.Fact{
			{Label: p.Of("field", "number"), Value: web.Value{Plain: e.Number}},
			{Label: p.T("recall.lot"), Value: web.Value{Plain: b.Lot, Small: b.Model}},
			{Label: p.T("recall.range"), Value: web.Value{Text: p.T("recall.from-to", cmd.From+1, cmd.To+1)}},
			{Label: p.T("recall.units"), Value: web.Count(cmd.To - cmd.From + 1)},
			{Label: p.T("recall.of"), Value: web.Count(b.Size)},
		}, Meter: &web.Meter{State: web.Recall, Label: p.T("recall.units"), Done: cmd.To - cmd.From + 1, Total: b.Size}, Note: p.T("recall.effect")},
		Form: &web.FormView{Head: web.Head{Title: p.T("recall.publish-title")}, Action: "/recalls", ID: e.ID, Submit: p.T("recall.publish", cmd.To-cmd.From+1), Icon: "back", Danger: true,
			Hidden: recallHidden(e), Back: "/recalls/new"}}
	if failed != nil {
		r.Status(statusOf(failed))
		view.Form.Problem = r.problem(nil, failed)
	}
	return render(r, r.site.pages.Record, web.Recalls, view)
}

func recallHidden(e recallEntry) []web.Hidden {
	return []web.Hidden{{Name: "number", Value: e.Number}, {Name: "gtin", Value: e.GTIN}, {Name: "lot", Value: e.Lot}, {Name: "first", Value: e.First},
		{Name: "last", Value: e.Last}, {Name: "reason", Value: e.Reason}, {Name: "what_to_do", Value: e.Advice}}
}

func (r *request) beginRecall() error {
	e := r.recallEntry()
	cmd, _, err := r.recallCommand(e)
	if err == nil {
		err = r.site.Products.BeginRecall(r.UserContext(), r.subject(), cmd)
	}
	if err != nil {
		return r.recallForm(e, err)
	}
	return r.done(recallPath(r.subject().Org, cmd.Number), "recall-begun")
}
