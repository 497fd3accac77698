// Package verify answers a consumer's question about one unit: an honest
// verdict, with its reasons.
package verify

import (
	"time"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/gs1"
)

// A Verdict is the answer in one word (contract verify, version 1).
type Verdict string

const (
	Genuine      Verdict = "genuine"       // first scan
	GenuineSeen  Verdict = "genuine_seen"  // scanned before
	Recalled     Verdict = "recalled"      // the unit is called back
	NotCertified Verdict = "not_certified" // certificate missing or not valid when it was made
	Unknown      Verdict = "unknown"       // no such code
	Unreadable   Verdict = "unreadable"    // not a whole code
)

// An Answer is a verdict with all that a page or a program shows of it.
type Answer struct {
	Verdict     Verdict
	Reasons     []Reason
	Unit        *Unit   // nil for Unknown and Unreadable
	Scans       Scans   // zero for Unknown and Unreadable
	Recall      *Recall // set for Recalled
	Suggestions []Code  // for Unknown and Unreadable: codes one typing slip away that exist
	Asked       string  // what was asked, as far as it could be read
	At          time.Time
}

// A Reason is one thing that was checked, and what was found. Code is a stable
// key of the text catalogue, Args fill the places of its text.
type Reason struct {
	Code string
	Good bool // it speaks for the unit
	Args []string
}

// A Code names one unit.
type Code = gs1.Code

// A Unit is the product that the code stands for.
type Unit struct {
	Code
	Index         uint64
	Short         string // the short code, as printed on the label
	Model         string // designation
	Name          string
	Brand         string
	Class         string
	Specification string
	Photo         string // SHA-256 of the maker's picture, or empty
	Maker         string // the organisation's name
	Plant         string
	ProducedOn    trace.Date
	RegisteredAt  time.Time
	Certificate   string
	ValidTo       trace.Date // of the certificate
}

// Scans is how often the unit was asked about, this time included, without
// places or persons.
type Scans struct {
	Count           int64
	FirstAt, LastAt time.Time
}

// A Recall is what a holder of the unit must know.
type Recall struct {
	Number, Reason, Advice string
	By                     string // the organisation's name
	Ordered                bool   // by market regulation
	Since                  time.Time
}
