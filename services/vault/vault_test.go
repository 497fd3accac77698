package vault_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/uptrace/bun"
	"gocloud.dev/secrets"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/unitcode"
	"github.com/fanwei/fanwei/services/vault"
)

const gtin, lot = "06901234567892", "L20261121A"

// keeper returns a keeper with a key of its own.
func keeper(t *testing.T) *secrets.Keeper {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := vault.NewKeyFile(path); err != nil {
		t.Fatal(err)
	}
	k, err := vault.OpenKeyFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func open(t *testing.T, db *bun.DB, k *secrets.Keeper) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), db, k)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func create(t *testing.T, v *vault.Vault, org string) string {
	t.Helper()
	version, err := v.Create(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func keysOf(t *testing.T, v *vault.Vault, org, version string) unitcode.Keys {
	t.Helper()
	keys, err := v.Keys(t.Context(), org, version, gtin, lot)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func refused(t *testing.T, err error, code refusal.Code, reason string) {
	t.Helper()
	if !errors.Is(err, &refusal.Error{Code: code, Reason: reason}) {
		t.Errorf("error %v, want %s: %s", err, code, reason)
	}
}

func TestVersions(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		v := open(t, db, keeper(t))
		for range 2 { // the second finds what the first made
			if got, err := v.Current(t.Context(), "a"); got != "1" || err != nil {
				t.Errorf("Current(a) = %q, %v", got, err)
			}
		}
		if got := create(t, v, "a"); got != "2" {
			t.Errorf("second of a: %q", got)
		}
		if got := create(t, v, "b"); got != "1" {
			t.Errorf("first of b: %q", got)
		}
		if got, err := v.Current(t.Context(), "a"); got != "2" || err != nil {
			t.Errorf("Current(a) = %q, %v", got, err)
		}
	})
}

// Keys stay the same over a restart, and differ by all that names them.
func TestKeys(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		k := keeper(t)
		v := open(t, db, k)
		for _, org := range []string{"a", "a", "b"} {
			create(t, v, org)
		}
		first := keysOf(t, v, "a", "1")
		again := keysOf(t, open(t, db, k), "a", "1")
		if !bytes.Equal(first.Tag, again.Tag) || !bytes.Equal(first.Enc, again.Enc) || !bytes.Equal(first.Claim, again.Claim) {
			t.Error("keys differ after a restart")
		}
		other, err := v.Keys(t.Context(), "a", "1", gtin, "l20261121a")
		if err != nil {
			t.Fatal(err)
		}
		tags := [][]byte{first.Tag, keysOf(t, v, "a", "2").Tag, keysOf(t, v, "b", "1").Tag, other.Tag}
		slices.SortFunc(tags, bytes.Compare)
		if n := len(slices.CompactFunc(tags, bytes.Equal)); n != 4 {
			t.Errorf("%d of 4 keys are distinct", n)
		}
	})
}

func TestKeysRefuses(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		v := open(t, db, keeper(t))
		create(t, v, "a")
		for _, c := range [][2]string{{"a", "2"}, {"a", "0"}, {"a", "-1"}, {"a", "01"}, {"a", ""}, {"a", "x"}, {"b", "1"}, {"", "1"}} {
			_, err := v.Keys(t.Context(), c[0], c[1], gtin, lot)
			refused(t, err, refusal.NotFound, "vault-secret-missing")
		}
		_, err := v.Keys(t.Context(), "a", "1", gtin, "")
		refused(t, err, refusal.Invalid, "lot")
	})
}

func TestConcurrentCreate(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		v := open(t, db, keeper(t))
		const n = 16
		versions := make([]string, n)
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() {
				make := v.Create
				if i%2 == 0 {
					make = v.Current
				}
				var err error
				if versions[i], err = make(t.Context(), "a"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		created := map[string]bool{}
		for i := 1; i < n; i += 2 {
			created[versions[i]] = true
		}
		if len(created) != n/2 {
			t.Errorf("versions %q are not distinct", versions)
		}
		for _, version := range versions {
			keysOf(t, v, "a", version)
		}
	})
}

// The table holds nothing in clear: what is derived from a secret is checked,
// as the secret itself never leaves the vault.
func TestSealedAtRest(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		v := open(t, db, keeper(t))
		create(t, v, "maker-a")
		for _, sealed := range sealed(t, db) {
			if bytes.Contains(sealed, []byte("maker-a")) || bytes.Contains(sealed, []byte("fanwei")) {
				t.Errorf("a row can be read: %q", sealed)
			}
		}
	})
}

func sealed(t *testing.T, db *bun.DB) (all [][]byte) {
	t.Helper()
	if err := db.NewRaw("SELECT sealed FROM vault_secrets ORDER BY org, version").Scan(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWrongKey(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		create(t, open(t, db, keeper(t)), "a")
		_, err := vault.Open(t.Context(), db, keeper(t))
		refused(t, err, refusal.Unavailable, "vault-key-wrong")
	})
}

// A row on another's place does not open, though the key fits.
func TestMisplacedRow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		k := keeper(t)
		v := open(t, db, k)
		for _, org := range []string{"a", "a", "b"} {
			create(t, v, org)
		}
		first := sealed(t, db)[0]
		exec(t, db, "UPDATE vault_secrets SET sealed = ? WHERE org = 'b' OR version = 2", first)
		for _, c := range [][2]string{{"a", "2"}, {"b", "1"}} {
			_, err := v.Keys(t.Context(), c[0], c[1], gtin, lot)
			refused(t, err, refusal.Invalid, "vault-secret-misplaced")
		}
		keysOf(t, v, "a", "1")
		exec(t, db, "DELETE FROM vault_secrets WHERE org = 'a'")
		_, err := vault.Open(t.Context(), db, k)
		refused(t, err, refusal.Invalid, "vault-secret-misplaced")
	})
}

func TestDamagedRow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		k := keeper(t)
		v := open(t, db, k)
		create(t, v, "a")
		other, err := k.Encrypt(t.Context(), []byte("no envelope"))
		if err != nil {
			t.Fatal(err)
		}
		whole := sealed(t, db)[0]
		for _, test := range []struct {
			sealed []byte
			code   refusal.Code
			reason string
		}{
			{other, refusal.Invalid, "vault-secret-misplaced"},
			{whole[:len(whole)-1], refusal.Unavailable, "vault-key-wrong"},
			{[]byte{}, refusal.Unavailable, "vault-key-wrong"},
		} {
			exec(t, db, "UPDATE vault_secrets SET sealed = ?", test.sealed)
			_, err := v.Keys(t.Context(), "a", "1", gtin, lot)
			refused(t, err, test.code, test.reason)
		}
	})
}

func exec(t *testing.T, db *bun.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Keys of a batch that were asked for come from memory: no keeper, no database.
func TestKeysAreCached(t *testing.T) {
	db := databasetest.SQLite(t)
	v := open(t, db, keeper(t))
	create(t, v, "a")
	keysOf(t, v, "a", "1")
	exec(t, db, "DELETE FROM vault_secrets")
	keysOf(t, v, "a", "1")
}

func TestKeeperOutOfReach(t *testing.T) {
	k := keeper(t)
	v := open(t, databasetest.SQLite(t), k)
	create(t, v, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Keys(ctx, "a", "1", gtin, lot); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	closed, err := vault.OpenKeeper(t.Context(), "base64key://MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	if err != nil {
		t.Fatal(err)
	}
	v = open(t, databasetest.SQLite(t), closed)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = v.Create(t.Context(), "a")
	refused(t, err, refusal.Unavailable, "vault-keeper-out-of-reach")
}
