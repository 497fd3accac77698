package verify

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// most is how many scans one commit counts at most.
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
	if r.Count == 0 {
		return Scans{}
	}
	return Scans{Count: r.Count, FirstAt: time.UnixMilli(r.FirstAt).UTC(), LastAt: time.UnixMilli(r.LastAt).UTC()}
}

// A tally keeps how often units were asked about.
type tally interface {
	// add counts scans, all or none, and returns how often each of their units
	// was asked about with them. When it returns without error they are
	// durable. One goroutine calls it.
	add(ctx context.Context, asks []ask) (map[unitKey]scanRow, error)
	// look returns how often a unit was asked about, the zero row if never.
	look(ctx context.Context, key unitKey) (scanRow, error)
	close() error
}

// A counter counts scans. Scans that come together share one commit, so that
// an answer waits for one flush, however many others wait beside it.
type counter struct {
	tally

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

// startCounter starts a counter. Close it to stop it.
func startCounter(ctx context.Context, t tally) *counter {
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &counter{tally: t, asks: make(chan ask, most), stop: stop}
	c.done.Add(1)
	go c.run(run)
	return c
}

func (c *counter) close() error {
	c.stop()
	c.done.Wait()
	return c.tally.close()
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

func (c *counter) run(ctx context.Context) {
	defer c.done.Done()
	for {
		select {
		case <-ctx.Done():
			c.refuse()
			return
		case first := <-c.asks:
			runtime.Gosched() // under load, others are about to ask: one commit is for all
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

// commit counts scans in one commit and answers them in the order in which
// they came: of two for one unit only one is the first.
func (c *counter) commit(ctx context.Context, asks []ask) {
	after, err := c.add(ctx, asks)
	left := make(map[unitKey]int64, len(asks))
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

// added returns the rows with scans added, and new ones for units that have none.
func added(rows map[unitKey]scanRow, asks []ask) map[unitKey]scanRow {
	for _, a := range asks {
		r, ok := rows[a.key]
		if !ok {
			r = scanRow{Batch: a.key.batch, Unit: a.key.unit, FirstAt: a.at}
		}
		r.Count++
		r.LastAt = a.at
		rows[a.key] = r
	}
	return rows
}
