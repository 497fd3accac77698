package site

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/unitcode"
	"github.com/fanwei/fanwei/services/verify"
)

// previewerList has, a line each, what stands in the User-Agent of programs
// that fetch a link before a person opens it. New ones appear, so they are data.
//
//go:embed previewers.txt
var previewerList string

// previewers are the lines of the list. It never changes.
var previewers = strings.Split(strings.TrimSpace(previewerList), "\n")

// seenCookie remembers in the browser, and nowhere else, which units it asked
// about in the last minutes. It is not signed: who forges it only hides his own
// scans from himself.
const seenCookie = "fw_seen"

const (
	sameScan  = 10 * time.Minute // asking again within this is one scan
	seenSize  = 12               // bytes of an entry: 8 of the unit's hash, 4 of the time
	seenLimit = 16               // entries kept
)

// visitOf says how a question about a unit is asked, and notes in the browser
// that it was. A maker or an officer who looks a unit up is no buyer.
func (s *Site) visitOf(c *fiber.Ctx, unit gs1.Code) verify.Visit {
	if c.Method() == fiber.MethodHead || prefetches(c) || c.Locals(sessionLocal) != nil {
		return verify.Glance
	}
	now, name := s.Clock(), hashOf(unit)
	for _, e := range seen(c.Cookies(seenCookie)) {
		if e.unit == name && now.Sub(e.at) < sameScan {
			return verify.Again
		}
	}
	s.remember(c, name, now)
	return verify.Scan
}

// prefetches reports whether a program looks ahead for a person.
func prefetches(c *fiber.Ctx) bool {
	purpose := c.Get("Sec-Purpose") + c.Get("Purpose") + c.Get("X-Purpose") + c.Get("X-Moz")
	if strings.Contains(purpose, "prefetch") || strings.Contains(purpose, "preview") {
		return true
	}
	agent := strings.ToLower(c.Get(fiber.HeaderUserAgent))
	return slices.ContainsFunc(previewers, func(name string) bool { return strings.Contains(agent, name) })
}

// remember adds a unit to the cookie.
func (s *Site) remember(c *fiber.Ctx, name uint64, now time.Time) {
	entries := []sighting{{name, now}}
	for _, e := range seen(c.Cookies(seenCookie)) {
		if now.Sub(e.at) < sameScan && len(entries) < seenLimit {
			entries = append(entries, e)
		}
	}
	var b []byte
	for _, e := range entries {
		b = binary.BigEndian.AppendUint64(b, e.unit)
		b = binary.BigEndian.AppendUint32(b, uint32(e.at.Unix()))
	}
	s.setCookie(c, seenCookie, base64.RawURLEncoding.EncodeToString(b), sameScan)
}

// A sighting is one entry of the cookie.
type sighting struct {
	unit uint64
	at   time.Time
}

// seen reads the cookie; what is not readable is not there.
func seen(value string) []sighting {
	b, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(b)%seenSize != 0 || len(b) > seenSize*seenLimit {
		return nil
	}
	var list []sighting
	for ; len(b) > 0; b = b[seenSize:] {
		list = append(list, sighting{binary.BigEndian.Uint64(b), time.Unix(int64(binary.BigEndian.Uint32(b[8:])), 0)})
	}
	return list
}

// hashOf names a unit, however its code was written.
func hashOf(u gs1.Code) uint64 {
	if gtin, err := gs1.ParseGTIN(u.GTIN); err == nil {
		u.GTIN = gtin
	}
	if serial, err := unitcode.Normalise(u.Serial); err == nil {
		u.Serial = serial
	}
	sum := sha256.Sum256([]byte(u.GTIN + "\n" + strings.ToUpper(u.Lot) + "\n" + u.Serial))
	return binary.BigEndian.Uint64(sum[:])
}
