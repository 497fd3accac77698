package embedded

import (
	"bytes"
	"context"

	"github.com/uptrace/bun"
)

// Rewrite changes the events of the first block, of one transaction, and its
// hash with them, as one who may write to the database could.
func Rewrite(ctx context.Context, db *bun.DB, from, to []byte) error {
	var b blockRow
	if err := db.NewSelect().Model(&b).Where("number = 1").Scan(ctx); err != nil {
		return err
	}
	var t transactionRow
	if err := db.NewSelect().Model(&t).Where("block = 1").Scan(ctx); err != nil {
		return err
	}
	t.Event = bytes.ReplaceAll(t.Event, from, to)
	b.Hash = hashOf(b, []transactionRow{t})
	if _, err := db.NewUpdate().Model(&t).WherePK().Exec(ctx); err != nil {
		return err
	}
	_, err := db.NewUpdate().Model(&b).WherePK().Exec(ctx)
	return err
}
