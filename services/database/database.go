// Package database opens the relational store: SQLite in the data folder, or
// PostgreSQL. Every concept keeps its own tables, with migrations of its own.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	gdb "github.com/pressly/goose/v3/database"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// pragmas make a commit durable before it is answered (synchronous FULL) and
// let readers and one writer work side by side.
const pragmas = "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)" +
	"&_pragma=foreign_keys(ON)&_txlock=immediate"

// sqliteConns bounds the open connections of a SQLite file. SQLite has one
// writer; more connections only wait for it.
const sqliteConns = 8

// Open opens the store at an address: the path of a SQLite file, or a
// postgres:// URL. It fails if the store does not answer.
func Open(ctx context.Context, address string) (*bun.DB, error) {
	db, err := open(address)
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", Explain(err)), db.Close())
	}
	return db, nil
}

func open(address string) (*bun.DB, error) {
	if IsPostgres(address) {
		config, err := pgx.ParseConfig(address)
		if err != nil {
			return nil, errors.New("open PostgreSQL: the address is no postgres:// URL") // the URL may hold a password
		}
		// bun writes arguments into the text, so no two statements are alike:
		// to prepare each would double the round trips.
		config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
		return bun.NewDB(stdlib.OpenDB(*config), pgdialect.New()), nil
	}
	pool, err := sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(address)+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	pool.SetMaxOpenConns(sqliteConns)
	pool.SetMaxIdleConns(sqliteConns)
	return bun.NewDB(pool, sqlitedialect.New()), nil
}

// IsPostgres reports whether an address names a PostgreSQL server.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// Migrate brings the tables of one concept up to date from a folder of
// migrations. Each and its version are one transaction, so a failure leaves the
// last good version.
func Migrate(ctx context.Context, db *bun.DB, concept string, files fs.FS, folder string) error {
	migrations, err := fs.Sub(files, folder)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", concept, err)
	}
	flavour := gdb.DialectSQLite3
	if db.Dialect().Name() == dialect.PG {
		flavour = gdb.DialectPostgres
	}
	versions, err := gdb.NewStore(flavour, "migrated_"+concept)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", concept, err)
	}
	p, err := goose.NewProvider("", db.DB, migrations, goose.WithStore(versions))
	if err != nil {
		return fmt.Errorf("migrate %s: %w", concept, err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate %s: %w", concept, Explain(err))
	}
	return nil
}

// OneMoment returns the options of a transaction whose reads all see one moment
// of the database. On PostgreSQL it may fail with an error that Raced knows;
// SQLite's writers never meet.
func OneMoment(db *bun.DB) *sql.TxOptions {
	if db.Dialect().Name() == dialect.PG {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead}
	}
	return nil
}

// Raced reports whether a transaction failed because another changed what it
// had read, so that it may be tried again.
func Raced(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "40001" // serialization_failure
}

// Explain turns an engine's error that a person can act on into a refusal, and
// returns any other as it is.
func Explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the low byte is the primary result code
	case sqlite3.SQLITE_FULL:
		return errors.Join(refusal.New(refusal.Unavailable, "disk-full"), err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return errors.Join(refusal.New(refusal.Unavailable, "database-busy"), err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR:
		return errors.Join(refusal.New(refusal.Unavailable, "database-out-of-reach"), err)
	}
	return err
}
