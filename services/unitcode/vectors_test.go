package unitcode_test

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/unitcode"
)

const (
	gtin = "06901234567892"
	lot  = "L20261121A"
)

// The test vectors of contract unit-code.
func TestVectors(t *testing.T) {
	coder := newCoder(t, trace.MaxSize)
	for _, test := range []struct {
		index                          uint64
		serial, claimSecret, claimHash string
	}{
		{0, "HQ3R7YH28D652F6KCWQH", "STX366QP76ETXEYP", "c26d57ba5df52b3d3d96c2f9d5aa8b13a4953801a155eb1528e79baf0d234138"},
		{1, "V4B1FFKXN4P5ZHBWMXGG", "AN1B5654NERP6EJ2", "551a18ff9017825feaaa72809a245a4eb2ffa0388b6cfae041dadfebdf7cca98"},
		{999, "7J1YVBJ70QXSJVN9RZAY", "HFGBAP1EEVGR8H1D", "37fbdf7a08c2ddf2c99d20943952f2355e0bbacb6d62757326883a3451172c5f"},
		{1<<36 - 1, "9QSZFKNVAP5ABDX3CJNR", "6HZ4EQNN9HW1S3RK", "4bbdecdd1e8165252306bb8c6eb62005cbe969e6977aca82a5ef4eaaaa6b694b"},
	} {
		unit := coder.Unit(test.index)
		if unit.Index != test.index || unit.Serial != test.serial || unit.ClaimSecret != test.claimSecret ||
			hex.EncodeToString(unit.ClaimHash[:]) != test.claimHash {
			t.Errorf("Unit(%d) = %+v, want %+v", test.index, unit, test)
		}
		if got := coder.Serial(test.index); got != test.serial {
			t.Errorf("Serial(%d) = %s, want %s", test.index, got, test.serial)
		}
		if index, ok := coder.Index(test.serial); index != test.index || !ok {
			t.Errorf("Index(%s) = %d, %t, want %d", test.serial, index, ok, test.index)
		}
	}
}

func TestRootVectors(t *testing.T) {
	for size, want := range map[uint64]string{
		1:    "FPUH59F5fCrkdesPhyHU5pbZyu9fRj/yzBlFtOXvVlI=",
		2:    "0+zWtY9Qng8y6SmjdxBQEIW/JDGTI6Fi3Vh1B21ODmY=",
		3:    "7f5ud/pvaR86Yz+FGfWAGHP8cP153YiMqpgG9KkyYBc=",
		7:    "XuNPk1vnceFhwIH9wFKCdsI+ot9torH5aW7zFS9aSJA=",
		1000: "g5gYf781/QZEAvQaGJaQRao3eR2MWz8J9lun9EMqFgg=",
	} {
		root, err := unitcode.Root(t.Context(), keys(t), gtin, lot, size, nil)
		if got := base64.StdEncoding.EncodeToString(root[:]); got != want || err != nil {
			t.Errorf("Root(%d) = %s, %v, want %s", size, got, err, want)
		}
	}
}

// keys are those of the vectors.
func keys(t testing.TB) unitcode.Keys {
	t.Helper()
	secret := make([]byte, unitcode.SecretSize)
	for i := range secret {
		secret[i] = byte(i)
	}
	k, err := unitcode.Derive(secret, gtin, lot)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newCoder(t testing.TB, size uint64) *unitcode.Coder {
	t.Helper()
	c, err := unitcode.NewCoder(keys(t), gtin, lot, size)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// reason is the reason of a refusal, "" for no error.
func reason(err error) string {
	if e, ok := refusal.Of(err); ok {
		return e.Reason
	}
	if err != nil {
		return "?" + err.Error()
	}
	return ""
}
