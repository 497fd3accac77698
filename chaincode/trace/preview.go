package trace

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// Facts is what a preview knows of the ledger, read from wherever it is
// projected to. Each func returns nil for what is not there.
type Facts struct {
	Certificate func(number string) (*Certificate, error)
	Model       func(gtin string) (*Model, error)
	Batch       func(gtin, lot string) (*Batch, error) // lot in capitals
	Used        func(certificate, year string) (int64, error)
}

// A Preview runs commands one after the other without recording them, so that
// a form or a file can be checked by the law itself. Later commands see what
// earlier ones would have recorded. What the ledger says in the end may still
// differ if others record in between.
type Preview struct {
	facts  Facts
	now    time.Time
	caller Caller
	seen   map[string][]byte
}

// NewPreview returns a preview for one caller at one time.
func NewPreview(facts Facts, now time.Time, caller Caller) *Preview {
	return &Preview{facts: facts, now: now, caller: caller, seen: map[string][]byte{}}
}

// Try runs a command and returns the refusal it would meet, if any.
func (p *Preview) Try(cmd Command) error {
	tx := previewTx{p, map[string][]byte{}}
	if _, err := Apply(tx, cmd); err != nil {
		return err
	}
	maps.Copy(p.seen, tx.puts)
	return nil
}

type previewTx struct {
	*Preview
	puts map[string][]byte
}

func (t previewTx) ID() string                         { return "preview" }
func (t previewTx) Time() time.Time                    { return t.now }
func (t previewTx) Caller() Caller                     { return t.caller }
func (t previewTx) Put(key string, value []byte) error { t.puts[key] = value; return nil }

func (t previewTx) Get(key string) ([]byte, error) {
	if v, ok := t.seen[key]; ok {
		return v, nil
	}
	kind, rest, _ := strings.Cut(key, "/")
	switch kind {
	case "certificate":
		return encode(t.facts.Certificate(rest))
	case "model":
		return encode(t.facts.Model(rest))
	case "batch":
		gtin, lot, _ := strings.Cut(rest, "/")
		return encode(t.facts.Batch(gtin, lot))
	case "capacity":
		return t.capacity(strings.Split(rest, "/"))
	case "command":
		return nil, nil
	}
	return nil, refusal.New(refusal.Invalid, "unknown-command", key)
}

// capacity spreads what a certificate has used over the shares in order. The
// ledger may have spread it otherwise; the sum, which decides, is the same.
func (t previewTx) capacity(parts []string) ([]byte, error) {
	if len(parts) != 3 {
		return nil, fmt.Errorf("capacity key of %d parts", len(parts))
	}
	cert, err := t.facts.Certificate(parts[0])
	if err != nil || cert == nil {
		return nil, err
	}
	used, err := t.facts.Used(parts[0], parts[1])
	if err != nil {
		return nil, err
	}
	k, err := strconv.Atoi(parts[2])
	if err != nil {
		return nil, fmt.Errorf("capacity key: %w", err)
	}
	for i := range k {
		used -= min(used, share(cert.Capacity, i))
	}
	return json.Marshal(min(used, share(cert.Capacity, k)))
}

func encode[T any](v *T, err error) ([]byte, error) {
	if err != nil || v == nil {
		return nil, err
	}
	return json.Marshal(v)
}
