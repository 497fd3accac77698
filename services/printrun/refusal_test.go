package printrun_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/printrun"
)

func checkRefusal(t *testing.T, name string, err error, want string) {
	t.Helper()
	r, ok := refusal.Of(err)
	if !ok || r.Error() != want {
		t.Errorf("%s: %v, want %s", name, err, want)
	}
}

func TestStartRefuses(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		ok := printrun.Request{ID: newID(t), GTIN: gtin, Lot: lot, Format: printrun.CSV, To: 9}
		for name, c := range map[string]struct {
			change func(*printrun.Request, *authz.Subject)
			want   string
		}{
			"id":      {func(r *printrun.Request, _ *authz.Subject) { r.ID = "1" }, `invalid: print-id`},
			"format":  {func(r *printrun.Request, _ *authz.Subject) { r.Format = "doc" }, `invalid: print-format ["doc"]`},
			"layout":  {func(r *printrun.Request, _ *authz.Subject) { r.Layout = "a4-24" }, `invalid: print-layout ["a4-24"]`},
			"range":   {func(r *printrun.Request, _ *authz.Subject) { r.From = 10 }, `invalid: print-range ["10","9","5000"]`},
			"size":    {func(r *printrun.Request, _ *authz.Subject) { r.To = size }, `invalid: print-range ["0","5000","5000"]`},
			"missing": {func(r *printrun.Request, _ *authz.Subject) { r.Lot = "X" }, `not-found: batch-missing ["06901234567892","X"]`},
			"stranger": {func(_ *printrun.Request, s *authz.Subject) { s.Org = "M002" },
				`not-found: batch-missing ["06901234567892","L20261121A"]`},
			"viewer": {func(_ *printrun.Request, s *authz.Subject) { s.Roles = []string{authz.Viewer} },
				`forbidden: not-allowed ["print","batch"]`},
		} {
			req, sub := ok, printer()
			c.change(&req, &sub)
			_, err := f.Start(t.Context(), sub, req)
			checkRefusal(t, name, err, c.want)
		}
		if runs, err := f.List(t.Context(), printer(), gtin, lot); err != nil || len(runs) != 0 || len(*f.tickets) != 0 {
			t.Errorf("%d runs, %d jobs, %v", len(runs), len(*f.tickets), err)
		}
	})
}

func TestCodeTooLong(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.config.Host = "a-very-long-host-name-that-no-one-would-ever-use.of-a-very-long-department.of-a-very-long-ministry.example"
		f.config.Host += "." + f.config.Host
		f.Service = printrun.New(f.config)
		_, err := f.Start(t.Context(), printer(), printrun.Request{ID: newID(t), GTIN: gtin, Lot: lot, Format: printrun.PDF})
		checkRefusal(t, "pdf", err, "invalid: print-code-too-long")
	})
}

// TestSentTwice sends a request again, and its id with another content.
func TestSentTwice(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		req := printrun.Request{ID: newID(t), GTIN: gtin, Lot: lot, Format: printrun.CSV, To: 9}
		for range 2 {
			run, err := f.Start(t.Context(), printer(), req)
			if err != nil || run.ID != req.ID || run.Total != 10 {
				t.Errorf("got %+v, %v", run, err)
			}
		}
		if len(*f.tickets) != 1 {
			t.Errorf("%d jobs, want 1", len(*f.tickets))
		}
		req.To = 8
		_, err := f.Start(t.Context(), printer(), req)
		checkRefusal(t, "other content", err, fmt.Sprintf(`conflict: command-id-reused ["%s"]`, req.ID))
	})
}

// TestTooMany has many begin runs at once.
func TestTooMany(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		var group sync.WaitGroup
		results := make(chan error, 12)
		for range cap(results) {
			group.Go(func() {
				_, err := f.Start(t.Context(), printer(), printrun.Request{ID: newID(t), GTIN: gtin, Lot: lot, Format: printrun.CSV, To: 3})
				results <- err
			})
		}
		group.Wait()
		close(results)
		begun := 0
		for err := range results {
			if err == nil {
				begun++
				continue
			}
			checkRefusal(t, "one more", err, `conflict: too-many-print-runs ["4"]`)
		}
		if begun != printrun.MaxUnfinished {
			t.Errorf("%d runs begun", begun)
		}
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.start(t, printrun.Request{Format: printrun.CSV, To: 3}) // there is room again
	})
}

