package site

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

// choices is how many records a form offers to choose from.
const choices = 200

// A batchEntry is what was typed into the form of a new batch.
type batchEntry struct {
	ID, GTIN, Lot, Size, Plant, ProducedOn, Certificate string
}

func (r *request) newBatch() error {
	if err := r.see(authz.Register, authz.Batch, r.subject().Org); err != nil {
		return err
	}
	return r.batchForm(batchEntry{ID: uuid.NewString(), GTIN: r.Query("gtin"), ProducedOn: string(r.site.Products.Today())}, nil)
}

func (r *request) registerBatch() error {
	e := batchEntry{ID: r.entered("id"), GTIN: r.entered("gtin"), Lot: r.entered("lot"), Size: r.entered("size"),
		Plant: r.entered("plant"), ProducedOn: r.entered("produced_on"), Certificate: r.entered("certificate")}
	size, err := strconv.ParseInt(e.Size, 10, 64)
	if err != nil {
		size = 0 // the law refuses it
	}
	b, err := r.site.Products.RegisterBatch(r.UserContext(), r.subject(), product.NewBatch{ID: e.ID, GTIN: e.GTIN, Lot: e.Lot, Size: size,
		Plant: e.Plant, ProducedOn: trace.Date(e.ProducedOn), Certificate: e.Certificate})
	if err != nil {
		return r.batchForm(e, err)
	}
	return r.done(batchPath(b.GTIN, b.Lot), "batch-registered")
}

func (r *request) batchForm(e batchEntry, failed error) error {
	ctx, p := r.UserContext(), r.text
	models, _, err := r.site.Products.Models(ctx, r.subject(), product.Page{Limit: choices})
	if err != nil {
		return err
	}
	certs, _, err := r.site.Products.Certificates(ctx, r.subject(), product.Page{Limit: choices})
	if err != nil {
		return err
	}
	plants, err := r.plants(ctx)
	if err != nil {
		return err
	}
	view := web.FormView{Head: web.Head{Kicker: p.Of("place", "batches"), Title: p.T("batches.new")}, Action: "/batches/new", ID: e.ID,
		Submit: p.T("batch.register"), Icon: "ledger", Cancel: "/batches", Fields: []web.Field{
			{Name: "gtin", Label: p.Of("field", "model"), Type: "select", Required: true, Options: modelOptions(p.T("batch.choose-model"), models, e.GTIN)},
			{Name: "lot", Label: p.Of("field", "lot"), Value: e.Lot, Required: true, Code: true, Complete: "off", Help: p.T("batch.lot-help")},
			{Name: "size", Label: p.Of("field", "size"), Value: e.Size, Type: "number", Min: "1", Mode: "numeric", Required: true},
			{Name: "plant", Label: p.Of("field", "plant"), Value: e.Plant, Required: true, Suggest: plants},
			{Name: "produced_on", Label: p.Of("field", "produced_on"), Value: e.ProducedOn, Type: "date", Required: true},
			{Name: "certificate", Label: p.Of("field", "certificate"), Type: "select", Help: p.T("batch.certificate-help"),
				Options: certificateOptions(p.T("batch.certificate-auto"), certs, e.Certificate)},
		}}
	if view.Asides, err = r.capacityAside(ctx, certs); err != nil {
		return err
	}
	if len(models) == 0 && failed == nil {
		view.Problem = &web.Panel{Icon: "box", Title: p.T("models.none"), Text: p.T("batch.models-first"),
			Acts: []web.Action{{Text: p.T("models.new"), Icon: "plus", Href: "/models/new", Small: true}}}
	}
	return r.showForm(web.Batches, view, failed)
}

func modelOptions(none string, models []product.Model, chosen string) []web.Option {
	options := []web.Option{{Text: none}}
	for _, m := range models {
		options = append(options, web.Option{Value: m.GTIN, Text: m.Model + " · " + m.Name, Chosen: m.GTIN == chosen})
	}
	return options
}

func certificateOptions(auto string, certs []product.Certificate, chosen string) []web.Option {
	options := []web.Option{{Text: auto}}
	for _, c := range certs {
		options = append(options, web.Option{Value: c.Number, Text: c.Number, Chosen: c.Number == chosen})
	}
	return options
}

// plants are the plants that batches named of late.
func (r *request) plants(ctx context.Context) ([]string, error) {
	rows, _, err := r.site.Products.Batches(ctx, r.subject(), product.Page{Limit: choices})
	var plants []string
	for _, b := range rows {
		if !slices.Contains(plants, b.Plant) {
			plants = append(plants, b.Plant)
		}
	}
	return plants, err
}

// capacityAside says how many units each valid certificate still lets be made
// this year.
func (r *request) capacityAside(ctx context.Context, certs []product.Certificate) ([]web.Aside, error) {
	p, today := r.text, r.site.Products.Today()
	aside := web.Aside{Title: p.T("capacity.title", today.Year()), Note: p.T("capacity.note")}
	for _, c := range certs {
		if c.State.StandingOn(today) != trace.Holds {
			continue
		}
		used, err := r.site.Products.Used(ctx, c.Number, today.Year())
		if err != nil {
			return nil, err
		}
		left := max(c.Capacity-used, 0)
		aside.Facts = append(aside.Facts, web.Fact{Label: c.Number, Value: web.Value{Count: &left, Small: p.Of("class", c.Class)}})
	}
	if aside.Facts == nil {
		return nil, nil
	}
	return []web.Aside{aside}, nil
}
