package unitcode_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/unitcode"
)

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func TestDeriveRefuses(t *testing.T) {
	secret := make([]byte, unitcode.SecretSize)
	for _, test := range []struct {
		secret            []byte
		gtin, lot, reason string
	}{
		{secret[1:], gtin, lot, "secret-length"},
		{append(secret, 0), gtin, lot, "secret-length"},
		{secret, "6901234567892", lot, "gtin"},
		{secret, "06901234567891", lot, "gtin-check-digit"},
		{secret, gtin, "", "lot"},
		{secret, gtin, "批", "lot"},
	} {
		if _, err := unitcode.Derive(test.secret, test.gtin, test.lot); reason(err) != test.reason {
			t.Errorf("Derive(%d bytes, %s, %s): %v, want %s", len(test.secret), test.gtin, test.lot, err, test.reason)
		}
	}
}

func TestNewCoderRefuses(t *testing.T) {
	k := keys(t)
	for _, test := range []struct {
		keys      unitcode.Keys
		gtin, lot string
		size      uint64
		reason    string
	}{
		{k, gtin, lot, 0, "batch-size"},
		{k, gtin, lot, trace.MaxSize + 1, "batch-size"},
		{k, "1", lot, 1, "gtin"},
		{k, gtin, "\n", 1, "lot"},
		{unitcode.Keys{}, gtin, lot, 1, "unit-keys"},
		{unitcode.Keys{Tag: k.Tag, Enc: k.Enc[1:]}, gtin, lot, 1, "unit-keys"},
		{unitcode.Keys{Tag: k.Tag, Enc: k.Enc, Claim: k.Claim[1:]}, gtin, lot, 1, "unit-keys"},
	} {
		if _, err := unitcode.NewCoder(test.keys, test.gtin, test.lot, test.size); reason(err) != test.reason {
			t.Errorf("NewCoder(%s, %s, %d): %v, want %s", test.gtin, test.lot, test.size, err, test.reason)
		}
	}
}

func TestCoderWithoutClaimKey(t *testing.T) {
	k := keys(t)
	k.Claim = nil
	coder, err := unitcode.NewCoder(k, gtin, lot, 10)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := coder.Unit(0), (unitcode.Unit{Serial: "HQ3R7YH28D652F6KCWQH"}); got != want {
		t.Errorf("Unit(0) = %+v, want %+v", got, want)
	}
}

func TestCoderBeyondBatch(t *testing.T) {
	whole, coder := newCoder(t, trace.MaxSize), newCoder(t, 1000)
	for _, index := range []uint64{1000, 1 << 36, 1<<64 - 1} {
		if s := coder.Serial(index); s != "" {
			t.Errorf("Serial(%d) = %s", index, s)
		}
		if u := coder.Unit(index); u != (unitcode.Unit{}) {
			t.Errorf("Unit(%d) = %+v", index, u)
		}
	}
	if _, ok := coder.Index(whole.Serial(1000)); ok {
		t.Error("a serial beyond the batch has an index")
	}
}

// Every index comes back from its serial, whichever the keys.
func TestIndexReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), unitcode.SecretSize, unitcode.SecretSize).Draw(t, "secret")
		k, err := unitcode.Derive(secret, gtin, lot)
		if err != nil {
			t.Fatal(err)
		}
		size := rapid.Uint64Range(1, trace.MaxSize).Draw(t, "size")
		index := rapid.Uint64Range(0, size-1).Draw(t, "index")
		coder, err := unitcode.NewCoder(k, gtin, lot, size)
		if err != nil {
			t.Fatal(err)
		}
		serial := coder.Serial(index)
		if got, ok := coder.Clone().Index(serial); !ok || got != index {
			t.Errorf("Index(Serial(%d)) = %d, %t", index, got, ok)
		}
		if got, err := unitcode.Normalise(serial); err != nil || got != serial {
			t.Errorf("Normalise(%s) = %s, %v", serial, got, err)
		}
	})
}

// No serial with one character changed is accepted, at any place and by any
// character: an impostor has one chance in 2^64.
func TestTamperedSerials(t *testing.T) {
	coder := newCoder(t, trace.MaxSize)
	for index := range uint64(50) {
		for s := range unitcode.Slips(coder.Serial(index)) {
			if got, ok := coder.Index(s); ok {
				t.Fatalf("%s, made from index %d, is accepted as %d", s, index, got)
			}
		}
	}
}

func TestSerialsAreDistinct(t *testing.T) {
	const size = 100_000
	coder := newCoder(t, size)
	seen := make(map[string]bool, size)
	for index := range uint64(size) {
		seen[coder.Serial(index)] = true
	}
	if len(seen) != size {
		t.Errorf("%d serials of %d are distinct", len(seen), size)
	}
}

func TestIndexOfOddText(t *testing.T) {
	coder := newCoder(t, trace.MaxSize)
	for _, s := range []string{"", "HQ3R7YH28D652F6KCWQ", "HQ3R7YH28D652F6KCWQHH", "hq3r7yh28d652f6kcwqh",
		"HQ3R7YH28D652F6KCWQU", "\x00Q3R7YH28D652F6KCWQH", strings.Repeat("?", 1000)} {
		if _, ok := coder.Index(s); ok {
			t.Errorf("Index(%.40q) is accepted", s)
		}
	}
}

func TestCoderAllocates(t *testing.T) {
	coder, index := newCoder(t, trace.MaxSize), uint64(0)
	if n := testing.AllocsPerRun(100, func() { coder.Unit(index); index++ }); n > 1 {
		t.Errorf("Unit allocates %v times, want once, for its two texts", n)
	}
	serial := coder.Serial(1)
	if n := testing.AllocsPerRun(100, func() { coder.Index(serial) }); n > 0 {
		t.Errorf("Index allocates %v times", n)
	}
}

func BenchmarkUnit(b *testing.B) {
	coder, index := newCoder(b, trace.MaxSize), uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		coder.Unit(index)
		index++
	}
}

func BenchmarkIndex(b *testing.B) {
	coder := newCoder(b, trace.MaxSize)
	serial := coder.Serial(12345)
	b.ReportAllocs()
	for b.Loop() {
		coder.Index(serial)
	}
}
