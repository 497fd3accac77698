package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/bulk"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

// Bounds of an import.
const (
	maxImport = 10 << 20 // bytes of the file, and of its lines on their way back
	goodShown = 50       // good lines that a preview shows
	badShown  = 300      // bad lines that a preview shows
)

func (s *Site) importRoutes(app *fiber.App) {
	s.get(app, "/batches/import", (*request).importForm)
	s.post(app, "/batches/import", (*request).previewImport)
	s.get(app, "/batches/import/template.csv", (*request).importTemplate)
	s.post(app, "/imports", (*request).startImport)
	s.get(app, "/imports/:id", (*request).importRun)
	s.get(app, "/imports/:id/progress", (*request).importProgress)
}

func (r *request) importForm() error {
	if err := r.see(authz.Register, authz.Batch, r.subject().Org); err != nil {
		return err
	}
	return r.showImportForm(nil)
}

func (r *request) showImportForm(failed error) error {
	p := r.text
	return r.showForm(web.Batches, web.FormView{Head: web.Head{Kicker: p.Of("place", "batches"), Title: p.T("batches.import")}, Action: "/batches/import",
		Submit: p.T("import.preview"), Icon: "search", Multipart: true, Cancel: "/batches",
		Fields: []web.Field{{Name: "file", Label: p.T("import.file"), Type: "file", Accept: ".csv,.tsv,.xlsx", Required: true, Help: p.T("import.file-help", maxImport>>20)}},
		Asides: []web.Aside{{Title: p.T("import.how"), Note: p.T("import.how-text"),
			Acts: []web.Action{{Text: p.T("import.template"), Icon: "get", Href: "/batches/import/template.csv"}}}},
	}, failed)
}

