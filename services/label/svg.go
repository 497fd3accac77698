package label

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// SVG writes one label of the usual size, the open part only unless covert is
// set. Text stays text, in the reader's fonts.
func SVG(w io.Writer, l Label, words Words, covert bool) error {
	l, d, err := single(l, words, covert)
	if err != nil {
		return err
	}
	s := &svg{faces: d.faces}
	fmt.Fprintf(&s.b, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 %g %g">`+"\n",
		d.width, d.height, d.width, d.height)
	fmt.Fprintf(&s.b, `<rect width="%g" height="%g" fill="#fff"/>`+"\n", d.width, d.height)
	if err := d.draw(s, &l); err != nil {
		return err
	}
	s.b.WriteString("</svg>\n")
	if _, err := w.Write(s.b.Bytes()); err != nil {
		return fmt.Errorf("write SVG: %w", err)
	}
	return nil
}

// Path returns a QR code alone, as the path of an SVG whose modules are one
// unit wide, and the width of the picture, quiet zone included.
func Path(text string) (path string, width int, err error) {
	m, err := newCoder().encode(text)
	if err != nil {
		return "", 0, err
	}
	return m.path(quiet), m.size + 2*quiet, nil
}

func (m *matrix) path(margin int) string {
	var b strings.Builder
	m.runs(func(x, y, length int) { fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+margin, y+margin, length, length) })
	return b.String()
}

// single prepares the drawing of one label.
func single(l Label, words Words, covert bool) (Label, *drawer, error) {
	width := float64(baseWidth)
	if !covert {
		l.Covert, l.Secret = "", ""
		width -= covertWide + gutter
	}
	d, err := newDrawer(words, width, baseHeight)
	if err != nil {
		return l, nil, err
	}
	d.scale = 1 // it is as high as the base label
	return l, d, nil
}

type svg struct {
	b     bytes.Buffer
	faces *faces
}

func (s *svg) text(x, y, em float64, st style, text string) {
	family := "sans-serif"
	if st == code {
		family = "monospace"
	}
	// textLength keeps a text in its place in whatever font the reader has.
	fmt.Fprintf(&s.b, `<text x="%.2f" y="%.2f" font-size="%.2f" font-family="%s" textLength="%.2f" lengthAdjust="spacingAndGlyphs">`,
		x, y, em, family, s.faces.width(st, text)*em)
	_ = xml.EscapeText(&s.b, []byte(text)) // a buffer takes all
	s.b.WriteString("</text>\n")
}

func (s *svg) code(x, y, side float64, m *matrix, _ string) {
	module := side / float64(m.size+2*quiet)
	fmt.Fprintf(&s.b, `<path shape-rendering="crispEdges" transform="translate(%.3f %.3f) scale(%.5f)" d="%s"/>`+"\n",
		x+quiet*module, y+quiet*module, module, m.path(0))
}

func (s *svg) cut(x, y1, y2 float64) {
	fmt.Fprintf(&s.b, `<path d="M%.2f %.2fV%.2f" stroke="#000" stroke-width="0.15" stroke-dasharray="1"/>`+"\n", x, y1, y2)
}
