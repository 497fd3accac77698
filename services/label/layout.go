package label

import "fmt"

// A canvas is what a label is drawn on. Lengths are millimetres from the
// label's upper left corner.
type canvas interface {
	// text draws one line; y is its base line, em the font's size.
	text(x, y, em float64, s style, text string)
	// code draws a QR code of a side that includes the quiet zone.
	code(x, y, side float64, m *matrix, text string)
	// cut draws the line between the open and the covert part.
	cut(x, y1, y2 float64)
}

// The label that sizes below are meant for; others are scaled from it.
const baseWidth, baseHeight = 70, 37

// Sizes of the base label. A sheet's outer labels touch the edge of the paper,
// where printers print nothing, so the border is wide.
const (
	border     = 3.5
	gutter     = 1.0
	openSide   = 19.0
	covertSide = 18.0
	covertWide = 20.0
	pitch      = 2.9 // between lines
	titleSize  = 2.8
	textSize   = 2.1
	codeSize   = 2.2
)

// A drawer lays out labels of one size on a canvas, for one goroutine.
type drawer struct {
	faces         *faces
	coder         *coder
	words         Words
	width, height float64
	scale         float64
}

func newDrawer(w Words, width, height float64) (*drawer, error) {
	f, err := newFaces()
	if err != nil {
		return nil, err
	}
	scale := min(width/baseWidth, height/baseHeight)
	return &drawer{faces: f, coder: newCoder(), words: w, width: width, height: height, scale: scale}, nil
}

// draw draws one label: the open part on the left and, if the label has one,
// the covert part on the right of a dashed line.
func (d *drawer) draw(c canvas, l *Label) error {
	right := d.width - border*d.scale
	if l.covert() {
		left := right - covertWide*d.scale
		c.cut(left-gutter*d.scale, 0, d.height)
		if err := d.covert(c, l, left); err != nil {
			return err
		}
		right = left - 2*gutter*d.scale
	}
	return d.open(c, l, right)
}

func (d *drawer) open(c canvas, l *Label, right float64) error {
	s := d.scale
	left, top, side := border*s, border*s, openSide*s
	if err := d.code(c, left, top, side, l.Link); err != nil {
		return err
	}
	x, y := left+side+gutter*s, top+titleSize*s
	d.line(c, x, y, right, titleSize, prose, l.Brand)
	lines := []string{l.Name, phrase(d.words.Model, l.Model), phrase(d.words.Date, l.ProducedOn)}
	first, rest := d.faces.wrap(phrase(d.words.Maker, l.Maker), textSize*s, right-x)
	for _, text := range append(lines, first, rest) {
		if text != "" {
			y += pitch * s
			d.line(c, x, y, right, textSize, prose, text)
		}
	}
	y = top + side + pitch*s
	for _, text := range []string{
		phrase(d.words.Lot, l.Lot),
		phrase(d.words.Serial, Group(l.Serial, 5, " ")),
		l.Short,
	} {
		d.line(c, left, y, right, codeSize, code, text)
		y += pitch * s
	}
	return nil
}

func (d *drawer) covert(c canvas, l *Label, left float64) error {
	s := d.scale
	top, right := border*s, left+covertWide*s
	d.line(c, left, top+textSize*s, right, textSize, prose, d.words.Scratch)
	top += textSize*s + gutter*s
	if err := d.code(c, left+(covertWide-covertSide)/2*s, top, covertSide*s, l.Covert); err != nil {
		return err
	}
	y := top + covertSide*s + pitch*s
	groups := Group(l.Secret, 4, " ")
	half := min(9, len(groups)) // two groups a line
	d.line(c, left+gutter*s, y, right, codeSize*1.2, code, groups[:half])
	if rest := groups[half:]; rest != "" {
		d.line(c, left+gutter*s, y+pitch*s, right, codeSize*1.2, code, rest[1:])
	}
	return nil
}

func (d *drawer) code(c canvas, x, y, side float64, text string) error {
	m, err := d.coder.encode(text)
	if err != nil {
		return err
	}
	if module := side / float64(m.size+2*quiet); module < minModule {
		return fmt.Errorf("%w: a module would be %.2f mm", ErrDense, module)
	}
	c.code(x, y, side, m, text)
	return nil
}

func (d *drawer) line(c canvas, x, y, right, em float64, s style, text string) {
	if text == "" {
		return
	}
	text, em = d.faces.fit(s, text, em*d.scale, right-x)
	c.text(x, y, em, s, text)
}

func phrase(word, value string) string {
	if word == "" || value == "" {
		return value
	}
	return word + " " + value
}
