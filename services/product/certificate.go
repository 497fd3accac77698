package product

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
)

// RecordCertificate records a certificate. The holder must be one of the
// platform's makers; the caller has checked that.
func (s *Service) RecordCertificate(ctx context.Context, sub authz.Subject, cmd trace.RecordCertificate) error {
	return s.guard.Do(ctx, sub, authz.Record, authz.Object{Kind: authz.Certificate}, cmd.Number, func(ctx context.Context) error {
		if cmd.Class != "" && !KnownClass(cmd.Class) {
			return refusal.New(refusal.Invalid, "class-unknown", cmd.Class)
		}
		return s.submit(ctx, sub, cmd)
	})
}

// ChangeCertificate suspends, restores or revokes a certificate: cmd is one of
// trace's three commands.
func (s *Service) ChangeCertificate(ctx context.Context, sub authz.Subject, number string, cmd trace.Command) error {
	ctx = audit.WithDetail(ctx, cmd.Name())
	return s.guard.Do(ctx, sub, authz.Change, authz.Object{Kind: authz.Certificate}, number, func(ctx context.Context) error {
		return s.submit(ctx, sub, cmd)
	})
}

// Certificates lists the certificates a subject may see, newest first, and
// counts them all.
func (s *Service) Certificates(ctx context.Context, sub authz.Subject, page Page) ([]Certificate, int, error) {
	var rows []Certificate
	q := s.db.NewSelect().Model(&rows)
	if page.Query != "" {
		q = q.Where("lower(number) LIKE ? ESCAPE '!' OR lower(state) LIKE ? ESCAPE '!'", like(page.Query), like(page.Query))
	}
	n, err := s.list(ctx, sub, authz.Certificate, "holder", page, q)
	return rows, n, err
}

// Certificate returns one certificate and what happened to it, newest first.
func (s *Service) Certificate(ctx context.Context, sub authz.Subject, number string) (Certificate, []Change, error) {
	cert, err := s.certificate(ctx, number)
	if err != nil {
		return cert, nil, err
	}
	if err := s.guard.See(sub, authz.Read, authz.Object{Kind: authz.Certificate, Owner: cert.Holder}, number); err != nil {
		return Certificate{}, nil, err
	}
	var changes []Change
	err = s.db.NewSelect().Model(&changes).Where("number = ?", number).OrderExpr("position DESC").Scan(ctx)
	if err != nil {
		return Certificate{}, nil, fmt.Errorf("read changes of certificate: %w", err)
	}
	return cert, changes, nil
}

func (s *Service) certificate(ctx context.Context, number string) (Certificate, error) {
	cert := Certificate{Number: number}
	err := s.db.NewSelect().Model(&cert).WherePK().Scan(ctx)
	return cert, found(err, "certificate-missing", number)
}

// Used returns how many units of a certificate's capacity the batches made in
// a year have taken.
func (s *Service) Used(ctx context.Context, number, year string) (int64, error) {
	row := capacity{Certificate: number, Year: year}
	err := s.db.NewSelect().Model(&row).WherePK().Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read capacity used: %w", err)
	}
	return row.Used, nil
}

// covering returns the certificate of a maker that would carry a model's batch
// made on a day: the valid one that ends last, or else any that covers it, so
// that the law can say what is wrong with it.
func (s *Service) covering(ctx context.Context, maker string, m Model, day trace.Date) (string, error) {
	var certs []Certificate
	err := s.db.NewSelect().Model(&certs).Where("holder = ?", maker).Where("class = ?", m.Class).
		OrderExpr("valid_to DESC, number").Scan(ctx)
	if err != nil {
		return "", fmt.Errorf("find certificate: %w", err)
	}
	best := ""
	for _, c := range certs {
		if !c.State.Covers(m.Class, m.Model) {
			continue
		}
		if c.State.StandingOn(day) == trace.Holds && c.State.StandingOn(s.Today()) == trace.Holds {
			return c.Number, nil
		}
		if best == "" {
			best = c.Number
		}
	}
	if best == "" {
		return "", refusal.New(refusal.Conflict, "no-certificate-covers", m.Model)
	}
	return best, nil
}

// facts lets the law preview commands on the projected tables.
func (s *Service) facts(ctx context.Context) trace.Facts {
	return trace.Facts{
		Certificate: func(number string) (*trace.Certificate, error) {
			cert, err := s.certificate(ctx, number)
			return known(&cert.State, err)
		},
		Model: func(gtin string) (*trace.Model, error) {
			m, err := s.model(ctx, gtin)
			return known(&trace.Model{GTIN: m.GTIN, Model: m.Model, Name: m.Name, Brand: m.Brand, Class: m.Class,
				Specification: m.Specification, Photo: m.Photo, Maker: m.Maker}, err)
		},
		Batch: func(gtin, lot string) (*trace.Batch, error) {
			b, err := s.batch(ctx, gtin, lot)
			return known(&trace.Batch{GTIN: b.GTIN, Lot: b.Lot, Size: b.Size, Maker: b.Maker}, err)
		},
		Used: func(certificate, year string) (int64, error) { return s.Used(ctx, certificate, year) },
	}
}

// known turns "not found" into no fact.
func known[T any](v *T, err error) (*T, error) {
	if refusal.Is(err, refusal.NotFound) {
		return nil, nil
	}
	return v, err
}
