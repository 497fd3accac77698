package e2e

import (
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/ui-api/app"
)

// platform starts the platform with its demonstration on a free port and
// returns its address.
func platform(t *testing.T) string {
	t.Helper()
	c := app.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Demo: true, MaxBatch: 1 << 20, Host: "fw.example"}
	a, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler))
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
	l, err := net.Listen("tcp", c.Listen)
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
