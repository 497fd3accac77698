package printrun_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/job"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/unitcode"
)

// queue has the fixture's runs drawn by a real queue.
func (f *fixture) queue(t *testing.T) {
	t.Helper()
	q, err := job.Open(t.Context(), f.db, job.Options{
		Instance: "test", Poll: 10 * time.Millisecond, Attempts: 3,
		Backoff: func(int) time.Duration { return 10 * time.Millisecond },
		Log:     slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
		defer cancel()
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	f.config.Enqueue = q.Enqueue
	f.Service = printrun.New(f.config)
	if err := q.Start(t.Context(), f.Handlers(), f.Periodic()...); err != nil {
		t.Fatal(err)
	}
}

// await waits until a run has a state.
func (f *fixture) await(t *testing.T, id string, state printrun.State) printrun.Run {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(30 * time.Second); ; {
		run := f.get(t, id)
		if run.State == state {
			return run
		}
		select {
		case <-limit:
			t.Fatalf("still %+v", run)
		case <-tick.C:
		}
	}
}

func TestQueue(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.config.Turn = 100 * time.Millisecond // several turns
		f.queue(t)
		run := f.start(t, printrun.Request{Format: printrun.CSV, To: 999})
		f.await(t, run.ID, printrun.Done)
		content, _, _ := f.read(t, run.ID)
		f.checkCSV(t, content, 0, 999)
	})
}

func TestQueueGivesUp(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		calls := make(chan bool, 100)
		f.config.Batch = func(ctx context.Context, g, l string) (printrun.Batch, unitcode.Keys, error) {
			select {
			case calls <- true:
			default:
			}
			b, k, err := f.batch(ctx, g, l)
			if len(calls) > 1 {
				err = errors.New("out of reach")
			}
			return b, k, err
		}
		f.queue(t)
		run := f.start(t, printrun.Request{Format: printrun.CSV, To: 9})
		got := f.await(t, run.ID, printrun.Failed)
		if n := len(calls); n != 1+3 || got.Error != "unavailable: print-fault" {
			t.Errorf("%d tries, %q", n-1, got.Error)
		}
	})
}

// victim names the environment variable that makes this test binary the
// process to be killed; its value is its folder.
const victim = "FANWEI_TEST_PRINTRUN_VICTIM"

// openVictim opens what the victims share.
func openVictim(t *testing.T, dir string) *fixture {
	t.Helper()
	db, err := database.Open(t.Context(), filepath.Join(dir, "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	f := newFixture(t, db, filepath.Join(dir, "files"))
	f.config.Part = map[printrun.Format]int{printrun.CSV: 300}
	return f
}

// TestVictim is the process that TestKilled kills. At each look at the clock it
// tells so, and waits to be allowed on.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victim)
	if dir == "" {
		return
	}
	f := openVictim(t, dir)
	f.clock.step = 2 * time.Second
	in := bufio.NewReader(os.Stdin)
	f.clock.watch(func(int) {
		fmt.Fprintln(os.Stdout, "look")
		if _, err := in.ReadString('\n'); err != nil {
			os.Exit(1)
		}
	})
	f.queue(t)
	runs, err := f.List(t.Context(), printer(), gtin, lot)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) == 0 {
		f.start(t, printrun.Request{Format: printrun.CSV, To: size - 1})
	}
	select {}
}

// TestKilled kills the program again and again while it draws, and checks that
// the file has every unit once.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	for looks := 15; looks < 45; looks += 9 {
		kill(t, dir, looks)
	}
	f := openVictim(t, dir)
	runs, err := f.List(t.Context(), printer(), gtin, lot)
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	run := runs[0]
	t.Logf("killed for the last time at %d of %d, %s, %d files", run.Done, run.Total, run.State, len(f.keysOf(t)))
	if run.State != printrun.Running || run.Done == 0 {
		t.Errorf("the kills left %+v", run)
	}
	f.queue(t)
	f.await(t, run.ID, printrun.Done)
	content, _, _ := f.read(t, run.ID)
	f.checkCSV(t, content, 0, size-1)
}

// kill runs a victim for a number of looks at the clock.
func kill(t *testing.T, dir string, looks int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // if it comes to a stop by itself
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), victim+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; n < looks && lines.Scan(); n++ {
		if lines.Text() != "look" {
			t.Fatalf("the victim says %q", lines.Text())
		}
		if _, err := io.WriteString(in, "\n"); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it says that it was killed
}
