package text

import (
	"strings"
	"time"
)

// Zone is the time in which everything is shown: China's, UTC+8 all year.
func Zone() *time.Location { return zone }

// zone never changes; a page asks for it a dozen times.
var zone = time.FixedZone("UTC+8", 8*60*60)

// When returns a time as short as it can be understood: today with the hour,
// this year with the day, other years with the date.
func (p Printer) When(now, t time.Time) string {
	now, t = now.In(Zone()), t.In(Zone())
	switch {
	case t.IsZero():
		return "—"
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return p.T("time.today", t.Format("15:04"))
	case t.Year() == now.Year():
		return t.Format("01-02 15:04")
	}
	return t.Format(time.DateOnly)
}

// Stamp returns a time to the minute.
func (p Printer) Stamp(t time.Time) string { return t.In(Zone()).Format("2006-01-02 15:04") }

// Machine returns a time as the datetime attribute has it, with its zone.
func (p Printer) Machine(t time.Time) string { return t.In(Zone()).Format(time.RFC3339) }

// Month returns the month of a calendar day 2006-01-02, as a name plate has it.
func (p Printer) Month(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return p.T("time.month", t.Format("2006"), p.Of("month", t.Format("1")))
}

// Groups cuts a code into groups of four characters to read. One that is
// grouped already, by hyphens, keeps its groups.
func Groups(code string) []string {
	if strings.Contains(code, "-") {
		return strings.Split(code, "-")
	}
	var groups []string
	for len(code) > 4 {
		groups, code = append(groups, code[:4]), code[4:]
	}
	return append(groups, code)
}
