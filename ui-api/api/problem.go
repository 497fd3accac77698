package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
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
	if no.Reason == "login-throttled" { // RFC 6585, section 4
		return http.StatusTooManyRequests
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

// problem turns an error into what the caller is told: a refusal as it is,
// anything else as an internal error whose cause stays in the log.
func (a *API) problem(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	who := callerOf(ctx)
	no, ok := refusal.Of(err)
	if !ok {
		a.log.ErrorContext(ctx, "request failed", "error", err)
		no = refusal.New(refusal.Unavailable, "internal")
	}
	status := Status(no)
	if !ok {
		status = http.StatusInternalServerError
	}
	if no.Code == refusal.Forbidden && who.Subject.Person == "" {
		status = http.StatusUnauthorized
	}
	return &Problem{Type: "urn:fanwei:problem:" + no.Reason, Title: http.StatusText(status), Status: status,
		Detail: who.Printer.Refusal(err).Text, Code: no.Code, Reason: no.Reason, Args: no.Args}
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
