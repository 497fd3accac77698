package job

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

// A Load is how much work a queue has.
type Load struct {
	Waiting int // to be done, now or later
	Running int
	GivenUp int // after as many attempts as Options allow; kept for a while
}

// LoadOf returns how much work the queue in a database has.
func LoadOf(ctx context.Context, db *bun.DB) (Load, error) {
	var l Load
	err := db.NewSelect().Table("river_job").
		ColumnExpr("count(CASE WHEN state IN ('available', 'pending', 'retryable', 'scheduled') THEN 1 END) AS waiting").
		ColumnExpr("count(CASE WHEN state = 'running' THEN 1 END) AS running").
		ColumnExpr("count(CASE WHEN state = 'discarded' THEN 1 END) AS given_up").Scan(ctx, &l)
	if err != nil {
		return l, fmt.Errorf("count jobs: %w", database.Explain(err))
	}
	return l, nil
}
