package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/guard"
)

// SetRoles gives a person these roles and no other, and ends the sessions. An
// organisation keeps someone who leads it.
func (s *Service) SetRoles(ctx context.Context, sub authz.Subject, id string, roles []string) error {
	ctx = audit.WithDetail(ctx, "roles: "+strings.Join(roles, ", "))
	return s.alter(ctx, sub, authz.Change, id, func(ctx context.Context, tx bun.Tx, row *personRow) error {
		roles, err := checkRoles(row.Organisation.Kind, roles)
		if err != nil {
			return err
		}
		if err := keepLeader(ctx, tx, row, roles); err != nil {
			return err
		}
		row.Roles = strings.Join(roles, ",")
		return nil
	})
}

// RemovePerson ends what a person may do. The name stays in the audit trail,
// and the login name is not given again. Nobody removes himself, nor the last
// who leads an organisation.
func (s *Service) RemovePerson(ctx context.Context, sub authz.Subject, id string) error {
	return s.alter(ctx, sub, authz.Remove, id, func(ctx context.Context, tx bun.Tx, row *personRow) error {
		if row.ID == sub.Person {
			return refusal.New(refusal.Conflict, "remove-yourself")
		}
		if err := keepLeader(ctx, tx, row, nil); err != nil {
			return err
		}
		row.Active, row.Password = false, ""
		return nil
	})
}

// ResetPassword gives a person a password that is shown once and must be
// changed, and ends the sessions. For one's own there is ChangePassword.
func (s *Service) ResetPassword(ctx context.Context, sub authz.Subject, id string) (string, error) {
	found, err := personBy(ctx, s.db, "id", id)
	if err != nil {
		return "", err
	}
	password, phc, err := s.newPassword(ctx, s.guard.May(sub, authz.Change, object(authz.Person, found.Org)))
	if err != nil {
		return "", err
	}
	ctx = audit.WithDetail(ctx, "password reset")
	err = s.alter(ctx, sub, authz.Change, id, func(ctx context.Context, tx bun.Tx, row *personRow) error {
		if row.ID == sub.Person {
			return refusal.New(refusal.Conflict, "reset-yourself")
		}
		row.Password, row.MustChange = phc, true
		return forget(ctx, tx, accountKey(row.Login))
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// alter changes a person as fn says and ends the sessions. A person whom the
// subject may not read is Missing, though the trail says what was tried.
func (s *Service) alter(ctx context.Context, sub authz.Subject, act authz.Act, id string,
	fn func(context.Context, bun.Tx, *personRow) error,
) error {
	found, err := personBy(ctx, s.db, "id", id)
	if err != nil {
		return err
	}
	obj := object(authz.Person, found.Org)
	err = s.guard.DoTx(ctx, sub, act, obj, id, func(ctx context.Context, tx bun.Tx) error {
		if _, err := lockOrganisation(ctx, tx, found.Org); err != nil {
			return err
		}
		row, err := personBy(ctx, tx, "id", id)
		if err != nil {
			return err
		}
		if !row.Active {
			return refusal.New(refusal.Conflict, "person-removed", row.Name)
		}
		if err := fn(ctx, tx, row); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(row).Column("roles", "active", "password", "must_change").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("change person: %w", err)
		}
		return endSessions(ctx, tx, "person = ?", id)
	})
	if refusal.Is(err, refusal.Forbidden) && !s.guard.May(sub, authz.Read, obj) {
		return guard.Missing(authz.Person, id)
	}
	return err
}

// keepLeader refuses a change after which nobody would lead the organisation.
// The organisation must be locked.
func keepLeader(ctx context.Context, tx bun.Tx, row *personRow, roles []string) error {
	leader := authz.Leader(row.Organisation.Kind)
	if slices.Contains(roles, leader) {
		return nil
	}
	people, err := peopleOf(ctx, tx, row.Org)
	if err != nil {
		return err
	}
	for i := range people {
		if p := &people[i]; p.ID != row.ID && p.Active && slices.Contains(split(p.Roles), leader) {
			return nil
		}
	}
	if !slices.Contains(split(row.Roles), leader) {
		return nil // it had nobody before, and this is not the reason
	}
	return refusal.New(refusal.Conflict, "last-leader", leader)
}
