package web

import (
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/verify"
)

// A VerdictView is the answer about one unit.
type VerdictView struct {
	verify.Answer
}

// State colours the verdict.
func (v VerdictView) State() State {
	switch v.Verdict {
	case verify.Genuine, verify.GenuineSeen:
		return OK
	case verify.Recalled:
		return Recall
	case verify.NotCertified:
		return Doubt
	case verify.Unknown:
		return Bad
	}
	return Mute
}

// Known reports whether the code is a maker's.
func (v VerdictView) Known() bool { return v.Unit != nil }

// Genuine reports whether nothing speaks against the unit.
func (v VerdictView) Genuine() bool { return v.State() == OK }

// class is what is known of the unit's class.
func (v VerdictView) class() product.Class {
	if v.Unit != nil {
		for _, c := range product.Classes() {
			if c.Key == v.Unit.Class {
				return c
			}
		}
	}
	return product.Class{}
}

// Drawing names the picture that shows where the label is.
func (v VerdictView) Drawing() string { return v.class().Drawing }

// Hazard says what a fake of this class does: it burns, or it fails in a fire.
// It is empty where neither is known.
func (v VerdictView) Hazard() string { return v.class().Hazard }

// Printed is the code as the label has it, or what was asked.
func (v VerdictView) Printed() string {
	if v.Unit == nil {
		return v.Asked
	}
	if v.Unit.Short != "" {
		return v.Unit.Short
	}
	return v.Unit.Serial
}

// Long reports whether what was asked is too long to stand on one line.
func (v VerdictView) Long() bool { return len(v.Printed()) > 36 }

// Sign is the icon of a reason.
func (v VerdictView) Sign(good bool) string {
	switch {
	case good:
		return "check"
	case v.Verdict == verify.Unknown:
		return "x"
	}
	return "alert"
}

// Tone is the state of a reason. What is right about a code that does not
// exist proves nothing, so it is not green.
func (v VerdictView) Tone(good bool) State {
	switch {
	case good && v.Known():
		return OK
	case good:
		return Mute
	case v.Genuine():
		return Doubt
	}
	return v.State()
}

// Scanned reports how often others asked about the unit before.
func (v VerdictView) Scanned() int64 { return max(v.Scans.Count-1, 0) }
