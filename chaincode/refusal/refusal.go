// Package refusal is the one form in which any part of Fanwei says no: the
// rules of the ledger, the services, the decoders. A refusal survives the way
// through a Fabric peer, which passes text only.
package refusal

import (
	"encoding/json"
	"errors"
	"strings"
)

// A Code is the class of a refusal. Programs branch on it, and the API maps it
// to a status in one place.
type Code string

const (
	Invalid     Code = "invalid"     // the request can never succeed as it is
	NotFound    Code = "not-found"   // it does not exist, or is not shown to the caller
	Exists      Code = "exists"      // something with that name stands already
	Forbidden   Code = "forbidden"   // the caller may not do this
	Conflict    Code = "conflict"    // the state of things forbids it now
	Unavailable Code = "unavailable" // a part is out of reach: try again later
)

// An Error is a refusal. Reason is a stable key of the text catalogue, such as
// "certificate-expired"; Args fill the places of that text, in order.
type Error struct {
	Code   Code
	Reason string
	Args   []string
}

// New returns a refusal.
func New(code Code, reason string, args ...string) *Error {
	return &Error{Code: code, Reason: reason, Args: args}
}

// Error writes the refusal as one line that Parse reads back.
func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Reason
	if len(e.Args) == 0 {
		return s
	}
	args, err := json.Marshal(e.Args)
	if err != nil {
		return s
	}
	return s + " " + string(args)
}

// Is reports whether target is a refusal of the same class and, if target
// names a reason, for the same reason.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && (t.Reason == "" || t.Reason == e.Reason)
}

// Of returns the refusal in an error's chain, if there is one.
func Of(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Is reports whether an error's chain holds a refusal of the class.
func Is(err error, code Code) bool { return errors.Is(err, &Error{Code: code}) }

// Parse returns the refusal that Error wrote as msg, or nil if none did.
func Parse(msg string) *Error {
	code, rest, _ := strings.Cut(msg, ": ")
	switch c := Code(code); c {
	case Invalid, NotFound, Exists, Forbidden, Conflict, Unavailable:
		reason, list, ok := strings.Cut(rest, " ")
		if reason == "" {
			return nil
		}
		e := New(c, reason)
		if ok && json.Unmarshal([]byte(list), &e.Args) != nil {
			return nil
		}
		return e
	}
	return nil
}
