package site_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/app"
)

// What is registered on the platform.
const (
	gtin              = "06901234510409"
	lot               = "L1"
	certificateNumber = "C1"
	recallNumber      = "RC-1"
	password          = "no-role-plays-with-it"
)

// A platform is one with an organisation of each kind, a person in each of its
// roles, and one of each thing that the maker among them registers.
type platform struct {
	*app.App

	web           *fiber.App
	people        []person
	unit, serial  string // a unit's path, and its serial
	removed       string // a person of the maker's who is
	run, imported string // ids
}

// A person is who asks. Nobody has no token.
type person struct{ name, token string }

func open(t *testing.T) platform {
	t.Helper()
	c := app.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), MaxBatch: 1 << 20, Host: "fw.example"}
	a, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	p := platform{App: a, people: []person{{name: "nobody"}}}
	if p.web, err = a.Start(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	p.admit(t)
	p.register(t)
	p.print(t)
	return p
}

// admit makes the organisations and logs their people in.
func (p *platform) admit(t *testing.T) {
	t.Helper()
	for _, kind := range authz.Kinds() {
		d := account.Demonstration{Organisation: account.Organisation{ID: kind, Kind: kind, Names: account.Names{ZH: kind}}}
		for _, role := range authz.Roles(kind) {
			d.People = append(d.People, account.DemonstrationPerson{Password: password,
				Person: account.Person{Login: kind + "-" + role, Name: kind + " " + role, Roles: []string{role}}})
		}
		must(t, p.Accounts.Demonstrate(t.Context(), []account.Demonstration{d}))
		for _, role := range authz.Roles(kind) {
			token, _, err := p.Accounts.Login(t.Context(), kind+"-"+role, password)
			must(t, err)
			p.people = append(p.people, person{kind + " " + role, token})
		}
	}
	gone, _, err := p.Accounts.AddPerson(t.Context(), subject(authz.Maker), account.Person{Login: "gone", Name: "gone", Org: authz.Maker, Roles: []string{authz.Viewer}})
	must(t, err)
	must(t, p.Accounts.RemovePerson(t.Context(), subject(authz.Maker), gone.ID))
	p.removed = gone.ID
}

// subject may do everything that people of a kind of organisation may.
func subject(kind string) authz.Subject {
	return authz.Subject{Person: "test", Name: "test", Org: kind, OrgName: kind, Kind: kind, Roles: authz.Roles(kind)}
}

// register registers one of each thing.
func (p *platform) register(t *testing.T) {
	t.Helper()
	ctx, maker, today := t.Context(), subject(authz.Maker), p.Products.Today()
	head := func() trace.Head { return trace.Head{ID: uuid.NewString()} }
	year := string(today[:4])
	must(t, p.Products.RecordCertificate(ctx, subject(authz.Market), trace.RecordCertificate{Head: head(), Number: certificateNumber,
		Holder: authz.Maker, Class: "ebike-charger", Models: []string{"M1"}, Standards: []string{"GB 1"},
		ValidFrom: trace.Date("2020-01-01"), ValidTo: trace.Date(year + "-12-31"), Capacity: 1000}))
	must(t, p.Products.RegisterModel(ctx, maker, trace.RegisterModel{Head: head(), GTIN: gtin, Model: "M1", ModelName: "Charger",
		Brand: "B", Class: "ebike-charger", Specification: "1 A"}))
	batch, err := p.Products.RegisterBatch(ctx, maker, product.NewBatch{ID: uuid.NewString(), GTIN: gtin, Lot: lot, Size: 10, Plant: "P", ProducedOn: today})
	must(t, err)
	coder, err := p.Products.Coder(ctx, batch)
	must(t, err)
	p.serial = coder.Serial(1)
	p.unit = strings.TrimPrefix(gs1.Link("h", gs1.Code{GTIN: gtin, Lot: lot, Serial: p.serial}), "https://h")
	must(t, p.Products.BeginRecall(ctx, maker, trace.Recall{Head: head(), Number: recallNumber, GTIN: gtin, Lot: lot, From: 5, To: 9, Reason: "r", Advice: "a"}))
	run, err := p.Products.StartImport(ctx, maker, uuid.NewString(), "batches.csv", []product.Line{{Number: 2, Batch: product.NewBatch{
		GTIN: gtin, Lot: "L2", Size: 5, Plant: "P", ProducedOn: today}}}, p.Jobs.Enqueue)
	must(t, err)
	p.imported = run.ID
	await(t, func(ctx context.Context) bool {
		run, err := p.Products.Import(ctx, maker, p.imported)
		must(t, err)
		return run.State == product.ImportDone
	})
}

// print prints the batch.
func (p *platform) print(t *testing.T) {
	t.Helper()
	run, err := p.Runs.Start(t.Context(), subject(authz.Maker), printrun.Request{ID: uuid.Must(uuid.NewV7()).String(), GTIN: gtin, Lot: lot, Format: printrun.CSV, Language: "zh", From: 0, To: 9})
	must(t, err)
	p.run = run.ID
	await(t, func(ctx context.Context) bool {
		run, err := p.Runs.Get(ctx, subject(authz.Maker), p.run)
		must(t, err)
		return run.State == printrun.Done
	})
}

// await waits until work in the background is done.
func await(t *testing.T, done func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done(ctx) {
		select {
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		case <-tick.C:
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
