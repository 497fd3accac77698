package refusal_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

func TestParseReadsWhatErrorWrote(t *testing.T) {
	codes := []refusal.Code{refusal.Invalid, refusal.NotFound, refusal.Exists, refusal.Forbidden, refusal.Conflict, refusal.Unavailable}
	rapid.Check(t, func(r *rapid.T) {
		want := refusal.New(
			rapid.SampledFrom(codes).Draw(r, "code"),
			rapid.StringMatching(`[a-z]+(-[a-z]+)*`).Draw(r, "reason"),
			rapid.SliceOf(rapid.String()).Draw(r, "args")...)
		got := refusal.Parse(want.Error())
		if len(want.Args) == 0 {
			want.Args = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatal(diff)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	for _, msg := range []string{"", "x", "invalid", "invalid: ", "teapot: short", "conflict: two words", `invalid: a ["b"`,
		`invalid: a ["b"] c`, "rpc error: invalid: gtin", `invalid: a {"b":1}`, "conflict: MVCC_READ_CONFLICT happened"} {
		if got := refusal.Parse(msg); got != nil {
			t.Errorf("%q: got %#v", msg, got)
		}
	}
}

func TestIs(t *testing.T) {
	err := fmt.Errorf("submit: %w", refusal.New(refusal.Conflict, "capacity-used-up", "C1"))
	if !refusal.Is(err, refusal.Conflict) || refusal.Is(err, refusal.Invalid) || refusal.Is(nil, refusal.Conflict) {
		t.Error("class")
	}
	if !errors.Is(err, refusal.New(refusal.Conflict, "capacity-used-up")) || errors.Is(err, refusal.New(refusal.Conflict, "other")) {
		t.Error("reason")
	}
	if e, ok := refusal.Of(err); !ok || e.Reason != "capacity-used-up" {
		t.Errorf("got %v", e)
	}
	if _, ok := refusal.Of(errors.New("x")); ok {
		t.Error("no refusal")
	}
}
