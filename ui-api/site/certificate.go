package site

import (
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

// batchesShown is how many batches a certificate's page lists.
const batchesShown = 15

func (r *request) certificate() error {
	cert, changes, err := r.site.Products.Certificate(r.UserContext(), r.subject(), r.segment("number"))
	if err != nil {
		return err
	}
	name, err := r.orgNames(append(parties(changes), cert.Holder)...)
	if err != nil {
		return err
	}
	today := r.site.Products.Today()
	standing := cert.State.StandingOn(today)
	tag := r.standing(standing)
	view := web.CertificateView{
		Head: web.Head{Kicker: name(cert.Holder) + r.text.T("comma") + r.text.Of("class", cert.Class),
			Title: r.text.T("certificate.title"), Code: cert.Number},
		Standing: tag, Why: r.why(cert.State, standing, today), Line: r.history(cert, changes, name),
	}
	if r.may(authz.Change, authz.Certificate, "") {
		view.Head.Acts = r.changes(cert)
	}
	if view.Batches, err = r.batchesOf(cert); err != nil {
		return err
	}
	capacity, err := r.capacity(cert, today)
	if err != nil {
		return err
	}
	view.Asides = []web.Aside{capacity, r.certificateFacts(cert, name)}
	return render(r, r.site.pages.Certificate, web.Certificates, view)
}

// parties lists the organisations that changed a certificate.
func parties(changes []product.Change) []string {
	var ids []string
	for _, c := range changes {
		ids = append(ids, c.By)
	}
	return ids
}

// changes leads to what can be done to a certificate.
func (r *request) changes(c product.Certificate) []web.Action {
	icons := map[change]string{suspend: "pause", restore: "play", revoke: "ban"}
	var acts []web.Action
	for _, what := range changeable(c) {
		acts = append(acts, web.Action{Text: r.text.Of("change", string(what)), Icon: icons[what],
			Href: certificatePath(c.Number, string(what)), Danger: what == revoke})
	}
	return acts
}

// history is what happened to a certificate, newest first.
func (r *request) history(c product.Certificate, changes []product.Change, name func(string) string) []web.Event {
	looks := map[string]web.Event{
		"certificate-suspended": {State: web.Doubt, Icon: "pause"},
		"certificate-restored":  {State: web.OK, Icon: "play"},
		"certificate-revoked":   {State: web.Bad, Icon: "ban"},
	}
	var line []web.Event
	for _, what := range changes {
		e := looks[what.Type]
		if e.Icon == "" {
			e.Icon = "info"
		}
		e.Text = r.text.Of("event", what.Type, string(what.From))
		e.At, e.Small = what.At, r.text.T("certificate.by", name(what.By), what.Reason)
		line = append(line, e)
	}
	return append(line, web.Event{State: web.OK, Icon: "stamp", Text: r.text.T("certificate.recorded"), At: c.RecordedAt})
}

// batchesOf lists the newest batches that stand on a certificate, with how it
// stood when they were made.
func (r *request) batchesOf(c product.Certificate) (web.Table, error) {
	t := r.text.T
	table := web.Table{Caption: t("certificate.batches"), Columns: []web.Column{{Label: r.text.Of("field", "lot")},
		{Label: r.text.Of("field", "produced_on")}, {Label: t("certificate.then")}, {Label: r.text.Of("field", "size"), Num: true}},
		Empty: &web.Panel{Icon: "box", Title: t("certificate.no-batches"), Text: t("certificate.no-batches-text")}}
	rows, total, err := r.site.Products.BatchesOf(r.UserContext(), r.subject(), "certificate", c.Number, batchesShown)
	if err != nil && !refusal.Is(err, refusal.NotFound) {
		return table, err
	}
	for _, b := range rows {
		tag := r.standing(c.State.StandingOn(b.ProducedOn))
		table.Rows = append(table.Rows, web.Row{Cells: []web.Value{
			{Plain: b.Lot, Href: batchPath(b.GTIN, b.Lot), Small: b.Model},
			{Day: string(b.ProducedOn)}, {Tag: &tag}, web.Count(b.Size)}})
	}
	all := int64(total)
	if total > len(rows) {
		table.Pager = &web.Pager{From: 1, To: int64(len(rows)), Total: &all}
	}
	return table, nil
}

// capacity is how much of this year's capacity is used.
func (r *request) capacity(c product.Certificate, today trace.Date) (web.Aside, error) {
	year := string(today[:4])
	used, err := r.site.Products.Used(r.UserContext(), c.Number, year)
	if err != nil {
		return web.Aside{}, err
	}
	t, left := r.text.T, max(c.Capacity-used, 0)
	aside := web.Aside{Title: t("certificate.capacity", year), Facts: []web.Fact{
		{Label: t("certificate.used"), Value: web.Count(used)}, {Label: t("certificate.left"), Value: web.Count(left)},
		{Label: t("certificate.declared"), Value: web.Count(c.Capacity)}},
		Meter: &web.Meter{Label: t("certificate.used"), Done: used, Total: c.Capacity}}
	if left*10 < c.Capacity {
		aside.Meter.State, aside.Note = web.Doubt, t("certificate.little-left")
	}
	return aside, nil
}

func (r *request) certificateFacts(c product.Certificate, name func(string) string) web.Aside {
	fact := func(field string, v web.Value) web.Fact {
		return web.Fact{Label: r.text.Of("field", field), Value: v}
	}
	and := r.text.T("list.and")
	return web.Aside{Title: r.text.T("certificate.facts"), Facts: []web.Fact{
		fact("holder", web.Value{Text: name(c.Holder), Small: c.Holder}),
		fact("class", web.Value{Text: r.text.Of("class", c.Class)}),
		fact("models", web.Value{Text: strings.Join(c.State.Models, and)}),
		fact("standards", web.Value{Text: strings.Join(c.State.Standards, and)}),
		fact("valid_from", web.Value{Day: string(c.ValidFrom)}),
		fact("valid_to", web.Value{Day: string(c.ValidTo)}),
	}}
}
