package product

import (
	"context"
	"fmt"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
)

// An Effect is what a change of a certificate would do to what is registered
// already.
type Effect struct {
	Batches int   // that were certified when they were made and would no longer be
	Units   int64 // in them
}

// PreviewChange says what suspending or revoking a certificate from a day on
// would do, or what the law would refuse. Nothing is recorded.
func (s *Service) PreviewChange(ctx context.Context, sub authz.Subject, number string, from trace.Date, cmd trace.Command) (Effect, error) {
	if err := s.guard.See(sub, authz.Change, authz.Object{Kind: authz.Certificate}, number); err != nil {
		return Effect{}, err
	}
	if err := trace.NewPreview(s.facts(ctx), s.clock(), caller(sub)).Try(cmd); err != nil {
		return Effect{}, err
	}
	cert, err := s.certificate(ctx, number)
	if err != nil {
		return Effect{}, err
	}
	return s.effect(ctx, cert, from)
}

// effect counts the batches made since a day on which the certificate held.
func (s *Service) effect(ctx context.Context, cert Certificate, from trace.Date) (Effect, error) {
	var days []struct {
		ProducedOn trace.Date
		Batches    int
		Units      int64
	}
	err := s.db.NewSelect().Model((*Batch)(nil)).ColumnExpr("produced_on, count(*) AS batches, sum(size) AS units").
		Where("certificate = ?", cert.Number).Where("produced_on >= ?", from).GroupExpr("produced_on").Scan(ctx, &days)
	if err != nil {
		return Effect{}, fmt.Errorf("count batches of certificate: %w", err)
	}
	var e Effect
	for _, d := range days {
		if cert.State.StandingOn(d.ProducedOn) == trace.Holds {
			e.Batches += d.Batches
			e.Units += d.Units
		}
	}
	return e, nil
}
