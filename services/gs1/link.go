package gs1

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
)

// A Code names one unit: a 14-digit GTIN, a lot of GS1 set 82, and a serial.
type Code struct {
	GTIN, Lot, Serial string
}

// MaxLink is the longest link that ParseLink looks at, in bytes.
const MaxLink = 2048

// maxSerial is the longest serial that ParseLink hands on, in bytes. It is
// longer than GS1's 20 on purpose: a person types hyphens, or one character too
// many, and is to hear what is wrong with the serial, not with the link.
const maxSerial = 40

// unescaped are the characters that stand for themselves in a link: the
// unreserved ones of RFC 3986 (section 2.3) that QR's alphanumeric mode has too
// (ISO/IEC 18004, table 5). So "_" becomes "%5F" and "~" is not in set 82.
const unescaped = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-."

// Link writes the GS1 Digital Link of a unit (GS1 Digital Link URI Syntax,
// section 4), https://host/01/GTIN/10/LOT/21/SERIAL, in capitals throughout, so
// that a QR code of it uses the alphanumeric mode. Letters of the lot lose
// their case: lots are looked up without it. Host is a name, with a port if it
// needs one.
func Link(host string, c Code) string {
	return "HTTPS://" + strings.ToUpper(host) + "/01/" + escape(c.GTIN) + "/10/" + escape(c.Lot) + "/21/" + escape(c.Serial)
}

// CovertLink writes the link under the scratch layer (contract unit-code,
// "Code on the label").
func CovertLink(host, serial, secret string) string {
	return "HTTPS://" + strings.ToUpper(host) + "/C/" + escape(serial) + "/" + escape(secret)
}

// escape writes a path element in capitals, percent-encoded.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if strings.IndexByte(unescaped, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

// ParseLink reads a GS1 Digital Link that names one unit: a whole address or
// its path alone, in any case, behind any path prefix, with or without the
// variant (22) and a query, which is ignored. The GTIN comes back as 14 digits,
// lot and serial as they were given.
//
// It refuses as Invalid: "link-too-long" (the most bytes), "link-scheme" (the
// scheme), "link-encoding" (the path element), "link-incomplete", "link-serial"
// (the serial); and as ParseGTIN and trace.CheckLot do.
func ParseLink(s string) (Code, error) {
	path, err := linkPath(s)
	if err != nil {
		return Code{}, err
	}
	gtin, lot, serial, err := elements(path)
	if err != nil {
		return Code{}, err
	}
	c := Code{Lot: lot, Serial: serial}
	if c.GTIN, err = ParseGTIN(gtin); err != nil {
		return Code{}, err
	}
	if err := trace.CheckLot(lot); err != nil {
		return Code{}, err
	}
	if len(serial) < 1 || len(serial) > maxSerial || strings.ContainsFunc(serial, invisible) {
		return Code{}, refusal.New(refusal.Invalid, "link-serial", clip(serial))
	}
	return c, nil
}

// invisible reports what is no printable ASCII character or space.
func invisible(r rune) bool { return r < ' ' || r > '~' }

// linkPath returns a link's path, still encoded.
func linkPath(s string) (string, error) {
	if len(s) > MaxLink {
		return "", refusal.New(refusal.Invalid, "link-too-long", strconv.Itoa(MaxLink))
	}
	if end := strings.IndexAny(s, "?#"); end >= 0 {
		s = s[:end]
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || strings.Contains(scheme, "/") {
		return s, nil
	}
	if !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http") {
		return "", refusal.New(refusal.Invalid, "link-scheme", clip(scheme))
	}
	_, path, _ := strings.Cut(rest, "/")
	return path, nil
}

// elements finds the three values in a path. It reads from the end, so that no
// prefix can be taken for a part of the code.
func elements(path string) (gtin, lot, serial string, err error) {
	raw := strings.Split(strings.TrimSuffix(path, "/"), "/")
	raw = raw[max(0, len(raw)-8):]
	part := make([]string, len(raw))
	for i, r := range raw {
		if part[i], err = url.PathUnescape(r); err != nil {
			return "", "", "", refusal.New(refusal.Invalid, "link-encoding", clip(r))
		}
	}
	n := len(part)
	if n < 6 || part[n-4] != "10" || part[n-2] != "21" {
		return "", "", "", refusal.New(refusal.Invalid, "link-incomplete")
	}
	switch {
	case part[n-6] == "01":
		gtin = part[n-5]
	case n == 8 && part[n-6] == "22" && part[n-8] == "01":
		gtin = part[n-7]
	default:
		return "", "", "", refusal.New(refusal.Invalid, "link-incomplete")
	}
	return gtin, part[n-3], part[n-1], nil
}
