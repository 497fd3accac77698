package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/guard"
)

// Names are what an organisation is called.
type Names struct {
	ZH, EN string
}

// In returns the name in a language, "en" or any other for Chinese.
func (n Names) In(language string) string {
	if strings.HasPrefix(language, "en") && n.EN != "" {
		return n.EN
	}
	return n.ZH
}

// An Organisation takes part in the platform.
type Organisation struct {
	ID       string // such as M001; also its name on the ledger. It never changes
	Kind     string // one of authz.Kinds. It never changes
	Names    Names
	Prefixes []string // GS1 company prefixes, if it has any
	Active   bool     // nobody of an inactive one can log in
	Created  time.Time
}

type organisationRow struct {
	bun.BaseModel `bun:"table:organisations"`

	ID        string `bun:",pk"`
	Kind      string
	NameZH    string `bun:"name_zh"`
	NameEN    string `bun:"name_en"`
	Prefixes  string
	Active    bool
	CreatedAt time.Time
}

func (r *organisationRow) names() Names { return Names{r.NameZH, r.NameEN} }

func (r *organisationRow) organisation() Organisation {
	return Organisation{ID: r.ID, Kind: r.Kind, Names: r.names(), Prefixes: split(r.Prefixes),
		Active: r.Active, Created: r.CreatedAt.UTC()}
}

func (o Organisation) row() *organisationRow {
	return &organisationRow{ID: o.ID, Kind: o.Kind, NameZH: o.Names.ZH, NameEN: o.Names.EN,
		Prefixes: strings.Join(o.Prefixes, ","), Active: o.Active, CreatedAt: o.Created}
}

func (o Organisation) check() error {
	if authz.Roles(o.Kind) == nil {
		return refusal.New(refusal.Invalid, "organisation-kind", o.Kind)
	}
	return errors.Join(checkID(o.ID), checkText("name-zh", o.Names.ZH, 1, 80),
		checkText("name-en", o.Names.EN, 0, 160), checkPrefixes(o.Prefixes))
}

// CreateOrganisation admits an organisation, active from now. Without ID it
// gets the next free one of its kind. It returns what was recorded.
func (s *Service) CreateOrganisation(ctx context.Context, sub authz.Subject, o Organisation) (Organisation, error) {
	if o.ID == "" {
		var taken []string
		if err := s.db.NewSelect().Model((*organisationRow)(nil)).Column("id").Scan(ctx, &taken); err != nil {
			return Organisation{}, fmt.Errorf("organisation ids: %w", database.Explain(err))
		}
		o.ID = nextID(o.Kind, taken)
	}
	o.Active, o.Created = true, s.time()
	err := s.guard.DoTx(ctx, sub, authz.Create, object(authz.Organisation, ""), o.ID,
		func(ctx context.Context, tx bun.Tx) error { return insertOrganisation(ctx, tx, o) })
	if err != nil {
		return Organisation{}, err
	}
	return o, nil
}

func insertOrganisation(ctx context.Context, tx bun.IDB, o Organisation) error {
	if err := o.check(); err != nil {
		return err
	}
	n, err := affected(tx.NewInsert().Model(o.row()).On("CONFLICT DO NOTHING").Exec(ctx))
	if err != nil {
		return fmt.Errorf("create organisation: %w", err)
	}
	if n == 0 {
		return refusal.New(refusal.Exists, "organisation-taken", o.ID)
	}
	return nil
}

// ChangeOrganisation sets the names, the prefixes and whether it is active. An
// empty Kind is as it was; another one is refused. Making it inactive ends the
// sessions of its people.
func (s *Service) ChangeOrganisation(ctx context.Context, sub authz.Subject, o Organisation) error {
	ctx = audit.WithDetail(ctx, fmt.Sprintf("active %v, %s", o.Active, o.Names.ZH))
	return s.guard.DoTx(ctx, sub, authz.Change, object(authz.Organisation, o.ID), o.ID,
		func(ctx context.Context, tx bun.Tx) error {
			before, err := lockOrganisation(ctx, tx, o.ID)
			if err != nil {
				return err
			}
			if o.Kind != "" && o.Kind != before.Kind {
				return refusal.New(refusal.Conflict, "organisation-kind-stays", before.Kind)
			}
			o.Kind, o.Created = before.Kind, before.CreatedAt
			if err := o.check(); err != nil {
				return err
			}
			if !o.Active && o.ID == sub.Org {
				return refusal.New(refusal.Conflict, "organisation-yours", o.ID)
			}
			if _, err := tx.NewUpdate().Model(o.row()).Column("name_zh", "name_en", "prefixes", "active").WherePK().Exec(ctx); err != nil {
				return fmt.Errorf("change organisation: %w", err)
			}
			if o.Active {
				return nil
			}
			return endSessions(ctx, tx, "person IN (SELECT id FROM people WHERE org = ?)", o.ID)
		})
}

// lockOrganisation returns an organisation that no other transaction changes,
// nor its people, before this one has ended.
func lockOrganisation(ctx context.Context, tx bun.Tx, id string) (*organisationRow, error) {
	if _, err := tx.ExecContext(ctx, "UPDATE organisations SET active = active WHERE id = ?", id); err != nil {
		return nil, fmt.Errorf("lock organisation: %w", err)
	}
	return organisation(ctx, tx, id)
}

// organisation returns the row with that id, or Missing.
func organisation(ctx context.Context, db bun.IDB, id string) (*organisationRow, error) {
	row := new(organisationRow)
	err := db.NewSelect().Model(row).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, guard.Missing(authz.Organisation, id)
	}
	if err != nil {
		return nil, fmt.Errorf("read organisation: %w", database.Explain(err))
	}
	return row, nil
}

// Organisation returns an organisation that the subject may read.
func (s *Service) Organisation(ctx context.Context, sub authz.Subject, id string) (Organisation, error) {
	if err := s.guard.See(sub, authz.Read, object(authz.Organisation, id), id); err != nil {
		return Organisation{}, err
	}
	row, err := organisation(ctx, s.db, id)
	if err != nil {
		return Organisation{}, err
	}
	return row.organisation(), nil
}

// Organisations returns the organisations that the subject may read, of one
// kind or, if kind is empty, of all, in the order of their ids.
func (s *Service) Organisations(ctx context.Context, sub authz.Subject, kind string) ([]Organisation, error) {
	var rows []organisationRow
	q := s.db.NewSelect().Model(&rows).Order("id")
	switch s.guard.Reach(sub, authz.Read, authz.Organisation) {
	case authz.All:
	case authz.Own:
		q = q.Where("id = ?", sub.Org)
	default:
		return nil, nil
	}
	if kind != "" {
		q = q.Where("kind = ?", kind)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read organisations: %w", database.Explain(err))
	}
	list := make([]Organisation, len(rows))
	for i := range rows {
		list[i] = rows[i].organisation()
	}
	return list, nil
}

// OrganisationName returns what an organisation is called. Names are public:
// they stand on every verdict.
func (s *Service) OrganisationName(ctx context.Context, id string) (Names, error) {
	row, err := organisation(ctx, s.db, id)
	if err != nil {
		return Names{}, err
	}
	return row.names(), nil
}

// OrganisationNames returns the names of many organisations at once. An id
// that there is not is left out.
func (s *Service) OrganisationNames(ctx context.Context, ids []string) (map[string]Names, error) {
	names := make(map[string]Names, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	var rows []organisationRow
	if err := s.db.NewSelect().Model(&rows).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read organisation names: %w", database.Explain(err))
	}
	for i := range rows {
		names[rows[i].ID] = rows[i].names()
	}
	return names, nil
}
