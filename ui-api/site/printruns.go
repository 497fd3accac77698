package site

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) printRoutes(app *fiber.App) {
	s.post(app, "/batches/:gtin/:lot/print", (*request).startRun)
	s.get(app, "/batches/:gtin/:lot/runs", (*request).runsPart)
	s.post(app, "/print-runs/:id/pause", func(r *request) error { return r.moveRun((*printrun.Service).Pause, "run-paused") })
	s.post(app, "/print-runs/:id/resume", func(r *request) error { return r.moveRun((*printrun.Service).Resume, "run-resumed") })
	s.post(app, "/print-runs/:id/cancel", func(r *request) error { return r.moveRun((*printrun.Service).Cancel, "run-cancelled") })
	s.get(app, "/print-runs/:id/file", (*request).runFile)
}

// A printEntry is what was typed into the form of a new print run. Units are
// counted from 1.
type printEntry struct{ ID, Layout, Language, First, Last string }

func (r *request) printEntry(b product.Batch) printEntry {
	return printEntry{ID: newRunID(), Language: string(r.text.Lang()), First: "1", Last: strconv.FormatInt(b.Size, 10)}
}

// newRunID names a request for a print run: runs are listed in the order of
// their ids.
func newRunID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system has no randomness: the service refuses the request
		return ""
	}
	return id.String()
}

// layoutChoices are all formats in all their layouts, as one choice.
func layoutChoices() []string {
	var list []string
	for _, f := range []printrun.Format{printrun.PDF, printrun.ZPL, printrun.CSV} {
		for _, layout := range printrun.Layouts(f) {
			list = append(list, strings.TrimSuffix(string(f)+"-"+layout, "-"))
		}
	}
	return list
}

// labels puts the print runs, and the form to begin one, into a batch's page.
func (r *request) labels(ctx context.Context, b product.Batch, asked printEntry, failed error, view *web.BatchView) error {
	if !r.may(authz.Print, authz.Batch, b.Maker) {
		return failed // there is no form to show it in
	}
	runs, err := r.runs(ctx, b)
	if err != nil {
		return err
	}
	p := r.text
	layouts, languages := []web.Option{}, []web.Option{}
	for _, l := range layoutChoices() {
		layouts = append(layouts, web.Option{Value: l, Text: p.Of("layout", l), Chosen: l == asked.Layout})
	}
	for _, l := range text.Langs() {
		languages = append(languages, web.Option{Value: string(l), Text: p.Of("language", string(l)), Chosen: string(l) == asked.Language})
	}
	size := strconv.FormatInt(b.Size, 10)
	view.Runs = &runs
	view.Print = &web.FormView{Head: web.Head{Title: p.T("print.new")}, Action: batchPath(b.GTIN, b.Lot, "print"), ID: asked.ID, Submit: p.T("print.start"), Icon: "print", Compact: true,
		Fields: []web.Field{
			{Name: "layout", Label: p.T("print.layout"), Type: "select", Required: true, Options: layouts},
			{Name: "language", Label: p.T("print.language"), Type: "select", Required: true, Options: languages},
			{Name: "first", Label: p.T("print.first"), Type: "number", Min: "1", Max: size, Value: asked.First, Required: true},
			{Name: "last", Label: p.T("print.last"), Type: "number", Min: "1", Max: size, Value: asked.Last, Required: true, Help: p.T("print.last-help", b.Size)},
		}}
	if failed != nil {
		r.Status(statusOf(failed))
		view.Print.Problem = r.problem(view.Print.Fields, failed)
	}
	return nil
}

func (r *request) startRun() error {
	b, err := r.theBatch()
	if err != nil {
		return err
	}
	e := printEntry{ID: r.entered("id"), Layout: r.entered("layout"), Language: r.entered("language"), First: r.entered("first"), Last: r.entered("last")}
	format, layout, _ := strings.Cut(e.Layout, "-")
	lang, _ := text.ParseLang(e.Language)
	req := printrun.Request{ID: e.ID, GTIN: b.GTIN, Lot: b.Lot, Format: printrun.Format(format), Layout: layout, Language: string(lang)}
	req.From, req.To, err = span(e.First, e.Last, b.Size)
	if err == nil {
		_, err = r.site.Runs.Start(r.UserContext(), r.subject(), req)
	}
	if err != nil {
		return r.showBatch(b, e, err)
	}
	return r.done(batchPath(b.GTIN, b.Lot)+"#runs", "run-started")
}

// span turns the first and the last unit as people count them, from 1, into
// indexes.
func span(first, last string, size int64) (from, to uint64, err error) {
	f, err1 := strconv.ParseUint(first, 10, 63)
	l, err2 := strconv.ParseUint(last, 10, 63)
	if err1 != nil || err2 != nil || f < 1 || l < f || l > uint64(size) {
		return 0, 0, refusal.New(refusal.Invalid, "unit-numbers", strconv.FormatInt(size, 10))
	}
	return f - 1, l - 1, nil
}

// moveRun pauses a run, goes on with it, or cancels it, and shows its batch.
func (r *request) moveRun(move func(*printrun.Service, context.Context, authz.Subject, string) error, notice string) error {
	run, err := r.site.Runs.Get(r.UserContext(), r.subject(), r.segment("id"))
	if err != nil {
		return err
	}
	if failed := move(r.site.Runs, r.UserContext(), r.subject(), run.ID); failed != nil {
		b, err := r.site.Products.Batch(r.UserContext(), r.subject(), run.GTIN, run.Lot)
		if err != nil {
			return err
		}
		return r.showBatch(b, r.printEntry(b), failed)
	}
	return r.done(batchPath(run.GTIN, run.Lot)+"#runs", notice)
}

