package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEnvironmentWinsOverFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte("listen: 127.0.0.1:1\nhost: fw.example\nproxies: [10.0.0.1]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := LoadConfig(path, []string{"FANWEI_LISTEN=127.0.0.1:2", "FANWEI_PROXIES=10.0.0.2, 10.0.0.3", "FANWEI_DEMO=true",
		"FANWEI_MAX_BATCH=7", "FANWEI_TEST_POSTGRES=ignored", "HOME=/x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.Host != "fw.example" || len(c.Proxies) != 2 || !c.Demo || c.MaxBatch != 7 || c.Data != "data" {
		t.Errorf("got %+v", c)
	}
}

func TestEveryKeyHasItsVariable(t *testing.T) {
	for key, value := range map[string]string{"listen": "127.0.0.1:9", "data": "x", "demo": "true", "host": "h", "database": "postgres://h/d",
		"database_file": "f", "seal_key_file": "k", "tls_cert": "c", "tls_key": "t", "behind_tls": "true", "proxies": "10.0.0.1", "max_batch": "9"} {
		if _, err := LoadConfig("", []string{"FANWEI_" + strings.ToUpper(key) + "=" + value}); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestContradictionsStopTheStart(t *testing.T) {
	good := Config{Listen: "127.0.0.1:8080", Data: "d", MaxBatch: 1}
	for want, change := range map[string]func(*Config){
		"no address":            func(c *Config) { c.Listen = "8080" },
		"loopback only":         func(c *Config) { c.Demo, c.Listen = true, "[::]:80" },
		"give both":             func(c *Config) { c.TLSKey = "k" },
		"must be empty":         func(c *Config) { c.TLSCert, c.TLSKey, c.BehindTLS = "c", "k", true },
		"reached from outside":  func(c *Config) { c.Listen = "192.0.2.1:80" },
		"give one of them":      func(c *Config) { c.Database, c.DatabaseFile = "postgres://", "f" },
		"max_batch":             func(c *Config) { c.MaxBatch = 0 },
		"name the folder":       func(c *Config) { c.Data = "" },
		"must be a postgres://": func(c *Config) { c.Database = "mysql://h/d" },
		"database_file":         func(c *Config) { c.DatabaseFile = "/none" },
	} {
		c := good
		change(&c)
		if _, err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
	if c, err := good.Check(); err != nil || c.Host != good.Listen || c.Secure() {
		t.Errorf("got %+v, %v", c, err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add("listen: 127.0.0.1:1\nproxies: [a]\n")
	f.Add("demo: [x")
	f.Add("max_batch: 1e300")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := LoadConfig(path, nil)
		if err == nil {
			_, _ = c.Check() // must not panic
		}
	})
}
