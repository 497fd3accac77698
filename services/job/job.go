// Package job runs work in the background, from a queue in the database, so
// that what asks for the work and what is recorded beside it are one
// transaction. Work runs at least once: a job that fails runs again later, and
// so does one whose process was killed. Handlers must bear that.
//
// Progress is not kept here: it belongs to the table of whoever asked.
package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// A Handler does one job. The payload is what Enqueue was given, as JSON. An
// error makes the job run again, later each time; ErrAgain at once. When the
// context ends, the program is stopping or the job has taken Options.Limit:
// the handler returns soon, and the job runs again.
type Handler func(ctx context.Context, payload []byte) error

// ErrAgain is returned by a handler that has done a part of its work and
// wants to go on after others had their turn. It is no failure.
var ErrAgain = errors.New("the job wants to run again")

// Periodic is work that is due again and again.
type Periodic struct {
	Kind  string // of the handler; its payload is null
	Every time.Duration
}

// Options are the settings of a queue. The zero value of each is usable.
type Options struct {
	// Instance names this process among those on one PostgreSQL, and is the
	// same after a restart, such as a host name: by it a process finds jobs
	// that it was killed in. Without it they run again after Limit and a bit.
	// SQLite has one process only and needs no name.
	Instance string
	// Workers is how many jobs of a kind run at once. Default 2.
	Workers int
	// Poll is how often the database is asked for new jobs. Default 500 ms.
	Poll time.Duration
	// Limit is how long a job may run before its context ends. Default 20 min.
	Limit time.Duration
	// Attempts is how often a failing job runs before it is given up. Default 12.
	Attempts int
	// Backoff is the pause after the n-th failure. Default 1 s, doubled each
	// time, 5 min at most.
	Backoff func(n int) time.Duration
	// Log receives what goes wrong. Default slog.Default().
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	o.Workers = cmp.Or(o.Workers, 2)
	o.Poll = cmp.Or(o.Poll, 500*time.Millisecond)
	o.Limit = cmp.Or(o.Limit, 20*time.Minute)
	o.Attempts = cmp.Or(o.Attempts, 12)
	if o.Backoff == nil {
		o.Backoff = func(n int) time.Duration {
			return min(5*time.Minute, time.Second<<min(max(n, 1)-1, 20))
		}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	o.Log = slog.New(quiet{o.Log.Handler()})
	return o
}

// A Queue keeps jobs. It is safe for concurrent use.
type Queue struct {
	engine engine
	opts   Options
}

// engine is what the two databases do differently.
type engine interface {
	insert(ctx context.Context, tx bun.Tx, kind string, t task) error
	start(ctx context.Context, config *river.Config) error
	release(ctx context.Context) error // makes jobs that died with this process due at once
	stop(ctx context.Context) error
	close()
}

// Open returns the queue in a database and brings its tables up to date. The
// queue is closed with Stop, before the database is.
func Open(ctx context.Context, db *bun.DB, opts Options) (*Queue, error) {
	q := &Queue{opts: opts.withDefaults()}
	var err error
	if db.Dialect().Name() == dialect.PG {
		q.engine, err = newPostgres(ctx, db, q.opts)
	} else {
		q.engine, err = newSQLite(ctx, db, q.opts)
	}
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return q, nil
}

// Enqueue asks for a job, in the caller's transaction: it runs if that commits,
// and not before. payload is encoded as JSON. If unique is not empty and a job
// of the kind with the same unique waits or runs, nothing is added.
//
// A kind is of small letters, digits and hyphens, and has two or more.
func (q *Queue) Enqueue(ctx context.Context, tx bun.Tx, kind string, payload any, unique string) error {
	raw, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	if err := q.engine.insert(ctx, tx, kind, task{Payload: raw, Unique: unique}); err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	return nil
}

// Start begins to run jobs, by handlers of their kinds, until Stop; the end of
// ctx does not stop it. Jobs that died with this process run again at once.
// Jobs of other kinds wait. Start is called once.
func (q *Queue) Start(ctx context.Context, handlers map[string]Handler, periodic ...Periodic) error {
	config := q.config(handlers)
	for _, p := range periodic {
		if handlers[p.Kind] == nil {
			return fmt.Errorf("start jobs: periodic job %q has no handler", p.Kind)
		}
		config.PeriodicJobs = append(config.PeriodicJobs, q.periodic(p))
	}
	if err := q.engine.release(ctx); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	if err := q.engine.start(context.WithoutCancel(ctx), config); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	return nil
}

// Stop ends the contexts of running jobs and waits for their handlers, until
// ctx ends. Jobs cut off run again at the next Start. It may be called without
// Start.
func (q *Queue) Stop(ctx context.Context) error {
	defer q.engine.close()
	if err := q.engine.stop(ctx); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// Attempt returns, inside a handler, which attempt this is, from 1, and how
// many there are. After the last, a failing job is given up.
func Attempt(ctx context.Context) (n, most int) {
	a, _ := ctx.Value(attemptKey{}).([2]int)
	return a[0], a[1]
}

type attemptKey struct{}

// work runs a handler for river.
func (q *Queue) work(ctx context.Context, handlers map[string]Handler, job *river.Job[task]) error {
	h := handlers[job.Queue]
	if h == nil {
		return fmt.Errorf("no handler of %q", job.Queue)
	}
	ctx = context.WithValue(ctx, attemptKey{}, [2]int{job.Attempt, job.MaxAttempts})
	err := h(ctx, job.Args.Payload)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrAgain), errors.Is(ctx.Err(), context.Canceled): // the program stops
		return river.JobSnooze(0)
	}
	q.opts.Log.ErrorContext(ctx, "job failed", "kind", job.Queue, "attempt", job.Attempt, "of", job.MaxAttempts, "error", err)
	return err
}

// quiet leaves out what the library below says of its normal work.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }
func (q quiet) WithGroup(name string) slog.Handler       { return quiet{q.Handler.WithGroup(name)} }
