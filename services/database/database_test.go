package database_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/database/databasetest"
)

func TestCommitsAreFlushed(t *testing.T) {
	db := databasetest.SQLite(t)
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
		var got string
		if err := db.NewRaw("PRAGMA "+pragma).Scan(t.Context(), &got); err != nil || got != want {
			t.Errorf("%s is %s, %v, want %s", pragma, got, err, want)
		}
	}
}

func TestFolderWithStrangeName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a?b#c%20d 批.db")
	db, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (x TEXT)"); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if found, err := filepath.Glob(filepath.Join(filepath.Dir(path), "a*d 批.db")); err != nil || len(found) != 1 {
		t.Errorf("made %v, %v", found, err)
	}
}

func TestOutOfReach(t *testing.T) {
	for _, address := range []string{filepath.Join(t.TempDir(), "none", "x.db"), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"} {
		if db, err := database.Open(t.Context(), address); err == nil {
			t.Errorf("%s opened", address)
			_ = db.Close()
		}
	}
}

func TestMigrationsAreWholeAndGoOn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		files := fstest.MapFS{"m/0001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (x BIGINT NOT NULL);\n")},
			"m/0002_b.sql": {Data: []byte("-- +goose Up\nINSERT INTO a (x) VALUES (1);\nCREATE TABLE a (x BIGINT);\n")}}
		if err := database.Migrate(t.Context(), db, "test", files, "m"); err == nil {
			t.Fatal("a broken migration passed")
		}
		var n int
		if err := db.NewRaw("SELECT count(*) FROM a").Scan(t.Context(), &n); err != nil || n != 0 {
			t.Errorf("the broken migration left %d rows, %v", n, err)
		}
		files["m/0002_b.sql"].Data = []byte("-- +goose Up\nINSERT INTO a (x) VALUES (1);\n")
		for range 2 {
			if err := database.Migrate(t.Context(), db, "test", files, "m"); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.NewRaw("SELECT count(*) FROM a").Scan(t.Context(), &n); err != nil || n != 1 {
			t.Errorf("%d rows, %v, want 1", n, err)
		}
	})
}

func TestFullDiskIsSaid(t *testing.T) {
	db := databasetest.SQLite(t)
	db.SetMaxOpenConns(1) // the bound below is the connection's
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (x TEXT)"); err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := db.NewRaw("PRAGMA max_page_count = 4").Scan(t.Context(), &pages); err != nil {
		t.Fatal(err)
	}
	_, err := db.ExecContext(t.Context(), "INSERT INTO t (x) VALUES (?)", strings.Repeat("x", 1<<20))
	no, ok := refusal.Of(database.Explain(err))
	if !ok || no.Code != refusal.Unavailable || no.Reason != "disk-full" {
		t.Errorf("got %v", database.Explain(err))
	}
}
