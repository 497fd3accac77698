package vault

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gocloud.dev/secrets"
	"gocloud.dev/secrets/localsecrets"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// keyFileSize is the length of a key file, in bytes: the key and nothing else.
const keyFileSize = 32

// NewKeyFile makes a file with a new random key, readable by its owner only, if
// there is none at path. It is whole and durable on return; whoever loses it
// loses every secret that is sealed with it.
func NewKeyFile(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	dir := filepath.Dir(path)
	temporary, err := writeKey(dir)
	if err != nil {
		return fmt.Errorf("new key file: %w", err)
	}
	// A link, unlike a rename, never replaces a key that someone else made first.
	err = os.Link(temporary, path)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err := errors.Join(err, os.Remove(temporary), syncFolder(dir)); err != nil {
		return fmt.Errorf("new key file: %w", err)
	}
	return nil
}

// writeKey writes a new key to a temporary file, which has mode 0600
// (os.CreateTemp), and returns its name.
func writeKey(dir string) (name string, err error) {
	key := make([]byte, keyFileSize)
	defer clear(key)
	rand.Read(key) // never fails (crypto/rand)
	f, err := os.CreateTemp(dir, ".key-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(key)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// OpenKeyFile returns a keeper that seals with the key in a file. It refuses
// with Unavailable and "key-file-missing" (path), and with Invalid and
// "key-file-type" (path) if it is no plain file, "key-file-permissions" (path,
// mode in octal) if others than its owner may use it, or "key-file-size" (path,
// bytes it must have).
func OpenKeyFile(ctx context.Context, path string) (*secrets.Keeper, error) {
	key, err := readKey(path)
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	defer clear(key)
	return OpenKeeper(ctx, localsecrets.Scheme+"://"+base64.URLEncoding.EncodeToString(key))
}

// OpenKeeper returns the keeper at an address that gocloud.dev/secrets knows,
// such as that of a key management service whose driver is linked in. It refuses
// as Invalid with "vault-keeper-address" (the schemes there are): the address
// itself may be a secret, and is in no error.
func OpenKeeper(ctx context.Context, address string) (*secrets.Keeper, error) {
	mux := secrets.DefaultURLMux()
	u, err := url.Parse(address)
	// A local key that is not given would be made up, and gone at the next start.
	if err != nil || !mux.ValidKeeperScheme(u.Scheme) || u.Scheme == localsecrets.Scheme && u.Host == "" {
		return nil, refusal.New(refusal.Invalid, "vault-keeper-address", strings.Join(mux.KeeperSchemes(), ", "))
	}
	keeper, err := mux.OpenKeeperURL(ctx, u)
	if err != nil {
		return nil, fmt.Errorf("open a keeper of scheme %s: %w", u.Scheme, err)
	}
	return keeper, nil
}

func readKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refusal.New(refusal.Unavailable, "key-file-missing", path)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, refusal.New(refusal.Invalid, "key-file-type", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, refusal.New(refusal.Invalid, "key-file-permissions", path, fmt.Sprintf("%04o", mode))
	}
	if info.Size() != keyFileSize {
		return nil, refusal.New(refusal.Invalid, "key-file-size", path, strconv.Itoa(keyFileSize))
	}
	key := make([]byte, keyFileSize)
	if _, err := io.ReadFull(f, key); err != nil {
		return nil, err
	}
	return key, nil
}
