package label

import (
	_ "embed"
	"fmt"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// han has Chinese and no Latin; see font/LICENSE.
//
//go:embed font/DroidSansFallbackFull.ttf
var han []byte

// A style says which font draws Latin letters and digits.
type style int

const (
	prose style = iota // Go Regular
	code               // Go Mono, whose 0 and 1 cannot be taken for letters
	other              // Droid Sans Fallback: what the two have not
)

// families are the names of the fonts in a PDF, by style.
var families = [...]string{prose: "go", code: "gomono", other: "han"}

func ttf(s style) []byte {
	switch s {
	case prose:
		return goregular.TTF
	case code:
		return gomono.TTF
	}
	return han
}

// A faces measures text. It is for one goroutine.
type faces struct {
	fonts [3]*sfnt.Font
	buf   sfnt.Buffer
	known map[key]glyph
}

type key struct {
	style style
	r     rune
}

type glyph struct {
	style style   // the font that has it
	width float64 // in em
	none  bool    // no font has it
}

func newFaces() (*faces, error) {
	f := &faces{known: map[key]glyph{}}
	for s := range f.fonts {
		parsed, err := sfnt.Parse(ttf(style(s)))
		if err != nil {
			return nil, fmt.Errorf("read font %s: %w", families[s], err)
		}
		f.fonts[s] = parsed
	}
	return f, nil
}

func (f *faces) glyph(s style, r rune) glyph {
	k := key{s, r}
	g, ok := f.known[k]
	if !ok {
		g = f.look(s, r)
		f.known[k] = g
	}
	return g
}

func (f *faces) look(s style, r rune) glyph {
	const em = 1 << 10
	for _, s := range []style{s, other} {
		i, err := f.fonts[s].GlyphIndex(&f.buf, r)
		if err != nil || i == 0 || r > 0xffff { // fpdf panics on a character of more than 16 bits
			continue
		}
		w, err := f.fonts[s].GlyphAdvance(&f.buf, i, fixed.I(em), font.HintingNone)
		if err == nil {
			return glyph{style: s, width: float64(w) / (em << 6)}
		}
	}
	return glyph{style: other, width: 1, none: true}
}

// tofu is drawn for a character that no font has.
const tofu = '□'

// drawable is a text with what the fonts have.
func (f *faces) drawable(s style, text string) string {
	return strings.Map(func(r rune) rune {
		if f.glyph(s, r).none {
			return tofu
		}
		return r
	}, text)
}

// width returns the width of a text in em.
func (f *faces) width(s style, text string) float64 {
	w := 0.0
	for _, r := range text {
		w += f.glyph(s, r).width
	}
	return w
}

// A span is a piece of text in one font, with its place from the start in em.
type span struct {
	style style
	text  string
	at    float64
}

// spans cuts a text where the font changes, as far as the fonts can draw it.
func (f *faces) spans(s style, text string) []span {
	text = f.drawable(s, text)
	var list []span
	at, from := 0.0, 0
	for i, r := range text {
		g := f.glyph(s, r)
		if n := len(list); n == 0 || list[n-1].style != g.style {
			if n > 0 {
				list[n-1].text = text[from:i]
			}
			list = append(list, span{style: g.style, at: at})
			from = i
		}
		at += g.width
	}
	if n := len(list); n > 0 {
		list[n-1].text = text[from:]
	}
	return list
}

// fit makes a text fit a width: it shrinks it by a quarter at most and cuts
// what is still too long; a code is never cut, only shrunk.
func (f *faces) fit(s style, text string, em, width float64) (string, float64) {
	const least = 0.75
	w := f.width(s, text)
	if w*em <= width {
		return text, em
	}
	if s == code || w*em*least <= width {
		return text, width / w
	}
	em *= least
	w = f.width(s, "…")
	for i, r := range text {
		if w += f.glyph(s, r).width; w*em > width {
			return text[:i] + "…", em
		}
	}
	return text, em
}

// wrap cuts prose after what fits a width.
func (f *faces) wrap(text string, em, width float64) (first, rest string) {
	w := 0.0
	for i, r := range text {
		if w += f.glyph(prose, r).width; w*em > width && i > 0 {
			return text[:i], text[i:]
		}
	}
	return text, ""
}
