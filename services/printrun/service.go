package printrun

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"
	"gocloud.dev/blob"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/guard"
	"github.com/fanwei/fanwei/services/job"
	"github.com/fanwei/fanwei/services/label"
	"github.com/fanwei/fanwei/services/unitcode"
)

// Bounds of runs.
const (
	MaxUnfinished = 4                  // runs of one organisation
	MaxPDF        = 200_000            // units of a PDF run
	Keep          = 7 * 24 * time.Hour // how long files stay after a run has ended
)

// A Batch is what a run needs to know of a batch.
type Batch struct {
	Org                                   string // the maker
	Brand, Name, Model, Maker, ProducedOn string // as they are to stand on the label
	Size                                  uint64
	Number                                string // the batch number of short codes
}

// A BatchFunc looks up a batch and its keys. If Keys.Claim is empty, labels
// have no covert part. Its refusals are those of the caller.
type BatchFunc func(ctx context.Context, gtin, lot string) (Batch, unitcode.Keys, error)

// Config is what a Service works with. All fields are needed, but those with a
// default.
type Config struct {
	DB      *bun.DB
	Files   *blob.Bucket // for print runs alone, readable by the program only: they hold secrets
	Guard   *guard.Guard
	Batch   BatchFunc
	Host    string                                                                              // of the links on labels
	Words   func(language string) label.Words                                                   // on labels
	Enqueue func(ctx context.Context, tx bun.Tx, kind string, payload any, unique string) error // job.Queue's

	Now  func() time.Time // default time.Now
	Log  *slog.Logger     // default slog.Default()
	Part map[Format]int   // units a part; default see partSize
	Turn time.Duration    // after which a run lets others go before; default 5 min
}

// A Service keeps print runs. It is safe for concurrent use.
type Service struct {
	Config
}

// New returns a service on tables that are up to date.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Turn == 0 {
		c.Turn = 5 * time.Minute
	}
	return &Service{c}
}

// Kinds of jobs.
const (
	workKind  = "print-run"
	sweepKind = "print-sweep"
)

// Handlers returns the handlers of this package's jobs, for job.Queue.Start.
func (s *Service) Handlers() map[string]job.Handler {
	return map[string]job.Handler{workKind: s.work, sweepKind: s.sweep}
}

// Periodic returns the jobs of this package that are due again and again.
func (s *Service) Periodic() []job.Periodic {
	return []job.Periodic{{Kind: sweepKind, Every: time.Hour}}
}

// Get returns a run. Refusal: NotFound "print-run-missing" (id), for what the
// subject may not print as for what is not there.
func (s *Service) Get(ctx context.Context, sub authz.Subject, id string) (Run, error) {
	run, err := load(ctx, s.DB, id)
	if err != nil {
		return Run{}, err
	}
	if s.Guard.See(sub, authz.Print, object(run.Org)) != nil {
		return Run{}, missing(id)
	}
	return run, nil
}

// maxList bounds List.
const maxList = 200

// List returns the newest runs of a batch, the newest first: those that the
// subject may print, which may be none.
func (s *Service) List(ctx context.Context, sub authz.Subject, gtin, lot string) ([]Run, error) {
	runs := []Run{}
	q := s.DB.NewSelect().Model(&runs).Where("gtin = ?", gtin).Where("lot = ?", lot).OrderExpr("id DESC").Limit(maxList)
	switch s.Guard.Reach(sub, authz.Print, authz.Batch) {
	case authz.All:
	case authz.Own:
		q = q.Where("org = ?", sub.Org)
	default:
		return nil, nil
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list print runs: %w", database.Explain(err))
	}
	for i := range runs {
		runs[i].inUTC()
	}
	return runs, nil
}

func object(org string) authz.Object { return authz.Object{Kind: authz.Batch, Owner: org} }

func load(ctx context.Context, db bun.IDB, id string) (Run, error) {
	var run Run
	err := db.NewSelect().Model(&run).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, missing(id)
	}
	if err != nil {
		return Run{}, fmt.Errorf("read print run: %w", database.Explain(err))
	}
	run.inUTC()
	return run, nil
}

func (r *Run) inUTC() { r.CreatedAt, r.UpdatedAt = r.CreatedAt.UTC(), r.UpdatedAt.UTC() }

// now is the time as the tables keep it.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// stateRefusal says that a run is in no state for what was asked.
func stateRefusal(state State) error {
	return refusal.New(refusal.Conflict, "print-run-state", string(state))
}
