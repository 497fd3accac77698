package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/ledger"
	"github.com/fanwei/fanwei/services/ledger/embedded"
)

func market() trace.Caller { return trace.Caller{Kind: trace.Market, Org: "market"} }

// record returns the i-th of many commands that do not touch one another.
func record(i int) trace.Command {
	id := fmt.Sprintf("C-%d", i)
	return trace.RecordCertificate{Head: trace.Head{ID: id}, Number: id, Holder: "M1", Class: "battery",
		Models: []string{"NX-48"}, Standards: []string{"GB 43854-2024"},
		ValidFrom: "2026-01-01", ValidTo: "2030-12-31", Capacity: 1000}
}

func submit(t testing.TB, l *embedded.Ledger, cmd trace.Command) ledger.Event {
	t.Helper()
	e, err := l.Submit(t.Context(), market(), cmd)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func wantUnavailable(t *testing.T, err error, reason string, args ...string) {
	t.Helper()
	got, ok := refusal.Of(err)
	if !ok {
		t.Fatalf("got %v, want %s", err, reason)
	}
	if diff := cmp.Diff(refusal.New(refusal.Unavailable, reason, args...), got); diff != "" {
		t.Fatal(diff)
	}
}

func TestClock(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		var mu sync.Mutex
		now := time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC)
		set := func(at time.Time) {
			mu.Lock()
			defer mu.Unlock()
			now = at
		}
		l := open(t, db, func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		})
		_, err := l.Submit(t.Context(), market(), record(0))
		wantUnavailable(t, err, "clock-wrong", "2025-12-31T23:59:59Z")

		start := time.Date(2026, 11, 21, 8, 0, 0, 0, time.FixedZone("", 8*60*60))
		for i, step := range []struct {
			clock time.Duration // after the start
			want  string        // time of the event; "" for a refusal
		}{
			{0, "2026-11-21T00:00:00.000Z"},
			{1500 * time.Microsecond, "2026-11-21T00:00:00.001Z"},
			{time.Hour, "2026-11-21T01:00:00.000Z"},
			{time.Hour - 5*time.Minute, "2026-11-21T01:00:00.000Z"},
			{time.Hour - 5*time.Minute - time.Millisecond, ""},
			{0, ""},
			{2 * time.Hour, "2026-11-21T02:00:00.000Z"},
		} {
			set(start.Add(step.clock))
			e, err := l.Submit(t.Context(), market(), record(i))
			if step.want == "" {
				wantUnavailable(t, err, "clock-behind", start.Add(step.clock).UTC().Format(time.RFC3339), "2026-11-21T01:00:00Z")
				continue
			}
			if err != nil || !strings.Contains(string(e.Payload), `"time":"`+step.want+`"`) {
				t.Errorf("step %d: got %s, %v, want %s", i, e.Payload, err, step.want)
			}
		}
		if n, err := l.Height(t.Context()); n != 5 || err != nil {
			t.Errorf("height %d, %v, want 5", n, err)
		}
		verify(t, l)
	})
}

// TestTwoOpeners records through two ledgers on one database: the chain must
// not fork.
func TestTwoOpeners(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		const writers, each = 8, 10
		ledgers := []*embedded.Ledger{open(t, db, time.Now), open(t, db, time.Now)}
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					// Every command twice, through either ledger.
					if _, err := ledgers[w%2].Submit(t.Context(), market(), record(w/2*each+i)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, l := range ledgers {
			if n, err := l.Height(t.Context()); n != writers/2*each || err != nil {
				t.Errorf("height %d, %v", n, err)
			}
			verify(t, l)
		}
	})
}

