package printrun

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/job"
	"github.com/fanwei/fanwei/services/label"
	"github.com/fanwei/fanwei/services/unitcode"
)

// errHalted is how work ends on a run that was paused, cancelled or started
// anew meanwhile, or that another worker has brought further.
var errHalted = errors.New("the print run was halted")

// tick is how often progress is written, and a halt looked for.
const tick = time.Second

// work is the handler of the job of a run.
func (s *Service) work(ctx context.Context, payload []byte) error {
	var t ticket
	if err := json.Unmarshal(payload, &t); err != nil {
		return fmt.Errorf("read ticket: %w", err)
	}
	err := s.turn(ctx, t)
	switch {
	case err == nil, errors.Is(err, job.ErrAgain):
		return err
	case errors.Is(err, errHalted):
		return s.halted(ctx, t)
	case ctx.Err() != nil: // the program stops
		return err
	}
	return s.note(ctx, t, err)
}

// turn draws a run to its end, or until its turn is over.
func (s *Service) turn(ctx context.Context, t ticket) error {
	began := s.Now()
	run, err := s.take(ctx, t)
	if err != nil {
		return err
	}
	batch, keys, err := s.Batch(ctx, run.GTIN, run.Lot)
	if err != nil {
		return err
	}
	for run.Parts < run.partCount() {
		if s.Now().Sub(began) > s.Turn {
			return job.ErrAgain
		}
		if err := s.part(ctx, &run, batch, keys); err != nil {
			return err
		}
	}
	return s.update(ctx, s.DB, t, func(q *bun.UpdateQuery) {
		q.Set("state = ?", Done).Set("drawn = total").Set("error = ''")
	}, Running)
}

// take makes a run the worker's: it is running from now on.
func (s *Service) take(ctx context.Context, t ticket) (Run, error) {
	err := s.update(ctx, s.DB, t, func(q *bun.UpdateQuery) {
		q.Set("state = ?", Running).Set("drawn = done")
	}, Waiting, Running)
	if err != nil {
		return Run{}, err
	}
	return load(ctx, s.DB, t.Run)
}

// part draws the next part. The row moves on when the file is durable, never
// before: what a crash leaves beyond the row is overwritten.
func (s *Service) part(ctx context.Context, run *Run, batch Batch, keys unitcode.Keys) error {
	from, to := run.span(run.Parts)
	out, err := s.create(ctx, run.key(run.Parts))
	if err != nil {
		return err
	}
	seq := s.watched(ctx, run, s.labels(out.ctx, *run, batch, keys, from, to))
	if err := s.write(out, *run, run.Parts == 0, seq); err != nil {
		return out.abandon(explain(err))
	}
	if err := out.commit(); err != nil {
		return err
	}
	done := to - run.From
	err = s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := s.update(ctx, tx, ticket{run.ID, run.Round}, func(q *bun.UpdateQuery) {
			q.Where("parts = ?", run.Parts).Set("parts = parts + 1").Set("done = ?", done).Set("drawn = ?", done).
				Set("bytes = bytes + ?", out.size).Set("error = ''")
		}, Running); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&piece{Run: run.ID, Part: run.Parts, Bytes: out.size, CRC: out.crc.Sum32()}).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("finish part: %w", database.Explain(err))
	}
	run.Parts, run.Done, run.Drawn = run.Parts+1, done, done
	return nil
}

// watched passes labels on, writes progress once a tick, and ends with
// errHalted when the run is no longer to be drawn.
func (s *Service) watched(ctx context.Context, run *Run, seq iter.Seq2[label.Label, error]) iter.Seq2[label.Label, error] {
	const often = 64 // labels between looks at the clock
	return func(yield func(label.Label, error) bool) {
		n, last := uint64(0), s.Now()
		for l, err := range seq {
			if !yield(l, err) {
				return
			}
			if n++; n%often != 0 {
				continue
			}
			now := s.Now()
			if now.Sub(last) < tick {
				continue
			}
			last = now
			if err := s.update(ctx, s.DB, ticket{run.ID, run.Round}, func(q *bun.UpdateQuery) {
				q.Set("drawn = ?", run.Done+n)
			}, Running); err != nil {
				yield(label.Label{}, err)
				return
			}
		}
	}
}

// update changes a run if it is in one of the states and in the ticket's
// round; if not it returns errHalted.
func (s *Service) update(ctx context.Context, db bun.IDB, t ticket, set func(*bun.UpdateQuery), states ...State) error {
	q := db.NewUpdate().Model((*Run)(nil)).Where("id = ?", t.Run).Where("round = ?", t.Round).
		Where("state IN (?)", bun.List(states)).Set("updated_at = ?", s.now())
	set(q)
	n, err := changed(q.Exec(ctx))
	if err != nil {
		return fmt.Errorf("write print run: %w", database.Explain(err))
	}
	if n == 0 {
		return errHalted
	}
	return nil
}

func changed(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// halted deletes what a worker may have written after its run was cancelled.
func (s *Service) halted(ctx context.Context, t ticket) error {
	run, err := load(ctx, s.DB, t.Run)
	if err != nil {
		return err
	}
	if run.State == Cancelled {
		s.clear(ctx, run.ID)
	}
	return nil
}

// note writes down why work failed. A fault may pass, and is tried again; what
// was refused, or has failed too often, ends the run.
func (s *Service) note(ctx context.Context, t ticket, cause error) error {
	r, refused := refusal.Of(cause)
	if !refused {
		r = refusal.New(refusal.Unavailable, "print-fault")
	}
	state, again := Running, cause
	if n, most := job.Attempt(ctx); r.Code != refusal.Unavailable || n >= most {
		s.Log.ErrorContext(ctx, "print run failed", "run", t.Run, "error", cause)
		state, again = Failed, nil
	}
	err := s.update(ctx, s.DB, t, func(q *bun.UpdateQuery) {
		q.Set("state = ?", state).Set("error = ?", r.Error()).Set("drawn = done")
	}, Waiting, Running)
	if errors.Is(err, errHalted) {
		return s.halted(ctx, t)
	}
	return errors.Join(again, err)
}
