package label

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-file +drawn); if it should, run with -update:\n%s", name, diff)
	}
}

func scan(t *testing.T, source gozxing.LuminanceSource) string {
	t.Helper()
	bits, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.GetText()
}

func TestGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"open.svg":   func(w io.Writer) error { return SVG(w, sample(), chinese(), false) },
		"covert.svg": func(w io.Writer) error { return SVG(w, sample(), chinese(), true) },
		"203.zpl":    func(w io.Writer) error { return ZPL(w, copies(sample(), 2), Rolls()["203"], chinese()) },
		"rows.csv":   func(w io.Writer) error { return CSV(w, copies(sample(), 2), true) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		golden(t, name, out.Bytes())
	}
}

// TestOpenOnly checks that a drawing of the open part holds nothing covert.
func TestOpenOnly(t *testing.T) {
	bare := sample()
	bare.Covert, bare.Secret = "", ""
	var with, without bytes.Buffer
	for _, c := range []struct {
		w io.Writer
		l Label
	}{{&with, sample()}, {&without, bare}} {
		if err := SVG(c.w, c.l, chinese(), false); err != nil {
			t.Fatal(err)
		}
	}
	if with.String() != without.String() || strings.Contains(with.String(), "STX3") || strings.Contains(with.String(), chinese().Scratch) {
		t.Error("the secret shows in the open part")
	}
}

// hostile has in each field what breaks out of one of the formats.
func hostile() Label {
	evil := "=1+1,\"^FS^XZ^XA~JA_5E\\\r\n<script>&^FX"
	return Label{Brand: evil, Name: evil, Model: evil, Lot: evil, Maker: evil, ProducedOn: evil,
		Serial: evil, Short: evil, Link: evil, Covert: evil, Secret: evil}
}

func TestZPLInjection(t *testing.T) {
	commands := func(l Label) []string {
		var out bytes.Buffer
		if err := ZPL(&out, copies(l, 1), Rolls()["300"], chinese()); err != nil {
			t.Fatal(err)
		}
		var names []string
		for part := range strings.FieldsFuncSeq(out.String(), func(r rune) bool { return r == '^' || r == '~' }) {
			names = append(names, strings.TrimSpace(part[:2]))
		}
		return slices.Compact(slices.DeleteFunc(names, func(n string) bool { return n == "GB" || n == "FO" }))
	}
	l := hostile()
	l.Secret = sample().Secret
	l.Maker = sample().Maker
	if diff := cmp.Diff(commands(sample()), commands(l)); diff != "" {
		t.Errorf("values changed the commands:\n%s", diff)
	}
	if got := escape("a^b~c_d\\e\nf中"); got != "a_5Eb_7Ec_5Fd_5Ce f中" {
		t.Errorf("escaped %q", got)
	}
}

func TestCSVReadsBack(t *testing.T) {
	var out bytes.Buffer
	l := hostile()
	l.Name = "＝cmd"
	if err := CSV(&out, copies(l, 1), true); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Columns(), rows[0]); diff != "" {
		t.Error(diff)
	}
	for i, v := range rows[1] {
		if !strings.HasPrefix(v, "'") {
			t.Errorf("%s is a formula: %q", rows[0][i], v)
		}
	}
}

func TestSVGInjection(t *testing.T) {
	var out bytes.Buffer
	if err := SVG(&out, hostile(), chinese(), true); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "<script") {
		t.Error("a value became markup")
	}
}

func TestDense(t *testing.T) {
	l := sample()
	l.Link = "HTTPS://" + strings.Repeat("LONG.", 50) + "EXAMPLE"
	for name, err := range map[string]error{
		"pdf": PDF(io.Discard, copies(l, 1), Sheets()[0], chinese()),
		"zpl": ZPL(io.Discard, copies(l, 1), Rolls()["203"], chinese()),
		"svg": SVG(io.Discard, l, chinese(), false),
		"png": PNG(io.Discard, l, chinese(), false),
	} {
		if !errors.Is(err, ErrDense) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnyText checks that no text stops a drawing.
func TestAnyText(t *testing.T) {
	f, err := newFaces()
	if err != nil {
		t.Fatal(err)
	}
	if got := f.drawable(prose, "吉𠮷a"); got != "吉□a" || f.glyph(prose, tofu).none {
		t.Errorf("drawable as %q", got)
	}
	for _, text := range []string{"𠮷野家😀", "\x00\n\t\x7f", "\xff\xfe", strings.Repeat("长", 500), "مرحبا", "\u200b\ufeff\uffff"} {
		l := sample()
		l.Brand, l.Name, l.Maker, l.Model, l.Lot, l.Short = text, text, text, text, text, text
		for name, err := range map[string]error{
			"pdf": PDF(io.Discard, copies(l, 1), Sheets()[0], chinese()),
			"zpl": ZPL(io.Discard, copies(l, 1), Rolls()["203"], chinese()),
			"svg": SVG(io.Discard, l, chinese(), true),
			"png": PNG(io.Discard, l, chinese(), true),
		} {
			if err != nil {
				t.Errorf("%s of %.20q: %v", name, text, err)
			}
		}
	}
}

func TestPath(t *testing.T) {
	path, width, err := Path("HTTPS://FANWEI.EXAMPLE/")
	if err != nil || width != 25+8 || !strings.HasPrefix(path, "M4 4h7v1h-7z") {
		t.Errorf("%d, %.20s, %v", width, path, err)
	}
}
