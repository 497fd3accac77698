package product

import (
	"context"
	"fmt"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
)

// BeginRecall calls back a batch or a range of its units.
func (s *Service) BeginRecall(ctx context.Context, sub authz.Subject, cmd trace.Recall) error {
	b, err := s.Batch(ctx, sub, cmd.GTIN, cmd.Lot)
	if err != nil {
		return err
	}
	return s.guard.Do(ctx, sub, authz.Begin, authz.Object{Kind: authz.Recall, Owner: b.Maker}, cmd.Number, func(ctx context.Context) error {
		return s.submit(ctx, sub, cmd)
	})
}

// EndRecall ends a recall.
func (s *Service) EndRecall(ctx context.Context, sub authz.Subject, cmd trace.EndRecall) error {
	r, err := s.Recall(ctx, sub, cmd.By, cmd.Number)
	if err != nil {
		return err
	}
	return s.guard.Do(ctx, sub, authz.End, authz.Object{Kind: authz.Recall, Owner: r.Maker}, cmd.Number, func(ctx context.Context) error {
		return s.submit(ctx, sub, cmd)
	})
}

// Recalls lists the recalls a subject may see, newest first, and counts them.
func (s *Service) Recalls(ctx context.Context, sub authz.Subject, page Page) ([]Recall, int, error) {
	var rows []Recall
	q := s.db.NewSelect().Model(&rows)
	if p := like(page.Query); page.Query != "" {
		q = q.Where("lower(number) LIKE ?0 ESCAPE '!' OR lower(lot_key) LIKE ?0 ESCAPE '!'", p)
	}
	n, err := s.list(ctx, sub, authz.Recall, "maker", page, q)
	return rows, n, err
}

// Recall returns one recall.
func (s *Service) Recall(ctx context.Context, sub authz.Subject, by, number string) (Recall, error) {
	r := Recall{By: by, Number: number}
	if err := s.db.NewSelect().Model(&r).WherePK().Scan(ctx); err != nil {
		return r, found(err, "recall-missing", number)
	}
	if err := s.guard.See(sub, authz.Read, authz.Object{Kind: authz.Recall, Owner: r.Maker}, number); err != nil {
		return Recall{}, err
	}
	return r, nil
}

// RecallsOf lists all recalls of a batch, newest first. They are public.
func (s *Service) RecallsOf(ctx context.Context, b Batch) ([]Recall, error) {
	var rows []Recall
	err := s.db.NewSelect().Model(&rows).Where("gtin = ?", b.GTIN).Where("lot_key = ?", b.LotKey).OrderExpr("position DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read recalls: %w", err)
	}
	return rows, nil
}
