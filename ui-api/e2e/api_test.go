package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// TestAskingAboutAUnit walks the contract verify, version 1, as a program.
func TestAskingAboutAUnit(t *testing.T) { everywhere(t, asking) }

func asking(t *testing.T, base string) {
	c := newClient(t, base)
	code := c.sample(t, 0)
	short := code.short

	first := c.ask(t, "/q/"+short, 200)
	if first.Verdict != "genuine" || first.Scans.Count != 1 || first.Scans.FirstAt == "" || first.Unit.Serial != code.serial {
		t.Fatalf("first: %+v", first)
	}
	link := "/01/" + first.Unit.GTIN + "/10/" + url.PathEscape(first.Unit.Lot) + "/21/" + first.Unit.Serial
	api := "/api/v1/units/" + first.Unit.GTIN + "/" + url.PathEscape(first.Unit.Lot) + "/" + first.Unit.Serial
	for _, path := range []string{link, strings.ToLower(link), api} {
		if a := newClient(t, base).ask(t, path, 200); a.Verdict != "genuine_seen" || a.Unit.Serial != code.serial {
			t.Errorf("%s: %+v", path, a)
		}
	}
	if a := newClient(t, base).ask(t, link, 200); a.Scans.Count != 5 {
		t.Errorf("%d scans, want 5", a.Scans.Count)
	}
	if a := c.ask(t, "/q/"+short, 200); a.Scans.Count != 5 {
		t.Errorf("reloading counted: %+v", a.Scans)
	}

	for _, path := range []string{link, api} {
		resp := c.do(t, http.MethodHead, path, map[string]string{"Accept": "application/json"})
		if resp.StatusCode != 200 {
			t.Errorf("HEAD %s: %d", path, resp.StatusCode)
		}
	}
	preview := newClient(t, base).do(t, http.MethodGet, link, map[string]string{"Accept": "application/json", "User-Agent": "WhatsApp/2.23"})
	if preview.StatusCode != 200 {
		t.Errorf("preview: %d", preview.StatusCode)
	}
	if a := newClient(t, base).ask(t, api, 200); a.Scans.Count != 6 {
		t.Errorf("HEAD or a preview counted: %d scans, want 6", a.Scans.Count)
	}

	wrong := "/01/" + first.Unit.GTIN + "/10/" + url.PathEscape(first.Unit.Lot) + "/21/" + other(code.serial)
	if a := c.ask(t, wrong, 404); a.Verdict != "unknown" || a.Unit != nil || len(a.Suggestions) != 1 || a.Suggestions[0] != code.serial {
		t.Errorf("unknown: %+v", a)
	}
	for _, path := range []string{"/01/06901234567890/10/L1/21/" + code.serial, "/q/" + short[:12], "/01/x", "/api/v1/units/06901234567892/L1/short"} {
		if a := c.ask(t, path, 400); a.Verdict != "unreadable" || len(a.Reasons) == 0 || a.Reasons[0].Text == "" {
			t.Errorf("%s: %+v", path, a)
		}
	}
	english := c.do(t, http.MethodGet, link, map[string]string{"Accept": "application/json", "Accept-Language": "en"})
	if !strings.Contains(english.body, "Registered by the maker") {
		t.Errorf("English: %s", english.body)
	}
}

func TestLotsWithStrangeCharacters(t *testing.T) {
	base := platform(t)
	c := newClient(t, base)
	c.login(t, "shen")
	lot := `A/1%2F"(x)&;`
	body := `{"id":"strange-1","gtin":"06901234510102","lot":` + quote(lot) + `,"size":3,"plant":"云溪工厂","produced_on":"` + today() + `"}`
	resp := c.do(t, http.MethodPost, "/api/v1/batches", map[string]string{"Content-Type": "application/json", "body": body})
	if resp.StatusCode != 201 {
		t.Fatalf("register: %d %s", resp.StatusCode, resp.body)
	}
	got := c.do(t, http.MethodGet, "/api/v1/batches/06901234510102/"+url.PathEscape(lot), nil)
	if got.StatusCode != 200 || !strings.Contains(got.body, quote(lot)[1:6]) {
		t.Errorf("read: %d %s", got.StatusCode, got.body)
	}
	page := c.do(t, http.MethodGet, "/batches/06901234510102/"+url.PathEscape(lot), nil)
	if page.StatusCode != 200 {
		t.Errorf("page: %d", page.StatusCode)
	}
}

func TestProgramsAreToldWhy(t *testing.T) { everywhere(t, toldWhy) }

