package label

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode/decoder"
	"pgregory.net/rapid"
	"rsc.io/qr/coding"
)

// read decodes a code with a decoder that shares nothing with the encoder.
func read(t *testing.T, m *matrix) string {
	t.Helper()
	img := make([][]bool, m.size)
	for y, row := range m.rows {
		for x := range m.size {
			img[y] = append(img[y], row>>x&1 == 1)
		}
	}
	got, err := zxing.NewDecoder().DecodeBoolMap(img, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.GetText()
}

func TestDecodeBack(t *testing.T) {
	for _, text := range []string{sample().Link, sample().Covert, "https://example.com/a~b", strings.Repeat("A", 300)} {
		m, err := newCoder().encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, m); got != text {
			t.Errorf("decoded %q, want %q", got, text)
		}
	}
}

// TestAlphanumeric checks the sizes: bytes would take larger codes.
func TestAlphanumeric(t *testing.T) {
	for _, c := range []struct {
		text string
		size int
	}{
		{sample().Link, 33},                  // version 4 holds 90 characters, but 62 bytes only
		{sample().Covert, 33},                // 63 characters: version 3 holds 61, version 4 62 bytes
		{strings.ToLower(sample().Link), 37}, // version 5 in bytes
	} {
		m, err := newCoder().encode(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if m.size != c.size {
			t.Errorf("%d characters take %d modules, want %d", len(c.text), m.size, c.size)
		}
	}
}

// TestPenalty compares the words' arithmetic with the standard's text, and
// checks that the mask of the least penalty is taken.
func TestPenalty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9A-Z./:]{1,120}`).Draw(t, "text")
		c := newCoder()
		chosen, err := c.encode(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, plans := range c.plans {
			for _, p := range plans {
				code, err := p.Encode(coding.Alpha(text))
				if err != nil {
					t.Fatal(err)
				}
				m := modules(code)
				if got, want := m.penalty(), slowPenalty(code); got != want {
					t.Fatalf("penalty %d, want %d", got, want)
				}
				if m.penalty() < chosen.penalty() {
					t.Fatalf("mask of penalty %d taken, there is one of %d", chosen.penalty(), m.penalty())
				}
			}
		}
	})
}

func slowPenalty(code *coding.Code) int {
	n, dark, size := 0, 0, code.Size
	for y := range size {
		var row, column strings.Builder
		for x := range size {
			row.WriteByte(" #"[bit(code.Black(x, y))])
			column.WriteByte(" #"[bit(code.Black(y, x))])
			dark += bit(code.Black(x, y))
			if x > 0 && y > 0 {
				if s := bit(code.Black(x, y)) + bit(code.Black(x-1, y)) + bit(code.Black(x, y-1)) + bit(code.Black(x-1, y-1)); s%4 == 0 {
					n += 3
				}
			}
		}
		n += slowLine(row.String()) + slowLine(column.String())
	}
	percent := dark * 100 / (size * size)
	return n + 10*(max(percent-50, 50-percent)/5)
}

func slowLine(line string) int {
	n := 0
	for i := range line {
		for _, finder := range []string{"# ### #    ", "    # ### #"} {
			if strings.HasPrefix(line[i:], finder) {
				n += 40
			}
		}
		if i > 0 && line[i] == line[i-1] {
			continue
		}
		run := 1
		for i+run < len(line) && line[i+run] == line[i] {
			run++
		}
		if run >= 5 {
			n += 3 + run - 5
		}
	}
	return n
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestPNGDecodes(t *testing.T) {
	var out bytes.Buffer
	if err := PNG(&out, sample(), chinese(), false); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	got := scan(t, gozxing.NewLuminanceSourceFromImage(img))
	if got != sample().Link {
		t.Errorf("scanned %q", got)
	}
}
