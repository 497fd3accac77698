package verify

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/fanwei/fanwei/services/database"
)

//go:embed migrations
var files embed.FS

// A table is a tally that several processes may share: each scan is written
// where it is read.
type table struct{ db *bun.DB }

func openTable(ctx context.Context, db *bun.DB) (table, error) {
	folder := "sqlite"
	if db.Dialect().Name() == dialect.PG {
		folder = "postgres"
	}
	return table{db}, database.Migrate(ctx, db, "verify", files, "migrations/"+folder)
}

func (t table) add(ctx context.Context, asks []ask) (map[unitKey]scanRow, error) {
	rows := slices.Collect(maps.Values(added(make(map[unitKey]scanRow, len(asks)), asks)))
	slices.SortFunc(rows, inOrder) // two processes that lock the same rows do it in the same order
	var after []scanRow
	err := t.db.NewInsert().Model(&rows).On("CONFLICT (batch, unit) DO UPDATE").
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

func (t table) look(ctx context.Context, key unitKey) (scanRow, error) {
	row := scanRow{Batch: key.batch, Unit: key.unit}
	err := t.db.NewSelect().Model(&row).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return scanRow{}, nil
	}
	if err != nil {
		return scanRow{}, fmt.Errorf("read scans: %w", database.Explain(err))
	}
	return row, nil
}

func (t table) close() error { return nil }
