package site

import (
	"context"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

// shownOf is how many batches a model's page shows.
const shownOf = 10

func (s *Site) modelRoutes(app *fiber.App) {
	s.get(app, "/models", (*request).models)
	s.get(app, "/models/new", (*request).newModel)
	s.post(app, "/models/new", (*request).registerModel)
	s.get(app, "/models/:gtin", (*request).model)
}

func (r *request) models() error {
	page := r.page()
	rows, total, err := r.site.Products.Models(r.UserContext(), r.subject(), page)
	if err != nil {
		return err
	}
	p := r.text
	view := web.ListView{Head: web.Head{Title: p.Of("place", "models")},
		Search: &web.Search{Action: "/models", Label: p.T("models.search"), Value: page.Query}}
	if r.may(authz.Register, authz.Model, r.subject().Org) {
		view.Head.Acts = []web.Action{{Text: p.T("models.new"), Icon: "plus", Href: "/models/new", Primary: true}}
	}
	if view.Table, err = r.modelTable(r.UserContext(), rows); err != nil {
		return err
	}
	view.Table.Empty = r.nothing(page.Query, web.Panel{Icon: "list", Title: p.T("models.none"), Text: p.T("models.none-text")})
	view.Table.Pager = r.pager(page, len(rows), total)
	return render(r, r.site.pages.List, web.Models, view)
}

func (r *request) modelTable(ctx context.Context, rows []product.Model) (web.Table, error) {
	p := r.text
	table := web.Table{Caption: p.Of("place", "models"), Columns: []web.Column{{Label: p.Of("field", "model")}, {Label: p.Of("field", "name")},
		{Label: p.Of("field", "class")}, {Label: p.Of("field", "gtin")}, {Label: p.T("batch.registered-at")}}}
	for _, m := range rows {
		maker := m.Brand
		if r.reachesAll(authz.Model) {
			var err error
			if maker, err = r.orgName(ctx, m.Maker); err != nil {
				return table, err
			}
		}
		table.Rows = append(table.Rows, web.Row{Cells: []web.Value{
			{Text: m.Model, Href: segments("/models", m.GTIN)}, {Text: m.Name, Small: maker},
			{Text: p.Of("class", m.Class)}, {Plain: m.GTIN}, {At: m.RegisteredAt}}})
	}
	return table, nil
}

// A modelEntry is what was typed into the form of a new model. Photo is the
// name of a picture that is already stored.
type modelEntry struct {
	ID, GTIN, Model, Name, Brand, Class, Specification, Photo string
}

func (r *request) newModel() error {
	if err := r.see(authz.Register, authz.Model, r.subject().Org); err != nil {
		return err
	}
	return r.modelForm(modelEntry{ID: uuid.NewString()}, nil)
}

func (r *request) registerModel() error {
	e := modelEntry{ID: r.entered("id"), GTIN: r.entered("gtin"), Model: r.entered("model"), Name: r.entered("name"), Brand: r.entered("brand"),
		Class: r.entered("class"), Specification: r.entered("specification"), Photo: r.entered("stored")}
	if err := r.storePhoto(&e); err != nil {
		return r.modelForm(e, err)
	}
	gtin, err := gs1.ParseGTIN(e.GTIN)
	if err == nil {
		err = r.site.Products.RegisterModel(r.UserContext(), r.subject(), trace.RegisterModel{Head: trace.Head{ID: e.ID}, GTIN: gtin, Model: e.Model,
			ModelName: e.Name, Brand: e.Brand, Class: e.Class, Specification: e.Specification, Photo: e.Photo})
	}
	if err != nil {
		return r.modelForm(e, err)
	}
	return r.done(segments("/models", gtin), "model-registered")
}

// storePhoto keeps the picture that came with the form, so that it need not be
// sent again if something else was wrong.
func (r *request) storePhoto(e *modelEntry) error {
	file, _, err := r.upload("photo", maxImport) // StorePhoto says what is too large
	if file == nil || err != nil {
		return err
	}
	e.Photo, err = r.site.Products.StorePhoto(r.UserContext(), r.subject(), file)
	return err
}

func (r *request) modelForm(e modelEntry, failed error) error {
	p := r.text
	classes := []web.Option{{Text: p.T("model.choose-class")}}
	for _, c := range product.Classes() {
		classes = append(classes, web.Option{Value: c.Key, Text: p.Of("class", c.Key), Chosen: c.Key == e.Class})
	}
	photo := p.T("model.photo-help", product.MaxPhotoBytes>>20)
	if e.Photo != "" {
		photo = p.T("model.photo-kept")
	}
	view := web.FormView{Head: web.Head{Kicker: p.Of("place", "models"), Title: p.T("models.new")}, Action: "/models/new", ID: e.ID, Multipart: true,
		Hidden: []web.Hidden{{Name: "stored", Value: e.Photo}}, Submit: p.T("model.register"), Icon: "ledger", Cancel: "/models",
		Fields: []web.Field{
			{Name: "gtin", Label: p.Of("field", "gtin"), Value: e.GTIN, Required: true, Code: true, Mode: "numeric", Complete: "off", Help: p.T("model.gtin-help")},
			{Name: "model", Label: p.Of("field", "model"), Value: e.Model, Required: true, Help: p.T("model.model-help")},
			{Name: "name", Label: p.Of("field", "name"), Value: e.Name, Required: true},
			{Name: "brand", Label: p.Of("field", "brand"), Value: e.Brand, Required: true},
			{Name: "class", Label: p.Of("field", "class"), Type: "select", Required: true, Options: classes},
			{Name: "specification", Label: p.Of("field", "specification"), Type: "textarea", Value: e.Specification, Required: true, Help: p.T("model.specification-help")},
			{Name: "photo", Label: p.T("model.photo"), Type: "file", Accept: "image/jpeg,image/png,image/webp", Help: photo},
		},
		Asides: []web.Aside{{Title: p.T("model.seen-title"), Note: p.T("model.seen-text")}},
	}
	return r.showForm(web.Models, view, failed)
}

func (r *request) model() error {
	ctx, p := r.UserContext(), r.text
	m, err := r.site.Products.Model(ctx, r.subject(), r.segment("gtin"))
	if err != nil {
		return err
	}
	rows, total, err := r.site.Products.BatchesOf(ctx, r.subject(), "gtin", m.GTIN, shownOf)
	if err != nil {
		return err
	}
	batches, err := r.batchTable(ctx, rows)
	if err != nil {
		return err
	}
	batches.Empty = &web.Panel{Icon: "box", Title: p.T("batches.none"), Text: p.T("batches.none-text")}
	if total > len(rows) {
		all := int64(total)
		batches.Pager = &web.Pager{From: 1, To: int64(len(rows)), Total: &all, Next: "/batches?q=" + m.GTIN}
	}
	certificates, err := r.covering(ctx, m)
	if err != nil {
		return err
	}
	facts, err := r.modelFacts(ctx, m)
	if err != nil {
		return err
	}
	view := web.RecordView{Head: web.Head{Kicker: m.Name, Title: p.T("model.title"), Code: m.Model}, Tables: []web.Table{batches, certificates}, Asides: []web.Aside{facts}}
	if m.Photo != "" {
		view.Photo = &web.Photo{Src: "/photo/" + m.Photo, Alt: m.Name, Caption: p.T("model.photo-seen")}
	}
	if r.may(authz.Register, authz.Batch, m.Maker) {
		view.Head.Acts = []web.Action{{Text: p.T("batches.new"), Icon: "plus", Href: "/batches/new?gtin=" + m.GTIN, Primary: true}}
	}
	return render(r, r.site.pages.Record, web.Models, view)
}

func (r *request) modelFacts(ctx context.Context, m product.Model) (web.Aside, error) {
	p := r.text
	maker, err := r.orgName(ctx, m.Maker)
	return web.Aside{Title: p.T("model.facts"), Facts: []web.Fact{
		{Label: p.Of("field", "gtin"), Value: web.Value{Plain: m.GTIN}},
		{Label: p.Of("field", "brand"), Value: web.Value{Text: m.Brand}},
		{Label: p.Of("field", "class"), Value: web.Value{Text: p.Of("class", m.Class)}},
		{Label: p.Of("field", "specification"), Value: web.Value{Text: m.Specification}},
		{Label: p.Of("kind", "maker"), Value: web.Value{Text: maker}},
		{Label: p.T("batch.registered-at"), Value: web.Value{At: m.RegisteredAt}},
	}}, err
}

// covering are the certificates on which batches of a model can be made.
func (r *request) covering(ctx context.Context, m product.Model) (web.Table, error) {
	p, today := r.text, r.site.Products.Today()
	table := web.Table{Caption: p.T("model.certificates"), Columns: []web.Column{{Label: p.Of("field", "certificate")}, {Label: p.T("batch.state")}, {Label: p.Of("field", "valid_to")}},
		Empty: &web.Panel{State: web.Doubt, Icon: "alert", Title: p.T("model.uncertified"), Text: p.T("model.uncertified-text")}}
	certs, _, err := r.site.Products.Certificates(ctx, r.subject(), product.Page{Query: m.Model, Limit: choices})
	for _, c := range certs {
		if c.Holder != m.Maker || !c.State.Covers(m.Class, m.Model) {
			continue
		}
		tag := r.standing(c.State.StandingOn(today))
		table.Rows = append(table.Rows, web.Row{Cells: []web.Value{{Plain: c.Number, Href: certificatePath(c.Number)}, {Tag: &tag}, {Day: string(c.ValidTo)}}})
	}
	return table, err
}