// runFile sends a run's file. The context must hold until it is sent, which is
// after the handler has returned.
func (r *request) runFile() error {
	file, name, media, err := r.site.Runs.Open(context.WithoutCancel(r.UserContext()), r.subject(), r.segment("id"))
	if err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, media)
	r.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	return r.SendStream(file) // which closes it
}

// runsPart is the list of runs alone, for the page to swap.
func (r *request) runsPart() error {
	b, err := r.theBatch()
	if err != nil {
		return err
	}
	runs, err := r.runs(r.UserContext(), b)
	if err != nil {
		return err
	}
	r.Type("html", "utf-8")
	r.Set(fiber.HeaderCacheControl, "no-store")
	return r.site.pages.Runs.Render(r.Response().BodyWriter(), web.Visit{Lang: r.text.Lang()}, runs)
}

func (r *request) runs(ctx context.Context, b product.Batch) (web.Runs, error) {
	p := r.text
	view := web.Runs{Again: batchPath(b.GTIN, b.Lot), Table: web.Table{Caption: p.T("print.title"),
		Columns: []web.Column{{Label: p.T("print.layout")}, {Label: p.T("batch.state")}, {Label: p.T("print.at")}},
		Empty:   &web.Panel{Icon: "print", Title: p.T("print.none"), Text: p.T("print.none-text")}}}
	runs, err := r.site.Runs.List(ctx, r.subject(), b.GTIN, b.Lot)
	if err != nil {
		return view, err
	}
	for _, run := range runs {
		if run.State == printrun.Waiting || run.State == printrun.Running {
			view.Poll = batchPath(b.GTIN, b.Lot, "runs")
		}
		view.Table.Rows = append(view.Table.Rows, r.runRow(run))
	}
	return view, nil
}

func (r *request) runRow(run printrun.Run) web.Row {
	p := r.text
	layout := strings.TrimSuffix(string(run.Format)+"-"+run.Layout, "-")
	state := web.Value{Tag: runTag(p, run), Small: r.runTold(run)}
	if run.State != printrun.Done && run.State != printrun.Cancelled {
		state.Meter = &web.Meter{Label: p.T("print.drawn"), Done: int64(run.Drawn), Total: int64(run.Total)}
	}
	return web.Row{Acts: r.runActs(run), Cells: []web.Value{
		{Text: p.Of("layout", layout), Small: p.T("print.range", int64(run.From+1), int64(run.To+1), p.Of("language", run.Language))},
		state, {At: run.CreatedAt}}}
}

func runTag(p text.Printer, run printrun.Run) *web.Tag {
	tag := &web.Tag{State: web.Brand, Icon: "print", Text: p.Of("run", string(run.State))}
	switch run.State {
	case printrun.Done:
		tag.State, tag.Icon = web.OK, "check"
	case printrun.Paused:
		tag.State, tag.Icon = web.Mute, "pause"
	case printrun.Cancelled:
		tag.State, tag.Icon = web.Mute, "ban"
	case printrun.Failed:
		tag.State, tag.Icon = web.Bad, "alert"
	case printrun.Waiting:
		tag.State, tag.Icon = web.Mute, "far"
	}
	return tag
}

// runTold says how far a run is and how long it still takes, or why it failed.
func (r *request) runTold(run printrun.Run) string {
	p := r.text
	if no := refusal.Parse(run.Error); no != nil {
		return p.Refusal(no).Text
	}
	switch {
	case run.Swept:
		return p.T("print.swept")
	case run.State == printrun.Done:
		return p.T("print.kept", int64(run.Total), int64(printrun.Keep/(24*time.Hour)))
	case run.State == printrun.Running && run.Round == 1 && run.Drawn > 0:
		left := r.site.Clock().Sub(run.CreatedAt) * time.Duration(run.Total-run.Drawn) / time.Duration(run.Drawn)
		return p.T("print.progress-left", int64(run.Drawn), int64(run.Total), int64(left/time.Minute)+1)
	}
	return p.T("print.progress", int64(run.Drawn), int64(run.Total))
}

// runActs are what can be done with a run now.
func (r *request) runActs(run printrun.Run) []web.Action {
	p := r.text
	at := func(what string) string { return segments("/print-runs", run.ID, what) }
	pause := web.Action{Text: p.T("print.pause"), Icon: "pause", Post: at("pause"), Small: true}
	resume := web.Action{Text: p.T("print.resume"), Icon: "play", Post: at("resume"), Small: true}
	cancel := web.Action{Text: p.T("print.cancel"), Icon: "x", Post: at("cancel"), Small: true, Danger: true}
	switch run.State {
	case printrun.Waiting, printrun.Running:
		return []web.Action{pause, cancel}
	case printrun.Paused, printrun.Failed:
		return []web.Action{resume, cancel}
	case printrun.Done:
		if !run.Swept {
			return []web.Action{{Text: p.T("print.download"), Icon: "get", Href: at("file"), Small: true}}
		}
	}
	return nil
}
