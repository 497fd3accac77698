package tracetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
)

// TestPlayReports plays scripts that are wrong about what came of their steps:
// a runner that lets them pass would let a broken law pass.
func TestPlayReports(t *testing.T) {
	ok := func(trace.Caller, string, []byte) ([]byte, error) {
		return []byte(`{"size":68719476736,"models":["a"],"lot":"L"}`), nil
	}
	no := func(trace.Caller, string, []byte) ([]byte, error) {
		return nil, refusal.New(refusal.Conflict, "reason", "1", "2")
	}
	broken := func(trace.Caller, string, []byte) ([]byte, error) { return nil, errors.New("disk") }
	tests := []struct {
		name, script string
		do           Do
		want         string // part of what must be reported; "" for nothing
	}{
		{"fields", "market recall {}\n> {\"size\":68719476736,\"models\":[\"a\"]}", ok, ""},
		{"other number", "market recall {}\n> {\"size\":68719476737}", ok, "line 2: size"},
		{"other list", "market recall {}\n> {\"models\":[]}", ok, "line 2: models"},
		{"missing field", "market recall {}\n> {\"gtin\":\"1\"}", ok, "line 2: gtin"},
		{"no refusal", "market recall {}\n! conflict reason", ok, "line 2: got"},
		{"refusal", "market recall {}\n! conflict reason 1 *", no, ""},
		{"refusal for an event", "market recall {}\n> {}", no, "line 2: got conflict: reason"},
		{"refusal for a receipt", "market recall {}\n=", no, "line 2: got"},
		{"other code", "market recall {}\n! invalid reason", no, "line 2: got"},
		{"other reason", "market recall {}\n! conflict other", no, "line 2: got"},
		{"other argument", "market recall {}\n! conflict reason 1 3", no, "want arguments"},
		{"fewer arguments", "market recall {}\n! conflict reason 1", no, "want arguments"},
		{"no reason", "market recall {}\n! conflict", no, "a code and a reason"},
		{"no refusal at all", "market recall {}\n! conflict reason", broken, "disk"},
		{"unchecked step", "market recall {}\nmarket recall {}\n> {}", ok, "line 1: no line says"},
		{"unchecked last step", "market recall {}", ok, "line 1: no line says"},
		{"unknown word", "market recall {\"number\":\"$nonsense\"}", ok, "unknown word $nonsense"},
		{"no payload", "market recall", ok, "line 1: payload"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(play(tt.script, tt.do), "\n")
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	w := words{"2026-11-21", map[string]string{}}
	got, err := w.expand("$today $today-21 $today+10 $year $otherday $otheryear")
	if want := "2026-11-21 2026-10-31 2026-12-01 2026 2025-12-31 2025"; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	// The last day of a leap year is 366 days after the last of the year before.
	w = words{"2028-12-31", map[string]string{}}
	if got, err := w.expand("$otherday $otheryear"); err != nil || got != "2029-01-01 2029" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestFreshWords(t *testing.T) {
	w := words{"2026-11-21", map[string]string{}}
	names, err := w.expand("$A $B $A $G1 $G2 $G1")
	if err != nil {
		t.Fatal(err)
	}
	f := strings.Fields(names)
	if f[0] != f[2] || f[0] == f[1] || f[3] != f[5] || f[3] == f[4] {
		t.Errorf("got %v", f)
	}
	for _, gtin := range f[3:] {
		if err := trace.CheckGTIN(gtin); err != nil {
			t.Error(err)
		}
	}
}
