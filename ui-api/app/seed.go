package app

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
)

//go:embed demo
var demoFiles embed.FS

// A Demo is the demonstration's plan: invented organisations, people,
// certificates, models and batches.
type Demo struct {
	Today         trace.Date `yaml:"today"` // the day on which the dates below fit
	Password      string     `yaml:"password"`
	Organisations []struct {
		ID, Kind, Name string
		NameEN         string `yaml:"name_en"`
	}
	People []struct {
		Login, Name, Org string
		Roles            []string
	}
	Certificates []struct {
		Number, Holder, Class string
		Standards             []string
		From, To              trace.Date
		Capacity              int64
	}
	Models  []map[string]string `yaml:"-"` // models.csv, by heading
	Batches []map[string]string `yaml:"-"` // batches.csv, by heading
}

// LoadDemo reads the plan that is part of the program.
func LoadDemo() (Demo, error) {
	var d Demo
	b, err := demoFiles.ReadFile("demo/demo.yaml")
	if err != nil {
		return d, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&d); err != nil {
		return d, fmt.Errorf("demo.yaml: %w", err)
	}
	if d.Models, err = readDemo("models.csv"); err != nil {
		return d, err
	}
	d.Batches, err = readDemo("batches.csv")
	return d, err
}

func readDemo(name string) ([]map[string]string, error) {
	f, err := demoFiles.Open("demo/" + name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	list := make([]map[string]string, len(rows)-1)
	for i, row := range rows[1:] {
		list[i] = make(map[string]string, len(row))
		for j, cell := range row {
			list[i][rows[0][j]] = cell
		}
	}
	return list, nil
}

// seeder fills an empty platform. Every id is derived from the plan, so that a
// start that was killed half-way goes on where it was.
type seeder struct {
	app   *App
	demo  Demo
	shift int // days from the plan's today to the real one
}

// Seed fills the platform with the demonstration. progress is told what was
// done, of how many steps.
func (a *App) Seed(ctx context.Context, demo Demo, progress func(done, all int)) error {
	s := seeder{app: a, demo: demo}
	planned, err := time.Parse(time.DateOnly, string(demo.Today))
	if err != nil {
		return fmt.Errorf("demo.yaml: today: %w", err)
	}
	now, err := time.Parse(time.DateOnly, string(trace.DateOf(a.Clock())))
	if err != nil {
		return err
	}
	s.shift = int(now.Sub(planned).Hours() / 24)
	if err := s.accounts(ctx); err != nil {
		return err
	}
	steps := s.steps()
	for i, step := range steps {
		if err := step(ctx); err != nil && !recorded(err) {
			return fmt.Errorf("seed demonstration: %w", err)
		}
		progress(i+1, len(steps))
	}
	return nil
}

// recorded reports whether a step was refused because an earlier start, on
// another day, has recorded it.
func recorded(err error) bool {
	return refusal.Is(err, refusal.Exists) || errors.Is(err, refusal.New(refusal.Conflict, "command-id-reused"))
}

func (s seeder) accounts(ctx context.Context) error {
	var demos []account.Demonstration
	for _, o := range s.demo.Organisations {
		d := account.Demonstration{Organisation: account.Organisation{ID: o.ID, Kind: o.Kind, Names: account.Names{ZH: o.Name, EN: o.NameEN}}}
		for _, p := range s.demo.People {
			if p.Org == o.ID {
				d.People = append(d.People, account.DemonstrationPerson{
					Person:   account.Person{Login: p.Login, Name: p.Name, Roles: p.Roles},
					Password: s.demo.Password,
				})
			}
		}
		demos = append(demos, d)
	}
	return s.app.Accounts.Demonstrate(ctx, demos)
}

func (s seeder) steps() []func(context.Context) error {
	var steps []func(context.Context) error
	for _, c := range s.demo.Certificates {
		steps = append(steps, func(ctx context.Context) error {
			return s.app.Products.RecordCertificate(ctx, s.as(authz.Market), trace.RecordCertificate{Head: s.id("certificate", c.Number),
				Number: c.Number, Holder: c.Holder, Class: c.Class, Models: s.modelsOf(c.Number), Standards: c.Standards,
				ValidFrom: s.day(c.From), ValidTo: s.day(c.To), Capacity: c.Capacity})
		})
	}
	for _, m := range s.demo.Models {
		steps = append(steps, func(ctx context.Context) error {
			return s.app.Products.RegisterModel(ctx, s.of(m["maker"]), trace.RegisterModel{Head: s.id("model", m["gtin"]), GTIN: m["gtin"],
				Model: m["model"], ModelName: m["name"], Brand: m["brand"], Class: m["class"], Specification: m["specification"]})
		})
	}
	for _, b := range s.demo.Batches {
		steps = append(steps, func(ctx context.Context) error { return s.batch(ctx, b) })
	}
	return append(steps, s.recall)
}

func (s seeder) batch(ctx context.Context, b map[string]string) error {
	size, err := strconv.ParseInt(b["size"], 10, 64)
	if err != nil {
		return fmt.Errorf("batches.csv: size: %w", err)
	}
	day := trace.Date(b["produced_on"])
	_, err = s.app.Products.RegisterBatch(ctx, s.of(b["maker"]), product.NewBatch{ID: s.id("batch", b["gtin"]+"/"+b["lot"]).ID,
		GTIN: b["gtin"], Lot: s.lot(b["lot"], day), Size: size, Plant: b["plant"], ProducedOn: s.day(day)})
	return err
}

// recall calls a part of the oldest batch back, so that there is one to see.
func (s seeder) recall(ctx context.Context) error {
	b := s.demo.Batches[0]
	return s.app.Products.BeginRecall(ctx, s.of(b["maker"]), trace.Recall{Head: s.id("recall", "1"), Number: "RC-2026-04",
		GTIN: b["gtin"], Lot: s.lot(b["lot"], trace.Date(b["produced_on"])), From: 4000, To: 6399,
		Reason: "3号线点焊机参数漂移，少数连接片虚焊，可能发热。",
		Advice: "停止使用，不要充电，移到室外通风处。联系厂家免费更换：到购买的门店，或打电话400-000-0000。"})
}

// as returns somebody who may do everything for the organisation of a kind,
// of says it of an organisation.
func (s seeder) as(kind string) authz.Subject {
	for _, o := range s.demo.Organisations {
		if o.Kind == kind {
			return s.of(o.ID)
		}
	}
	return authz.Subject{}
}

func (s seeder) of(org string) authz.Subject {
	for _, o := range s.demo.Organisations {
		if o.ID == org {
			return authz.Subject{Person: "demo", Name: "fanwei", Org: o.ID, OrgName: o.Name, Kind: o.Kind, Roles: authz.Roles(o.Kind)}
		}
	}
	return authz.Subject{}
}

// id derives a command's id from the plan.
func (s seeder) id(kind, name string) trace.Head {
	return trace.Head{ID: uuid.NewSHA1(uuid.NameSpaceOID, []byte(kind+"\n"+name)).String()}
}

func (s seeder) day(d trace.Date) trace.Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d // the law refuses it
	}
	return trace.Date(t.AddDate(0, 0, s.shift).Format(time.DateOnly))
}

// lot moves the date that stands in a lot's name.
func (s seeder) lot(lot string, day trace.Date) string {
	plain := func(d trace.Date) string { return strings.ReplaceAll(string(d), "-", "") }
	return strings.ReplaceAll(lot, plain(day), plain(s.day(day)))
}

func (s seeder) modelsOf(certificate string) []string {
	var list []string
	for _, m := range s.demo.Models {
		if m["certificate"] == certificate {
			list = append(list, m["model"])
		}
	}
	return list
}
