package account

import (
	"context"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string]string{
		"correct horse battery":   "",
		"Tr0ub4dor&3-xyz":         "",
		"红旗渠边种苹果树":                "", // eight characters, each worth two
		oneTime():                 "",
		"wangfang and her cat":    "",
		"elevenchars":             "password-short",
		"红旗渠边种":                   "password-short",
		"":                        "password-short",
		strings.Repeat("ab1", 86): "password-long",
		"tab\tin the middle":      "password-characters",
		"not \xff UTF-8 at all":   "password-characters",
		"wangfang2026":            "password-login-name",
		"WangFang-Wangfang":       "password-login-name",
		"password1234":            "password-common",
		"PassWord1234":            "password-common",
		"ｐａｓｓｗｏｒｄ１２３４":            "password-common",
		"woaini1314520":           "password-common",
		"aaaaaaaaaaaaaaaa":        "password-common",
		"abababababab":            "password-common",
		"123456789012345":         "password-common",
		"abcdefghijklmnop":        "password-common",
		"zyxwvutsrqponm":          "password-common",
	} {
		err := checkPassword("wangfang", password)
		r, _ := refusal.Of(err)
		if got := ""; r != nil {
			if got = r.Reason; got != want {
				t.Errorf("%q: %s, want %q", password, got, want)
			}
		} else if want != "" || err != nil {
			t.Errorf("%q: %v, want %q", password, err, want)
		}
	}
}

// TestCommon checks that every password of the list is refused, and that the
// list holds none that is refused anyway for being short.
func TestCommon(t *testing.T) {
	for line := range strings.Lines(common) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if line != strings.ToLower(line) || weight(line) < leastPassword || !isCommon(line) {
			t.Errorf("%q", line)
		}
	}
}

func newTestHasher(t *testing.T, parallel int) *hasher {
	t.Helper()
	h, err := newHasher(Hashing{Memory: leastMemory, Passes: 1, Lanes: 1, Parallel: parallel})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHash(t *testing.T) {
	h := newTestHasher(t, 1)
	one, err := h.hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.hash(t.Context(), "correct horse")
	if err != nil || one == two {
		t.Errorf("two hashes of one password are the same, %v", err)
	}
	for password, want := range map[string]bool{"correct horse": true, "Correct horse": false, "": false} {
		ok, fresh, err := h.verify(t.Context(), one, password)
		if ok != want || fresh != "" || err != nil {
			t.Errorf("%q: %v %q %v", password, ok, fresh, err)
		}
	}
	if ok, _, err := h.verify(t.Context(), h.nobody, ""); ok || err != nil {
		t.Errorf("nobody: %v %v", ok, err)
	}
}

// TestKnownHash checks against the vector of the reference implementation's
// command line: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 4 -l 32.
func TestKnownHash(t *testing.T) {
	const phc = "$argon2id$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$GpZ3sK/oH9p7VIiV56G/64Zo/8GaUw434IimaPqxwCo"
	ok, fresh, err := newTestHasher(t, 1).verify(t.Context(), phc, "password")
	if !ok || fresh == "" || err != nil {
		t.Errorf("%v %q %v", ok, fresh, err)
	}
}

func TestDecodeDamaged(t *testing.T) {
	h := newTestHasher(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		phc := []rune(h.nobody)
		i := rapid.IntRange(0, len(phc)-1).Draw(t, "at")
		phc[i] = rapid.RuneFrom([]rune("$=,0129azAZ+/\x00电")).Draw(t, "rune")
		p, salt, key, err := decode(string(phc[:rapid.IntRange(0, len(phc)).Draw(t, "length")]))
		if err == nil && (p.Memory > mostMemory || p.Passes > 100 || len(key) != keySize || len(salt) < 8) {
			t.Fatalf("%s: %+v", string(phc), p)
		}
	})
	if _, _, err := h.verify(t.Context(), "", "x"); err == nil {
		t.Error("an empty hash is no hash")
	}
}

func TestHashingBounds(t *testing.T) {
	for _, p := range []Hashing{{Memory: leastMemory - 1, Passes: 2, Lanes: 1}, {Memory: leastMemory, Lanes: 1}, {Memory: leastMemory, Passes: 1}, {Parallel: 2}} {
		if _, err := newHasher(p); err == nil {
			t.Errorf("%+v: accepted", p)
		}
	}
	if h, err := newHasher(Hashing{}); err != nil || h.Memory != 19456 || h.Passes != 2 || h.Parallel < 1 {
		t.Errorf("%+v %v", h, err)
	}
}

// TestTurns checks that no more passwords are tried at once than allowed, no
// more wait than there are places, and that who goes away waits no longer.
func TestTurns(t *testing.T) {
	h := newTestHasher(t, 2)
	release, started := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := h.turn(t.Context(), func() { started <- struct{}{}; <-release }); err != nil {
				t.Error(err)
			}
		})
		<-started
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.turn(ctx, func() { t.Error("a third at once") }); !refusal.Is(err, refusal.Unavailable) {
		t.Error(err)
	}
	for range waiting {
		h.places <- struct{}{}
	}
	if err := h.turn(t.Context(), func() { t.Error("ran without a place") }); !refusal.Is(err, refusal.Unavailable) {
		t.Error(err)
	}
	close(release)
	wg.Wait()
}
