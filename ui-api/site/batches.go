package site

import (
	"cmp"
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) batchRoutes(app *fiber.App) {
	s.get(app, "/batches", (*request).batches)
	s.get(app, "/batches/new", (*request).newBatch)
	s.post(app, "/batches/new", (*request).registerBatch)
	s.get(app, "/batches/:gtin/:lot", (*request).batch)
	s.get(app, "/batches/:gtin/:lot/event", (*request).batchEvent)
	s.get(app, "/batches/:gtin/:lot/label.svg", (*request).labelSVG)
	s.get(app, "/batches/:gtin/:lot/label.png", (*request).labelPNG)
}

func (r *request) batches() error {
	page := r.page()
	rows, total, err := r.site.Products.Batches(r.UserContext(), r.subject(), page)
	if err != nil {
		return err
	}
	view := web.BatchesView{ListView: web.ListView{
		Head:   web.Head{Title: r.text.Of("place", "batches"), Acts: r.batchActs()},
		Search: &web.Search{Action: "/batches", Label: r.text.T("batches.search"), Value: page.Query},
	}}
	if view.Table, err = r.batchTable(r.UserContext(), rows); err != nil {
		return err
	}
	view.Table.Empty = r.nothing(page.Query, web.Panel{Icon: "box", Title: r.text.T("batches.none"), Text: r.text.T("batches.none-text")})
	view.Table.Pager = r.pager(page, len(rows), total)
	if total > 0 && page.Query == "" && page.After == 0 {
		if view.Chart, err = r.monthChart(r.UserContext()); err != nil {
			return err
		}
	}
	return render(r, r.site.pages.Batches, web.Batches, view)
}

// batchActs lead to where batches are registered.
func (r *request) batchActs() []web.Action {
	if !r.may(authz.Register, authz.Batch, r.subject().Org) {
		return nil
	}
	return []web.Action{
		{Text: r.text.T("batches.import"), Icon: "file", Href: "/batches/import"},
		{Text: r.text.T("batches.new"), Icon: "plus", Href: "/batches/new", Primary: true},
	}
}

// batchTable shows batches, with the maker where several may be among them.
func (r *request) batchTable(ctx context.Context, rows []product.Batch) (web.Table, error) {
	p := r.text
	table := web.Table{Caption: p.Of("place", "batches"), Columns: []web.Column{
		{Label: p.Of("field", "lot")}, {Label: p.Of("field", "model")}, {Label: p.Of("field", "size"), Num: true},
		{Label: p.T("batch.produced")}, {Label: p.T("batch.registered-at")}, {Label: p.T("batch.state")}}}
	names := map[string]string{} // of models, by GTIN
	for _, b := range rows {
		if _, ok := names[b.GTIN]; !ok {
			m, err := r.site.Products.Model(ctx, r.subject(), b.GTIN)
			if err != nil && !refusal.Is(err, refusal.NotFound) {
				return table, err
			}
			names[b.GTIN] = cmp.Or(m.Name, b.Model)
		}
		recalls, err := r.site.Products.RecallsOf(ctx, b)
		if err != nil {
			return table, err
		}
		maker := ""
		if r.reachesAll(authz.Batch) {
			if maker, err = r.orgName(ctx, b.Maker); err != nil {
				return table, err
			}
		}
		tag := batchTag(p, b, recalls)
		table.Rows = append(table.Rows, web.Row{Cells: []web.Value{
			{Plain: b.Lot, Href: batchPath(b.GTIN, b.Lot), Small: maker}, {Text: names[b.GTIN], Small: b.Model}, web.Count(b.Size),
			{Day: string(b.ProducedOn)}, {At: b.RegisteredAt}, {Tag: &tag}}})
	}
	return table, nil
}

// chartMonths is how far back the chart of batches looks.
const chartMonths = 12

// monthChart draws what was made month by month, or nothing where there is
// nothing.
func (r *request) monthChart(ctx context.Context) (*web.Chart, error) {
	months, err := r.site.Products.Months(ctx, r.subject(), chartMonths)
	if err != nil {
		return nil, err
	}
	p := r.text
	chart := &web.Chart{ID: "months", Note: p.T("months.note", chartMonths), Data: web.ChartData{Series: p.Of("field", "size")},
		Figures: web.Table{Caption: p.T("months.title"), Columns: []web.Column{
			{Label: p.T("months.month")}, {Label: p.T("months.batches"), Num: true}, {Label: p.Of("field", "size"), Num: true}}}}
	var sum int64
	for _, m := range months {
		name := p.Month(m.Month + "-01")
		sum += m.Units
		chart.Data.Names = append(chart.Data.Names, m.Month)
		chart.Data.Bars = append(chart.Data.Bars, m.Units)
		chart.Figures.Rows = append(chart.Figures.Rows, web.Row{Cells: []web.Value{{Text: name}, web.Count(int64(m.Batches)), web.Count(m.Units)}})
	}
	if sum == 0 {
		return nil, nil
	}
	most := slices.MaxFunc(months, func(a, b product.MonthCount) int { return cmp.Compare(a.Units, b.Units) })
	chart.Finding = p.T("months.finding", chartMonths, sum, p.Month(most.Month+"-01"), most.Units)
	return chart, nil
}
