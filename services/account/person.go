package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/guard"
)

// A Person can log in for one organisation.
type Person struct {
	ID         string // UUID version 7
	Login      string // lower case; unique, and never given to another person
	Name       string // as shown
	Org        string
	Roles      []string
	Active     bool // false once removed
	MustChange bool // the password is one that was shown once
	Created    time.Time
}

// mostPeople bounds the active people of one organisation.
const mostPeople = 500

type personRow struct {
	bun.BaseModel `bun:"table:people"`

	ID           string `bun:",pk"`
	Login        string
	Name         string
	Org          string
	Roles        string
	Active       bool
	MustChange   bool
	Password     string // PHC string; empty once removed
	CreatedAt    time.Time
	Organisation *organisationRow `bun:"rel:belongs-to,join:org=id"`
}

func (r *personRow) person() Person {
	return Person{ID: r.ID, Login: r.Login, Name: r.Name, Org: r.Org, Roles: split(r.Roles),
		Active: r.Active, MustChange: r.MustChange, Created: r.CreatedAt.UTC()}
}

// welcome reports whether the person may log in at all.
func (r *personRow) welcome() bool { return r.Active && r.Organisation != nil && r.Organisation.Active }

// People returns the people of an organisation, removed ones too, in the order
// in which they came.
func (s *Service) People(ctx context.Context, sub authz.Subject, org string) ([]Person, error) {
	if s.guard.See(sub, authz.Read, object(authz.Person, org)) != nil {
		return nil, guard.Missing(authz.Organisation, org)
	}
	rows, err := peopleOf(ctx, s.db, org)
	if err != nil {
		return nil, err
	}
	list := make([]Person, len(rows))
	for i := range rows {
		list[i] = rows[i].person()
	}
	return list, nil
}

func peopleOf(ctx context.Context, db bun.IDB, org string) ([]personRow, error) {
	var rows []personRow
	if err := db.NewSelect().Model(&rows).Where("org = ?", org).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read people: %w", database.Explain(err))
	}
	return rows, nil
}

// personBy returns the one person that a condition names, with the
// organisation, or Missing.
func personBy(ctx context.Context, db bun.IDB, column, value string) (*personRow, error) {
	row := new(personRow)
	err := db.NewSelect().Model(row).Relation("Organisation").Where("person_row.? = ?", bun.Ident(column), value).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, guard.Missing(authz.Person, value)
	}
	if err != nil {
		return nil, fmt.Errorf("read person: %w", database.Explain(err))
	}
	return row, nil
}

// Person returns a person that the subject may read.
func (s *Service) Person(ctx context.Context, sub authz.Subject, id string) (Person, error) {
	row, err := personBy(ctx, s.db, "id", id)
	if err != nil {
		return Person{}, err
	}
	if err := s.guard.See(sub, authz.Read, object(authz.Person, row.Org), id); err != nil {
		return Person{}, err
	}
	return row.person(), nil
}

// AddPerson adds a person to p.Org, with p's login name, name and roles, and
// returns what was recorded and a password to hand over, which is shown once.
// The operator's administrator can add to another organisation only those who
// lead it; they add the others.
func (s *Service) AddPerson(ctx context.Context, sub authz.Subject, p Person) (Person, string, error) {
	obj := object(authz.Person, p.Org)
	password, phc, err := s.newPassword(ctx, s.guard.May(sub, authz.Add, obj))
	if err != nil {
		return Person{}, "", err
	}
	row, err := s.newPerson(p, phc)
	if err != nil {
		return Person{}, "", err
	}
	row.MustChange = true
	ctx = audit.WithDetail(ctx, fmt.Sprintf("%s: %s", row.Login, strings.Join(p.Roles, ", ")))
	err = s.guard.DoTx(ctx, sub, authz.Add, obj, row.ID, func(ctx context.Context, tx bun.Tx) error {
		return insertPerson(ctx, tx, row, sub.Org == p.Org)
	})
	if err != nil {
		return Person{}, "", err
	}
	return row.person(), password, nil
}

// newPassword returns a password to be shown once and its hash. It does no work
// for who may not have it: that costs time and memory.
func (s *Service) newPassword(ctx context.Context, may bool) (password, phc string, err error) {
	if !may {
		return "", "", nil
	}
	password = oneTime()
	phc, err = s.hash.hash(ctx, password)
	return password, phc, err
}

// newPerson prepares a row with a new id.
func (s *Service) newPerson(p Person, phc string) (*personRow, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("new person: %w", err)
	}
	return &personRow{ID: id.String(), Login: loginName(p.Login), Name: p.Name, Org: p.Org, Roles: strings.Join(p.Roles, ","),
		Active: true, Password: phc, CreatedAt: s.time()}, nil
}

// insertPerson checks a row and inserts it. own says that the organisation
// itself asks for it.
func insertPerson(ctx context.Context, tx bun.Tx, row *personRow, own bool) error {
	if err := errors.Join(checkLogin(row.Login), checkText("person-name", row.Name, 1, 40)); err != nil {
		return err
	}
	org, err := lockOrganisation(ctx, tx, row.Org)
	if err != nil {
		return err
	}
	roles, err := checkRoles(org.Kind, split(row.Roles))
	if err != nil {
		return err
	}
	row.Roles = strings.Join(roles, ",")
	if leader := authz.Leader(org.Kind); !own && row.Roles != leader {
		return refusal.New(refusal.Forbidden, "leader-only", leader)
	}
	if err := room(ctx, tx, org); err != nil {
		return err
	}
	n, err := affected(tx.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx))
	if err != nil {
		return fmt.Errorf("add person: %w", err)
	}
	if n == 0 {
		return refusal.New(refusal.Exists, "login-taken", row.Login)
	}
	return nil
}

// room refuses one more person in an organisation that has no place for it.
func room(ctx context.Context, tx bun.Tx, org *organisationRow) error {
	if !org.Active {
		return refusal.New(refusal.Conflict, "organisation-inactive", org.ID)
	}
	people, err := tx.NewSelect().Model((*personRow)(nil)).Where("org = ? AND active", org.ID).Count(ctx)
	if err != nil {
		return fmt.Errorf("count people: %w", err)
	}
	if people >= mostPeople {
		return refusal.New(refusal.Conflict, "people-too-many", strconv.Itoa(mostPeople))
	}
	return nil
}
