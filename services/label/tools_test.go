//go:build tools

package label

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTools reads a sheet with poppler and zbar, as a person would with
// `go test -tags tools`.
func TestTools(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if err := PDF(f, distinct(24), Sheets()[0], chinese()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return string(out)
	}
	text := run("pdftotext", "-layout", "a.pdf", "-")
	for _, want := range []string{"磷酸铁锂电池组", "HQ3R7 YH28D 652F0 023AB", "刮开后扫码"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	run("pdftoppm", "-r", "300", "-png", "a.pdf", "a")
	codes := run("zbarimg", "-q", "--raw", "a-1.png")
	if n := strings.Count(codes, "\n"); n != 48 {
		t.Errorf("%d codes read, want 48:\n%s", n, codes)
	}
}
