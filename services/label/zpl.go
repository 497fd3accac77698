package label

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
)

// A Roll describes the labels in a label printer.
type Roll struct {
	DPI           int     // 203, 300 or 600
	Width, Height float64 // of a label, in millimetres
	Font          string  // a font in the printer that has Chinese, such as "E:SIMSUN.TTF"
}

// Rolls returns the rolls there are, by name. They differ in the printer's
// resolution only.
func Rolls() map[string]Roll {
	rolls := map[string]Roll{}
	for _, dpi := range []int{203, 300, 600} {
		rolls[fmt.Sprintf("%d", dpi)] = Roll{DPI: dpi, Width: baseWidth, Height: baseHeight, Font: "E:SIMSUN.TTF"}
	}
	return rolls
}

// ZPL writes labels in ZPL II, UTF-8. Open and covert part are one label, not
// two: on a roll of pairs, one label lost to a jam would put every later
// secret beside the wrong serial. Values are data only: what could be a
// command is written as hexadecimal. It streams, and stops at the first error
// of seq, which it returns.
func ZPL(w io.Writer, seq iter.Seq2[Label, error], roll Roll, words Words) error {
	d, err := newDrawer(words, roll.Width, roll.Height)
	if err != nil {
		return err
	}
	d.coder.masks = 1 // the printer makes the codes; only their size is asked for
	z := &printer{w: bufio.NewWriterSize(w, 64<<10), font: roll.Font, dots: float64(roll.DPI) / 25.4}
	for l, err := range seq {
		if err != nil {
			return err
		}
		z.printf("^XA^CI28^PW%d^LL%d^LH0,0\n", z.dot(roll.Width), z.dot(roll.Height))
		if err := d.draw(z, &l); err != nil {
			return fmt.Errorf("label %s: %w", l.Serial, err)
		}
		z.printf("^PQ1^XZ\n")
		if z.err != nil {
			return fmt.Errorf("write ZPL: %w", z.err)
		}
	}
	if err := z.w.Flush(); err != nil {
		return fmt.Errorf("write ZPL: %w", err)
	}
	return nil
}

// A printer is the canvas of ZPL. The first error stays.
type printer struct {
	w    *bufio.Writer
	font string
	dots float64 // in a millimetre
	err  error
}

func (z *printer) printf(format string, args ...any) {
	if z.err == nil {
		_, z.err = fmt.Fprintf(z.w, format, args...)
	}
}

func (z *printer) dot(mm float64) int { return int(math.Round(mm * z.dots)) }

func (z *printer) text(x, y, em float64, _ style, text string) {
	size := z.dot(em)
	// ^FT places the base line. The font is proportional, so its width follows.
	z.printf("^FT%d,%d^A@N,%d,%d,%s^FH_^FD%s^FS\n", z.dot(x), z.dot(y), size, 0, z.font, escape(text))
}

func (z *printer) code(x, y, side float64, m *matrix, text string) {
	n := float64(m.size + 2*quiet)
	module := math.Floor(side * z.dots / n) // whole dots
	if module < 1 || module/z.dots < minModule*0.95 {
		z.fail(fmt.Errorf("%w: a module would be %.0f dots", ErrDense, module))
		return
	}
	start := (side*z.dots - n*module) / 2
	left, top := int(x*z.dots+start+quiet*module), int(y*z.dots+start+quiet*module)
	mode := "MA," // the printer chooses
	if alphanumeric(text) {
		mode = "MM,A"
	}
	z.printf("^FO%d,%d^BQN,2,%d^FH_^FD%s%s^FS\n", left, top, int(module), mode, escape(text))
}

func (z *printer) cut(x, y1, y2 float64) {
	const dash = 1.5 // millimetres, and as much between
	for y := y1; y < y2; y += 2 * dash {
		z.printf("^FO%d,%d^GB1,%d,1^FS", z.dot(x), z.dot(y), z.dot(min(dash, y2-y)))
	}
	z.printf("\n")
}

func (z *printer) fail(err error) {
	if z.err == nil {
		z.err = err
	}
}

// escape writes a value for ^FH_^FD: signs that begin commands and the sign of
// hexadecimal itself as _XX, control characters as spaces.
func escape(v string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(v, "\uFFFD") {
		switch {
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case r == '^' || r == '~' || r == '_' || r == '\\':
			fmt.Fprintf(&b, "_%02X", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
