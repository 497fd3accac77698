package product

import (
	"context"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
)

// RegisterModel registers a model of the caller's organisation.
func (s *Service) RegisterModel(ctx context.Context, sub authz.Subject, cmd trace.RegisterModel) error {
	own := authz.Object{Kind: authz.Model, Owner: sub.Org}
	return s.guard.Do(ctx, sub, authz.Register, own, cmd.GTIN, func(ctx context.Context) error {
		if cmd.Class != "" && !KnownClass(cmd.Class) {
			return refusal.New(refusal.Invalid, "class-unknown", cmd.Class)
		}
		if err := s.photoStored(ctx, cmd.Photo); err != nil {
			return err
		}
		return s.submit(ctx, sub, cmd)
	})
}

// Models lists the models a subject may see, newest first, and counts them all.
func (s *Service) Models(ctx context.Context, sub authz.Subject, page Page) ([]Model, int, error) {
	var rows []Model
	q := s.db.NewSelect().Model(&rows)
	if p := like(page.Query); page.Query != "" {
		q = q.Where("lower(gtin) LIKE ?0 ESCAPE '!' OR lower(model) LIKE ?0 ESCAPE '!' OR lower(name) LIKE ?0 ESCAPE '!' OR lower(brand) LIKE ?0 ESCAPE '!'", p)
	}
	n, err := s.list(ctx, sub, authz.Model, "maker", page, q)
	return rows, n, err
}

// Model returns one model.
func (s *Service) Model(ctx context.Context, sub authz.Subject, gtin string) (Model, error) {
	m, err := s.model(ctx, gtin)
	if err != nil {
		return m, err
	}
	if err := s.guard.See(sub, authz.Read, authz.Object{Kind: authz.Model, Owner: m.Maker}, gtin); err != nil {
		return Model{}, err
	}
	return m, nil
}

func (s *Service) model(ctx context.Context, gtin string) (Model, error) {
	m := Model{GTIN: gtin}
	err := s.db.NewSelect().Model(&m).WherePK().Scan(ctx)
	return m, found(err, "model-missing", gtin)
}

// like returns the pattern of LIKE … ESCAPE '!' that finds text anywhere,
// whatever its case.
func like(text string) string {
	text = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(strings.TrimSpace(text)))
	return "%" + text + "%"
}
