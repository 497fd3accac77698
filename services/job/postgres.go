package job

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/uptrace/bun"
)

// postgres keeps jobs in the platform's database. River wants a pool of its own
// kind; jobs are added in the caller's transaction by SQL, as river's libraries
// for other languages do, since river cannot use a transaction of database/sql.
type postgres struct {
	pool   *pgxpool.Pool
	opts   Options
	runner *river.Client[pgx.Tx] // nil until started
}

func newPostgres(ctx context.Context, db *bun.DB, opts Options) (*postgres, error) {
	pool, err := poolLike(ctx, db)
	if err != nil {
		return nil, err
	}
	p := &postgres{pool: pool, opts: opts}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: opts.Log})
	if err != nil {
		p.close()
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		p.close()
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return p, nil
}

// poolLike opens a pool with the settings of db's connections.
func poolLike(ctx context.Context, db *bun.DB) (*pgxpool.Pool, error) {
	conn, err := db.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // goes back to the pool
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	if err := conn.Raw(func(c any) error {
		own, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("connection of type %T, want pgx", c)
		}
		config.ConnConfig = own.Conn().Config()
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement // river passes arguments apart
		return nil
	}); err != nil {
		return nil, err
	}
	return pgxpool.NewWithConfig(ctx, config)
}

// insert adds a row as river does (version 6 of its tables). The bits name the
// states of pending: scheduled, running, retryable, pending, …, available.
func (p *postgres) insert(ctx context.Context, tx bun.Tx, kind string, t task) error {
	var key []byte
	if t.Unique != "" {
		sum := sha256.Sum256([]byte(kind + "\n" + t.Unique))
		key = sum[:]
	}
	_, err := tx.NewRaw(`INSERT INTO river_job (args, kind, max_attempts, queue, unique_key, unique_states)
		VALUES (jsonb_build_object('payload', ?::jsonb, 'unique', ?::text), ?, ?, ?, ?::bytea, B'11110001')
		ON CONFLICT (unique_key)
			WHERE unique_key IS NOT NULL AND unique_states IS NOT NULL AND river_job_state_in_bitmask(unique_states, state)
			DO NOTHING`,
		string(t.Payload), t.Unique, taskKind, p.opts.Attempts, kind, key).Exec(ctx)
	return err
}

func (p *postgres) start(ctx context.Context, config *river.Config) error {
	var err error
	if p.runner, err = river.NewClient(riverpgxv5.New(p.pool), config); err != nil {
		return err
	}
	return p.runner.Start(ctx)
}

// release takes the running jobs of this instance for ones that died.
func (p *postgres) release(ctx context.Context) error {
	if p.opts.Instance == "" {
		return nil
	}
	_, err := p.pool.Exec(ctx, `UPDATE river_job SET state = 'available', attempt = greatest(attempt - 1, 0)
		WHERE state = 'running' AND kind = $1 AND attempted_by[array_upper(attempted_by, 1)] = $2`, taskKind, p.opts.Instance)
	return err
}

func (p *postgres) stop(ctx context.Context) error {
	if p.runner == nil {
		return nil
	}
	return p.runner.StopAndCancel(ctx)
}

func (p *postgres) close() { p.pool.Close() }
