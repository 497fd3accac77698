package product

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"sync"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/ledger"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A Projection holds the tables that the ledger's events fill. Everything in
// them can be made anew from the ledger.
type Projection struct {
	db *bun.DB

	mu       sync.Mutex    // guards those below
	position uint64        // of the last event this process knows to be applied
	failed   error         // why the last events could not be applied, nil if they were
	moved    chan struct{} // closed, and replaced, when position grows or failed is set
}

// ErrRaced is returned by Apply when another process has applied events in the
// meantime: read the checkpoint again and go on from there.
var ErrRaced = errors.New("another process applied these events")

// OpenProjection returns the projection, its tables up to date.
func OpenProjection(ctx context.Context, db *bun.DB) (*Projection, error) {
	if err := database.Migrate(ctx, db, "product", migrations, "migrations"); err != nil {
		return nil, err
	}
	p := &Projection{db: db, moved: make(chan struct{})}
	_, err := p.Checkpoint(ctx)
	return p, err
}

// checkpoint is how far the tables follow the ledger.
type checkpoint struct {
	bun.BaseModel `bun:"table:product_checkpoint"`

	Name     string `bun:"name,pk"`
	Position uint64 `bun:"position"`
	Batches  uint64 `bun:"batches"` // registered so far: the next batch's number
}

// Checkpoint returns the position of the last event applied by any process.
func (p *Projection) Checkpoint(ctx context.Context) (uint64, error) {
	at, err := p.load(ctx, p.db)
	if err != nil {
		return 0, err
	}
	p.move(at.Position)
	return at.Position, nil
}

func (p *Projection) load(ctx context.Context, db bun.IDB) (checkpoint, error) {
	var at checkpoint
	if err := db.NewSelect().Model(&at).Where("name = 'ledger'").Scan(ctx); err != nil {
		return at, fmt.Errorf("read checkpoint: %w", database.Explain(err))
	}
	return at, nil
}

// Apply applies events that follow the position after, and moves the
// checkpoint, in one transaction.
func (p *Projection) Apply(ctx context.Context, after uint64, events []ledger.Event) error {
	err := p.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		at, err := p.load(ctx, tx)
		if err != nil {
			return err
		}
		if at.Position != after {
			return ErrRaced
		}
		for _, e := range events {
			if err := apply(ctx, tx, e, &at.Batches); err != nil {
				return fmt.Errorf("apply event %d: %w", e.Position, database.Explain(err))
			}
			at.Position = e.Position
		}
		return p.save(ctx, tx, after, at)
	})
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, ErrRaced) {
			p.fail(database.Explain(err))
		}
		return err
	}
	p.move(events[len(events)-1].Position)
	return nil
}

// fail tells those who wait that the tables do not follow the ledger now. What
// they wait for is on the ledger, and is applied when the fault is over.
func (p *Projection) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = err
	close(p.moved)
	p.moved = make(chan struct{})
}

// save moves the checkpoint if it still stands where it was read.
func (p *Projection) save(ctx context.Context, tx bun.Tx, after uint64, at checkpoint) error {
	res, err := tx.NewUpdate().Model(&at).WherePK().Where("position = ?", after).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move checkpoint: %w", database.Explain(err))
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		err = ErrRaced
	}
	return err
}

// Clear empties the tables, so that all events can be applied again.
func (p *Projection) Clear(ctx context.Context) error {
	err := p.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, row := range []any{(*Certificate)(nil), (*Change)(nil), (*Model)(nil), (*Batch)(nil), (*capacity)(nil), (*Recall)(nil)} {
			if _, err := tx.NewDelete().Model(row).Where("1 = 1").Exec(ctx); err != nil {
				return err
			}
		}
		_, err := tx.NewUpdate().Model(&checkpoint{Name: "ledger"}).WherePK().Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("clear projection: %w", database.Explain(err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.position = 0
	return nil
}

func (p *Projection) move(to uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if to <= p.position {
		return
	}
	p.position, p.failed = to, nil
	close(p.moved)
	p.moved = make(chan struct{})
}

// Position returns the last event this process knows to be applied. It is
// cheap: caches ask it whether they are still true.
func (p *Projection) Position() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.position
}

// wait returns when the event at a position is applied, or cannot be now.
func (p *Projection) wait(ctx context.Context, position uint64) error {
	for {
		p.mu.Lock()
		at, moved, failed := p.position, p.moved, p.failed
		p.mu.Unlock()
		if at >= position {
			return nil
		}
		if failed != nil {
			return fmt.Errorf("wait for projection: %w", failed)
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("wait for projection: %w", ctx.Err())
		}
	}
}
