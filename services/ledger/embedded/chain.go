package embedded

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/ledger"
)

//go:embed migrations/*.sql
var files embed.FS

// blockRow is one commit.
type blockRow struct {
	bun.BaseModel `bun:"table:ledger_block"`

	Number       uint64 `bun:"number,pk"`
	Prev         []byte `bun:"prev"`
	MadeAt       int64  `bun:"made_at"` // milliseconds since 1970
	Transactions uint64 `bun:"transactions"`
	Hash         []byte `bun:"hash"`
}

// transactionRow is one recorded command and its event.
type transactionRow struct {
	bun.BaseModel `bun:"table:ledger_transaction"`

	Position uint64 `bun:"position,pk"`
	Block    uint64 `bun:"block"`
	TxID     string `bun:"tx_id"`
	Kind     string `bun:"kind"`
	Org      string `bun:"org"`
	Name     string `bun:"name"`
	Command  []byte `bun:"command"`
	Event    []byte `bun:"event"`
}

// stateRow is the value of one key.
type stateRow struct {
	bun.BaseModel `bun:"table:ledger_state"`

	Key     string `bun:"state_key,pk"`
	Value   []byte `bun:"value"`
	Version uint64 `bun:"version"` // position of the transaction that wrote it
}

func (b blockRow) time() time.Time { return time.UnixMilli(b.MadeAt).UTC() }

func (t transactionRow) caller() trace.Caller {
	return trace.Caller{Kind: trace.Kind(t.Kind), Org: t.Org}
}

func (t transactionRow) asEvent() ledger.Event {
	return ledger.Event{Position: t.Position, TxID: t.TxID, Name: t.Name, Payload: t.Event}
}

// head is the end of the chain.
type head struct {
	number   uint64 // of the last block, 0 if there is none
	hash     []byte
	time     time.Time // of the last block
	position uint64    // of the last transaction
}

// genesis is the end of an empty chain.
func genesis() head { return head{hash: make([]byte, sha256.Size)} }

// after returns the head once a block follows it.
func (h head) after(b blockRow) head {
	return head{number: b.Number, hash: b.Hash, time: b.time(), position: h.position + b.Transactions}
}

func readHead(ctx context.Context, db bun.IDB) (head, error) {
	var last blockRow
	err := db.NewSelect().Model(&last).Order("number DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return genesis(), nil
	}
	if err != nil {
		return head{}, fmt.Errorf("read last block: %w", err)
	}
	position, err := height(ctx, db)
	return head{last.Number, last.Hash, last.time(), position}, err
}

// height returns the position of the last transaction, 0 if there is none.
func height(ctx context.Context, db bun.IDB) (uint64, error) {
	var position uint64
	err := db.NewSelect().Model((*transactionRow)(nil)).ColumnExpr("COALESCE(MAX(position), 0)").Scan(ctx, &position)
	if err != nil {
		return 0, fmt.Errorf("read height: %w", err)
	}
	return position, nil
}

// hashOf returns the hash of a block over everything in it and its
// transactions but their block number, which is the block's own.
func hashOf(b blockRow, txs []transactionRow) []byte {
	h := sha256.New()
	h.Write([]byte("fanwei/block/v1\n"))
	writeNumber(h, b.Number)
	h.Write(b.Prev)
	writeNumber(h, uint64(b.MadeAt))
	writeNumber(h, uint64(len(txs)))
	for _, t := range txs {
		writeNumber(h, t.Position)
		for _, s := range []string{t.TxID, t.Kind, t.Org, t.Name} {
			writeBytes(h, []byte(s))
		}
		writeBytes(h, t.Command)
		writeBytes(h, t.Event)
	}
	return h.Sum(nil)
}

// txID names a transaction by its place and its content.
func txID(prev []byte, position uint64, as trace.Caller, name string, command []byte) string {
	h := sha256.New()
	h.Write([]byte("fanwei/transaction/v1\n"))
	h.Write(prev)
	writeNumber(h, position)
	for _, s := range []string{string(as.Kind), as.Org, name} {
		writeBytes(h, []byte(s))
	}
	writeBytes(h, command)
	return hex.EncodeToString(h.Sum(nil))
}

func writeNumber(h hash.Hash, n uint64) {
	h.Write(binary.BigEndian.AppendUint64(nil, n))
}

// writeBytes writes the length first, so that no two lists of texts hash alike.
func writeBytes(h hash.Hash, b []byte) {
	writeNumber(h, uint64(len(b)))
	h.Write(b)
}
