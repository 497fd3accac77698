package app

import (
	"context"
	"strings"

	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/unitcode"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

// steps is how many things the demonstration records on the ledger.
func (d Demo) steps() int { return len(seeder{demo: d}.steps()) }

// demoView tells visitors of a demonstration who they can log in as, and gives
// them codes to scan.
func (a *App) demoView(p text.Printer) (*web.Demo, error) {
	demo, view := a.demo, &web.Demo{}
	for _, person := range demo.People {
		roles := make([]string, len(person.Roles))
		for i, role := range person.Roles {
			roles[i] = p.Of("role", role)
		}
		view.People = append(view.People, web.DemoPerson{Name: person.Name, Organisation: demo.name(person.Org, p.Lang()),
			Role: strings.Join(roles, p.T("list.and")), Login: person.Login, Password: demo.Password})
	}
	var err error
	view.Samples, err = a.samples(context.Background(), demo, p)
	return view, err
}

func (d Demo) name(org string, lang text.Lang) string {
	for _, o := range d.Organisations {
		switch {
		case o.ID == org && lang == text.En:
			return o.NameEN
		case o.ID == org:
			return o.Name
		}
	}
	return org
}

// samples are a genuine code, a recalled one and one that nobody issued.
func (a *App) samples(ctx context.Context, demo Demo, p text.Printer) ([]web.Sample, error) {
	s := seeder{app: a, demo: demo}
	recalled, err := a.anyBatch(ctx, s.of(demo.Batches[0]["maker"]), true)
	if err != nil {
		return nil, err
	}
	genuine, err := a.anyBatch(ctx, s.of(demo.Batches[0]["maker"]), false)
	if err != nil {
		return nil, err
	}
	good, err := a.sample(ctx, genuine, 1)
	if err != nil {
		return nil, err
	}
	back, err := a.sample(ctx, recalled, 4000)
	if err != nil {
		return nil, err
	}
	wrong := good
	wrong.Short = strings.TrimSuffix(good.Short, good.Short[len(good.Short)-1:]) + other(good.Short[len(good.Short)-1])
	wrong.Link, wrong.Href = "", "/q/"+wrong.Short
	good.Text, back.Text, wrong.Text = p.T("demo.genuine"), p.T("demo.recalled"), p.T("demo.unknown")
	back.Link = ""
	return []web.Sample{good, back, wrong}, nil
}

// other returns a character that is not c.
func other(c byte) string {
	if c == '0' {
		return "1"
	}
	return "0"
}

// anyBatch returns a maker's newest batch that has a recall, or that has none.
func (a *App) anyBatch(ctx context.Context, sub authz.Subject, recalled bool) (product.Batch, error) {
	if recalled {
		list, _, err := a.Products.Recalls(ctx, sub, product.Page{Limit: 1})
		if err != nil || len(list) == 0 {
			return product.Batch{}, err
		}
		return a.Products.Batch(ctx, sub, list[0].GTIN, list[0].Lot)
	}
	list, _, err := a.Products.Batches(ctx, sub, product.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		return product.Batch{}, err
	}
	return list[0], nil
}

func (a *App) sample(ctx context.Context, b product.Batch, index uint64) (web.Sample, error) {
	coder, err := a.Products.Coder(ctx, b)
	if err != nil {
		return web.Sample{}, err
	}
	number, err := unitcode.BatchNumber(b.Number)
	if err != nil {
		return web.Sample{}, err
	}
	serial := coder.Serial(index)
	link := a.link(b, serial)
	return web.Sample{Short: unitcode.Short(number, serial), Href: "/q/" + unitcode.Short(number, serial), Link: link}, nil
}
