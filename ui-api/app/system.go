package app

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/job"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

// leastFree is how much room the data folder should have, in bytes.
const leastFree = 2 << 30

// state is what is known of a running platform.
type state struct {
	height, applied uint64
	jobs            job.Load
	free, whole     uint64 // bytes; whole is 0 where it is not known
}

// system says how the platform does, to those who look after it.
func (a *App) system(ctx context.Context, p text.Printer) (web.SystemView, error) {
	var s state
	var err error
	if s.height, err = a.Ledger.Height(ctx); err != nil {
		return web.SystemView{}, err
	}
	if s.applied, err = a.Projection.Checkpoint(ctx); err != nil {
		return web.SystemView{}, err
	}
	if s.jobs, err = job.LoadOf(ctx, a.DB); err != nil {
		return web.SystemView{}, err
	}
	if s.free, s.whole, err = room(a.Config.Data); err != nil {
		return web.SystemView{}, err
	}
	view := s.judge(p)
	view.Asides = []web.Aside{s.ledger(p), a.storage(s, p), s.work(p), program(p)}
	return view, nil
}

// lag is how many events the tables are behind the ledger.
func (s state) lag() int64 { return max(int64(s.height)-int64(s.applied), 0) }

// judge says in a sentence whether all is well.
func (s state) judge(p text.Printer) web.SystemView {
	view := web.SystemView{State: web.OK, Icon: "check", Title: p.T("system.well"), Text: p.T("system.well-text")}
	switch {
	case s.whole > 0 && s.free < leastFree:
		view = web.SystemView{State: web.Bad, Icon: "alert", Title: p.T("system.full"), Text: p.T("system.full-text")}
	case s.lag() > mostBehind:
		view = web.SystemView{State: web.Bad, Icon: "alert", Title: p.T("system.behind", s.lag()), Text: p.T("system.behind-text")}
	case s.jobs.GivenUp > 0:
		view = web.SystemView{State: web.Doubt, Icon: "alert", Title: p.T("system.given-up", s.jobs.GivenUp), Text: p.T("system.given-up-text")}
	}
	return view
}

func (s state) ledger(p text.Printer) web.Aside {
	return web.Aside{Title: p.T("system.ledger"), Facts: []web.Fact{
		{Label: p.T("system.height"), Value: web.Count(int64(s.height))},
		{Label: p.T("system.applied"), Value: web.Count(int64(s.applied))},
		{Label: p.T("system.lag"), Value: web.Count(s.lag())}}}
}

func (a *App) storage(s state, p text.Printer) web.Aside {
	kind := "SQLite"
	if database.IsPostgres(a.Config.Database) {
		kind = "PostgreSQL"
	}
	folder := a.Config.Data
	if abs, err := filepath.Abs(folder); err == nil {
		folder = abs
	}
	aside := web.Aside{Title: p.T("system.storage"), Facts: []web.Fact{
		{Label: p.T("system.database"), Value: web.Value{Text: kind}},
		{Label: p.T("system.folder"), Value: web.Value{Text: folder}}}}
	if s.whole > 0 {
		aside.Facts = append(aside.Facts, web.Fact{Label: p.T("system.free"), Value: web.Value{Text: p.T("system.of", gib(s.free), gib(s.whole))}})
		aside.Meter = &web.Meter{Label: p.T("system.taken"), Done: int64((s.whole - s.free) >> 20), Total: int64(s.whole >> 20)}
	}
	return aside
}

func (s state) work(p text.Printer) web.Aside {
	return web.Aside{Title: p.T("system.jobs"), Facts: []web.Fact{
		{Label: p.T("system.waiting"), Value: web.Count(int64(s.jobs.Waiting))},
		{Label: p.T("system.running"), Value: web.Count(int64(s.jobs.Running))},
		{Label: p.T("system.stopped"), Value: web.Count(int64(s.jobs.GivenUp))}}}
}

// program says which program runs.
func program(p text.Printer) web.Aside {
	aside := web.Aside{Title: p.T("system.program")}
	fact := func(key, value string) {
		aside.Facts = append(aside.Facts, web.Fact{Label: p.T(key), Value: web.Value{Text: value}})
	}
	info, ok := debug.ReadBuildInfo()
	if ok {
		fact("system.version", info.Main.Version)
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				fact("system.revision", s.Value[:min(len(s.Value), 12)])
			}
		}
	}
	fact("system.go", fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH))
	return aside
}

func gib(bytes uint64) string { return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30)) }