func toldWhy(t *testing.T, base string) {
	c := newClient(t, base)
	resp := c.do(t, http.MethodGet, "/api/v1/batches", nil)
	if resp.StatusCode != 401 || resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("nobody: %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	c.login(t, "shen")
	for body, want := range map[string]struct {
		status int
		reason string
	}{
		`{"id":"1","gtin":"06901234510102","lot":"X1","size":0,"plant":"云溪工厂","produced_on":"` + today() + `"}`:        {400, "batch-size"},
		`{"id":"1","gtin":"06901234510102","lot":"X1","size":1,"plant":"云溪工厂","produced_on":"2020-01-01"}`:             {400, "produced-on-range"},
		`{"id":"1","gtin":"06901234520101","lot":"X1","size":1,"plant":"云溪工厂","produced_on":"` + today() + `"}`:        {404, "model-missing"},
		`{"id":"1","gtin":"06901234510102","lot":"X1","size":10000000,"plant":"云溪工厂","produced_on":"` + today() + `"}`: {400, "batch-larger-than-served"},
		`{"id":"1","gtin":"06901234510102","lot":"X\u0007","size":1,"plant":"云溪工厂","produced_on":"` + today() + `"}`:   {400, "lot"},
		`{"id":"1","gtin":"06901234510102","lot":"X1","size":900001,"plant":"云溪工厂","produced_on":"` + today() + `"}`:   {409, "capacity-used-up"},
		`{"id":"1","gtin":"06901234510102","lot":"X1","size":"many","plant":"云溪工厂","produced_on":"` + today() + `"}`:   {422, ""},
		`{"id":"1","gtin":"06901234510102","lot":"X1","size":1,"plant":"云溪工厂","produced_on":"` + today() + `","x":1}`:  {422, ""},
		`{"id":"1"`: {400, ""},
	} {
		resp := c.do(t, http.MethodPost, "/api/v1/batches", map[string]string{"Content-Type": "application/json", "body": body})
		var problem struct{ Reason, Detail string }
		if err := json.Unmarshal([]byte(resp.body), &problem); err != nil {
			t.Errorf("%s: %v: %s", body, err, resp.body)
		}
		if resp.StatusCode != want.status || problem.Reason != want.reason || problem.Detail == "" {
			t.Errorf("%s: %d %s", body, resp.StatusCode, resp.body)
		}
	}
	cross := c.do(t, http.MethodPost, "/api/v1/batches", map[string]string{"Content-Type": "application/json", "body": "{}", "Sec-Fetch-Site": "cross-site"})
	if cross.StatusCode != 403 {
		t.Errorf("from another site: %d", cross.StatusCode)
	}
}

// A client is a program, or a browser without a screen.
type client struct {
	base string
	http *http.Client
}

type response struct {
	*http.Response
	body string
}

type answer struct {
	Verdict string
	Reasons []struct{ Code, Text string }
	Unit    *struct{ GTIN, Lot, Serial string }
	Scans   struct {
		Count   int64
		FirstAt string `json:"first_at"`
	}
	Suggestions []string
}

func newClient(t *testing.T, base string) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{base, &http.Client{Jar: jar}}
}

// do sends a request with headers; "body" among them is the body.
func (c *client) do(t *testing.T, method, path string, headers map[string]string) response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.base+path, strings.NewReader(headers["body"]))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range headers {
		if k != "body" {
			req.Header.Set(k, v)
		}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{resp, string(b)}
}

func (c *client) ask(t *testing.T, path string, status int) answer {
	t.Helper()
	resp := c.do(t, http.MethodGet, path, map[string]string{"Accept": "application/json"})
	if resp.StatusCode != status {
		t.Errorf("%s: %d, want %d: %s", path, resp.StatusCode, status, resp.body)
	}
	var a answer
	if err := json.Unmarshal([]byte(resp.body), &a); err != nil {
		t.Fatalf("%s: %v: %s", path, err, resp.body)
	}
	return a
}

func (c *client) login(t *testing.T, login string) {
	t.Helper()
	form := url.Values{"login": {login}, "password": {"fanwei-demo-2026"}}
	resp := c.do(t, http.MethodPost, "/login", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "body": form.Encode()})
	if resp.StatusCode != 200 {
		t.Fatalf("login: %d", resp.StatusCode)
	}
}

// A code is one that the demonstration's start page offers.
type code struct{ short, serial string }

func (c *client) sample(t *testing.T, n int) code {
	t.Helper()
	page := c.do(t, http.MethodGet, "/", nil)
	parts := strings.Split(page.body, `href="/q/`)
	if len(parts) < n+2 {
		t.Fatalf("no %d samples on the start page", n+1)
	}
	short, _, _ := strings.Cut(parts[n+1], `"`)
	return code{short, strings.ReplaceAll(short, "-", "")[7:]}
}

// other returns a serial with one character changed.
func other(serial string) string {
	if serial[4] == '7' {
		return serial[:4] + "8" + serial[5:]
	}
	return serial[:4] + "7" + serial[5:]
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(b)
}
