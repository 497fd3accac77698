package account

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
)

// machine is who stands in the trail where no person acted.
const machine = "fanwei"

// Bootstrap makes the operator's organisation and its first administrator, if
// there is no person at all; otherwise it refuses with Conflict
// "already-started". The administrator is p's login name and name; the
// password is shown once. Without ID the organisation is O001.
func (s *Service) Bootstrap(ctx context.Context, o Organisation, p Person) (Person, string, error) {
	o.Kind, o.Active, o.Created = authz.Operator, true, s.time()
	if o.ID == "" {
		o.ID = nextID(o.Kind, nil)
	}
	p.Org, p.Roles = o.ID, []string{authz.Administrator}
	password, phc, err := s.newPassword(ctx, true)
	if err != nil {
		return Person{}, "", err
	}
	row, err := s.newPerson(p, phc)
	if err != nil {
		return Person{}, "", err
	}
	row.MustChange = true
	err = s.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		started := refusal.New(refusal.Conflict, "already-started")
		people, err := tx.NewSelect().Model((*personRow)(nil)).Count(ctx)
		if err != nil {
			return fmt.Errorf("count people: %w", err)
		}
		if people > 0 {
			return started
		}
		err = insertOrganisation(ctx, tx, o)
		if refusal.Is(err, refusal.Exists) { // another process was faster
			return started
		}
		if err != nil {
			return err
		}
		if err := insertPerson(ctx, tx, row, true); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Line{Name: machine, Act: string(authz.Add), Object: string(authz.Person),
			ObjectID: row.ID, Detail: row.Login + ": first administrator", Outcome: audit.Done})
	})
	if err != nil {
		return Person{}, "", err
	}
	return row.person(), password, nil
}

// A Demonstration is an organisation with people whose passwords are known to
// everybody.
type Demonstration struct {
	Organisation Organisation // with ID
	People       []DemonstrationPerson
}

// A DemonstrationPerson has a login name, a name, roles and a password.
type DemonstrationPerson struct {
	Person

	Password string
}

// Demonstrate adds organisations and people to try the platform with. It asks
// nobody: the caller must be sure that this is no platform in use. Those that
// are there already are left as they are.
func (s *Service) Demonstrate(ctx context.Context, demos []Demonstration) error {
	for _, d := range demos {
		if err := s.demonstrate(ctx, d); err != nil {
			return fmt.Errorf("demonstration %s: %w", d.Organisation.ID, err)
		}
	}
	return nil
}

func (s *Service) demonstrate(ctx context.Context, d Demonstration) error {
	rows, err := s.demonstrationRows(ctx, d)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		d.Organisation.Active, d.Organisation.Created = true, s.time()
		if err := insertOrganisation(ctx, tx, d.Organisation); err != nil && !refusal.Is(err, refusal.Exists) {
			return err
		}
		for _, row := range rows {
			if err := insertPerson(ctx, tx, row, true); err != nil && !refusal.Is(err, refusal.Exists) {
				return err
			}
		}
		if len(rows) == 0 {
			return nil
		}
		return s.note(ctx, tx, audit.Line{Name: machine, Act: string(authz.Create), Object: string(authz.Organisation),
			ObjectID: d.Organisation.ID, Detail: "for demonstration", Outcome: audit.Done})
	})
}

// demonstrationRows prepares the people that are not there yet.
func (s *Service) demonstrationRows(ctx context.Context, d Demonstration) ([]*personRow, error) {
	var taken []string
	if err := s.db.NewSelect().Model((*personRow)(nil)).Column("login").Where("org = ?", d.Organisation.ID).Scan(ctx, &taken); err != nil {
		return nil, fmt.Errorf("read people: %w", database.Explain(err))
	}
	var rows []*personRow
	for _, p := range d.People {
		p.Org = d.Organisation.ID
		if slices.Contains(taken, loginName(p.Login)) {
			continue
		}
		if err := checkPassword(loginName(p.Login), p.Password); err != nil {
			return nil, err
		}
		phc, err := s.hash.hash(ctx, p.Password)
		if err != nil {
			return nil, err
		}
		row, err := s.newPerson(p.Person, phc)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
