package printrun

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
)

// A ticket is a job's payload: one start of a run.
type ticket struct {
	Run   string `json:"run"`
	Round int64  `json:"round"`
}

// Start begins a run. When it returns, run and job are durable. A request that
// was made before gets the run it began.
//
// Besides those of Config.Batch its refusals are NotFound "batch-missing"
// (GTIN, lot) of a batch that the subject may not read; Forbidden
// "not-allowed"; Invalid "print-format" (format), "print-layout" (layout),
// "print-range" (from, to, size of the batch), "print-too-many-for-pdf" (units,
// most), "print-code-too-long", "print-id"; Conflict "too-many-print-runs"
// (most), "command-id-reused" (id).
func (s *Service) Start(ctx context.Context, sub authz.Subject, req Request) (Run, error) {
	batch, keys, err := s.Batch(ctx, req.GTIN, req.Lot)
	if err != nil {
		return Run{}, err
	}
	if err := s.Guard.See(sub, authz.Read, object(batch.Org), req.GTIN, req.Lot); err != nil {
		return Run{}, err
	}
	var run Run
	err = s.Guard.DoTx(ctx, sub, authz.Print, object(batch.Org), req.ID, func(ctx context.Context, tx bun.Tx) error {
		if run, err = s.plan(req, batch); err != nil {
			return err
		}
		run.CreatedBy = sub.Person
		if err := s.probe(ctx, run, batch, keys); err != nil {
			return err
		}
		run, err = s.begin(ctx, tx, run)
		return err
	})
	if err != nil {
		return Run{}, fmt.Errorf("start print run: %w", err)
	}
	return run, nil
}

// begin records a run and its job, or returns the run that the same request
// began before.
func (s *Service) begin(ctx context.Context, tx bun.Tx, run Run) (Run, error) {
	before, err := load(ctx, tx, run.ID)
	switch {
	case err == nil && before.asks(run):
		return before, nil
	case err == nil:
		return run, refusal.New(refusal.Conflict, "command-id-reused", run.ID)
	case !refusal.Is(err, refusal.NotFound):
		return run, err
	}
	if err := room(ctx, tx, run.Org); err != nil {
		return run, err
	}
	if _, err := tx.NewInsert().Model(&run).Exec(ctx); err != nil {
		return run, err
	}
	return run, s.enqueue(ctx, tx, run)
}

// asks reports whether a run is what another asks for.
func (r *Run) asks(other Run) bool {
	return r.Org == other.Org && r.GTIN == other.GTIN && r.Lot == other.Lot && r.Format == other.Format &&
		r.Layout == other.Layout && r.Language == other.Language && r.From == other.From && r.To == other.To
}

// plan checks a request and makes a run of it.
func (s *Service) plan(req Request, batch Batch) (Run, error) {
	if id, err := uuid.Parse(req.ID); err != nil || id.Version() != 7 {
		return Run{}, refusal.New(refusal.Invalid, "print-id")
	}
	layout, err := req.layout()
	if err != nil {
		return Run{}, err
	}
	if req.From > req.To || req.To >= batch.Size {
		return Run{}, refusal.New(refusal.Invalid, "print-range", number(req.From), number(req.To), number(batch.Size))
	}
	total := req.To - req.From + 1
	if req.Format == PDF && total > MaxPDF {
		return Run{}, refusal.New(refusal.Invalid, "print-too-many-for-pdf", number(total), number(MaxPDF))
	}
	now := s.now()
	return Run{
		ID: req.ID, Org: batch.Org, GTIN: req.GTIN, Lot: req.Lot,
		Format: req.Format, Layout: layout, Language: req.Language,
		From: req.From, To: req.To, Total: total, PartSize: s.partSize(req.Format, layout),
		State: Waiting, Round: 1, CreatedAt: now, UpdatedAt: now,
	}, nil
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

// room refuses if an organisation has all the unfinished runs it may have. It
// keeps others of the organisation waiting until the transaction ends.
func room(ctx context.Context, tx bun.Tx, org string) error {
	if tx.Dialect().Name() == dialect.PG { // SQLite has one writer anyway
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext(?))", "print-runs/"+org); err != nil {
			return err
		}
	}
	n, err := tx.NewSelect().Model((*Run)(nil)).Where("org = ?", org).
		Where("state IN (?, ?, ?)", Waiting, Running, Paused).Count(ctx)
	if err != nil {
		return err
	}
	if n >= MaxUnfinished {
		return refusal.New(refusal.Conflict, "too-many-print-runs", number(MaxUnfinished))
	}
	return nil
}

func (s *Service) enqueue(ctx context.Context, tx bun.Tx, run Run) error {
	return s.Enqueue(ctx, tx, workKind, ticket{run.ID, run.Round}, fmt.Sprintf("%s/%d", run.ID, run.Round))
}

// Pause stops a run for now. It stops drawing within about a second. Refusals:
// as Get; Forbidden "not-allowed"; Conflict "print-run-state" (state) if it is
// neither waiting nor running.
func (s *Service) Pause(ctx context.Context, sub authz.Subject, id string) error {
	return s.move(ctx, sub, id, Paused, func(context.Context, bun.Tx, Run) error { return nil }, Waiting, Running)
}

// Resume goes on with a paused run, or tries a failed one again. Refusals: as
// Pause, and Conflict "too-many-print-runs" (most).
func (s *Service) Resume(ctx context.Context, sub authz.Subject, id string) error {
	return s.move(ctx, sub, id, Waiting, func(ctx context.Context, tx bun.Tx, was Run) error {
		if was.State == Failed {
			if err := room(ctx, tx, was.Org); err != nil {
				return err
			}
		}
		if _, err := tx.NewUpdate().Model((*Run)(nil)).Where("id = ?", id).
			Set("round = ?", was.Round+1).Set("error = ''").Exec(ctx); err != nil {
			return err
		}
		was.Round++
		return s.enqueue(ctx, tx, was)
	}, Paused, Failed)
}

// Cancel ends a run for good and deletes its files; those that cannot be
// deleted now are deleted later. Refusals: as Pause, if the run is done or
// cancelled.
func (s *Service) Cancel(ctx context.Context, sub authz.Subject, id string) error {
	err := s.move(ctx, sub, id, Cancelled, func(context.Context, bun.Tx, Run) error { return nil },
		Waiting, Running, Paused, Failed)
	if err != nil {
		return err
	}
	s.clear(ctx, id)
	return nil
}

// move brings a run into a state from some others, and does more in the same
// transaction with the run as it was.
func (s *Service) move(ctx context.Context, sub authz.Subject, id string, to State,
	more func(ctx context.Context, tx bun.Tx, was Run) error, from ...State,
) error {
	run, err := s.Get(ctx, sub, id)
	if err != nil {
		return err
	}
	err = s.Guard.DoTx(ctx, sub, authz.Print, object(run.Org), id, func(ctx context.Context, tx bun.Tx) error {
		was, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, state := range from {
			if was.State != state {
				continue
			}
			// The state stands in the condition: on PostgreSQL it may have
			// changed since it was read.
			n, err := changed(tx.NewUpdate().Model((*Run)(nil)).Where("id = ?", id).Where("state = ?", state).
				Where("round = ?", was.Round).Set("state = ?", to).Set("updated_at = ?", s.now()).Exec(ctx))
			if err != nil {
				return err
			}
			if n > 0 {
				return more(ctx, tx, was)
			}
		}
		return stateRefusal(was.State)
	})
	if err != nil {
		return fmt.Errorf("print run: %w", err)
	}
	return nil
}
