package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/ledger/embedded"
)

// crashFile names the variable that turns the test binary into a process that
// writes to a ledger until it is killed.
const crashFile = "FANWEI_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		if err := writeUntilKilled(path, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled submits commands from several goroutines and prints the
// number of each once it is acknowledged.
func writeUntilKilled(path string, out io.Writer) error {
	ctx := context.Background()
	db, err := database.Open(ctx, path)
	if err != nil {
		return err
	}
	l, err := embedded.Open(ctx, db, time.Now)
	if err != nil {
		return err
	}
	first, err := l.Height(ctx)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for w := range 8 {
		go func() {
			for i := int(first) + w*100_000; ; i++ {
				if _, err := l.Submit(ctx, market(), record(i)); err != nil {
					failed <- err
					return
				}
				if _, err := fmt.Fprintln(out, "C-"+fmt.Sprint(i)); err != nil { // one write: lines do not mix
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// TestKilled kills writers at random moments. Whatever they acknowledged is
// there, in a ledger that is whole.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	acknowledged := map[string]bool{}
	for range 6 {
		for _, id := range killOne(t, path, 1+rand.IntN(120)) {
			acknowledged[id] = true
		}
		wantRecorded(t, path, acknowledged)
	}
}

// killOne runs a writer, kills it after so many acknowledgements, and returns
// all that it gave.
func killOne(t *testing.T, path string, after int) []string {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashFile+"="+path)
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	var kill sync.Once
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		ids = append(ids, lines.Text())
		if len(ids) >= after {
			kill.Do(func() {
				if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
					t.Error(err)
				}
			})
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || len(ids) < after {
		t.Fatalf("the writer ended after %d acknowledgements: %v\n%s", len(ids), err, stderr.String())
	}
	return ids
}

// wantRecorded opens the ledger, verifies it and looks for what was acknowledged.
func wantRecorded(t *testing.T, path string, acknowledged map[string]bool) {
	t.Helper()
	db, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	l, err := embedded.Open(t.Context(), db, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(l.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	}()
	verify(t, l)
	height, err := l.Height(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	missing := len(acknowledged)
	for e, err := range l.Events(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		_, id, _ := strings.Cut(string(e.Payload), `"number":"`)
		if id, _, _ = strings.Cut(id, `"`); acknowledged[id] {
			missing--
		}
		if e.Position == height {
			break
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d acknowledged commands are missing", missing, len(acknowledged))
	}
}
