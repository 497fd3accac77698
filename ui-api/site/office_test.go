package site_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// post sends a form as a person and returns the answer with its page.
func (p platform) post(t *testing.T, who, path string, form url.Values) (*http.Response, string) {
	t.Helper()
	i := slices.IndexFunc(p.people, func(q person) bool { return q.name == who })
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.AddCookie(&http.Cookie{Name: "fw_session", Value: p.people[i].token})
	res, err := p.web.Test(req, -1)
	must(t, err)
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	must(t, err)
	return res, string(page)
}

func TestOffice(t *testing.T) {
	p := open(t)
	t.Run("a change of a certificate is asked about in numbers", p.changes)
	t.Run("a one-time password is on the page alone", p.oneTime)
}

// changes revokes the certificate under which two batches of 10 and 5 units
// stand.
func (p platform) changes(t *testing.T) {
	form := url.Values{"id": {"revoke-1"}, "from": {string(p.Products.Today())}, "reason": {"a reason <b>"}}
	path := "/certificates/" + certificateNumber + "/revoke"
	res, page := p.post(t, "market officer", path, form)
	for _, want := range []string{"2批，共15件", `name="confirmed" value="` + form.Get("from") + `"`, "a reason &lt;b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the question (%d) does not say %q", res.StatusCode, want)
		}
	}
	form.Set("confirmed", "2020-01-01") // what was confirmed is another day
	if res, _ := p.post(t, "market officer", path, form); res.StatusCode != http.StatusOK {
		t.Errorf("another day was confirmed: %d", res.StatusCode)
	}
	form.Set("confirmed", form.Get("from"))
	if res, _ := p.post(t, "market officer", path, form); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the day was confirmed: %d", res.StatusCode)
	}
	cert, _, err := p.Products.Certificate(t.Context(), subject("market"), certificateNumber)
	must(t, err)
	if cert.State.RevokedFrom != p.Products.Today() {
		t.Errorf("revoked from %q", cert.State.RevokedFrom)
	}
	form.Set("id", "revoke-2")
	if res, _ := p.post(t, "market officer", path, form); res.StatusCode != http.StatusConflict {
		t.Errorf("revoked twice: %d", res.StatusCode)
	}
}

func (p platform) oneTime(t *testing.T) {
	res, page := p.post(t, "maker manager", "/people/new", url.Values{"login": {"one.time"}, "person-name": {"One"}, "roles": {"viewer", "printer"}})
	shown := regexp.MustCompile(`[A-Z2-7]{4}(-[A-Z2-7]{4}){3}`).FindString(page)
	if res.StatusCode != http.StatusOK || shown == "" || strings.Count(page, shown) != 1 {
		t.Fatalf("%d: the password %q is not shown once", res.StatusCode, shown)
	}
	for name, values := range res.Header {
		if strings.Contains(strings.Join(values, " "), shown) {
			t.Errorf("the password stands in the header %s", name)
		}
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: %q", got)
	}
	if _, session, err := p.Accounts.Login(t.Context(), "one.time", shown); err != nil || !session.MustChange {
		t.Errorf("login: %v, must change %v", err, session.MustChange)
	}
}
