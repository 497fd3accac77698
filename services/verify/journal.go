package verify

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

const (
	foldAt    = 1 << 14     // units that have scans not in the table yet: they are folded into it
	foldEvery = time.Second // and so are fewer after this time
	foldStep  = 64          // units at a time
	foldMost  = 1 << 17     // units: from here on a scan waits for the table
	lineSize  = 24          // bytes of a scan in a line
	unitBits  = 36          // of a unit's index
)

// A journal is a tally for the one process that has its database to itself. A
// scan is durable when it is in a line of the journal, which costs one small
// write at the end of a file for all that come together. Later many are folded
// into the table at once: a table of millions of units is written all over,
// and by row that costs ten times as much.
type journal struct {
	table

	log             *bun.DB // a file of its own, so that lines wait for no other write
	line, read, put *sql.Stmt

	due    chan struct{} // holds one: fold now
	stop   context.CancelFunc
	folder sync.WaitGroup

	one sync.Mutex // held by who folds

	mu      sync.Mutex // guards what follows
	fresh   map[unitKey]scanRow
	folding map[unitKey]scanRow // on their way into the table
	last    int64               // id of the last line
}

// openJournal opens the journal and brings the table up to what an earlier
// process left in it.
func openJournal(ctx context.Context, t table, log *bun.DB) (_ *journal, err error) {
	if err := database.Migrate(ctx, log, "journal", files, "migrations/journal"); err != nil {
		return nil, err
	}
	j := &journal{table: t, log: log, due: make(chan struct{}, 1), fresh: map[unitKey]scanRow{}}
	if j.line, err = log.DB.PrepareContext(ctx, "INSERT INTO verify_lines (scans) VALUES (?)"); err != nil {
		return nil, fmt.Errorf("open journal of scans: %w", database.Explain(err))
	}
	if j.read, err = t.db.DB.PrepareContext(ctx, `SELECT batch, unit, count, first_at, last_at FROM json_each(?) AS k
		CROSS JOIN verify_scans ON batch = k.value >> 36 AND unit = k.value & 68719476735`); err != nil {
		return nil, fmt.Errorf("open journal of scans: %w", database.Explain(err))
	}
	if j.put, err = t.db.DB.PrepareContext(ctx, `INSERT INTO verify_scans (batch, unit, count, first_at, last_at)
		SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
		ON CONFLICT (batch, unit) DO UPDATE SET count = excluded.count, last_at = excluded.last_at`); err != nil {
		return nil, fmt.Errorf("open journal of scans: %w", database.Explain(err))
	}
	if err := errors.Join(j.replay(ctx), j.fold(ctx)); err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	j.stop = stop
	j.folder.Go(func() { j.foldAlways(run) })
	return j, nil
}

// close folds what is left.
func (j *journal) close() error {
	j.stop()
	j.folder.Wait()
	return errors.Join(j.fold(context.Background()), j.line.Close(), j.read.Close(), j.put.Close())
}

func (j *journal) add(ctx context.Context, asks []ask) (map[unitKey]scanRow, error) {
	rows, err := j.before(ctx, asks)
	if err != nil {
		return nil, err
	}
	rows = added(rows, asks)
	scans := make([]byte, 0, lineSize*len(asks))
	for _, a := range asks {
		scans = binary.BigEndian.AppendUint64(scans, a.key.batch)
		scans = binary.BigEndian.AppendUint64(scans, a.key.unit)
		scans = binary.BigEndian.AppendUint64(scans, uint64(a.at))
	}
	result, err := j.line.ExecContext(ctx, scans)
	if err != nil {
		return nil, fmt.Errorf("count scans: %w", database.Explain(err))
	}
	id, err := result.LastInsertId()
	if err != nil {
		return nil, fmt.Errorf("count scans: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	maps.Copy(j.fresh, rows)
	j.last = id
	if len(j.fresh) >= foldAt {
		select {
		case j.due <- struct{}{}:
		default:
		}
	}
	return rows, nil
}

// before returns what there was of the units that are asked about.
func (j *journal) before(ctx context.Context, asks []ask) (map[unitKey]scanRow, error) {
	rows := make(map[unitKey]scanRow, len(asks))
	keys := []byte{'['}
	for _, a := range asks {
		if a.key.batch >= 1<<(63-unitBits) || a.key.unit >= 1<<unitBits {
			return nil, fmt.Errorf("count scans: no room for unit %d of batch %d", a.key.unit, a.key.batch)
		}
	}
	full := func() bool {
		j.mu.Lock()
		defer j.mu.Unlock()
		for _, a := range asks {
			if r, ok := j.recent(a.key); ok {
				rows[a.key] = r
				continue
			}
			keys = append(strconv.AppendUint(keys, a.key.batch<<unitBits|a.key.unit, 10), ',')
		}
		return len(j.fresh) > foldMost
	}()
	if full {
		if err := j.fold(ctx); err != nil {
			return nil, err
		}
	}
	if len(keys) == 1 {
		return rows, nil
	}
	keys[len(keys)-1] = ']'
	return rows, j.find(ctx, keys, rows)
}