// TestFollowAcrossProcesses reads what another opener records.
func TestFollowAcrossProcesses(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		reader, writer := open(t, db, time.Now), open(t, db, time.Now)
		submit(t, writer, record(0))
		var got []uint64
		for e, err := range reader.Events(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, e.Position); len(got) == 3 {
				break
			}
			submit(t, writer, record(len(got)))
		}
		if diff := cmp.Diff([]uint64{1, 2, 3}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestDiskFull lets SQLite run out of pages in the middle of its work.
func TestDiskFull(t *testing.T) {
	db := databasetest.SQLite(t)
	db.SetMaxOpenConns(1) // a limit on pages is one of the connection
	l := open(t, db, time.Now)
	recorded := 0
	limit := func(sql string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	submit(t, l, record(recorded))
	limit(`PRAGMA max_page_count = 60`)
	var err error
	for err == nil && recorded < 1000 {
		recorded++
		_, err = l.Submit(t.Context(), market(), record(recorded))
	}
	wantUnavailable(t, err, "disk-full")
	if n, err := l.Height(t.Context()); n != uint64(recorded) || err != nil {
		t.Errorf("height %d, %v, want %d", n, err, recorded)
	}
	verify(t, l)
	limit(`PRAGMA max_page_count = 100000`)
	if e := submit(t, l, record(recorded)); e.Position != uint64(recorded)+1 {
		t.Errorf("position %d, want %d", e.Position, recorded+1)
	}
	verify(t, l)
}

// TestBusy holds the write lock of the file in another process's place.
func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, other := openFile(t, path), openFile(t, path)
	db.SetMaxOpenConns(1)
	l := open(t, db, time.Now)
	submit(t, l, record(0))
	if _, err := db.ExecContext(t.Context(), `PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	lock, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Submit(t.Context(), market(), record(1))
	wantUnavailable(t, err, "database-busy")
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	if e := submit(t, l, record(1)); e.Position != 2 {
		t.Errorf("position %d, want 2", e.Position)
	}
	verify(t, l)
}

// TestOutOfReach takes the database away.
func TestOutOfReach(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "ledger.db"))
	l := open(t, db, time.Now)
	submit(t, l, record(0))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := l.Submit(t.Context(), market(), record(1))
	wantUnavailable(t, err, "ledger-out-of-reach")
	_, err = l.Height(t.Context())
	wantUnavailable(t, err, "ledger-out-of-reach")
	wantUnavailable(t, l.Verify(t.Context()), "ledger-out-of-reach")
	for _, err := range l.Events(t.Context(), 0) {
		wantUnavailable(t, err, "ledger-out-of-reach")
	}
}

func openFile(t testing.TB, path string) *bun.DB {
	t.Helper()
	db, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestClose closes a ledger under load: every submit is answered, and what was
// acknowledged is there.
func TestClose(t *testing.T) {
	db := databasetest.SQLite(t)
	l := open(t, db, time.Now)
	var wg sync.WaitGroup
	acknowledged := make(chan ledger.Event, 10_000)
	for w := range 16 {
		wg.Go(func() {
			for i := range 500 {
				e, err := l.Submit(t.Context(), market(), record(w*500+i))
				if err != nil {
					if !errors.Is(err, refusal.New(refusal.Unavailable, "ledger-closed")) {
						t.Error(err)
					}
					return
				}
				acknowledged <- e
				if len(acknowledged) == 100 {
					if err := l.Close(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	close(acknowledged)
	if n, err := l.Height(t.Context()); n != uint64(len(acknowledged)) || err != nil {
		t.Errorf("height %d, %v, want %d", n, err, len(acknowledged))
	}
	verify(t, l)
	if _, err := l.Submit(t.Context(), market(), record(0)); !errors.Is(err, refusal.New(refusal.Unavailable, "ledger-closed")) {
		t.Errorf("got %v", err)
	}
}

// TestAbandoned gives up waiting: the ledger goes on, and the command, which
// was recorded or not, is recorded once when submitted again.
func TestAbandoned(t *testing.T) {
	l := open(t, databasetest.SQLite(t), time.Now)
	for i := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := l.Submit(ctx, market(), record(i))
			done <- err
		}()
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		submit(t, l, record(i))
	}
	if n, err := l.Height(t.Context()); n != 20 || err != nil {
		t.Errorf("height %d, %v", n, err)
	}
	verify(t, l)
}
