package site

import (
	"bytes"
	"context"
	"io"
	"strconv"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/label"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/unitcode"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/web"
)

// unitsShown is how many units a page of a batch shows.
const unitsShown = 50

// unitPath is the address of a unit in its batch, the first being 1.
func unitPath(b product.Batch, number int64) string {
	return batchPath(b.GTIN, b.Lot) + "?unit=" + strconv.FormatInt(number, 10) + "#units"
}

// units puts the units into a batch's page that its address asks for, if the
// reader may see codes.
func (r *request) units(ctx context.Context, b product.Batch, view *web.BatchView) error {
	if !r.may(authz.Find, authz.Unit, b.Maker) {
		return nil
	}
	coder, err := r.site.Products.Coder(ctx, b)
	if err != nil {
		return err
	}
	p := r.text
	asked := min(max(int64(r.QueryInt("unit", 1)), 1), b.Size)
	first := (asked-1)/unitsShown*unitsShown + 1
	last := min(first+unitsShown-1, b.Size)
	units := &web.Units{Last: strconv.FormatInt(b.Size, 10), Jump: web.Search{Action: batchPath(b.GTIN, b.Lot), Label: p.T("units.jump"), Value: strconv.FormatInt(asked, 10)},
		Table: web.Table{Caption: p.T("units.title"), Pager: &web.Pager{From: first, To: last, Total: &b.Size}, Columns: []web.Column{
			{Label: p.T("units.serial")}, {Label: p.T("units.number"), Num: true}, {Label: p.T("batch.state")},
			{Label: p.T("units.scans"), Num: true}, {Label: p.T("units.last")}}}}
	if first > 1 {
		units.Table.Pager.Prev = unitPath(b, first-unitsShown)
	}
	if last < b.Size {
		units.Table.Pager.Next = unitPath(b, last+1)
	}
	prints := r.may(authz.Print, authz.Batch, b.Maker)
	for n := first; n <= last; n++ {
		row, err := r.unitRow(ctx, b, coder.Serial(uint64(n-1)), n, prints)
		if err != nil {
			return err
		}
		row.Current = n == asked && r.Query("unit") != ""
		units.Table.Rows = append(units.Table.Rows, row)
	}
	view.Units = units
	return nil
}

func (r *request) unitRow(ctx context.Context, b product.Batch, serial string, number int64, prints bool) (web.Row, error) {
	code := gs1.Code{GTIN: b.GTIN, Lot: b.Lot, Serial: serial}
	a, err := r.site.Units.Ask(ctx, code, verify.Glance)
	if err != nil {
		return web.Row{}, err
	}
	tag := r.unitTag(a)
	row := web.Row{Cells: []web.Value{{Code: serial, Href: web.UnitPath(code)}, web.Count(number), {Tag: &tag},
		web.Count(a.Scans.Count), {At: a.Scans.LastAt}}}
	if prints {
		for _, kind := range []string{"SVG", "PNG"} {
			name := map[string]string{"SVG": "label.svg", "PNG": "label.png"}[kind]
			row.Acts = append(row.Acts, web.Action{Text: r.text.T("units.label", kind), Small: true, Href: batchPath(b.GTIN, b.Lot, name) + "?serial=" + serial})
		}
	}
	return row, nil
}

// unitTag says where a unit stands, from an answer that counted no scan.
func (r *request) unitTag(a verify.Answer) web.Tag {
	switch {
	case a.Verdict == verify.Recalled:
		return web.Tag{State: web.Recall, Icon: "back", Text: r.text.Of("verdict", "recalled.word")}
	case a.Verdict == verify.NotCertified:
		return web.Tag{State: web.Doubt, Icon: "alert", Text: r.text.Of("verdict", "not_certified.word")}
	case a.Scans.Count > 0:
		return web.Tag{State: web.OK, Icon: "check", Text: r.text.T("units.scanned")}
	}
	return web.Tag{State: web.Mute, Icon: "qr", Text: r.text.T("units.unscanned")}
}

func (r *request) labelSVG() error { return r.label("image/svg+xml", label.SVG) }

func (r *request) labelPNG() error { return r.label("image/png", label.PNG) }

// label draws the open part of one unit's label. The covert part is in print
// runs alone, which leave a line in the audit trail.
func (r *request) label(media string, draw func(io.Writer, label.Label, label.Words, bool) error) error {
	ctx := r.UserContext()
	b, err := r.theBatch()
	if err != nil {
		return err
	}
	if err := r.see(authz.Print, authz.Batch, b.Maker); err != nil {
		return err
	}
	serial, err := unitcode.Normalise(r.Query("serial"))
	if err != nil {
		return err
	}
	switch _, ok, err := r.site.Products.Index(ctx, b, serial); {
	case err != nil:
		return err
	case !ok:
		return refusal.New(refusal.NotFound, "serial-missing", serial)
	}
	l, err := r.labelOf(ctx, b, serial)
	if err != nil {
		return err
	}
	var drawn bytes.Buffer
	p := r.text
	words := label.Words{Model: p.T("label.model"), Lot: p.T("label.lot"), Date: p.T("label.date"), Maker: p.T("label.maker"), Serial: p.T("label.serial")}
	if err := draw(&drawn, l, words, false); err != nil {
		return err
	}
	r.Set("Content-Type", media)
	r.Set("Cache-Control", "private, no-store")
	return r.Send(drawn.Bytes())
}

func (r *request) labelOf(ctx context.Context, b product.Batch, serial string) (label.Label, error) {
	d, err := r.site.Products.Dossier(ctx, b.GTIN, b.Lot)
	if err != nil {
		return label.Label{}, err
	}
	number, err := unitcode.BatchNumber(b.Number)
	if err != nil {
		return label.Label{}, err
	}
	maker, err := r.orgName(ctx, b.Maker)
	return label.Label{Brand: d.Model.Brand, Name: d.Model.Name, Model: d.Model.Model, Lot: b.Lot, Maker: maker,
		ProducedOn: string(b.ProducedOn), Serial: serial, Short: unitcode.Short(number, serial),
		Link: gs1.Link(r.site.Host, gs1.Code{GTIN: b.GTIN, Lot: b.Lot, Serial: serial})}, err
}
