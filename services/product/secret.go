package product

import (
	"context"
	"fmt"

	"github.com/fanwei/fanwei/services/authz"
)

// A KeyUse is how much stands on one version of a maker's secret.
type KeyUse struct {
	Key     string // the version
	Batches int64
	Units   int64
}

// RotateSecret gives the caller's organisation a new secret, from which the
// codes of later batches come, and returns its version. What is registered
// keeps its own: no printed label changes.
func (s *Service) RotateSecret(ctx context.Context, sub authz.Subject) (version string, err error) {
	own := authz.Object{Kind: authz.Secret, Owner: sub.Org}
	err = s.guard.Do(ctx, sub, authz.Rotate, own, sub.Org, func(ctx context.Context) error {
		version, err = s.vault.Create(ctx, sub.Org)
		return err
	})
	return version, err
}

// Secrets returns the version of the caller's secret that is in use, and what
// stands on each that has been, newest first.
func (s *Service) Secrets(ctx context.Context, sub authz.Subject) (current string, uses []KeyUse, err error) {
	if err := s.guard.See(sub, authz.Rotate, authz.Object{Kind: authz.Secret, Owner: sub.Org}); err != nil {
		return "", nil, err
	}
	if current, err = s.vault.Current(ctx, sub.Org); err != nil {
		return "", nil, err
	}
	err = s.db.NewSelect().Model((*Batch)(nil)).Where("maker = ?", sub.Org).
		ColumnExpr("key_version AS key, count(*) AS batches, sum(size) AS units").
		GroupExpr("key_version").OrderExpr("max(position) DESC").Scan(ctx, &uses)
	if err != nil {
		return "", nil, fmt.Errorf("sum secrets' use: %w", err)
	}
	return current, uses, nil
}
