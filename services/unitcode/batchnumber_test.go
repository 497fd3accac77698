package unitcode_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/unitcode"
)

func batchNumber(t testing.TB, n uint64) string {
	t.Helper()
	s, err := unitcode.BatchNumber(n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Batch numbers stand on printed labels: the bijection may never change.
func TestBatchNumberStays(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "G419SZ7", 1: "FYB7R7X", 2: "KE6B61V", 3: "K4DTF34", 1000: "8TPWM04", unitcode.MaxBatches - 1: "VRVY8TH",
	} {
		if got := batchNumber(t, n); got != want {
			t.Errorf("BatchNumber(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestBatchNumbersUsedUp(t *testing.T) {
	for _, n := range []uint64{unitcode.MaxBatches, 1<<64 - 1} {
		if s, err := unitcode.BatchNumber(n); !refusal.Is(err, refusal.Conflict) || reason(err) != "batch-numbers-used-up" {
			t.Errorf("BatchNumber(%d) = %s, %v", n, s, err)
		}
	}
}

// That each number comes back means that no two are the same.
func TestBatchNumberReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, unitcode.MaxBatches-1).Draw(t, "n")
		s, err := unitcode.BatchNumber(n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unitcode.ParseBatchNumber(strings.ToLower(s[:3]) + "-" + s[3:]); err != nil || got != n {
			t.Errorf("ParseBatchNumber(%s) = %d, %v, want %d", s, got, err, n)
		}
	})
}

// Batches 1, 2, 3 … of one maker must not be taken for one another.
func TestBatchNumberNeighbours(t *testing.T) {
	const n = 10_000
	total := 0
	for i := range uint64(n) {
		a, b, differ := batchNumber(t, i), batchNumber(t, i+1), 0
		for j := range a {
			if a[j] != b[j] {
				differ++
			}
		}
		if differ < 2 {
			t.Errorf("%d and %d: %s, %s", i, i+1, a, b)
		}
		total += differ
	}
	if mean := float64(total) / n; mean < 6 {
		t.Errorf("neighbours differ in %.2f of 7 characters", mean)
	}
}

// The check is linear over GF(32), so that what holds for every difference at
// every place of one number holds for all; a few thousand numbers are tried in
// full all the same.
func TestBatchNumberCatchesSlips(t *testing.T) {
	for n := uint64(0); n < unitcode.MaxBatches; n += unitcode.MaxBatches / 3001 {
		s := batchNumber(t, n)
		for i := range s {
			for _, c := range alphabet {
				if s[i] != byte(c) {
					refuse(t, s, s[:i]+string(c)+s[i+1:])
				}
			}
			for j := range i { // neighbours, and any other two
				if s[i] != s[j] {
					refuse(t, s, s[:j]+s[i:i+1]+s[j+1:i]+s[j:j+1]+s[i+1:])
				}
			}
		}
	}
}

func refuse(t *testing.T, s, slip string) {
	t.Helper()
	if n, err := unitcode.ParseBatchNumber(slip); reason(err) != "batch-number-check" {
		t.Errorf("%s for %s is read as %d, %v", slip, s, n, err)
	}
}

func TestParseBatchNumberRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "batch-number-too-short",
		"ABC-DEF":                "batch-number-too-short",
		"ABCDEFGH":               "batch-number-too-long",
		"ABCDEF!":                "code-character",
		strings.Repeat("A", 999): "batch-number-too-long",
	} {
		if _, err := unitcode.ParseBatchNumber(in); reason(err) != want {
			t.Errorf("ParseBatchNumber(%.20q): %v, want %s", in, err, want)
		}
	}
}

func TestShort(t *testing.T) {
	number, serial := batchNumber(t, 7), "HQ3R7YH28D652F6KCWQH"
	short := number + "-HQ3R7-YH28D-652F6-KCWQH"
	if got := unitcode.Short(number, serial); got != short {
		t.Errorf("Short = %s, want %s", got, short)
	}
	wrong := "0" + number[1:]
	for _, test := range []struct{ in, number, serial, reason string }{
		{short, number, serial, ""},
		{strings.ToLower(strings.ReplaceAll(short, "-", " ")), number, serial, ""},
		{number + serial, number, serial, ""},
		{short[:len(short)-1], number, serial[:19], "short-code-too-short"},
		{short + "X", number, serial + "X", "short-code-too-long"},
		{strings.Replace(short, "KCWQH", "KUWQH", 1), number, "HQ3R7YH28D652F6K?WQH", "code-character"},
		{number, number, "", "short-code-too-short"},
		{number[:6], "", "", "short-code-too-short"},
		{"U" + short[1:], "", "", "code-character"},
		{wrong + short[7:], "", "", "batch-number-check"},
		{wrong + short[7:] + "X", "", "", "short-code-too-long"},
		{strings.Repeat("0", 300), "", "", "short-code-too-long"},
		{"", "", "", "short-code-too-short"},
	} {
		gotNumber, gotSerial, err := unitcode.ParseShort(test.in)
		if gotNumber != test.number || gotSerial != test.serial || reason(err) != test.reason {
			t.Errorf("ParseShort(%.40q) = %q, %q, %v; want %+v", test.in, gotNumber, gotSerial, err, test)
		}
	}
}

func FuzzParseShort(f *testing.F) {
	f.Add("0000000-HQ3R7-YH28D-652F6-KCWQH")
	f.Add(unitcode.Short(batchNumber(f, 1), "HQ3R7YH28D652F6KCWQH"))
	f.Fuzz(func(t *testing.T, s string) {
		number, serial, err := unitcode.ParseShort(s)
		if err != nil {
			if !refusal.Is(err, refusal.Invalid) {
				t.Fatalf("ParseShort(%q): %v", s, err)
			}
			return
		}
		n, err := unitcode.ParseBatchNumber(number)
		if err != nil || batchNumber(t, n) != number {
			t.Fatalf("ParseShort(%q): batch number %s, %v", s, number, err)
		}
		againNumber, againSerial, err := unitcode.ParseShort(unitcode.Short(number, serial))
		if err != nil || againNumber != number || againSerial != serial {
			t.Fatalf("%q came back as %s, %s, %v", s, againNumber, againSerial, err)
		}
	})
}
