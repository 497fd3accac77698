package site

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/unitcode"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/web"
)

// search looks for what was typed among units, batches, models and recalls,
// each as far as the person may see it.
func (r *request) search() error {
	ctx, p, q := r.UserContext(), r.text, clip(r.Query("q"), 300)
	view := web.RecordView{Head: web.Head{Title: p.T("search.title"), Code: q}}
	if q != "" {
		var err error
		if view.Facts, err = r.foundUnit(ctx, q); err != nil {
			return err
		}
		if view.Tables, err = r.foundTables(ctx, product.Page{Query: clip(q, 80), Limit: pageSize}); err != nil {
			return err
		}
	}
	if view.Facts == nil && len(view.Tables) == 0 {
		view.Panel = &web.Panel{Icon: "search", Title: p.T("search.none"), Text: p.T("search.none-text")}
	}
	return render(r, r.site.pages.Record, "", view)
}

// foundUnit shows the unit that a short code, a link or a serial names, or
// nothing. Looking it up is no scan.
func (r *request) foundUnit(ctx context.Context, q string) (*web.Aside, error) {
	a, err := r.namedUnit(ctx, q)
	if err != nil || a.Unit == nil {
		return nil, err
	}
	p, u, tag := r.text, a.Unit, r.unitTag(a)
	number := int64(u.Index) + 1
	lot := web.Value{Plain: u.Lot}
	b, err := r.site.Products.Batch(ctx, r.subject(), u.GTIN, u.Lot)
	if err != nil && !refusal.Is(err, refusal.NotFound) {
		return nil, err
	}
	facts := &web.Aside{Title: p.T("search.unit"), Tag: &tag, Acts: []web.Action{{Text: p.T("search.verdict"), Icon: "qr", Href: web.UnitPath(u.Code)}}}
	nth := web.Count(number)
	if err == nil {
		lot.Href = batchPath(b.GTIN, b.Lot)
		if r.may(authz.Find, authz.Unit, b.Maker) {
			nth.Href = unitPath(b, number)
		}
	}
	facts.Facts = []web.Fact{
		{Label: p.T("units.serial"), Value: web.Value{Code: u.Serial}},
		{Label: p.T("units.short"), Value: web.Value{Code: u.Short}},
		{Label: p.Of("field", "lot"), Value: lot},
		{Label: p.T("units.number"), Value: nth},
		{Label: p.Of("field", "model"), Value: web.Value{Text: u.Model, Small: u.Maker}},
		{Label: p.T("units.scans"), Value: web.Count(a.Scans.Count)},
		{Label: p.T("units.last"), Value: web.Value{At: a.Scans.LastAt}},
	}
	return facts, nil
}

// namedUnit is the answer about the unit that q names; its Unit is nil if q
// names none.
func (r *request) namedUnit(ctx context.Context, q string) (verify.Answer, error) {
	if strings.Contains(q, "/") {
		code, err := gs1.ParseLink(q)
		if _, refused := refusal.Of(err); refused {
			return verify.Answer{}, nil
		}
		return r.site.Units.Ask(ctx, code, verify.Glance)
	}
	if _, _, err := unitcode.ParseShort(q); err == nil {
		return r.site.Units.AskShort(ctx, q, verify.Glance)
	}
	serial, err := unitcode.Normalise(q)
	if err != nil {
		return verify.Answer{}, nil // no serial
	}
	u, err := r.site.Products.Find(ctx, r.subject(), serial)
	if _, refused := refusal.Of(err); refused {
		return verify.Answer{}, nil
	}
	if err != nil {
		return verify.Answer{}, err
	}
	return r.site.Units.Ask(ctx, gs1.Code{GTIN: u.Batch.GTIN, Lot: u.Batch.Lot, Serial: serial}, verify.Glance)
}

// rest leads to a whole list of which the first records are shown.
func rest(list string, page product.Page, shown, total int) *web.Pager {
	all := int64(total)
	pager := &web.Pager{From: 1, To: int64(shown), Total: &all}
	if shown < total {
		pager.Next = list + "?" + url.Values{"q": {page.Query}, "after": {strconv.Itoa(shown)}}.Encode()
	}
	return pager
}

// foundTables are the lists that have something to show.
func (r *request) foundTables(ctx context.Context, page product.Page) ([]web.Table, error) {
	var tables []web.Table
	for _, find := range []func(context.Context, product.Page) (web.Table, error){r.foundBatches, r.foundModels, r.foundCertificates, r.foundRecalls} {
		table, err := find(ctx, page)
		if refusal.Is(err, refusal.NotFound) { // the person may see none of these
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(table.Rows) > 0 {
			tables = append(tables, table)
		}
	}
	return tables, nil
}

func (r *request) foundBatches(ctx context.Context, page product.Page) (web.Table, error) {
	rows, n, err := r.site.Products.Batches(ctx, r.subject(), page)
	if err != nil {
		return web.Table{}, err
	}
	table, err := r.batchTable(ctx, rows)
	table.Pager = rest("/batches", page, len(rows), n)
	return table, err
}

func (r *request) foundModels(ctx context.Context, page product.Page) (web.Table, error) {
	rows, n, err := r.site.Products.Models(ctx, r.subject(), page)
	if err != nil {
		return web.Table{}, err
	}
	table, err := r.modelTable(ctx, rows)
	table.Pager = rest("/models", page, len(rows), n)
	return table, err
}

func (r *request) foundCertificates(ctx context.Context, page product.Page) (web.Table, error) {
	rows, n, err := r.site.Products.Certificates(ctx, r.subject(), page)
	if err != nil {
		return web.Table{}, err
	}
	p, today := r.text, r.site.Products.Today()
	table := web.Table{Caption: p.Of("place", "certificates"), Pager: rest("/certificates", page, len(rows), n),
		Columns: []web.Column{{Label: p.Of("field", "certificate")}, {Label: p.T("batch.state")}, {Label: p.Of("field", "class")}, {Label: p.Of("field", "valid_to")}}}
	for _, c := range rows {
		tag := r.standing(c.State.StandingOn(today))
		table.Rows = append(table.Rows, web.Row{Cells: []web.Value{{Plain: c.Number, Href: certificatePath(c.Number)}, {Tag: &tag},
			{Text: p.Of("class", c.Class)}, {Day: string(c.ValidTo)}}})
	}
	return table, nil
}

func (r *request) foundRecalls(ctx context.Context, page product.Page) (web.Table, error) {
	rows, n, err := r.site.Products.Recalls(ctx, r.subject(), page)
	if err != nil {
		return web.Table{}, err
	}
	table, err := r.recallTable(ctx, rows)
	table.Pager = rest("/recalls", page, len(rows), n)
	return table, err
}
