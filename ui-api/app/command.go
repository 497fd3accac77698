package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/fanwei/fanwei/ingest"
	"github.com/fanwei/fanwei/services/account"
)

// A First is the first administrator of an installation.
type First struct {
	Login, Name, Organisation string
}

// Init makes the operator's organisation and its first administrator, whose
// one-time password is written to out. It refuses when there are people already.
func Init(ctx context.Context, c Config, f First, log *slog.Logger, out io.Writer) (err error) {
	a, err := Open(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	org := account.Organisation{Names: account.Names{ZH: f.Organisation, EN: f.Organisation}}
	person, password, err := a.Accounts.Bootstrap(ctx, org, account.Person{Login: f.Login, Name: f.Name})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "administrator %s\npassword, to be changed at the first login: %s\n", person.Login, password)
	return err
}

// Rebuild makes the tables anew from the ledger.
func Rebuild(ctx context.Context, c Config, log *slog.Logger, out io.Writer) (err error) {
	a, err := Open(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := ingest.Rebuild(ctx, a.Ledger, a.Projection, progress(out, "tables")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "rebuilt from %d events\n", a.Projection.Position())
	return err
}

// VerifyLedger checks every block, hash and rule of the ledger.
func VerifyLedger(ctx context.Context, c Config, log *slog.Logger, out io.Writer) (err error) {
	a, err := Open(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Ledger.Verify(ctx); err != nil {
		return err
	}
	height, err := a.Ledger.Height(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "the ledger holds: %d events\n", height)
	return err
}
