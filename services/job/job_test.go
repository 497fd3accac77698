package job_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/job"
)

func options() job.Options {
	return job.Options{
		Instance: "test", Poll: 10 * time.Millisecond, Attempts: 3,
		Backoff: func(int) time.Duration { return 10 * time.Millisecond },
		Log:     slog.New(slog.DiscardHandler),
	}
}

func open(t *testing.T, db *bun.DB) *job.Queue {
	t.Helper()
	q, err := job.Open(t.Context(), db, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, q) })
	return q
}

// stop stops a queue; doing it twice is harmless.
func stop(t *testing.T, q *job.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
	defer cancel()
	if err := q.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func start(t *testing.T, q *job.Queue, h job.Handler, periodic ...job.Periodic) {
	t.Helper()
	if err := q.Start(t.Context(), map[string]job.Handler{"print": h}, periodic...); err != nil {
		t.Fatal(err)
	}
}

// add enqueues in a transaction of its own, which ends with end.
func add(t *testing.T, db *bun.DB, q *job.Queue, payload any, unique string, end error) {
	t.Helper()
	err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		if err := q.Enqueue(ctx, tx, "print", payload, unique); err != nil {
			return err
		}
		return end
	})
	if !errors.Is(err, end) {
		t.Fatal(err)
	}
}

// next waits for what a handler sent.
func next[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	panic("unreachable")
}

func TestTransactional(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		q := open(t, db)
		ran := make(chan string, 10)
		start(t, q, func(_ context.Context, payload []byte) error { ran <- string(payload); return nil })
		undone := errors.New("changed my mind")
		add(t, db, q, "dropped", "", undone)
		add(t, db, q, map[string]int{"run": 7}, "", nil)
		if got := next(t, ran); got != `{"run":7}` && got != `{"run": 7}` {
			t.Errorf("ran with %s", got)
		}
		if n, err := db.NewSelect().Table("river_job").Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d jobs, %v: the transaction rolled back had one", n, err)
		}
	})
}

func TestUnique(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		q := open(t, db)
		add(t, db, q, 1, "a", nil)
		add(t, db, q, 2, "a", nil)
		add(t, db, q, 3, "b", nil)
		ran := make(chan string, 10)
		start(t, q, func(_ context.Context, payload []byte) error { ran <- string(payload); return nil })
		got := map[string]bool{next(t, ran): true, next(t, ran): true}
		if !got["1"] || !got["3"] {
			t.Errorf("ran %v", got)
		}
		// Once it is done it may be asked for again: the queue notes that in
		// its own time, until when it adds nothing.
		for n := 4; ; n++ {
			add(t, db, q, n, "a", nil)
			select {
			case <-ran:
				return
			case <-time.After(100 * time.Millisecond):
			}
			if n > 200 {
				t.Fatal("cannot be asked for again")
			}
		}
	})
}

func TestRetryAndGiveUp(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		q := open(t, db)
		tries := make(chan [2]int, 10)
		start(t, q, func(ctx context.Context, _ []byte) error {
			n, most := job.Attempt(ctx)
			tries <- [2]int{n, most}
			return errors.New("printer on fire")
		})
		add(t, db, q, nil, "", nil)
		for n := 1; n <= 3; n++ {
			if got := next(t, tries); got != [2]int{n, 3} {
				t.Errorf("attempt %v, want %d of 3", got, n)
			}
		}
	})
}

func TestAgainIsNoFailure(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		q := open(t, db)
		var turns atomic.Int32
		done := make(chan int, 1)
		start(t, q, func(ctx context.Context, _ []byte) error {
			if turns.Add(1) < 6 {
				return job.ErrAgain
			}
			n, _ := job.Attempt(ctx)
			done <- n
			return nil
		})
		add(t, db, q, nil, "", nil)
		if n := next(t, done); n != 1 {
			t.Errorf("attempt %d after 5 turns, want 1", n)
		}
	})
}

func TestStopAndStartAgain(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		q := open(t, db)
		began := make(chan bool, 1)
		start(t, q, func(ctx context.Context, _ []byte) error {
			began <- true
			<-ctx.Done()
			return ctx.Err()
		})
		add(t, db, q, nil, "", nil)
		next(t, began)
		stop(t, q)

		again := make(chan int, 1)
		q = open(t, db)
		start(t, q, func(ctx context.Context, _ []byte) error {
			n, _ := job.Attempt(ctx)
			again <- n
			return nil
		})
		if n := next(t, again); n != 1 {
			t.Errorf("attempt %d: a stop is no failure", n)
		}
	})
}

func TestPeriodic(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		q := open(t, db)
		ran := make(chan string, 10)
		start(t, q, func(_ context.Context, payload []byte) error { ran <- string(payload); return nil },
			job.Periodic{Kind: "print", Every: time.Hour})
		if got := next(t, ran); got != "null" {
			t.Errorf("payload %s", got)
		}
	})
}

func TestPeriodicWithoutHandler(t *testing.T) {
	q := open(t, databasetest.SQLite(t))
	if err := q.Start(t.Context(), map[string]job.Handler{}, job.Periodic{Kind: "none", Every: time.Hour}); err == nil {
		t.Error("started")
	}
}
