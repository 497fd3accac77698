package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/text"
)

// An Answer is the verdict about a unit (contract verify, version 1).
type Answer struct {
	Verdict     string   `json:"verdict" enum:"genuine,genuine_seen,claimed,doubtful,recalled,not_certified,unknown,unreadable"`
	Reasons     []Reason `json:"reasons"`
	Unit        *Unit    `json:"unit,omitempty"`
	Scans       *Scans   `json:"scans,omitempty"`
	Recall      *Recall  `json:"recall,omitempty"`
	Suggestions []string `json:"suggestions,omitempty" doc:"Codes one typing slip away that exist: serials, or paths where the lot differs"`
}

// A Reason is one thing that was checked and what was found.
type Reason struct {
	Code string `json:"code" doc:"Stable"`
	Text string `json:"text" doc:"In the language asked for"`
}

// A Unit is the product that a code stands for.
type Unit struct {
	GTIN       string `json:"gtin"`
	Lot        string `json:"lot"`
	Serial     string `json:"serial"`
	Model      string `json:"model"`
	Maker      string `json:"maker"`
	ProducedOn string `json:"produced_on"`
}

// Scans is how often the unit was asked about, this time included.
type Scans struct {
	Count   int64  `json:"count"`
	FirstAt string `json:"first_at,omitempty" doc:"RFC 3339"`
	LastAt  string `json:"last_at,omitempty" doc:"RFC 3339"`
}

// A Recall is what a holder must know.
type Recall struct {
	Reason   string `json:"reason"`
	Since    string `json:"since" doc:"RFC 3339"`
	By       string `json:"by"`
	WhatToDo string `json:"what_to_do"`
}

// NewAnswer writes an answer in the reader's language.
func NewAnswer(a verify.Answer, p text.Printer) Answer {
	out := Answer{Verdict: string(a.Verdict), Reasons: make([]Reason, len(a.Reasons))}
	for i, r := range a.Reasons {
		out.Reasons[i] = Reason{r.Code, p.Reason(r.Code, r.Args).Text}
	}
	if u := a.Unit; u != nil {
		out.Unit = &Unit{u.GTIN, u.Lot, u.Serial, u.Model, u.Maker, string(u.ProducedOn)}
		out.Scans = &Scans{a.Scans.Count, moment(a.Scans.FirstAt), moment(a.Scans.LastAt)}
	}
	if r := a.Recall; r != nil {
		out.Recall = &Recall{r.Reason, moment(r.Since), r.By, r.Advice}
	}
	for _, s := range a.Suggestions {
		out.Suggestions = append(out.Suggestions, suggestion(a, s))
	}
	return out
}

// suggestion is the serial where all else is as asked, and else the unit's path.
func suggestion(a verify.Answer, c verify.Code) string {
	if c.Serial != a.Asked {
		return c.Serial
	}
	u, err := url.Parse(gs1.Link("h", c))
	if err != nil {
		return c.Serial
	}
	return u.EscapedPath()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// VerdictStatus is the HTTP status of a verdict.
func VerdictStatus(v verify.Verdict) int {
	switch v {
	case verify.Unknown:
		return http.StatusNotFound
	case verify.Unreadable:
		return http.StatusBadRequest
	}
	return http.StatusOK
}

type askUnit struct {
	GTIN   string `path:"gtin" maxLength:"14" doc:"GTIN-8 to GTIN-14"`
	Lot    string `path:"lot" maxLength:"60" doc:"Percent-encoded as in a GS1 Digital Link"`
	Serial string `path:"serial" maxLength:"100"`
}

type unitAnswer struct {
	Status int
	Body   Answer
}

// A VisitKey is the context's key for how a question is asked, a verify.Visit
// func of the unit: the cookie that tells is none of the API's business.
type VisitKey struct{}

func (a *API) unitRoutes(h huma.API) {
	ask := huma.Operation{
		OperationID: "ask-unit", Method: http.MethodGet, Path: "/api/v1/units/{gtin}/{lot}/{serial}", Tags: []string{"units"},
		Security:    []map[string][]string{}, // everybody may ask
		Summary:     "Ask about a unit",
		Description: "The same answer as the code's own link gives with Accept: application/json. 404 where there is no such code, 400 where it is no whole code; the body has the same form each time.",
	}
	handle(a, h, ask, a.askUnit)
	ask.OperationID, ask.Method, ask.Hidden = "head-unit", http.MethodHead, true
	handle(a, h, ask, a.askUnit)
}

func (a *API) askUnit(ctx context.Context, who Caller, in *askUnit) (*unitAnswer, error) {
	asked := gs1.Code{GTIN: in.GTIN, Lot: plain(in.Lot), Serial: plain(in.Serial)}
	answer, err := a.units.Ask(ctx, asked, visit(ctx, asked))
	if err != nil {
		return nil, err
	}
	return &unitAnswer{VerdictStatus(answer.Verdict), NewAnswer(answer, who.Printer)}, nil
}

func visit(ctx context.Context, unit gs1.Code) verify.Visit {
	if f, ok := ctx.Value(VisitKey{}).(func(gs1.Code) verify.Visit); ok {
		return f(unit)
	}
	return verify.Scan
}
