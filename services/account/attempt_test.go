package account_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// TestThrottleAccount checks the waits, which are the same for an account that
// there is not.
func TestThrottleAccount(t *testing.T) {
	for _, name := range []string{"boss", "no-such-account"} {
		each(t, func(t *testing.T, w *world) {
			wrong := func() {
				t.Helper()
				_, _, err := w.Login(from(t, "192.0.2.1"), name, "wrong")
				refused(t, err, refusal.Forbidden, "login-wrong")
			}
			throttled := func(seconds int) {
				t.Helper()
				_, _, err := w.Login(from(t, "198.51.100.1"), strings.ToUpper(name), good)
				refused(t, err, refusal.Unavailable, "login-throttled", strconv.Itoa(seconds))
			}
			for range 5 {
				wrong()
			}
			for _, wait := range []int{30, 60, 120, 240, 480, 900, 900} {
				throttled(wait)
				w.pass(time.Duration(wait)*time.Second - time.Millisecond)
				throttled(1)
				w.pass(time.Millisecond)
				wrong()
			}
			w.pass(15*time.Minute + time.Second)
			for range 5 {
				wrong()
			}
			if name == "boss" {
				w.pass(30 * time.Second)
				w.login(t, "boss")
				for range 5 { // all is forgotten after a right one
					wrong()
				}
			}
			throttled(30)
		})
	}
}

func TestThrottleAddress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 4 {
			if i == 2 { // as if they had been 48, which would take long
				if _, err := w.db.ExecContext(t.Context(), "UPDATE login_attempts SET failures = 48 WHERE failures = 2"); err != nil {
					t.Fatal(err)
				}
			}
			_, _, err := w.Login(from(t, fmt.Sprint("2001:db8::", i)), fmt.Sprint("guess", i), "wrong")
			refused(t, err, refusal.Forbidden, "login-wrong")
			if i == 2 { // a right one counts for nothing
				_, _, err := w.Login(from(t, "2001:db8::1"), "boss", good)
				must(t, err)
			}
		}
		_, _, err := w.Login(from(t, "2001:db8::ffff"), "boss", good)
		refused(t, err, refusal.Unavailable, "login-throttled", "30")
		_, _, err = w.Login(from(t, "2001:db8:0:1::1"), "boss", good)
		must(t, err)
		w.pass(30 * time.Second)
		for range 3 { // who shares the address and is right may all come in
			_, _, err = w.Login(from(t, "2001:db8::1"), "boss", good)
			must(t, err)
		}
		w.pass(time.Hour)
		must(t, w.Sweep(t.Context()))
		if n, err := w.db.NewSelect().Table("login_attempts").Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d attempts left, %v", n, err)
		}
	})
}

// TestThrottleAtOnce checks that guessing many times at the same moment gives
// no more guesses than one after the other.
func TestThrottleAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		var tried atomic.Int32
		for range 20 {
			wg.Go(func() {
				_, _, err := w.Login(t.Context(), "boss", "wrong")
				if refusal.Is(err, refusal.Forbidden) {
					tried.Add(1)
				} else if !refusal.Is(err, refusal.Unavailable) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := tried.Load(); n != 5 {
			t.Errorf("%d guesses", n)
		}
	})
}

// TestCallerGone checks that a login that was cut off before its password was
// tried counts for nothing.
func TestCallerGone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 10 {
			if _, _, err := w.Login(ctx, "boss", good); err == nil {
				t.Error("logged in")
			}
		}
		w.login(t, "boss")
	})
}
