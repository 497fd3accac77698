package site

import (
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (r *request) batch() error {
	b, err := r.theBatch()
	if err != nil {
		return err
	}
	return r.showBatch(b, r.printEntry(b), nil)
}

// theBatch is the batch that the address names.
func (r *request) theBatch() (product.Batch, error) {
	return r.site.Products.Batch(r.UserContext(), r.subject(), r.segment("gtin"), r.segment("lot"))
}

// showBatch shows a batch. failed is why a print run was refused, if one was;
// the form then holds what was asked for.
func (r *request) showBatch(b product.Batch, asked printEntry, failed error) error {
	ctx := r.UserContext()
	m, err := r.site.Products.Model(ctx, r.subject(), b.GTIN)
	if err != nil && !refusal.Is(err, refusal.NotFound) {
		return err
	}
	recalls, err := r.site.Products.RecallsOf(ctx, b)
	if err != nil {
		return err
	}
	tag := batchTag(r.text, b, recalls)
	view := web.BatchView{
		Head:    web.Head{Kicker: m.Name, Title: r.text.T("batch.title"), Code: b.Lot, Tag: &tag, Acts: r.recallAct(b)},
		Receipt: r.receipt(b),
	}
	if view.Facts, err = r.batchFacts(ctx, b, m); err != nil {
		return err
	}
	if view.Gate, err = r.gate(ctx, b); err != nil {
		return err
	}
	if view.Recalls, err = r.recallTable(ctx, recalls); err != nil {
		return err
	}
	view.Recalls.Empty = &web.Panel{Icon: "check", Title: r.text.T("recalls.none"), Text: r.text.T("recalls.none-of-batch")}
	if err := r.units(ctx, b, &view); err != nil {
		return err
	}
	if err := r.labels(ctx, b, asked, failed, &view); err != nil {
		return err
	}
	return render(r, r.site.pages.Batch, web.Batches, view)
}

// recallAct leads to the form that calls the batch back.
func (r *request) recallAct(b product.Batch) []web.Action {
	if !r.may(authz.Begin, authz.Recall, b.Maker) {
		return nil
	}
	return []web.Action{{Text: r.recallWord(), Icon: "back", Danger: true, Href: recallForm(b)}}
}

func (r *request) batchFacts(ctx context.Context, b product.Batch, m product.Model) (web.Aside, error) {
	p := r.text
	maker, err := r.orgName(ctx, b.Maker)
	if err != nil {
		return web.Aside{}, err
	}
	facts := web.Aside{Title: p.T("batch.facts"), Facts: []web.Fact{
		{Label: p.Of("field", "model"), Value: web.Value{Text: b.Model, Small: m.Specification}},
		{Label: p.Of("field", "gtin"), Value: web.Value{Plain: b.GTIN}},
		{Label: p.Of("field", "size"), Value: web.Count(b.Size)},
		{Label: p.T("batch.produced"), Value: web.Value{Day: string(b.ProducedOn)}},
		{Label: p.Of("field", "plant"), Value: web.Value{Text: b.Plant}},
		{Label: p.Of("kind", "maker"), Value: web.Value{Text: maker}},
	}}
	if m.GTIN != "" {
		facts.Facts[0].Href = segments("/models", b.GTIN)
	}
	return facts, nil
}

func (r *request) receipt(b product.Batch) web.Receipt {
	p := r.text
	return web.Receipt{Transaction: web.Digest(b.TxID), Root: web.Digest(b.Root), Event: batchPath(b.GTIN, b.Lot, "event"),
		Facts: []web.Fact{
			{Label: p.T("batch.registered-at"), Value: web.Value{Text: p.Stamp(b.RegisteredAt)}},
			{Label: p.T("receipt.position"), Value: web.Value{Text: p.T("receipt.nth", int64(b.Position))}},
		}}
}

// gate shows on what certificate the batch was allowed, and what is left of
// it, to those who may read it.
func (r *request) gate(ctx context.Context, b product.Batch) (*web.Aside, error) {
	c, _, err := r.site.Products.Certificate(ctx, r.subject(), b.Certificate)
	if refusal.Is(err, refusal.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	year := b.ProducedOn.Year()
	used, err := r.site.Products.Used(ctx, c.Number, year)
	if err != nil {
		return nil, err
	}
	p, left := r.text, max(c.Capacity-used, 0)
	gate := &web.Aside{Title: p.T("gate.title"), Note: p.T("gate.left", left), Facts: []web.Fact{
		{Label: p.Of("field", "certificate"), Value: web.Value{Plain: c.Number, Href: certificatePath(c.Number)}},
		{Label: p.Of("field", "valid_to"), Value: web.Value{Day: string(c.ValidTo)}},
		{Label: p.T("gate.covers"), Value: web.Value{Text: b.Model}},
		{Label: p.T("gate.capacity", year), Value: web.Value{Text: p.T("gate.used", c.Capacity, used)}},
	}, Meter: &web.Meter{Label: p.T("gate.meter"), Done: used, Total: c.Capacity}}
	standing := c.State.StandingOn(r.site.Products.Today())
	tag := r.standing(standing)
	gate.Tag = &tag
	if standing != trace.Holds {
		gate.Note = p.T("gate.shut")
	}
	return gate, nil
}

// batchEvent gives the exact bytes of the registration on the ledger.
func (r *request) batchEvent() error {
	b, err := r.theBatch()
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	r.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="fanwei-event-%d.json"`, b.Position))
	r.Set(fiber.HeaderCacheControl, "private, no-cache")
	return r.Send(b.Event)
}
