package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// Hashing says how costly a password is to try. The zero value is right: what
// OWASP asks for, 19 MiB and 2 passes. Passwords kept with other parameters
// stay valid, and are hashed anew when their person logs in.
type Hashing struct {
	Memory   uint32 // KiB, not less than 19456
	Passes   uint32
	Lanes    uint8
	Parallel int // how many passwords are tried at once; each needs Memory
}

const (
	leastMemory = 19 << 10 // KiB
	mostMemory  = 1 << 20  // KiB; a stored hash that asks for more is damaged
	saltSize    = 16
	keySize     = 32
	waiting     = 64 // logins that may wait for their turn
)

// A hasher tries passwords, a few at a time, so that no number of logins
// takes all memory.
type hasher struct {
	Hashing

	places chan struct{} // one for each that is being tried or waits
	turns  chan struct{} // one for each that is being tried
	nobody string        // the hash of no password, for accounts that there are not
}

func newHasher(p Hashing) (*hasher, error) {
	if p == (Hashing{}) {
		p = Hashing{Memory: leastMemory, Passes: 2, Lanes: 1}
	}
	if p.Parallel == 0 {
		p.Parallel = min(4, runtime.GOMAXPROCS(0))
	}
	if p.Memory < leastMemory || p.Memory > mostMemory || p.Passes < 1 || p.Lanes < 1 || p.Parallel < 1 {
		return nil, fmt.Errorf("account: hashing %+v: Memory must be %d to %d, the others at least 1", p, leastMemory, mostMemory)
	}
	h := &hasher{Hashing: p, places: make(chan struct{}, p.Parallel+waiting), turns: make(chan struct{}, p.Parallel)}
	h.nobody = p.encode(random(saltSize), random(keySize))
	return h, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand
	return b
}

// turn runs fn when it is its turn, or refuses with "login-busy".
func (h *hasher) turn(ctx context.Context, fn func()) error {
	busy := refusal.New(refusal.Unavailable, "login-busy")
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	default:
		return busy
	}
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return errors.Join(busy, ctx.Err())
	}
	fn()
	return nil
}

// hash returns the hash of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	var phc string
	err := h.turn(ctx, func() {
		salt := random(saltSize)
		phc = h.encode(salt, h.key(password, salt))
	})
	return phc, err
}

// verify reports whether a hash is that of the password. If it is, but was
// made with other parameters, fresh is the hash to keep instead.
func (h *hasher) verify(ctx context.Context, phc, password string) (ok bool, fresh string, err error) {
	p, salt, key, err := decode(phc)
	if err != nil {
		return false, "", err
	}
	err = h.turn(ctx, func() {
		ok = subtle.ConstantTimeCompare(p.key(password, salt), key) == 1
		if ok && (p.Memory != h.Memory || p.Passes != h.Passes || p.Lanes != h.Lanes) {
			salt := random(saltSize)
			fresh = h.encode(salt, h.key(password, salt))
		}
	})
	return ok, fresh, err
}

func (p Hashing) key(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(normal(password)), salt, p.Passes, p.Memory, p.Lanes, keySize)
}

// encode writes a hash as a PHC string.
func (p Hashing) encode(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.Memory, p.Passes, p.Lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// errHash says that a stored hash cannot be read. It does not show it.
var errHash = errors.New("account: a stored password hash is damaged")

// decode reads what encode wrote.
func decode(phc string) (p Hashing, salt, key []byte, err error) {
	f := strings.Split(phc, "$")
	if len(f) != 6 || strings.Join(f[:3], "$") != fmt.Sprintf("$argon2id$v=%d", argon2.Version) {
		return p, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &p.Memory, &p.Passes, &p.Lanes); err != nil {
		return p, nil, nil, errHash
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(f[4])
	key, errKey := base64.RawStdEncoding.DecodeString(f[5])
	if errSalt != nil || errKey != nil || len(salt) < 8 || len(key) != keySize || !p.bearable() {
		return p, nil, nil, errHash
	}
	return p, salt, key, nil
}

// bearable reports whether a stored hash asks for work that can be done.
func (p Hashing) bearable() bool {
	return p.Memory >= 8 && p.Memory <= mostMemory && p.Passes >= 1 && p.Passes <= 100 && p.Lanes >= 1
}
