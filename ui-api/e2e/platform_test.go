package e2e

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/ui-api/app"
)

// seeded is a data folder with the demonstration in it, made once for all tests.
var seeded = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "fanwei-e2e")
	if err != nil {
		return "", err
	}
	a, err := open(context.Background(), dir, "")
	if err != nil {
		return dir, err
	}
	_, err = a.Start(context.Background(), io.Discard)
	return dir, errors.Join(err, a.Close())
})

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, _ := seeded(); dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

func open(ctx context.Context, dir, database string) (*app.App, error) {
	c := app.Config{Listen: "127.0.0.1:0", Data: dir, Database: database, Demo: true, MaxBatch: 1 << 20, Host: "fw.example"}
	return app.Open(ctx, c, slog.New(slog.DiscardHandler))
}

// platform starts a platform with the demonstration on a free port and returns
// its address.
func platform(t *testing.T) string {
	t.Helper()
	template, err := seeded()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "keys", "seal.key"), 0o600); err != nil { // a copy is open to all
		t.Fatal(err)
	}
	return serve(t, dir, "")
}

// everywhere runs a test on SQLite and, if an address is given, on PostgreSQL.
func everywhere(t *testing.T, test func(t *testing.T, base string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, platform(t)) })
	if address := os.Getenv(databasetest.Postgres); address != "" {
		t.Run("postgres", func(t *testing.T) { test(t, serve(t, t.TempDir(), databasetest.Schema(t, address))) })
	}
}

// serve opens a platform and has it answer until the test ends.
func serve(t *testing.T, dir, database string) string {
	t.Helper()
	a, err := open(t.Context(), dir, database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	web, err := a.Start(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- web.Listener(l) }()
	t.Cleanup(func() {
		if err := web.Shutdown(); err != nil {
			t.Error(err)
		}
		<-served
	})
	return "http://" + l.Addr().String()
}

func today() string { return string(trace.DateOf(time.Now())) }
