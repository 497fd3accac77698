package job

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

// sqlite keeps jobs in the file of the platform's own pool.
type sqlite struct {
	db     *sql.DB
	opts   Options
	adder  *river.Client[*sql.Tx] // runs nothing
	runner *river.Client[*sql.Tx] // nil until started
}

func newSQLite(ctx context.Context, db *bun.DB, opts Options) (*sqlite, error) {
	driver := riversqlite.New(db.DB)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: opts.Log})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("migrate: %w", database.Explain(err))
	}
	adder, err := river.NewClient(driver, &river.Config{Logger: opts.Log})
	if err != nil {
		return nil, err
	}
	return &sqlite{db: db.DB, opts: opts, adder: adder}, nil
}

func (s *sqlite) insert(ctx context.Context, tx bun.Tx, kind string, t task) error {
	_, err := s.adder.InsertTx(ctx, tx.Tx, t, insertOpts(s.opts, kind, t.Unique))
	return database.Explain(err)
}

func (s *sqlite) start(ctx context.Context, config *river.Config) error {
	var err error
	if s.runner, err = river.NewClient(riversqlite.New(s.db), config); err != nil {
		return err
	}
	return s.runner.Start(ctx)
}

// release takes every running job for one that died: a file has one process.
// Dying is not held against the job.
func (s *sqlite) release(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0)
		WHERE state = 'running' AND kind = ?`, taskKind)
	return database.Explain(err)
}

func (s *sqlite) stop(ctx context.Context) error {
	if s.runner == nil {
		return nil
	}
	return s.runner.StopAndCancel(ctx)
}

func (s *sqlite) close() {}
