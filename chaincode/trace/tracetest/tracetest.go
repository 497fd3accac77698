// Package tracetest runs the scripts in testdata, the written law of the
// ledger, against whatever runs package trace: the bare rules, the chaincode,
// the embedded ledger, a Fabric network.
//
// A script is read line by line:
//
//	# text                    a comment
//	usual COMMAND {…}         fields that COMMAND has from here on, unless a step says otherwise
//	CALLER COMMAND {…}        a step: who asks for what
//	> {…}                     what must come of it: the event has these fields with these values, and may have more
//	=                         the receipt is, byte for byte, the one before
//	! CODE REASON ARG…        the refusal that must come of it; without arguments any will do, and * stands for any one
//
// A caller is a kind of office, such as market, or a kind and an organisation,
// such as maker:M1; an office alone signs as the organisation of its own name.
// A step gets a command id of its own unless it gives one.
//
// Every run of a script is on names that no other run has used and on the
// real calendar of UTC+8, so that a script runs on a ledger with a clock and a
// past of its own. These words stand for them:
//
//	$A … $Z           names
//	$G0 … $G9         GTINs
//	$root             a root, base64
//	$today            this day; $today-400 and $today+30 count days from it
//	$year             this day's year
//	$otherday         the nearest day of another year on which a batch may be dated
//	$otheryear        that day's year
package tracetest

import (
	"crypto/rand"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fanwei/fanwei/chaincode/trace"
)

//go:embed testdata/*.txt
var scripts embed.FS

// A Do submits one command and returns its event.
type Do func(as trace.Caller, name string, payload []byte) ([]byte, error)

// Run runs every script, each on what open returns. The ledger must know the
// callers market, fire, police, maker:M1 and maker:M2.
func Run(t *testing.T, open func(*testing.T) Do) {
	paths, err := fs.Glob(scripts, "testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("scripts: %v, %v", paths, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txt"), func(t *testing.T) {
			text, err := scripts.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, wrong := range play(string(text), open(t)) {
				t.Error(wrong)
			}
		})
	}
}

// play runs a script and returns what did not go as written. A script that
// midnight overtook is run again, on new names.
func play(text string, do Do) []string {
	for {
		day := trace.DateOf(time.Now())
		r := newRun(do, day)
		for i, line := range strings.Split(text, "\n") {
			r.line(i+1, line)
		}
		r.unchecked()
		if trace.DateOf(time.Now()) == day {
			return r.wrong
		}
	}
}

// GTIN returns a 14-digit GTIN with a right check digit that nobody has used.
func GTIN() string {
	var random [13]byte
	_, _ = rand.Read(random[:]) // never fails
	digits, sum := make([]byte, 13, 14), 0
	for i, b := range random {
		d := int(b % 10)
		if i == 0 {
			d = 0
		}
		digits[i] = byte('0' + d)
		sum += d * (3 - 2*(i%2))
	}
	return string(append(digits, byte('0'+(10-sum%10)%10)))
}

var word = regexp.MustCompile(`\$(?:G[0-9]|[A-Z]\b|today(?:[+-][0-9]+)?|[a-z]+)`)

// words gives the words of one run their meaning.
type words struct {
	day   trace.Date
	given map[string]string
}

// expand puts the meaning in place of every word of a line.
func (w words) expand(line string) (string, error) {
	var unknown error
	out := word.ReplaceAllStringFunc(line, func(s string) string {
		if v, ok := w.given[s]; ok {
			return v
		}
		v, ok := w.meaning(s)
		if !ok {
			unknown = fmt.Errorf("unknown word %s", s)
		}
		w.given[s] = v
		return v
	})
	return out, unknown
}

func (w words) meaning(s string) (string, bool) {
	switch {
	case s == "$root":
		return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("root", 8))), true
	case s == "$year":
		return w.day.Year(), true
	case s == "$otherday":
		return string(w.otherDay()), true
	case s == "$otheryear":
		return w.otherDay().Year(), true
	case strings.HasPrefix(s, "$today"):
		n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(s, "$today"), "+"))
		return w.plus(n), err == nil || s == "$today"
	case len(s) == 3:
		return GTIN(), true
	case len(s) == 2:
		return rand.Text()[:10] + s[1:], true
	}
	return "", false
}

// otherDay is the last day of last year or, on the one day of a leap year that
// is too far from it for a batch, the first of next year.
func (w words) otherDay() trace.Date {
	year, err := strconv.Atoi(w.day.Year())
	if err != nil {
		return w.day
	}
	last := trace.Date(fmt.Sprintf("%d-12-31", year-1))
	if string(last) < w.plus(-365) {
		return trace.Date(fmt.Sprintf("%d-01-01", year+1))
	}
	return last
}

func (w words) plus(days int) string {
	t, err := time.Parse(time.DateOnly, string(w.day))
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}