// TestHidden checks that nobody but who may print sees a run, and that
// commands and downloads leave lines in the audit trail.
func TestHidden(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.start(t, printrun.Request{Format: printrun.CSV, To: 3})
		want := `not-found: print-run-missing ["` + run.ID + `"]`
		stranger, viewer := printer(), printer()
		stranger.Org, viewer.Roles = "M002", []string{authz.Viewer}
		for _, sub := range []authz.Subject{stranger, viewer, {}} {
			_, err := f.Get(t.Context(), sub, run.ID)
			checkRefusal(t, "get", err, want)
			_, _, _, err = f.Open(t.Context(), sub, run.ID)
			checkRefusal(t, "open", err, want)
			checkRefusal(t, "pause", f.Pause(t.Context(), sub, run.ID), want)
			checkRefusal(t, "resume", f.Resume(t.Context(), sub, run.ID), want)
			checkRefusal(t, "cancel", f.Cancel(t.Context(), sub, run.ID), want)
			if runs, err := f.List(t.Context(), sub, gtin, lot); err != nil || len(runs) != 0 {
				t.Errorf("list: %d, %v", len(runs), err)
			}
		}
		_, _, _, err := f.Open(t.Context(), printer(), run.ID)
		checkRefusal(t, "too early", err, `conflict: print-run-unfinished ["waiting"]`)
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.read(t, run.ID)
		lines, err := audit.List(t.Context(), f.db, audit.Filter{ObjectID: run.ID}, audit.Page{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range lines {
			got = append(got, string(l.Outcome)+" "+l.Act+" "+l.Object+" "+l.Reason)
		}
		if diff := cmp.Diff([]string{"done print batch ", "refused print batch print-run-unfinished", "done print batch "}, got); diff != "" {
			t.Error(diff)
		}
		runs, err := f.List(t.Context(), printer(), gtin, lot)
		if err != nil || len(runs) != 1 {
			t.Fatal(runs, err)
		}
		if diff := cmp.Diff(f.get(t, run.ID), runs[0]); diff != "" {
			t.Error(diff)
		}
	})
}

// TestFailure checks that what cannot be mended ends a run, and Resume tries
// it again.
func TestFailure(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.start(t, printrun.Request{Format: printrun.CSV, To: 50})
		*f.refuse = refusal.New(refusal.Conflict, "secret-lost", "M001")
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := f.get(t, run.ID)
		if got.State != printrun.Failed || got.Error != `conflict: secret-lost ["M001"]` {
			t.Errorf("%+v", got)
		}
		*f.refuse = nil
		if err := f.Resume(t.Context(), printer(), run.ID); err != nil {
			t.Fatal(err)
		}
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := f.get(t, run.ID); got.State != printrun.Done || got.Error != "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		sweep := func() {
			t.Helper()
			if err := f.Handlers()["print-sweep"](t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		done := f.start(t, printrun.Request{Format: printrun.CSV, To: 50})
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		failed := f.start(t, printrun.Request{Format: printrun.CSV, To: 50})
		*f.refuse = errors.New("no vault")
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.clock.add(printrun.Keep - time.Hour)
		sweep()
		f.read(t, done.ID)
		// A crash left a file that no row knows.
		if err := f.files.WriteAll(t.Context(), failed.ID+"-000000.csv.tmp1", []byte("x"), nil); err != nil {
			t.Fatal(err)
		}
		f.clock.add(2 * time.Hour)
		sweep()
		_, _, _, err := f.Open(t.Context(), printer(), done.ID)
		checkRefusal(t, "open", err, "not-found: print-run-expired")
		if got := f.get(t, done.ID); got.State != printrun.Done || !got.Swept || got.Bytes != 0 {
			t.Errorf("%+v", got)
		}
		checkRefusal(t, "resume", f.Resume(t.Context(), printer(), failed.ID), `conflict: print-run-state ["cancelled"]`)
		f.clock.add(2 * time.Hour)
		sweep()
		if got := f.get(t, failed.ID); !got.Swept || len(f.keysOf(t)) != 0 {
			t.Errorf("%+v with files %v", got, f.keysOf(t))
		}
	})
}
