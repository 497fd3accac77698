package app

import (
	"context"
	"fmt"
	"os"

	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/job"
	"github.com/fanwei/fanwei/services/label"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/unitcode"
	"github.com/fanwei/fanwei/ui-api/text"
)

// openRuns opens the queue of jobs and the print runs that use it.
func (a *App) openRuns(ctx context.Context) (err error) {
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("name of this machine: %w", err)
	}
	if a.Jobs, err = job.Open(ctx, a.DB, job.Options{Instance: host, Log: a.log}); err != nil {
		return err
	}
	if err := printrun.Migrate(ctx, a.DB); err != nil {
		return err
	}
	files, err := a.bucket("labels")
	if err != nil {
		return err
	}
	a.Runs = printrun.New(printrun.Config{DB: a.DB, Files: files, Guard: a.Guard, Batch: a.printed, Host: a.Config.Host,
		Words: a.words, Enqueue: a.Jobs.Enqueue, Now: a.Clock, Log: a.log})
	return nil
}

// words are the texts on labels in a language.
func (a *App) words(language string) label.Words {
	lang, _ := text.ParseLang(language)
	p := a.Text.Printer(lang)
	return label.Words{Model: p.T("label.model"), Lot: p.T("label.lot"), Date: p.T("label.date"), Maker: p.T("label.maker"),
		Serial: p.T("label.serial"), Scratch: p.T("label.scratch")}
}

// printed is what labels need to know of a batch.
func (a *App) printed(ctx context.Context, gtin, lot string) (printrun.Batch, unitcode.Keys, error) {
	d, err := a.Products.Dossier(ctx, gtin, lot)
	if err != nil {
		return printrun.Batch{}, unitcode.Keys{}, err
	}
	keys, err := a.Products.Keys(ctx, d.Batch)
	if err != nil {
		return printrun.Batch{}, unitcode.Keys{}, err
	}
	number, err := unitcode.BatchNumber(d.Batch.Number)
	if err != nil {
		return printrun.Batch{}, unitcode.Keys{}, err
	}
	maker, err := a.makerName(ctx, d.Batch.Maker)
	return printrun.Batch{Org: d.Batch.Maker, Brand: d.Model.Brand, Name: d.Model.Name, Model: d.Model.Model, Maker: maker,
		ProducedOn: string(d.Batch.ProducedOn), Size: uint64(d.Batch.Size), Number: number}, keys, err
}

// link is the code on a unit's label.
func (a *App) link(b product.Batch, serial string) string {
	return gs1.Link(a.Config.Host, gs1.Code{GTIN: b.GTIN, Lot: b.Lot, Serial: serial})
}
