package verify

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

//go:embed migrations/*.sql
var files embed.FS

// most is how many scans one transaction counts at most.
const most = 512

// A scanRow is how often one unit was asked about. Times are Unix
// milliseconds; neither places nor persons are kept.
type scanRow struct {
	bun.BaseModel `bun:"table:verify_scans"`

	Batch   uint64 `bun:"batch,pk"` // the batch's number on the ledger
	Unit    uint64 `bun:"unit,pk"`  // the unit's index
	Count   int64  `bun:"count"`
	FirstAt int64  `bun:"first_at"`
	LastAt  int64  `bun:"last_at"`
}

type unitKey struct{ batch, unit uint64 }

func (r scanRow) key() unitKey { return unitKey{r.Batch, r.Unit} }

func (r scanRow) scans() Scans {
	return Scans{Count: r.Count, FirstAt: time.UnixMilli(r.FirstAt).UTC(), LastAt: time.UnixMilli(r.LastAt).UTC()}
}

// A counter counts scans. Scans that come together share one transaction, so
// that an answer waits for one flush, however many others wait beside it.
type counter struct {
	db   *bun.DB
	asks chan ask
	stop context.CancelFunc
	done sync.WaitGroup
}

type ask struct {
	key    unitKey
	at     int64
	answer chan counted // holds one: the counter never waits for a reader
}

type counted struct {
	scans Scans
	err   error
}

// openCounter starts a counter. Close it to stop it.
func openCounter(ctx context.Context, db *bun.DB) (*counter, error) {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, err
	}
	if err := database.Migrate(ctx, db, "verify", migrations); err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &counter{db: db, asks: make(chan ask, most), stop: stop}
	c.done.Add(1)
	go c.run(run)
	return c, nil
}

func (c *counter) close() {
	c.stop()
	c.done.Wait()
}

var errClosed = errors.New("counter is closed")

// count counts one scan and returns all there were, this one included. When it
// returns without error the scan is durable. If the context ends first, the
// scan may still be counted.
func (c *counter) count(ctx context.Context, key unitKey, at time.Time) (Scans, error) {
	a := ask{key, at.UnixMilli(), make(chan counted, 1)}
	select {
	case c.asks <- a:
	case <-ctx.Done():
		return Scans{}, ctx.Err()
	}
	select {
	case got := <-a.answer:
		return got.scans, got.err
	case <-ctx.Done():
		return Scans{}, ctx.Err()
	}
}

// look returns the scans there were, without counting one.
func (c *counter) look(ctx context.Context, key unitKey) (Scans, error) {
	row := scanRow{Batch: key.batch, Unit: key.unit}
	err := c.db.NewSelect().Model(&row).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Scans{}, nil
	}
	if err != nil {
		return Scans{}, fmt.Errorf("read scans: %w", database.Explain(err))
	}
	return row.scans(), nil
}

func (c *counter) run(ctx context.Context) {
	defer c.done.Done()
	for {
		select {
		case <-ctx.Done():
			c.refuse()
			return
		case first := <-c.asks:
			c.commit(ctx, c.gather(first))
		}
	}
}

// gather returns the first ask and those that wait behind it.
func (c *counter) gather(first ask) []ask {
	asks := []ask{first}
	for len(asks) < most {
		select {
		case a := <-c.asks:
			asks = append(asks, a)
		default:
			return asks
		}
	}
	return asks
}

// refuse answers those who still wait when the counter is closed.
func (c *counter) refuse() {
	for {
		select {
		case a := <-c.asks:
			a.answer <- counted{err: errClosed}
		default:
			return
		}
	}
}

// commit counts scans in one transaction and answers them in the order in
// which they came: of two for one unit only one is the first.
func (c *counter) commit(ctx context.Context, asks []ask) {
	after, err := c.add(ctx, asks)
	left := map[unitKey]int64{}
	for _, a := range asks {
		left[a.key]++
	}
	for _, a := range asks {
		if err != nil {
			a.answer <- counted{err: err}
			continue
		}
		row := after[a.key]
		left[a.key]--
		row.Count -= left[a.key]
		row.LastAt = a.at
		a.answer <- counted{scans: row.scans()}
	}
}

func (c *counter) add(ctx context.Context, asks []ask) (map[unitKey]scanRow, error) {
	byKey := make(map[unitKey]int, len(asks))
	rows := make([]scanRow, 0, len(asks))
	for _, a := range asks {
		i, ok := byKey[a.key]
		if !ok {
			byKey[a.key] = len(rows)
			rows = append(rows, scanRow{Batch: a.key.batch, Unit: a.key.unit, Count: 1, FirstAt: a.at, LastAt: a.at})
			continue
		}
		rows[i].Count++
		rows[i].LastAt = a.at
	}
	var after []scanRow
	err := c.db.NewInsert().Model(&rows).On("CONFLICT (batch, unit) DO UPDATE").
		Set("count = scan_row.count + EXCLUDED.count").Set("last_at = EXCLUDED.last_at").
		Returning("*").Scan(ctx, &after)
	if err != nil {
		return nil, fmt.Errorf("count scans: %w", database.Explain(err))
	}
	got := make(map[unitKey]scanRow, len(after))
	for _, r := range after {
		got[r.key()] = r
	}
	return got, nil
}
