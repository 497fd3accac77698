package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/ui-api/text"
)

// A Problem is how the API says no (RFC 9457). Reason is stable; Detail is a
// sentence in the caller's language.
type Problem struct { //nolint:errname // RFC 9457 names it, and so does the schema
	Type   string              `json:"type" doc:"Stable name of the problem" example:"urn:fanwei:problem:certificate-expired"`
	Title  string              `json:"title" doc:"The HTTP status in words"`
	Status int                 `json:"status" doc:"The HTTP status"`
	Detail string              `json:"detail" doc:"What did not happen, and what to do, in the caller's language"`
	Code   refusal.Code        `json:"code,omitempty" doc:"Class of the refusal: invalid, not-found, exists, forbidden, conflict, unavailable"`
	Reason string              `json:"reason,omitempty" doc:"Stable reason within the class"`
	Args   []string            `json:"args,omitempty" doc:"What the reason is about, in order"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"Fields of the request that do not fit its schema"`
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the form of a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Status is the one place that gives a refusal an HTTP status.
func Status(no *refusal.Error) int {
	switch no.Reason { // HTTP has words of its own for these
	case "login-throttled":
		return http.StatusTooManyRequests
	case "request-too-large":
		return http.StatusRequestEntityTooLarge
	}
	switch no.Code {
	case refusal.Invalid:
		return http.StatusBadRequest
	case refusal.NotFound:
		return http.StatusNotFound
	case refusal.Exists, refusal.Conflict:
		return http.StatusConflict
	case refusal.Forbidden:
		return http.StatusForbidden
	case refusal.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problem is NewProblem for the caller of a request; what is no refusal is
// logged.
func (a *API) problem(ctx context.Context, err error) error {
	if _, ok := refusal.Of(err); !ok {
		a.log.ErrorContext(ctx, "request failed", "error", err)
	}
	who := callerOf(ctx)
	return NewProblem(err, who.Printer, who.Subject.Person == "")
}

// NewProblem turns an error into what a caller is told in a language: a refusal
// as it is, anything else as an internal error that keeps its cause. Nobody who
// is forbidden something is asked to log in.
func NewProblem(err error, p text.Printer, nobody bool) *Problem {
	no, ok := refusal.Of(err)
	status := http.StatusInternalServerError
	if ok {
		status = Status(no)
	} else {
		no = refusal.New(refusal.Unavailable, "internal")
	}
	if no.Code == refusal.Forbidden && nobody {
		status = http.StatusUnauthorized
	}
	return &Problem{Type: "urn:fanwei:problem:" + no.Reason, Title: http.StatusText(status), Status: status,
		Detail: p.Refusal(err).Text, Code: no.Code, Reason: no.Reason, Args: no.Args}
}

// malformed is the problem of a request that does not fit its schema. The
// details come from the schema and are in English.
func malformed(status int, message string, errs ...error) huma.StatusError {
	p := &Problem{Type: "urn:fanwei:problem:schema", Title: http.StatusText(status), Status: status, Detail: message}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, d.ErrorDetail())
		}
	}
	return p
}
