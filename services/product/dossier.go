package product

import (
	"context"
	"fmt"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// A Dossier is what the public may know of a batch: who made what, when, on
// which certificate, and whether it is called back.
type Dossier struct {
	Batch       Batch
	Model       Model
	Certificate Certificate
	Recalls     []Recall // running ones only
}

// Dossier returns what is public of a batch; the lot's case does not matter.
func (s *Service) Dossier(ctx context.Context, gtin, lot string) (d Dossier, err error) {
	if d.Batch, err = s.batch(ctx, gtin, lot); err != nil {
		return d, err
	}
	if d.Model, err = s.model(ctx, d.Batch.GTIN); err != nil {
		return d, err
	}
	if d.Certificate, err = s.certificate(ctx, d.Batch.Certificate); err != nil {
		return d, err
	}
	err = s.db.NewSelect().Model(&d.Recalls).Where("gtin = ?", d.Batch.GTIN).Where("lot_key = ?", d.Batch.LotKey).
		Where("ended_at IS NULL").OrderExpr("position DESC").Scan(ctx)
	if err != nil {
		return d, fmt.Errorf("read recalls: %w", err)
	}
	return d, nil
}

// BatchByNumber returns the n-th batch on the ledger, without its event. Who
// made what is public.
func (s *Service) BatchByNumber(ctx context.Context, number uint64) (Batch, error) {
	var b Batch
	err := s.db.NewSelect().Model(&b).ExcludeColumn("event").Where("number = ?", number).Scan(ctx)
	return b, found(err, "batch-missing")
}

// Kin returns the lots registered under a GTIN, newest first, at most 500: a
// mistyped lot is looked for among them.
func (s *Service) Kin(ctx context.Context, gtin string) ([]Batch, error) {
	var rows []Batch
	err := s.db.NewSelect().Model(&rows).ExcludeColumn("event").Where("gtin = ?", gtin).OrderExpr("position DESC").Limit(500).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read lots: %w", err)
	}
	return rows, nil
}

// Maker returns the organisation that registered a GTIN.
func (s *Service) Maker(ctx context.Context, gtin string) (string, error) {
	m, err := s.model(ctx, gtin)
	if refusal.Is(err, refusal.NotFound) {
		return "", nil
	}
	return m.Maker, err
}

// Position returns the position of the last ledger event that reads show.
// What was read stays true while it stands still.
func (s *Service) Position() uint64 { return s.projection.Position() }
