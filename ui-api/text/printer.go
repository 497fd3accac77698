package text

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/message"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// A Printer speaks one language. It is safe for concurrent use.
type Printer struct {
	lang     Lang
	out      *message.Printer
	messages map[string]entry
}

// Lang is the language it speaks.
func (p Printer) Lang() Lang { return p.lang }

// Has reports whether there is a message of that key.
func (p Printer) Has(key string) bool {
	_, ok := p.messages[key]
	return ok
}

// T returns the message of a key with its places filled. Arguments that it has
// no place for are left out, and a count may be given as its digits. A key that is not there is returned as it is.
func (p Printer) T(key string, args ...any) string {
	e, ok := p.messages[key]
	if !ok {
		return key
	}
	if s, ok := e.filled(args); ok {
		return s
	}
	fitting := slices.Clone(args[:min(len(args), e.args())])
	for i, a := range fitting {
		s, isText := a.(string)
		if n, err := strconv.ParseInt(s, 10, 64); isText && e.kind(i+1) == 'd' && err == nil {
			fitting[i] = n
		}
	}
	return p.out.Sprintf(key, fitting...)
}

// Of returns the message of a member of a family, such as role and maker. A
// member the catalogue does not know is returned as it is: product classes
// may be recorded that this version has no word for.
func (p Printer) Of(family, member string, args ...any) string {
	if key := family + "." + member; p.Has(key) {
		return p.T(key, args...)
	}
	return member
}

// Int returns a count with its thousands separated.
func (p Printer) Int(n int64) string { return p.out.Sprintf("%d", n) }

// A Refusal is an error as it is told to a person.
type Refusal struct {
	Code   refusal.Code // empty if the error is no refusal
	Title  string       // what did not happen
	Text   string       // why, and what to do
	Fields []string     // of the form that it is about: the name, or none
}

// Refusal says what an error means to a person. What is not a refusal, or one
// the catalogue has no sentence for, is told as a fault of ours.
func (p Printer) Refusal(err error) Refusal {
	r, ok := refusal.Of(err)
	if !ok {
		return Refusal{Title: p.T("fault.title"), Text: p.T("fault.text")}
	}
	out := Refusal{Code: r.Code, Title: p.Of("code", string(r.Code))}
	key := "refusal." + r.Reason
	if !p.Has(key) {
		out.Text = p.T("fault.text")
		return out
	}
	args := make([]any, len(r.Args))
	for i, a := range r.Args {
		args[i] = p.shown(a)
		if family := ArgFamily(r.Reason, i); family != "" {
			args[i] = p.Of(family, a)
		}
		if ArgFamily(r.Reason, i) == "field" {
			out.Fields = append(out.Fields, a)
		}
	}
	out.Text = p.T(key, args...)
	return out
}

// A Reason is one thing that was checked, as it is told to a person.
type Reason struct {
	Head   string // what was checked
	Detail string // what was found, or empty
	Text   string // both in one sentence
}

// Reason says what a verdict's reason means to a person.
func (p Printer) Reason(code string, args []string) Reason {
	key := "reason." + code
	if !p.Has(key) {
		return p.unread(code, args)
	}
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = p.shown(a)
	}
	head, detail, two := strings.Cut(p.T(key, list...), "\n")
	if !two {
		return Reason{Head: head, Text: head}
	}
	detail = strings.TrimSpace(detail)
	return Reason{head, detail, p.T("reason-line", head, detail)}
}

// unread tells why a code could not be read: the reason is that of a refusal.
func (p Printer) unread(code string, args []string) Reason {
	r := p.Refusal(refusal.New(refusal.Invalid, code, args...))
	return Reason{Head: r.Text, Text: r.Text}
}

// shown is an argument as a person reads it: a time is told in China's.
func (p Printer) shown(arg string) string {
	if len(arg) < len(time.DateOnly+"T15:04:05Z") || arg[len(time.DateOnly)] != 'T' { // most are no time
		return arg
	}
	if t, err := time.Parse(time.RFC3339, arg); err == nil {
		return p.Stamp(t)
	}
	return arg
}
