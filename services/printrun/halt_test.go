package printrun_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fanwei/fanwei/services/job"
	"github.com/fanwei/fanwei/services/printrun"
)

// long is a run of several parts in which the clock is looked at often.
func (f *fixture) long(t *testing.T) printrun.Run {
	t.Helper()
	f.config.Part = map[printrun.Format]int{printrun.CSV: 300}
	f.Service = printrun.New(f.config)
	f.clock.step = 2 * time.Second
	return f.start(t, printrun.Request{Format: printrun.CSV, To: 999})
}

func TestPauseAndResume(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.long(t)
		f.clock.watch(func(n int) {
			if got := f.get(t, run.ID); got.State == printrun.Running && got.Drawn > 450 {
				f.clock.watch(nil)
				if err := f.Pause(t.Context(), printer(), run.ID); err != nil {
					t.Error(err)
				}
			}
		})
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := f.get(t, run.ID)
		if got.State != printrun.Paused || got.Done != 300 || got.Drawn >= 600 || len(f.keysOf(t)) != 1 {
			t.Fatalf("paused at %+v with files %v", got, f.keysOf(t))
		}
		if err := f.work(t.Context()); err != nil { // an old ticket changes nothing
			t.Fatal(err)
		}
		if err := f.Resume(t.Context(), printer(), run.ID); err != nil {
			t.Fatal(err)
		}
		if err := f.Handlers()["print-run"](t.Context(), []byte((*f.tickets)[0])); err != nil {
			t.Fatal(err)
		}
		if got := f.get(t, run.ID); got.State != printrun.Waiting || got.Round != 2 {
			t.Errorf("the worker of an earlier round left %+v", got)
		}
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		content, _, _ := f.read(t, run.ID)
		f.checkCSV(t, content, 0, 999)
	})
}

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.long(t)
		f.clock.watch(func(int) {
			if got := f.get(t, run.ID); got.Drawn > 450 {
				f.clock.watch(nil)
				if err := f.Cancel(t.Context(), printer(), run.ID); err != nil {
					t.Error(err)
				}
			}
		})
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := f.get(t, run.ID); got.State != printrun.Cancelled || len(f.keysOf(t)) != 0 {
			t.Errorf("%+v with files %v", got, f.keysOf(t))
		}
		for name, act := range map[string]error{
			"pause":  f.Pause(t.Context(), printer(), run.ID),
			"resume": f.Resume(t.Context(), printer(), run.ID),
			"cancel": f.Cancel(t.Context(), printer(), run.ID),
		} {
			checkRefusal(t, name, act, `conflict: print-run-state ["cancelled"]`)
		}
	})
}

// TestStopAnywhere stops the worker at each look at the clock, as a program
// that ends does, and checks that nothing is lost or doubled.
func TestStopAnywhere(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.long(t)
		done := uint64(0)
		for stop := 2; ; stop++ {
			ctx, cancel := context.WithCancel(t.Context())
			f.clock.watch(func(n int) {
				if n == stop {
					cancel()
				}
			})
			err := f.work(ctx)
			f.clock.watch(nil)
			got := f.get(t, run.ID)
			if got.Done < done || got.Done%300 != 0 && got.Done != 1000 {
				t.Fatalf("stopped at %d: %+v after %d", stop, got, done)
			}
			done = got.Done
			cancel()
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		content, _, _ := f.read(t, run.ID)
		f.checkCSV(t, content, 0, 999)
	})
}

// TestFaults has each part fail in two forms: the file is not written, and the
// file is written but the row is not.
func TestFaults(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.start(t, printrun.Request{Format: printrun.CSV, To: 99})
		fail := func(part int, form string) {
			t.Helper()
			if err := f.work(t.Context()); err != nil {
				t.Fatal(err) // the last attempt ends the run, not the job
			}
			got := f.get(t, run.ID)
			if got.State != printrun.Failed || got.Parts != uint64(part) || got.Error != "unavailable: print-fault" {
				t.Errorf("part %d, %s: %+v", part, form, got)
			}
			if err := f.Resume(t.Context(), printer(), run.ID); err != nil {
				t.Fatal(err)
			}
		}
		for part := range 5 {
			block := filepath.Join(f.dir, fmt.Sprintf("%s-%06d.csv", run.ID, part))
			if err := os.Mkdir(block, 0o700); err != nil {
				t.Fatal(err)
			}
			fail(part, "not persisted")
			if err := os.Remove(block); err != nil {
				t.Fatal(err)
			}
			if _, err := f.db.ExecContext(t.Context(), "INSERT INTO print_parts VALUES (?, ?, 0, 0)", run.ID, part); err != nil {
				t.Fatal(err)
			}
			fail(part, "persisted")
			if _, err := f.db.ExecContext(t.Context(), "DELETE FROM print_parts WHERE run = ? AND part = ?", run.ID, part); err != nil {
				t.Fatal(err)
			}
			// One part at a time: the turn is over after it.
			f.config.Turn = time.Nanosecond
			f.Service = printrun.New(f.config)
			step(t, f, part)
			f.config.Turn = 0
			f.Service = printrun.New(f.config)
		}
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		content, _, _ := f.read(t, run.ID)
		f.checkCSV(t, content, 0, 99)
	})
}

// step draws one part only.
func step(t *testing.T, f *fixture, part int) {
	t.Helper()
	f.clock.mu.Lock()
	f.clock.step = 0 // no time passes, so the turn does not end before the part
	f.clock.mu.Unlock()
	before := len(f.keysOf(t))
	f.clock.watch(func(int) {
		if len(f.keysOf(t)) > before {
			f.clock.add(time.Second)
		}
	})
	err := f.work(t.Context())
	f.clock.watch(nil)
	if part < 4 && !errors.Is(err, job.ErrAgain) {
		t.Fatalf("part %d: %v", part, err)
	}
	f.clock.mu.Lock()
	f.clock.step = time.Millisecond
	f.clock.mu.Unlock()
}
