package printrun

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

// straggle is how long a worker may take to notice that its run was cancelled.
const straggle = time.Hour

// sweep is the handler that deletes the files of runs that ended Keep ago. A
// run that failed that long ago is cancelled: it cannot be resumed any more.
func (s *Service) sweep(ctx context.Context, _ []byte) error {
	now := s.now()
	if _, err := s.DB.NewUpdate().Model((*Run)(nil)).Where("state = ?", Failed).Where("updated_at < ?", now.Add(-Keep)).
		Set("state = ?", Cancelled).Set("updated_at = ?", now).Exec(ctx); err != nil {
		return fmt.Errorf("sweep print runs: %w", database.Explain(err))
	}
	var due []string
	err := s.DB.NewSelect().Model((*Run)(nil)).Column("id").Where("NOT swept").
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("state = ? AND updated_at < ?", Done, now.Add(-Keep)).
				WhereOr("state = ? AND updated_at < ?", Cancelled, now.Add(-straggle))
		}).Scan(ctx, &due)
	if err != nil {
		return fmt.Errorf("sweep print runs: %w", database.Explain(err))
	}
	var failed []error
	for _, id := range due {
		failed = append(failed, s.expire(ctx, id))
	}
	return errors.Join(failed...)
}

// expire deletes the files of a run that is done or cancelled, which no one
// can change. The parts' rows go first: nobody is to be shown a file that is
// half gone. What stops in between, the next sweep ends.
func (s *Service) expire(ctx context.Context, id string) error {
	if _, err := s.DB.NewDelete().Model((*piece)(nil)).Where("run = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("expire print run: %w", database.Explain(err))
	}
	if err := s.remove(ctx, id); err != nil {
		return err
	}
	if _, err := s.DB.NewUpdate().Model((*Run)(nil)).Where("id = ?", id).
		Set("swept = ?", true).Set("parts = 0").Set("bytes = 0").Exec(ctx); err != nil {
		return fmt.Errorf("expire print run: %w", database.Explain(err))
	}
	return nil
}
