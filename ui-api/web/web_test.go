package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/text"
)

func TestEngineRefusesWhatIsNotThereOrNotUsed(t *testing.T) {
	cat, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(cat, assets, now)
	if err != nil {
		t.Fatal(err)
	}
	e.files = map[string]string{
		"layout/phone": `{{template "title" .}}{{template "main" .}}`,
		"pages/one":    `{{define "title"}}1{{end}}{{define "main"}}{{template "gone" .}}{{end}}`,
		"parts/spare":  `spare`,
	}
	newPage[StartView](e, phone, "one")
	err = e.finish()
	for _, want := range []string{"templates/parts/gone.html is used and not there", "templates/parts/spare.html is used by no page"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestARenderingThatFailsWritesNothing(t *testing.T) {
	p := newPages(t)
	var b bytes.Buffer
	v := PartsView{Panels: []Panel{{Icon: "no such icon"}}}
	if err := p.Parts.Render(&b, desk(text.Zh, Batches), v); err == nil {
		t.Error("an icon that is not there was drawn")
	}
	if b.Len() != 0 {
		t.Errorf("half a page was written: %d bytes", b.Len())
	}
}

func TestStaticFilesKeepTheirPromises(t *testing.T) {
	p := newPages(t)
	app := fiber.New()
	app.Use(Secure)
	app.Get("/static/:file", p.Assets.Serve)
	address, err := p.Assets.URL("fanwei.css")
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for _, coding := range []string{"", "gzip", "br", "gzip;q=0, identity"} {
		req := httptest.NewRequest("GET", address, nil)
		req.Header.Set("Accept-Encoding", coding)
		res, err := app.Test(req)
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("Cache-Control: %s", got)
		}
		if got := res.Header.Get("Content-Security-Policy"); got != Policy {
			t.Errorf("Content-Security-Policy: %s", got)
		}
		bodies[coding] = decode(t, res.Header.Get("Content-Encoding"), res.Body)
	}
	for coding, body := range bodies {
		if body != bodies[""] || !strings.Contains(body, "--fw-paper") {
			t.Errorf("%q gives another body of %d bytes", coding, len(body))
		}
	}
	if strings.Contains(bodies[""], `url("guilloche.svg")`) {
		t.Error("the style sheet names a picture without its hash")
	}
	res, err := app.Test(httptest.NewRequest("GET", "/static/fanwei.css", nil))
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != fiber.StatusNotFound {
		t.Errorf("a name without hash answers %d", res.StatusCode)
	}
}

func decode(t *testing.T, coding string, r io.Reader) string {
	t.Helper()
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSafeBack(t *testing.T) {
	for in, want := range map[string]string{
		"/batches?after=3":      "/batches?after=3",
		"":                      "/",
		"batches":               "/",
		"//evil.example":        "/",
		"/\\evil.example":       "/",
		"https://evil.example/": "/",
		"/a\r\nSet-Cookie: x":   "/",
		"/\t/evil.example":      "/",
	} {
		if got := SafeBack(in); got != want {
			t.Errorf("SafeBack(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestUnitPath(t *testing.T) {
	got := UnitPath(verify.Code{GTIN: "06901234567892", Lot: "L/1%2 ..", Serial: "HQ3R7YH28D652F6KCWQH"})
	if want := "/01/06901234567892/10/L%2F1%252%20../21/HQ3R7YH28D652F6KCWQH"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOtherLang(t *testing.T) {
	for here, want := range map[string]string{
		"/":                     "/?lang=en",
		"/q?code=A%26B&lang=zh": "/q?code=A%26B&lang=en",
		"//evil.example":        "/?lang=en",
	} {
		if got := (Visit{Lang: text.Zh, Here: here}).OtherLang(); got != want {
			t.Errorf("from %q to %q, want %q", here, got, want)
		}
	}
}

func TestMark(t *testing.T) {
	cat, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	fields := []Field{{Name: "lot"}, {Name: "plant"}}
	r := cat.Printer(text.En).Refusal(refusal.New(refusal.Invalid, "text-missing", "plant"))
	if !Mark(fields, r) || fields[1].Error != "“Plant” is empty." || fields[0].Error != "" {
		t.Errorf("got %+v", fields)
	}
	if Mark(fields, cat.Printer(text.En).Refusal(refusal.New(refusal.Conflict, "ledger-busy"))) {
		t.Error("a refusal about no field was put at one")
	}
}

// What is forbidden and what is not there read the same.
func TestForbiddenIsNotFound(t *testing.T) {
	cat, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := cat.Printer(text.Zh)
	forbidden := Failure(p, refusal.New(refusal.Forbidden, "not-allowed", "read", "batch"), "1")
	missing := Failure(p, refusal.New(refusal.NotFound, "batch-missing", "1", "2"), "2")
	if forbidden != missing {
		t.Errorf("%+v is not %+v", forbidden, missing)
	}
}
