package app_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fanwei/fanwei/ui-api/app"
)

// certificate writes a certificate of 127.0.0.1 and returns its files and who
// trusts it.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	must(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	must(t, err)
	dir := t.TempDir()
	write := func(name, kind string, b []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600))
		return path
	}
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return write("tls.crt", "CERTIFICATE", der), write("tls.key", "PRIVATE KEY", raw), pool
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestARealInstallation makes the first administrator, serves HTTPS, logs in,
// and stops in order.
func TestARealInstallation(t *testing.T) {
	cert, key, pool := certificate(t)
	c := app.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), MaxBatch: 1, TLSCert: cert, TLSKey: key}
	log := slog.New(slog.DiscardHandler)
	var said bytes.Buffer
	must(t, app.Init(t.Context(), c, app.First{Login: "admin", Name: "系统管理员", Organisation: "平台运营"}, log, &said))
	_, password, _ := strings.Cut(strings.TrimSpace(said.String()), "first login: ")

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	served := make(chan error, 1)
	go func() { served <- app.Serve(ctx, c, log, in) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	_, base, found := strings.Cut(strings.TrimSpace(line), "Fanwei: ")
	if !found || !strings.HasPrefix(base, "https://") {
		t.Fatalf("it says %q", line)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(base+"/login", url.Values{"login": {"admin"}, "password": {password}})
	must(t, err)
	must(t, resp.Body.Close())
	if at := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || at != "/password" {
		t.Errorf("login: %d to %q, want 303 to /password", resp.StatusCode, at)
	}
	for _, cookie := range resp.Cookies() {
		if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %s is open to others: %+v", cookie.Name, cookie)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		resp, err := client.Get(base + path)
		must(t, err)
		must(t, resp.Body.Close())
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	client.CloseIdleConnections()
	stop()
	if err := <-served; err != nil {
		t.Errorf("it stopped with %v", err)
	}
}
