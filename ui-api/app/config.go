// Package app is the one wiring place: it reads the configuration, opens what
// the program stands on, and runs it.
package app

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// Config is the manual of the configuration file, a YAML document. Every key
// can also be given as an environment variable, such as FANWEI_LISTEN for
// listen; that wins over the file, and a flag wins over both. An unknown key
// stops the start, and so do keys that contradict each other.
type Config struct {
	// Listen is the address and port on which the platform answers.
	// Default 127.0.0.1:8080.
	Listen string `koanf:"listen"`

	// Data is the folder that holds everything the program keeps. One process
	// at a time may use it. Default data.
	Data string `koanf:"data"`

	// Demo fills an empty data folder with invented organisations, people and
	// batches, and shows their passwords on the start page. It works on
	// loopback addresses only. Default false.
	Demo bool `koanf:"demo"`

	// Host is the host name printed on labels, without scheme, such as
	// fw.example.com. It cannot be changed for labels that are printed.
	// Default: the address of Listen.
	Host string `koanf:"host"`

	// Database is where tables are kept: a postgres:// URL, or empty for a
	// SQLite file in the data folder. DatabaseFile names a file that holds the
	// URL instead, so that its password stands in no environment.
	Database     string `koanf:"database"`
	DatabaseFile string `koanf:"database_file"`

	// SealKeyFile names the file with the key that seals makers' secrets.
	// Whoever has it and the database can compute every code: keep a copy of it
	// apart from the copies of the database. Default: keys/seal.key in the data
	// folder, made at the first start.
	SealKeyFile string `koanf:"seal_key_file"`

	// TLSCert and TLSKey name the PEM files with which the platform answers
	// HTTPS itself. BehindTLS says that a proxy in front does it. Without
	// either, only loopback addresses may be listened on, because passwords
	// would travel in the clear.
	TLSCert   string `koanf:"tls_cert"`
	TLSKey    string `koanf:"tls_key"`
	BehindTLS bool   `koanf:"behind_tls"`

	// Proxies lists the addresses or networks of proxies whose X-Forwarded-For
	// is believed. Default none.
	Proxies []string `koanf:"proxies"`

	// MaxBatch is the most units of one batch whose codes are computed while
	// the maker waits: about 1.5 seconds a million. Default 10000000.
	MaxBatch int64 `koanf:"max_batch"`
}

// LoadConfig reads a configuration file, if one is named, and the environment.
func LoadConfig(path string, environ []string) (Config, error) {
	k := koanf.New(".")
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("read configuration %s: %w", path, err)
		}
	}
	vars := env.Provider(".", env.Opt{
		Prefix:      "FANWEI_",
		EnvironFunc: func() []string { return ours(environ) },
		TransformFunc: func(name, value string) (string, any) {
			name = strings.ToLower(strings.TrimPrefix(name, "FANWEI_"))
			if name == "proxies" {
				return name, strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
			}
			return name, value
		},
	})
	if err := k.Load(vars, nil); err != nil {
		return Config{}, fmt.Errorf("read environment: %w", err)
	}
	c := Config{Listen: "127.0.0.1:8080", Data: "data", MaxBatch: 10_000_000}
	strict := &mapstructure.DecoderConfig{Result: &c, ErrorUnused: true, WeaklyTypedInput: true, TagName: "koanf"}
	if err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: strict}); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	return c, nil
}

// ours leaves out the variables that only tests read.
func ours(environ []string) []string {
	var kept []string
	for _, v := range environ {
		if !strings.HasPrefix(v, "FANWEI_TEST_") {
			kept = append(kept, v)
		}
	}
	return kept
}

// Check fills in what follows from other keys and refuses what cannot be.
func (c Config) Check() (Config, error) {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return c, fmt.Errorf("listen: %q is no address with a port, such as 127.0.0.1:8080", c.Listen)
	}
	outside := !isLoopback(host)
	for _, rule := range []struct {
		broken bool
		says   string
	}{
		{c.Demo && outside, "demo: the demonstration's passwords are public, so it listens on loopback only, not on " + c.Listen},
		{(c.TLSCert == "") != (c.TLSKey == ""), "tls_cert and tls_key: give both, or neither"},
		{c.TLSCert != "" && c.BehindTLS, "behind_tls: a proxy does TLS, so tls_cert and tls_key must be empty"},
		{outside && !c.Secure(), "listen: " + c.Listen + " can be reached from outside, so give tls_cert and tls_key, or behind_tls: true if a proxy does TLS"},
		{c.Database != "" && c.DatabaseFile != "", "database and database_file: give one of them"},
		{c.MaxBatch < 1, "max_batch: must be 1 or more"},
		{c.Data == "", "data: name the folder to keep everything in"},
	} {
		if rule.broken {
			return c, errors.New(rule.says)
		}
	}
	return c.filled()
}

func (c Config) filled() (Config, error) {
	if c.Host == "" {
		c.Host = c.Listen
	}
	if c.SealKeyFile == "" {
		c.SealKeyFile = filepath.Join(c.Data, "keys", "seal.key")
	}
	if c.DatabaseFile != "" {
		b, err := os.ReadFile(c.DatabaseFile)
		if err != nil {
			return c, fmt.Errorf("database_file: %w", err)
		}
		c.Database = strings.TrimSpace(string(b))
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres") {
		return c, errors.New("database: must be a postgres:// URL, or empty for SQLite")
	}
	return c, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Secure reports whether people reach the platform over HTTPS.
func (c Config) Secure() bool { return c.TLSCert != "" || c.BehindTLS }
