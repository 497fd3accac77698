package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
)

// Login returns a session's token and the session. A wrong password, a name
// that there is not and a removed person have the same answer, Forbidden
// "login-wrong", and take the same time; after too many of them from the
// caller's address (audit.WithOrigin) or for the name it is Unavailable
// "login-throttled" with the seconds to wait, whatever the password.
func (s *Service) Login(ctx context.Context, name, password string) (string, Session, error) {
	login := loginName(name)
	account, address := accountKey(login), addressKey(audit.OriginOf(ctx).Address)
	sources := []source{address, account}
	if audit.OriginOf(ctx).Address == "" { // a local caller
		sources = sources[1:]
	}
	if err := s.charge(ctx, sources...); err != nil {
		return "", Session{}, err
	}
	row, fresh, err := s.authenticate(ctx, login, password)
	if refusal.Is(err, refusal.Unavailable) { // the password was not tried
		for _, from := range sources {
			err = errors.Join(err, refund(context.WithoutCancel(ctx), s.db, from))
		}
	}
	if err != nil {
		return "", Session{}, err
	}
	return s.enter(ctx, row, lineOf(row, "login", "session", audit.Done), func(ctx context.Context, tx bun.Tx) error {
		if err := forget(ctx, tx, account); err != nil {
			return err
		}
		if err := refund(ctx, tx, address); err != nil {
			return err
		}
		return replaceHash(ctx, tx, row, fresh, row.MustChange)
	})
}

// enter opens a session and writes the line that tells of it, after fn, in one
// transaction.
func (s *Service) enter(ctx context.Context, row *personRow, line audit.Line, fn func(context.Context, bun.Tx) error) (
	token string, sess Session, err error,
) {
	err = s.inTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		token, sess, err = s.openSession(ctx, tx, row)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, line)
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, sess, nil
}

// authenticate returns who logs in with that password, and the hash to keep
// from now on. A wrong one leaves a line in the trail.
func (s *Service) authenticate(ctx context.Context, login, password string) (*personRow, string, error) {
	row, err := personBy(ctx, s.db, "login", login)
	if refusal.Is(err, refusal.NotFound) {
		row, err = &personRow{}, nil
	}
	if err != nil {
		return nil, "", err
	}
	phc, known := row.Password, row.welcome() && len(password) <= mostPassword
	if !known {
		phc, password = s.hash.nobody, ""
	}
	ok, fresh, err := s.hash.verify(ctx, phc, password)
	if err != nil {
		return nil, "", err
	}
	if !ok || !known {
		wrong := refusal.New(refusal.Forbidden, "login-wrong")
		line := lineOf(row, "login", "session", audit.Refused)
		line.Reason = wrong.Reason
		if err := s.note(context.WithoutCancel(ctx), s.db, line); err != nil {
			return nil, "", err
		}
		return nil, "", wrong
	}
	if fresh == "" {
		fresh = phc
	}
	return row, fresh, nil
}

// replaceHash keeps another hash for a person if the one that was read is
// still there, and refuses with "login-wrong" if it is not.
func replaceHash(ctx context.Context, tx bun.Tx, row *personRow, phc string, mustChange bool) error {
	n, err := affected(tx.ExecContext(ctx, "UPDATE people SET password = ?, must_change = ? WHERE id = ? AND password = ? AND active",
		phc, mustChange, row.ID, row.Password))
	if err != nil {
		return fmt.Errorf("keep password: %w", err)
	}
	if n == 0 {
		return refusal.New(refusal.Forbidden, "login-wrong")
	}
	return nil
}

// ChangePassword replaces the subject's own password. It ends all sessions and
// returns the token of a new one. The refusal of a wrong current password is
// Forbidden "password-wrong"; wrong ones count as failed logins.
func (s *Service) ChangePassword(ctx context.Context, sub authz.Subject, current, next string) (string, Session, error) {
	row, err := personBy(ctx, s.db, "id", sub.Person)
	if refusal.Is(err, refusal.NotFound) {
		err = errEnded()
	}
	if err != nil {
		return "", Session{}, err
	}
	if err := s.confirm(ctx, row, current, next); err != nil {
		return "", Session{}, err
	}
	phc, err := s.hash.hash(ctx, next)
	if err != nil {
		return "", Session{}, err
	}
	return s.enter(ctx, row, lineOf(row, "change-password", "person", audit.Done), func(ctx context.Context, tx bun.Tx) error {
		if err := replaceHash(ctx, tx, row, phc, false); err != nil {
			return err
		}
		row.MustChange = false
		return endSessions(ctx, tx, "person = ?", row.ID)
	})
}

// confirm refuses a next password that will not do, and a wrong current one. A
// session that was stolen is no place to guess it.
func (s *Service) confirm(ctx context.Context, row *personRow, current, next string) error {
	if !row.welcome() {
		return errEnded()
	}
	if normal(next) == normal(current) {
		return refusal.New(refusal.Invalid, "password-same")
	}
	if err := checkPassword(row.Login, next); err != nil {
		return err
	}
	from := accountKey(row.Login)
	if err := s.charge(ctx, from); err != nil {
		return err
	}
	ok, _, err := s.hash.verify(ctx, row.Password, current)
	switch {
	case refusal.Is(err, refusal.Unavailable):
		return errors.Join(err, refund(context.WithoutCancel(ctx), s.db, from))
	case err != nil:
		return err
	case ok:
		return database.Explain(forget(ctx, s.db, from))
	}
	wrong := refusal.New(refusal.Forbidden, "password-wrong")
	line := lineOf(row, "change-password", "person", audit.Refused)
	line.Reason = wrong.Reason
	if err := s.note(context.WithoutCancel(ctx), s.db, line); err != nil {
		return err
	}
	return wrong
}

func lineOf(row *personRow, act, kind string, o audit.Outcome) audit.Line {
	return audit.Line{Person: row.ID, Name: row.Name, Org: row.Org, Act: act, Object: kind, ObjectID: row.ID, Outcome: o}
}
