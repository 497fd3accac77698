// Package gs1 reads and writes the names that GS1 gives to products: the GTIN,
// and the Digital Link that a label carries.
package gs1

import (
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
)

// shown bounds what a refusal repeats of the input, in bytes.
const shown = 64

// ParseGTIN returns a GTIN of 8, 12, 13 or 14 digits as 14 digits, padded with
// zeros on the left (GS1 General Specifications, section 3.3.2). It refuses as
// Invalid with reason "gtin" (the input) or "gtin-check-digit" (the 14 digits,
// the check digit they should have).
func ParseGTIN(s string) (string, error) {
	switch len(s) {
	case 8, 12, 13, 14:
	default:
		return "", refusal.New(refusal.Invalid, "gtin", clip(s))
	}
	gtin := strings.Repeat("0", 14-len(s)) + s
	if err := trace.CheckGTIN(gtin); err != nil {
		return "", err
	}
	return gtin, nil
}

// clip shortens text for a refusal, and leaves it valid UTF-8.
func clip(s string) string {
	if len(s) > shown {
		s = s[:shown] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
