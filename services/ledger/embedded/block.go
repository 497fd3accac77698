package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/ledger"
)

// A get returns the committed value of a key, or nil if it has none.
type get func(key string) ([]byte, error)

func reader(ctx context.Context, db bun.IDB) get {
	return func(key string) ([]byte, error) {
		var value []byte
		err := db.NewSelect().Model((*stateRow)(nil)).Column("value").Where("state_key = ?", key).Scan(ctx, &value)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		return value, err
	}
}

// block is a block in the making.
type block struct {
	row   blockRow
	last  head
	txs   []transactionRow
	state map[string]stateRow // put by its transactions
	known map[string][]byte   // read from below: a block's transactions often share a certificate
	below get
	fault error // of below; the block cannot be made then
}

func newBlock(last head, now time.Time, below get) *block {
	return &block{
		row:   blockRow{Number: last.number + 1, Prev: last.hash, MadeAt: now.UnixMilli()},
		last:  last,
		state: map[string]stateRow{},
		known: map[string][]byte{},
		below: below,
	}
}

// get returns the value of a key after the block's transactions so far.
func (b *block) get(key string) ([]byte, error) {
	if s, ok := b.state[key]; ok {
		return s.Value, nil
	}
	if value, ok := b.known[key]; ok {
		return value, nil
	}
	value, err := b.below(key)
	if err != nil {
		b.fault = err
		return nil, err
	}
	b.known[key] = value
	return value, nil
}

// add runs a command. If the rules admit it, it becomes the block's next
// transaction; a repeat does not.
func (b *block) add(as trace.Caller, name string, command []byte) (trace.Outcome, error) {
	cmd, err := trace.Decode(name, command)
	if err != nil {
		return trace.Outcome{}, err
	}
	position := b.last.position + uint64(len(b.txs)) + 1
	tx := &tx{
		id:   txID(b.last.hash, position, as, name, command),
		time: b.row.time(),
		as:   as,
		get:  b.get,
		puts: map[string][]byte{},
	}
	out, err := trace.Apply(tx, cmd)
	if err != nil || out.Repeated {
		return out, err
	}
	b.txs = append(b.txs, transactionRow{Position: position, Block: b.row.Number, TxID: tx.id,
		Kind: string(as.Kind), Org: as.Org, Name: name, Command: command, Event: out.Event})
	for key, value := range tx.puts {
		b.state[key] = stateRow{Key: key, Value: value, Version: position}
	}
	return out, nil
}

// addAll runs requests in turn and returns what to answer each once the block
// is written.
func (b *block) addAll(ctx context.Context, db bun.IDB, requests []request) ([]answer, error) {
	answers := make([]answer, len(requests))
	for i, r := range requests {
		out, err := b.add(r.as, r.name, r.command)
		if b.fault != nil {
			return nil, b.fault
		}
		if err != nil {
			answers[i].err = err
			continue
		}
		if answers[i].event, err = b.find(ctx, db, out.TxID); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// find returns the event of a transaction, of this block or an earlier one.
func (b *block) find(ctx context.Context, db bun.IDB, id string) (ledger.Event, error) {
	for _, t := range slices.Backward(b.txs) {
		if t.TxID == id {
			return t.asEvent(), nil
		}
	}
	var row transactionRow
	if err := db.NewSelect().Model(&row).Where("tx_id = ?", id).Scan(ctx); err != nil {
		return ledger.Event{}, fmt.Errorf("read transaction %s: %w", id, err)
	}
	return row.asEvent(), nil
}

// write writes the block if it has any transaction. The block's row comes
// first: of two processes that make the same block, one waits here and loses.
func (b *block) write(ctx context.Context, db bun.IDB) error {
	if len(b.txs) == 0 {
		return nil
	}
	b.row.Transactions = uint64(len(b.txs))
	b.row.Hash = hashOf(b.row, b.txs)
	result, err := db.NewInsert().Model(&b.row).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write block: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("write block: %w", err)
	}
	if n == 0 {
		return errRaced
	}
	if _, err := db.NewInsert().Model(&b.txs).Exec(ctx); err != nil {
		return fmt.Errorf("write transactions: %w", err)
	}
	state := slices.Collect(maps.Values(b.state))
	_, err = db.NewInsert().Model(&state).On("CONFLICT (state_key) DO UPDATE").
		Set("value = EXCLUDED.value").Set("version = EXCLUDED.version").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	return nil
}

// tx keeps puts apart until the transaction is over, so that a rule cannot
// read its own writes: on a Fabric peer it could not.
type tx struct {
	id   string
	time time.Time
	as   trace.Caller
	get  get
	puts map[string][]byte
}

var _ trace.Tx = (*tx)(nil)

func (t *tx) ID() string                         { return t.id }
func (t *tx) Time() time.Time                    { return t.time }
func (t *tx) Caller() trace.Caller               { return t.as }
func (t *tx) Get(key string) ([]byte, error)     { return t.get(key) }
func (t *tx) Put(key string, value []byte) error { t.puts[key] = value; return nil }