// importTemplate is a table with the headings alone. The mark at its start
// tells spreadsheets that it is UTF-8.
func (r *request) importTemplate() error {
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="fanwei-batches.csv"`)
	return r.SendString("\ufeff" + r.text.T("import.columns") + "\r\n")
}

// upload reads a file of a form, or none where no file was chosen.
func (r *request) upload(name string, most int64) ([]byte, string, error) {
	head, err := r.FormFile(name)
	if err != nil || head.Size == 0 {
		return nil, "", nil // no file, or one that holds nothing
	}
	if head.Size > most {
		return nil, head.Filename, refusal.New(refusal.Invalid, "file-too-large", fmt.Sprint(most))
	}
	b, err := readUpload(head)
	return b, clip(head.Filename, 120), err
}

func readUpload(head *multipart.FileHeader) ([]byte, error) {
	f, err := head.Open()
	if err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	return b, nil
}

func (r *request) previewImport() error {
	file, name, err := r.upload("file", maxImport)
	if err != nil {
		return r.showImportForm(err)
	}
	table, err := bulk.Read(r.UserContext(), bytes.NewReader(file), int64(len(file)), bulk.Limits{Bytes: maxImport})
	if err != nil {
		return r.showImportForm(err)
	}
	lines, err := r.site.Products.Preview(r.UserContext(), r.subject(), table)
	if err == nil && len(lines) == 0 {
		err = refusal.New(refusal.Invalid, "import-empty")
	}
	if err != nil {
		return r.showImportForm(err)
	}
	return r.showPreview(uuid.NewString(), name, lines, nil)
}

// showPreview shows what the law would say of each line, bad ones first, and
// asks for a confirmation if there are none. The lines travel in the form:
// StartImport trusts none of them and judges all again.
func (r *request) showPreview(id, name string, lines []product.Line, failed error) error {
	p := r.text
	var good, bad []product.Line
	for _, l := range lines {
		if l.Refused == "" {
			good = append(good, l)
		} else {
			bad = append(bad, l)
		}
	}
	view := web.RecordView{Head: web.Head{Kicker: p.T("batches.import"), Title: name}}
	if len(bad) > 0 {
		view.Panel = &web.Panel{State: web.Bad, Icon: "alert", Title: p.T("import.bad", len(bad), len(lines)), Text: p.T("import.bad-text"), Alert: true,
			Acts: []web.Action{{Text: p.T("import.again"), Icon: "up", Href: "/batches/import"}}}
		view.Tables = append(view.Tables, r.lineTable(p.T("import.bad-lines"), bad, badShown, true))
	} else {
		form, err := r.confirmForm(id, name, lines)
		if err != nil {
			return err
		}
		view.Form = form
	}
	if failed != nil {
		r.Status(statusOf(failed))
		view.Panel = r.problem(nil, failed)
	}
	if len(good) > 0 {
		view.Tables = append(view.Tables, r.lineTable(p.T("import.good-lines"), good, goodShown, false))
	}
	return render(r, r.site.pages.Record, web.Batches, view)
}

func (r *request) confirmForm(id, name string, lines []product.Line) (*web.FormView, error) {
	b, err := json.Marshal(lines)
	if err != nil {
		return nil, fmt.Errorf("write lines: %w", err)
	}
	var units int64
	for _, l := range lines {
		units += l.Batch.Size
	}
	p := r.text
	return &web.FormView{Head: web.Head{Title: p.T("import.ready", len(lines), units)}, Action: "/imports", ID: id, Multipart: true,
		Hidden: []web.Hidden{{Name: "name", Value: name}, {Name: "lines", Value: string(b)}},
		Submit: p.T("import.start", len(lines)), Icon: "ledger", Cancel: "/batches/import"}, nil
}

// lineTable shows lines of a file, with the reasons if they were refused.
func (r *request) lineTable(caption string, lines []product.Line, most int, why bool) web.Table {
	p := r.text
	table := web.Table{Caption: caption, Columns: []web.Column{{Label: p.T("import.line")}, {Label: p.Of("field", "gtin")},
		{Label: p.Of("field", "lot")}, {Label: p.Of("field", "size"), Num: true}, {Label: p.Of("field", "plant")}, {Label: p.T("batch.produced")}}}
	if why {
		table.Columns = append(table.Columns[:1:1], append([]web.Column{{Label: p.T("import.why")}}, table.Columns[1:]...)...)
	}
	for _, l := range lines[:min(len(lines), most)] {
		b := l.Batch
		size := web.Count(b.Size)
		if b.Size == 0 { // it was no number
			size = web.Value{}
		}
		cells := []web.Value{{Text: p.T("import.nth", l.Number)}, {Plain: b.GTIN}, {Plain: b.Lot}, size, {Text: b.Plant}, {Text: string(b.ProducedOn)}}
		if why {
			cells = append(cells[:1:1], append([]web.Value{{Text: r.lineRefusal(l)}}, cells[1:]...)...)
		}
		table.Rows = append(table.Rows, web.Row{Cells: cells})
	}
	if len(lines) > most {
		all := int64(len(lines))
		table.Pager = &web.Pager{From: 1, To: int64(most), Total: &all}
	}
	return table
}

func (r *request) lineRefusal(l product.Line) string {
	no := refusal.Parse(l.Refused)
	if no == nil {
		return r.text.T("fault.text")
	}
	return r.text.Refusal(no).Text
}

func (r *request) startImport() error {
	name, encoded := clip(r.entered("name"), 120), r.FormValue("lines")
	var lines []product.Line
	if len(encoded) > maxImport || json.Unmarshal([]byte(encoded), &lines) != nil {
		return r.showImportForm(refusal.New(refusal.Invalid, "request-malformed"))
	}
	for i := range lines {
		lines[i].Refused = "" // StartImport says it
	}
	run, err := r.site.Products.StartImport(r.UserContext(), r.subject(), r.entered("id"), name, lines, r.site.Enqueue)
	if err != nil {
		return r.showPreview(r.entered("id"), name, lines, err)
	}
	return r.done(segments("/imports", run.ID), "import-started")
}

func (r *request) importRun() error {
	run, err := r.site.Products.Import(r.UserContext(), r.subject(), r.segment("id"))
	if err != nil {
		return err
	}
	p, refused := r.text, run.Refused()
	view := web.RecordView{Head: web.Head{Kicker: p.T("batches.import"), Title: run.FileName,
		Acts: []web.Action{{Text: p.T("import.to-batches"), Icon: "list", Href: "/batches"}}}}
	progress := r.progressOf(run)
	view.Progress = &progress
	if run.State == product.ImportDone {
		view.Progress = nil
		view.Panel = &web.Panel{State: web.OK, Icon: "check", Title: p.T("import.done", run.Total-len(refused)), Text: p.T("import.done-text")}
	}
	if len(refused) > 0 {
		view.Panel = &web.Panel{State: web.Bad, Icon: "alert", Title: p.T("import.refused", len(refused), run.Total), Text: p.T("import.refused-text")}
		view.Tables = []web.Table{r.lineTable(p.T("import.bad-lines"), refused, badShown, true)}
	}
	return render(r, r.site.pages.Record, web.Batches, view)
}

func (r *request) progressOf(run product.Import) web.Progress {
	p, here := r.text, segments("/imports", run.ID)
	return web.Progress{ID: "import", Title: p.T("import.running"), Text: p.T("import.running-text"), Poll: here + "/progress", Again: here,
		Meter: web.Meter{Label: p.T("import.meter"), Done: int64(run.Done), Total: int64(run.Total)}}
}

// importProgress is the progress alone, for the page to swap; when the import
// has ended the whole page is asked for again.
func (r *request) importProgress() error {
	run, err := r.site.Products.Import(r.UserContext(), r.subject(), r.segment("id"))
	if err != nil {
		return err
	}
	if run.State == product.ImportDone {
		r.Set("HX-Refresh", "true")
	}
	r.Type("html", "utf-8")
	r.Set(fiber.HeaderCacheControl, "no-store")
	return r.site.pages.Progress.Render(r.Response().BodyWriter(), web.Visit{Lang: r.text.Lang()}, r.progressOf(run))
}
