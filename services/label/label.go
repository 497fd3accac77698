// Package label draws the labels of units: sheets of paper (PDF), rolls for
// label printers (ZPL), lists for a printing house (CSV) and single labels
// (SVG, PNG). It draws what it is given and knows nothing of batches or keys.
//
// A label has an open part and, if there is a secret, a covert part that the
// maker covers with a scratch layer. Whoever holds a drawing with covert parts
// can claim the units, so files of labels are to be kept as secrets are.
package label

import (
	"errors"
	"strings"
)

// A Label is what stands on the label of one unit.
type Label struct {
	Brand, Name, Model, Lot, Maker, ProducedOn string

	Serial string // 20 characters, without groups
	Short  string // the short code, grouped as it is typed
	Link   string // the text of the open QR code

	Covert string // the text of the covert QR code; empty: no covert part
	Secret string // the claim secret, without groups
}

// Words are the texts around the values, in the language of the label.
type Words struct {
	Model, Lot, Date, Maker, Serial string
	Scratch                         string // such as "刮开后扫码"
}

// ErrDense is returned for a code that would have modules smaller than
// minModule on the label asked for: a shorter host or a larger label helps.
var ErrDense = errors.New("the code is too long for a label of this size")

// minModule is the smallest side of a QR module that cheap telephones still
// read, in millimetres.
const minModule = 0.33

// quiet is the width of the empty border of a QR code, in modules.
const quiet = 4

// covert reports whether a covert part is to be drawn.
func (l *Label) covert() bool { return l.Covert != "" && l.Secret != "" }

// Group cuts a code into groups of n characters.
func Group(code string, n int, sep string) string {
	var b strings.Builder
	for i := 0; i < len(code); i += n {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(code[i:min(i+n, len(code))])
	}
	return b.String()
}
