package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/uptrace/bun"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/ingest"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/guard"
	"github.com/fanwei/fanwei/services/job"
	"github.com/fanwei/fanwei/services/ledger/embedded"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/vault"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/text"
)

// An App is the platform, opened: what pages and commands work with.
type App struct {
	Config     Config
	DB         *bun.DB
	Ledger     *embedded.Ledger
	Projection *product.Projection
	Guard      *guard.Guard
	Accounts   *account.Service
	Products   *product.Service
	Units      *verify.Service
	Runs       *printrun.Service
	Jobs       *job.Queue
	Text       *text.Catalogue
	Clock      func() time.Time

	demo Demo // of a demonstration

	log     *slog.Logger
	closers []func() error // run from the last to the first
}

// Open opens everything a configuration names, and fails whole: what was opened
// before the failure is closed again. Start makes it work.
func Open(ctx context.Context, c Config, log *slog.Logger) (_ *App, err error) {
	c, err = c.Check()
	if err != nil {
		return nil, err
	}
	catalogue, err := text.Load()
	if err != nil {
		return nil, err
	}
	a := &App{Config: c, Text: catalogue, Clock: time.Now, log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	for _, step := range []func(context.Context) error{
		a.lock, a.openDatabase, a.openLedger, a.openAccounts, a.openProducts, a.openRuns, a.openUnits,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Close closes what was opened, in the opposite order.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

func (a *App) closing(f func() error) { a.closers = append(a.closers, f) }

// lock makes the data folder and keeps other processes out of it.
func (a *App) lock(context.Context) error {
	if err := os.MkdirAll(a.Config.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	l := flock.New(filepath.Join(a.Config.Data, "lock"))
	ok, err := l.TryLock()
	if err != nil {
		return fmt.Errorf("lock data folder: %w", err)
	}
	if !ok {
		return fmt.Errorf("another fanwei works on the folder %s: stop it, or name another folder with --data", a.Config.Data)
	}
	a.closing(l.Unlock)
	return nil
}

// open opens a store and has it closed with the rest.
func (a *App) open(ctx context.Context, address string) (*bun.DB, error) {
	db, err := database.Open(ctx, address)
	if err == nil {
		a.closing(db.Close)
	}
	return db, err
}

func (a *App) openDatabase(ctx context.Context) (err error) {
	address := a.Config.Database
	if address == "" {
		address = filepath.Join(a.Config.Data, "fanwei.db")
	}
	a.DB, err = a.open(ctx, address)
	return err
}

// openLedger opens the embedded ledger: beside the other tables on PostgreSQL,
// in a file of its own on SQLite, so that neither waits for the other's writes.
func (a *App) openLedger(ctx context.Context) error {
	db := a.DB
	if !database.IsPostgres(a.Config.Database) {
		var err error
		if db, err = a.open(ctx, filepath.Join(a.Config.Data, "ledger.db")); err != nil {
			return err
		}
	}
	l, err := embedded.Open(ctx, db, a.Clock)
	if err != nil {
		return err
	}
	a.closing(l.Close)
	a.Ledger = l
	return nil
}

func (a *App) openAccounts(ctx context.Context) error {
	rights, err := authz.New()
	if err != nil {
		return err
	}
	if err := errors.Join(audit.Migrate(ctx, a.DB), account.Migrate(ctx, a.DB)); err != nil {
		return err
	}
	a.Guard = guard.New(rights, a.DB, a.Clock)
	a.Accounts, err = account.New(a.DB, a.Guard, account.Options{Now: a.Clock})
	return err
}

func (a *App) openProducts(ctx context.Context) error {
	secrets, err := a.openVault(ctx)
	if err != nil {
		return err
	}
	photos, err := a.bucket("photos")
	if err != nil {
		return err
	}
	if a.Projection, err = product.OpenProjection(ctx, a.DB); err != nil {
		return err
	}
	a.Products = product.New(product.Parts{DB: a.DB, Ledger: a.Ledger, Projection: a.Projection, Guard: a.Guard,
		Vault: secrets, Photos: photos, Clock: a.Clock, MaxBatch: a.Config.MaxBatch})
	return nil
}

func (a *App) openVault(ctx context.Context) (*vault.Vault, error) {
	if err := os.MkdirAll(filepath.Dir(a.Config.SealKeyFile), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the seal key: %w", err)
	}
	if err := vault.NewKeyFile(a.Config.SealKeyFile); err != nil {
		return nil, err
	}
	keeper, err := vault.OpenKeyFile(ctx, a.Config.SealKeyFile)
	if err != nil {
		return nil, err
	}
	a.closing(keeper.Close)
	return vault.Open(ctx, a.DB, keeper)
}

// bucket opens a folder of files in the data folder, which only the program's
// user can read.
func (a *App) bucket(name string) (*blob.Bucket, error) {
	b, err := fileblob.OpenBucket(filepath.Join(a.Config.Data, name), &fileblob.Options{
		CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("open folder %s: %w", name, err)
	}
	a.closing(b.Close)
	return b, nil
}

// openUnits starts verification. Where this process has its database to itself,
// on SQLite, a file of its own makes a scan durable before it is in the table.
func (a *App) openUnits(ctx context.Context) (err error) {
	var log *bun.DB
	if !database.IsPostgres(a.Config.Database) {
		if log, err = a.open(ctx, filepath.Join(a.Config.Data, "scans.db")); err != nil {
			return err
		}
	}
	a.Units, err = verify.Open(ctx, a.DB, log, a.Products, a.makerName, a.Clock)
	if err == nil {
		a.closing(a.Units.Close)
	}
	return err
}

// makerName is an organisation's legal name, or its id where it is on the
// ledger but not of this installation.
func (a *App) makerName(ctx context.Context, org string) (string, error) {
	names, err := a.Accounts.OrganisationName(ctx, org)
	if refusal.Is(err, refusal.NotFound) {
		return org, nil
	}
	return names.ZH, err
}

// follow applies the ledger's events to the tables until Close.
func (a *App) follow(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ingest.Follow(ctx, a.Ledger, a.Projection, a.log)
	}()
	a.closing(func() error { stop(); <-done; return nil })
}
