package embedded

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"

	"github.com/uptrace/bun"
)

// A BrokenError says where a ledger is not what its own hashes and rules make
// of it.
type BrokenError struct {
	Block   uint64 // number of the first block that is found wrong
	Problem string
}

// Error names the block and what is wrong with it.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("ledger broken at block %d: %s", e.Block, e.Problem)
}

// Verify walks all blocks, recomputes their hashes, runs every command again,
// and compares events and state with what is stored. It returns a
// *BrokenError if a row was changed, is missing, is too many or stands in
// another's place. It works on one moment of the ledger, does not hold up
// writers, and needs memory for the whole state.
//
// That the last blocks were cut off, and the state taken back with them, only
// who has kept a later hash can tell.
func (l *Ledger) Verify(ctx context.Context) error {
	moment := &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	err := l.db.RunInTx(ctx, moment, func(ctx context.Context, db bun.Tx) error {
		r := &replay{db: db, head: genesis(), state: map[string]stateRow{}}
		if err := r.blocks(ctx); err != nil {
			return err
		}
		if err := r.strays(ctx); err != nil {
			return err
		}
		return r.compareState(ctx)
	})
	var broken *BrokenError
	if err == nil || errors.As(err, &broken) {
		return err
	}
	return explain(ctx, fmt.Errorf("verify ledger: %w", err))
}

// replay is a second run of the ledger's history.
type replay struct {
	db    bun.Tx
	head  head
	state map[string]stateRow
}

// blocks runs all blocks, page by page.
func (r *replay) blocks(ctx context.Context) error {
	for {
		var page []blockRow
		err := r.db.NewSelect().Model(&page).Where("number > ?", r.head.number).Order("number").Limit(pageLength).Scan(ctx)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, b := range page {
			if err := r.block(ctx, b); err != nil {
				return err
			}
		}
	}
}

// block checks one block against the one before, and runs it again.
func (r *replay) block(ctx context.Context, stored blockRow) error {
	var txs []transactionRow
	if err := r.db.NewSelect().Model(&txs).Where("block = ?", stored.Number).Order("position").Scan(ctx); err != nil {
		return err
	}
	if problem := r.head.problem(stored, txs); problem != "" {
		return &BrokenError{r.head.number + 1, problem}
	}
	// The hash speaks for the content; the rules must have admitted it too.
	again := newBlock(r.head, stored.time(), r.get)
	for _, t := range txs {
		if err := again.repeat(t); err != nil {
			return &BrokenError{stored.Number, fmt.Sprintf("transaction %d: %v", t.Position, err)}
		}
	}
	maps.Copy(r.state, again.state)
	r.head = r.head.after(stored)
	return nil
}

// problem says why a block cannot follow, or returns "".
func (h head) problem(b blockRow, txs []transactionRow) string {
	switch {
	case b.Number != h.number+1:
		return "it is missing"
	case !bytes.Equal(b.Prev, h.hash):
		return "it does not follow the block before"
	case h.number > 0 && b.time().Before(h.time):
		return "it is older than the block before"
	case b.Transactions == 0 || b.Transactions != uint64(len(txs)):
		return fmt.Sprintf("it has %d transactions, want %d", len(txs), b.Transactions)
	case !bytes.Equal(hashOf(b, txs), b.Hash):
		return "its content does not give its hash"
	}
	return ""
}

func (r *replay) get(key string) ([]byte, error) { return r.state[key].Value, nil }

// repeat runs a stored transaction again as the block's next.
func (b *block) repeat(stored transactionRow) error {
	out, err := b.add(stored.caller(), stored.Name, stored.Command)
	if err != nil {
		return fmt.Errorf("the rules refuse it: %w", err)
	}
	if out.Repeated {
		return errors.New("it repeats an earlier one")
	}
	switch made := b.txs[len(b.txs)-1]; {
	case made.Position != stored.Position:
		return fmt.Errorf("its position is not %d", made.Position)
	case made.TxID != stored.TxID:
		return errors.New("its name is another")
	case !bytes.Equal(made.Event, stored.Event):
		return errors.New("the rules make another event of it")
	}
	return nil
}

// strays looks for transactions of blocks that do not exist.
func (r *replay) strays(ctx context.Context) error {
	var t transactionRow
	err := r.db.NewSelect().Model(&t).Where("block > ?", r.head.number).WhereOr("block < 1").
		Order("position").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &BrokenError{t.Block, fmt.Sprintf("it is missing, but transaction %d belongs to it", t.Position)}
}

// compareState compares the stored state with what the replay made.
func (r *replay) compareState(ctx context.Context) error {
	rows, after := 0, ""
	for {
		var page []stateRow
		err := r.db.NewSelect().Model(&page).Where("state_key > ?", after).Order("state_key").Limit(pageLength).Scan(ctx)
		if err != nil {
			return err
		}
		for _, stored := range page {
			want, ok := r.state[stored.Key]
			if !ok {
				return r.wrongState(ctx, stored, "no transaction put it")
			}
			if stored.Version != want.Version || !bytes.Equal(stored.Value, want.Value) {
				return r.wrongState(ctx, want, "its value is not what was put")
			}
			after = stored.Key
		}
		rows += len(page)
		if len(page) == 0 {
			break
		}
	}
	if rows == len(r.state) {
		return nil
	}
	return r.missingState(ctx)
}

// missingState finds a key that was put and is not stored.
func (r *replay) missingState(ctx context.Context) error {
	for key, want := range r.state {
		stored, err := r.db.NewSelect().Model((*stateRow)(nil)).Where("state_key = ?", key).Exists(ctx)
		if err != nil {
			return err
		}
		if !stored {
			return r.wrongState(ctx, want, "it is missing")
		}
	}
	return &BrokenError{r.head.number, "the state has other keys than were put"}
}

// wrongState names the block that put a key last.
func (r *replay) wrongState(ctx context.Context, s stateRow, problem string) error {
	var number uint64
	err := r.db.NewSelect().Model((*transactionRow)(nil)).Column("block").Where("position = ?", s.Version).Scan(ctx, &number)
	if errors.Is(err, sql.ErrNoRows) {
		number, err = r.head.number+1, nil // its block is gone
	}
	if err != nil {
		return err
	}
	return &BrokenError{number, fmt.Sprintf("state %s: %s", s.Key, problem)}
}
