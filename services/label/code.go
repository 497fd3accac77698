package label

import (
	"fmt"
	"math/bits"

	"rsc.io/qr/coding"
)

// level is the error correction of every code: 15 % of the symbol may be lost.
const level = coding.M

// masks is the number of masks that a QR code may have.
const masks coding.Mask = 8

// maxVersion bounds a code to 61 modules, so that a row fits a word. It holds
// 366 characters, more than fits any label.
const maxVersion = 11

// A coder makes QR codes. It keeps the plans of the versions it has met, so it
// is for one goroutine.
type coder struct {
	masks coding.Mask // to choose from
	plans map[coding.Version][]*coding.Plan
}

func newCoder() *coder { return &coder{masks: masks, plans: map[coding.Version][]*coding.Plan{}} }

// A matrix is a QR code. Bit x of rows[y] is set where it is black.
type matrix struct {
	size int // modules on a side, without the quiet zone
	rows []uint64
}

// runs calls f with each horizontal run of black modules.
func (m *matrix) runs(f func(x, y, length int)) {
	for y, row := range m.rows {
		for row != 0 {
			x := bits.TrailingZeros64(row)
			length := bits.TrailingZeros64(^(row >> x))
			f(x, y, length)
			row &^= (1<<length - 1) << x
		}
	}
}

// encode makes the smallest code of a text, in alphanumeric mode if the text
// allows it, with the mask that the standard's penalty rules prefer.
func (c *coder) encode(text string) (*matrix, error) {
	enc := mode(text)
	v := coding.Version(coding.MinVersion)
	for enc.Bits(v) > v.DataBytes(level)*8 {
		if v++; v > maxVersion {
			return nil, fmt.Errorf("%w: %d characters", ErrDense, len(text))
		}
	}
	plans, err := c.plan(v)
	if err != nil {
		return nil, err
	}
	var best *matrix
	least := 0
	for _, p := range plans {
		code, err := p.Encode(enc)
		if err != nil {
			return nil, fmt.Errorf("encode QR: %w", err)
		}
		m := modules(code)
		if n := m.penalty(); best == nil || n < least {
			best, least = m, n
		}
	}
	return best, nil
}

// alphanumeric reports whether a text fits the QR mode of 5.5 bits a character.
func alphanumeric(text string) bool { return coding.Alpha(text).Check() == nil }

func mode(text string) coding.Encoding {
	if alphanumeric(text) {
		return coding.Alpha(text)
	}
	return coding.String(text)
}

func (c *coder) plan(v coding.Version) ([]*coding.Plan, error) {
	if p, ok := c.plans[v]; ok {
		return p, nil
	}
	var plans []*coding.Plan
	for mask := range c.masks {
		p, err := coding.NewPlan(v, level, mask)
		if err != nil {
			return nil, fmt.Errorf("plan QR version %d: %w", v, err)
		}
		plans = append(plans, p)
	}
	c.plans[v] = plans
	return plans, nil
}

func modules(code *coding.Code) *matrix {
	m := &matrix{size: code.Size, rows: make([]uint64, code.Size)}
	for y := range m.rows {
		for i, b := range code.Bitmap[y*code.Stride : (y+1)*code.Stride] {
			m.rows[y] |= uint64(bits.Reverse8(b)) << (8 * i)
		}
		m.rows[y] &= 1<<code.Size - 1
	}
	return m
}
