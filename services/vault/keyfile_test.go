package vault_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/vault"
)

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	var all sync.WaitGroup
	for range 8 { // of makers at the same time one wins
		all.Go(func() {
			if err := vault.NewKeyFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	key, err := os.ReadFile(path)
	if err != nil || len(key) != 32 {
		t.Fatalf("key file of %d bytes, %v", len(key), err)
	}
	if err := vault.NewKeyFile(path); err != nil {
		t.Error(err)
	}
	if again, err := os.ReadFile(path); string(again) != string(key) || err != nil {
		t.Errorf("the key changed, %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if names, err := os.ReadDir(dir); len(names) != 1 || err != nil {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestNewKeyFileWithoutFolder(t *testing.T) {
	if err := vault.NewKeyFile(filepath.Join(t.TempDir(), "none", "key")); err == nil {
		t.Error("no error")
	}
}

func TestOpenKeyFileRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		name, content string
		mode          os.FileMode
		code          refusal.Code
		reason        string
	}{
		{"missing", "", 0, refusal.Unavailable, "key-file-missing"},
		{"empty", "", 0o600, refusal.Invalid, "key-file-size"},
		{"short", "0123456789012345678901234567890", 0o600, refusal.Invalid, "key-file-size"},
		{"long", "01234567890123456789012345678901\n", 0o600, refusal.Invalid, "key-file-size"},
		{"group", "01234567890123456789012345678901", 0o640, refusal.Invalid, "key-file-permissions"},
		{"world", "01234567890123456789012345678901", 0o604, refusal.Invalid, "key-file-permissions"},
		{"folder", "", os.ModeDir, refusal.Invalid, "key-file-type"},
		{"good", "01234567890123456789012345678901", 0o400, "", ""},
	} {
		path := filepath.Join(dir, test.name)
		switch {
		case test.mode == os.ModeDir:
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		case test.mode != 0:
			if err := os.WriteFile(path, []byte(test.content), test.mode); err != nil {
				t.Fatal(err)
			}
		}
		k, err := vault.OpenKeyFile(t.Context(), path)
		if test.reason == "" {
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			} else if err := k.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		refused(t, err, test.code, test.reason)
	}
}

func TestOpenKeeperRefuses(t *testing.T) {
	const key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"
	for _, address := range []string{"", key, "base64key://", "base64keys://" + key, "base64key://" + key + " %zz", "base64key://" + key + "?x=1", "base64key://" + key[1:]} {
		_, err := vault.OpenKeeper(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), key[1:]) {
			t.Errorf("OpenKeeper(%q): %v", address, err)
		}
	}
}
