package web

import (
	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/ui-api/text"
)

// A FailureView says what did not happen.
type FailureView struct {
	Icon   string
	State  State
	Title  string
	Text   string
	Back   string // where to go on, or empty
	Number string // to quote, or empty
}

// Failure returns the view of an error. What is forbidden and what does not
// exist read the same: nobody learns from us what there is.
func Failure(p text.Printer, err error, number string) FailureView {
	r := p.Refusal(err)
	v := FailureView{Icon: "alert", State: Bad, Title: r.Title, Text: r.Text, Number: number}
	switch r.Code {
	case refusal.NotFound, refusal.Forbidden:
		return NotFound(p)
	case refusal.Invalid, refusal.Exists, refusal.Conflict:
		v.Icon, v.State, v.Number = "info", Mute, ""
	case refusal.Unavailable:
		v.Icon, v.State = "again", Doubt
	}
	return v
}

// NotFound returns the view of an address where nothing is, or nothing is
// shown to this reader.
func NotFound(p text.Printer) FailureView {
	return FailureView{Icon: "lock", State: Mute, Title: p.T("missing.title"), Text: p.T("missing.text")}
}
