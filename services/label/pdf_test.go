package label

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// pages returns the content streams of a PDF's pages.
func pages(t *testing.T, file []byte) []string {
	t.Helper()
	var list []string
	for _, part := range bytes.Split(file, []byte("stream\n"))[1:] {
		z, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue // not a compressed stream, or the tail of "endstream"
		}
		if b, err := io.ReadAll(z); err == nil && bytes.Contains(b, []byte("BT ")) {
			list = append(list, string(b))
		}
	}
	return list
}

// texts returns what a page shows, in order.
func texts(page string) []string {
	var list []string
	for _, m := range regexp.MustCompile(`(?s)Td \((.*?[^\\])\) Tj`).FindAllStringSubmatch(page, -1) {
		raw := strings.NewReplacer(`\\`, `\`, `\(`, "(", `\)`, ")", `\r`, "\r").Replace(m[1])
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		list = append(list, string(utf16.Decode(units)))
	}
	return list
}

func TestPDFText(t *testing.T) {
	var out bytes.Buffer
	if err := PDF(&out, distinct(25), Sheets()[0], chinese()); err != nil {
		t.Fatal(err)
	}
	list := pages(t, out.Bytes())
	if len(list) != 2 {
		t.Fatalf("%d pages for 25 labels", len(list))
	}
	got := texts(list[0])
	for _, want := range []string{
		"平安", "磷酸铁锂电池组", "型号", " PA-48V20Ah", "批号", " L20261121A",
		" HQ3R7 YH28D 652F0 007AB", "ABC123X-HQ3R7-YH28D-652F6-KCWQH", "刮开后扫码", "STX3 66QP", "76ET XEYP",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("page 1 lacks %q", want)
		}
	}
	if n := strings.Count(list[0], "re\nf Q"); n != 48 {
		t.Errorf("%d codes on a sheet of 24 labels", n)
	}
	if n := strings.Count(list[1], "re\nf Q"); n != 2 {
		t.Errorf("%d codes on the last sheet", n)
	}
}

func TestPDFRepeats(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []io.Writer{&a, &b} {
		if err := PDF(w, distinct(30), Sheets()[1], chinese()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same labels give other bytes")
	}
	if a.Len() > 100<<10 {
		t.Errorf("%d bytes: is the whole font in it?", a.Len())
	}
}

// TestNoCovert checks that a maker who keeps the claim key gets labels without
// a covert part.
func TestNoCovert(t *testing.T) {
	l := sample()
	l.Covert, l.Secret = "", ""
	var out bytes.Buffer
	if err := PDF(&out, copies(l, 1), Sheets()[0], chinese()); err != nil {
		t.Fatal(err)
	}
	page := pages(t, out.Bytes())[0]
	if slices.Contains(texts(page), chinese().Scratch) || strings.Count(page, "re\nf Q") != 1 {
		t.Error("a covert part was drawn")
	}
}
