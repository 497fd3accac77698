package verify

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

// recent returns what is known of a unit whose scans are not all in the table.
// The caller holds mu.
func (j *journal) recent(key unitKey) (scanRow, bool) {
	if r, ok := j.fresh[key]; ok {
		return r, true
	}
	r, ok := j.folding[key]
	return r, ok
}

func (j *journal) look(ctx context.Context, key unitKey) (scanRow, error) {
	j.mu.Lock()
	r, ok := j.recent(key)
	j.mu.Unlock()
	if ok {
		return r, nil
	}
	return j.table.look(ctx, key)
}

// find reads the rows of units from the table. keys is a list of numbers in
// JSON, a batch and a unit in each: there is room for 2^27 batches.
func (j *journal) find(ctx context.Context, keys []byte, rows map[unitKey]scanRow) error {
	found, err := j.read.QueryContext(ctx, string(keys))
	if err != nil {
		return fmt.Errorf("read scans: %w", database.Explain(err))
	}
	defer found.Close()
	for found.Next() {
		var r scanRow
		if err := found.Scan(&r.Batch, &r.Unit, &r.Count, &r.FirstAt, &r.LastAt); err != nil {
			return fmt.Errorf("read scans: %w", err)
		}
		rows[r.key()] = r
	}
	if err := found.Err(); err != nil {
		return fmt.Errorf("read scans: %w", database.Explain(err))
	}
	return nil
}

// replay counts the lines that an earlier process did not fold.
func (j *journal) replay(ctx context.Context) error {
	if err := j.db.NewSelect().Table("verify_folded").Column("line").Scan(ctx, &j.last); err != nil {
		return fmt.Errorf("read journal of scans: %w", database.Explain(err))
	}
	lines, err := j.log.DB.QueryContext(ctx, "SELECT id, scans FROM verify_lines WHERE id > ? ORDER BY id", j.last)
	if err != nil {
		return fmt.Errorf("read journal of scans: %w", database.Explain(err))
	}
	defer lines.Close()
	for lines.Next() {
		var scans []byte
		if err := lines.Scan(&j.last, &scans); err != nil {
			return fmt.Errorf("read journal of scans: %w", err)
		}
		asks := make([]ask, len(scans)/lineSize)
		for i := range asks {
			b := scans[i*lineSize:]
			asks[i].key = unitKey{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
			asks[i].at = int64(binary.BigEndian.Uint64(b[16:]))
		}
		rows, err := j.before(ctx, asks)
		if err != nil {
			return err
		}
		maps.Copy(j.fresh, added(rows, asks))
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read journal of scans: %w", database.Explain(err))
	}
	return nil
}

// foldAlways folds what has come, soon, until the context ends. What fails is
// tried again: the lines stay until it is done.
func (j *journal) foldAlways(ctx context.Context) {
	often := time.NewTicker(foldEvery)
	defer often.Stop()
	for {
		select {
		case <-j.due:
		case <-often.C:
		case <-ctx.Done():
			return
		}
		_ = j.fold(ctx) // whoever finds the journal full is told
	}
}

// fold brings into the table what is in the journal, and takes it out there.
func (j *journal) fold(ctx context.Context) error {
	j.one.Lock()
	defer j.one.Unlock()
	j.mu.Lock()
	if len(j.fresh) == 0 {
		j.mu.Unlock()
		return nil
	}
	j.folding, j.fresh = j.fresh, make(map[unitKey]scanRow, foldAt)
	rows, last := j.folding, j.last
	j.mu.Unlock()

	err := j.write(ctx, rows, last)

	j.mu.Lock()
	if err != nil {
		maps.Copy(rows, j.fresh) // what came in the meantime is newer
		j.fresh = rows
	}
	j.folding = nil
	j.mu.Unlock()
	if err != nil {
		return err
	}
	if _, err := j.log.DB.ExecContext(ctx, "DELETE FROM verify_lines WHERE id <= ?", last); err != nil {
		return fmt.Errorf("clear journal of scans: %w", database.Explain(err))
	}
	return nil
}

// write puts rows into the table, and in the same transaction the line up to
// which they hold all: done twice, it is the same. It lets others run after each
// few rows, for people wait for answers and nobody waits for this.
func (j *journal) write(ctx context.Context, rows map[unitKey]scanRow, last int64) error {
	err := j.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		put := tx.StmtContext(ctx, j.put) // closed with the transaction
		for few := range slices.Chunk(slices.SortedFunc(maps.Values(rows), inOrder), foldStep) {
			if _, err := put.ExecContext(ctx, listOf(few)); err != nil {
				return err
			}
			runtime.Gosched()
		}
		_, err := tx.Tx.ExecContext(ctx, "UPDATE verify_folded SET line = ?", last)
		return err
	})
	if err != nil {
		return fmt.Errorf("fold scans: %w", database.Explain(err))
	}
	return nil
}

// listOf returns rows as a list in JSON.
func listOf(rows []scanRow) string {
	list := []byte{'['}
	for i, r := range rows {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendUint(append(list, '['), r.Batch, 10)
		list = strconv.AppendUint(append(list, ','), r.Unit, 10)
		for _, n := range []int64{r.Count, r.FirstAt, r.LastAt} {
			list = strconv.AppendInt(append(list, ','), n, 10)
		}
		list = append(list, ']')
	}
	return string(append(list, ']'))
}

// inOrder orders rows as the table does.
func inOrder(a, b scanRow) int {
	return cmp.Or(cmp.Compare(a.Batch, b.Batch), cmp.Compare(a.Unit, b.Unit))
}
