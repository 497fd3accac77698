// Package databasetest runs a store's suite on every engine there is.
package databasetest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

// Postgres names the environment variable with the postgres:// address of a
// server on which tests may create schemas. Without it they run on SQLite.
const Postgres = "FANWEI_TEST_POSTGRES"

// Each runs a test on an empty SQLite file and, if an address is given, in an
// empty schema of PostgreSQL.
func Each(t *testing.T, test func(t *testing.T, db *bun.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	if address := os.Getenv(Postgres); address != "" {
		t.Run("postgres", func(t *testing.T) { test(t, open(t, Schema(t, address))) })
	}
}

// SQLite returns an empty SQLite database that goes with the test.
func SQLite(t *testing.T) *bun.DB {
	return open(t, filepath.Join(t.TempDir(), "test.db"))
}

// Schema makes an empty schema that goes with the test on a PostgreSQL server
// and returns its address.
func Schema(t *testing.T, address string) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text())
	admin := open(t, address)
	if _, err := admin.ExecContext(t.Context(), `CREATE SCHEMA "`+name+`"`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.WithoutCancel(t.Context()), `DROP SCHEMA "`+name+`" CASCADE`); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func open(t *testing.T, address string) *bun.DB {
	db, err := database.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
