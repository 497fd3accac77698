package job

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// task is every job as river sees it. A kind of ours is a queue of river's, so
// that a long job of one kind does not keep those of another waiting.
type task struct {
	Payload json.RawMessage `json:"payload"`
	Unique  string          `json:"unique" river:"unique"`
}

const taskKind = "fanwei"

// Kind implements river.JobArgs.
func (task) Kind() string { return taskKind }

// pending are the states in which a job is still to be done.
func pending() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

func insertOpts(o Options, kind, unique string) *river.InsertOpts {
	opts := &river.InsertOpts{Queue: kind, MaxAttempts: o.Attempts}
	if unique != "" {
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByQueue: true, ByState: pending()}
	}
	return opts
}

func (q *Queue) config(handlers map[string]Handler) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[task]) error {
		return q.work(ctx, handlers, j)
	}))
	queues := make(map[string]river.QueueConfig, len(handlers))
	for kind := range handlers {
		queues[kind] = river.QueueConfig{MaxWorkers: q.opts.Workers}
	}
	return &river.Config{
		ID:                   q.opts.Instance,
		FetchCooldown:        min(river.FetchCooldownDefault, q.opts.Poll),
		FetchPollInterval:    q.opts.Poll,
		PollOnly:             true, // river v0.31's listener can panic while it stops
		JobTimeout:           q.opts.Limit,
		RescueStuckJobsAfter: q.opts.Limit + time.Minute,
		MaxAttempts:          q.opts.Attempts,
		RetryPolicy:          backoff(q.opts.Backoff),
		Logger:               q.opts.Log,
		Queues:               queues,
		Workers:              workers,
	}
}

func (q *Queue) periodic(p Periodic) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(p.Every), func() (river.JobArgs, *river.InsertOpts) {
		return task{Payload: json.RawMessage("null"), Unique: "periodic"}, insertOpts(q.opts, p.Kind, "periodic")
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// backoff is river's retry policy.
type backoff func(n int) time.Duration

// NextRetry implements river.ClientRetryPolicy.
func (b backoff) NextRetry(row *rivertype.JobRow) time.Time {
	return time.Now().Add(b(row.Attempt))
}
