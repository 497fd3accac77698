package unitcode_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/unitcode"
)

func TestNormalise(t *testing.T) {
	const serial = "HQ3R7YH28D652F6KCWQH"
	for _, test := range []struct {
		in, want string
		reason   string
		args     []string
	}{
		{in: serial, want: serial},
		{in: strings.ToLower(serial), want: serial},
		{in: "hq3r7-yh28d-652f6-kcwqh", want: serial},
		{in: "  HQ3R7 YH28D\t652F6—KCWQH\r\n", want: serial},
		{in: "ＨＱ３ｒ７－ＹＨ２８Ｄ　652F6-KCWQH", want: serial},
		{in: "OoIiLl00000000000000", want: "00111100000000000000"},
		{in: "", reason: "serial-too-short", args: []string{"20"}},
		{in: "---", reason: "serial-too-short", args: []string{"20"}},
		{in: serial[1:], reason: "serial-too-short", args: []string{"1"}},
		{in: serial + "AB", reason: "serial-too-long", args: []string{"2"}},
		{in: strings.Repeat("A", 5000), reason: "serial-too-long", args: []string{"4980"}},
		{in: "HQ3R7-YU28D-652F6-KCWQH", reason: "code-character", args: []string{"U", "7"}},
		{in: "HQ3R7电", reason: "code-character", args: []string{"电", "6"}},
		{in: "HQ3R7?YH28D652F6KCWQH", reason: "code-character", args: []string{"?", "6"}},
		{in: "\xff", reason: "code-character", args: []string{"\uFFFD", "1"}},
	} {
		got, err := unitcode.Normalise(test.in)
		if got != test.want || reason(err) != test.reason {
			t.Errorf("Normalise(%.40q) = %q, %v; want %q, %q", test.in, got, err, test.want, test.reason)
			continue
		}
		if e, ok := refusal.Of(err); ok {
			if diff := cmp.Diff(test.args, e.Args); diff != "" || e.Code != refusal.Invalid {
				t.Errorf("Normalise(%.40q): %v: args (-want +got)\n%s", test.in, err, diff)
			}
		}
	}
}

func collect(s string) map[string]int {
	found := make(map[string]int)
	for slip := range unitcode.Slips(s) {
		found[slip]++
	}
	return found
}

func TestSlipsCounts(t *testing.T) {
	for s, want := range map[string]int{
		"HQ3R7YH28D652F6KCWQH":    20*31 + 19,
		"hq3r7-yh28d-652f6-kcwqh": 20*31 + 19,
		"00000000000000000000":    20 * 31,
		"HQ3R7YH28D652F6KCWQ":     20*31 + 1,
		"HQ3R7YH28D652F6KCWQHH":   20,
		"HQ3R7YH28D652F6KCWQHA":   21,
		"HQ3R7YU28D652F6KCWQH":    32, // the one that is no character is wrong
		"HQ3R7YUU8D652F6KCWQH":    0,
		"HQ3R7YH28D652F6KCWQHU":   1,
		"HQ3R7YU28D652F6KCWQ":     0,
		"":                        0,
		"HQ3R7YH28D652F6KCW":      0,
		"HQ3R7YH28D652F6KCWQHAA":  0,
		strings.Repeat("0", 20) + strings.Repeat("-", 1000): 0,
	} {
		found := collect(s)
		if len(found) != want {
			t.Errorf("Slips(%.40q): %d, want %d", s, len(found), want)
		}
		for slip, n := range found {
			if norm, err := unitcode.Normalise(slip); n != 1 || norm != slip || err != nil {
				t.Errorf("Slips(%.40q) yields %q %d times (%v)", s, slip, n, err)
			}
		}
	}
}

func TestSlipsStops(t *testing.T) {
	for _, s := range []string{"HQ3R7YH28D652F6KCWQH", "HQ3R7YH28D652F6KCWQ", "HQ3R7YH28D652F6KCWQHA"} {
		for stop := 1; stop <= len(collect(s)); stop++ {
			n := 0
			for range unitcode.Slips(s) {
				if n++; n == stop {
					break
				}
			}
		}
	}
}

// Whatever one slip makes of a serial, Slips leads back to it.
func TestSlipsReturn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		serial := rapid.StringOfN(rapid.SampledFrom([]rune(alphabet)), unitcode.SerialSize, unitcode.SerialSize, -1).Draw(t, "serial")
		typed := rapid.SampledFrom(slips(t, serial)).Draw(t, "typed")
		if typed != serial && collect(typed)[serial] != 1 {
			t.Errorf("Slips(%s) does not yield %s once", typed, serial)
		}
	})
}

func slips(t *rapid.T, s string) []string {
	i := rapid.IntRange(0, len(s)-2).Draw(t, "place")
	c := string(rapid.SampledFrom([]rune(alphabet)).Draw(t, "character"))
	return []string{
		s[:i] + c + s[i+1:],
		s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:],
		s[:i] + s[i+1:],
		s[:i] + c + s[i:],
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"HQ3R7YH28D652F6KCWQH", "hq3r7-yh28d-652f6-kcwqh", "ＨＱ３", "U", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := unitcode.Normalise(s)
		if err != nil {
			if !refusal.Is(err, refusal.Invalid) || got != "" {
				t.Fatalf("Normalise(%q) = %q, %v", s, got, err)
			}
		} else if len(got) != unitcode.SerialSize || strings.Trim(got, alphabet) != "" {
			t.Fatalf("Normalise(%q) = %q", s, got)
		} else if again, err := unitcode.Normalise(got); again != got || err != nil {
			t.Fatalf("Normalise(%q) = %q, %v", got, again, err)
		}
		for slip := range unitcode.Slips(s) {
			if len(slip) != unitcode.SerialSize || strings.Trim(slip, alphabet) != "" {
				t.Fatalf("Slips(%q) yields %q", s, slip)
			}
		}
	})
}
