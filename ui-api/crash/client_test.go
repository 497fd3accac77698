package crash_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A client is somebody who has logged in. The cookie outlives the program.
type client struct {
	http    *http.Client
	address string
	session *http.Cookie
}

func newClient(address string) *client {
	return &client{address: address, http: &http.Client{Timeout: patience, Transport: &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// login logs in as a person of the demonstration.
func login(t *testing.T, address, person string) *client {
	t.Helper()
	c := newClient(address)
	resp, err := c.http.PostForm(address+"/login", url.Values{"login": {person}, "password": {"fanwei-demo-2026"}})
	must(t, err)
	defer resp.Body.Close()
	for _, cookie := range resp.Cookies() {
		if cookie.Name == "fw_session" {
			c.session = cookie
		}
	}
	if c.session == nil {
		t.Fatalf("%s cannot log in: %s", person, resp.Status)
	}
	return c
}

// An answer is what came of a request.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request. An error means that nobody knows what became of it.
func (c *client) do(method, path, media string, body io.Reader) (answer, error) {
	req, err := http.NewRequest(method, c.address+path, body)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept-Language", "en")
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	if strings.HasPrefix(path, "/01/") {
		req.Header.Set("Accept", "application/json")
	}
	if c.session != nil {
		req.AddCookie(c.session)
	}
	return c.send(req)
}

func (c *client) send(req *http.Request) (answer, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(b)}, err
}

// get returns a page or a resource that must be there.
func (c *client) get(t *testing.T, path string) answer {
	t.Helper()
	a, err := c.do(http.MethodGet, path, "", nil)
	must(t, err)
	if a.status != http.StatusOK {
		t.Fatalf("GET %s: status %d: %.300s", path, a.status, a.body)
	}
	return a
}

// postForm sends a form that must lead on, and returns where to.
func (c *client) postForm(t *testing.T, path string, form url.Values) string {
	t.Helper()
	a, err := c.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	must(t, err)
	return a.location(t, path)
}

// postParts sends a form with a file, or with long texts.
func (c *client) postParts(t *testing.T, path, file string, content string, fields map[string]string) answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		must(t, w.WriteField(name, value))
	}
	if file != "" {
		part, err := w.CreateFormFile("file", file)
		must(t, err)
		_, err = io.WriteString(part, content)
		must(t, err)
	}
	must(t, w.Close())
	a, err := c.do(http.MethodPost, path, w.FormDataContentType(), &b)
	must(t, err)
	return a
}

func (a answer) location(t *testing.T, path string) string {
	t.Helper()
	if a.status != http.StatusSeeOther {
		t.Fatalf("POST %s: status %d: %s", path, a.status, said(a.body))
	}
	to, _, _ := strings.Cut(a.header.Get("Location"), "#")
	return to
}

// postJSON sends a body to the API.
func (c *client) postJSON(path string, body any) (answer, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	return c.do(http.MethodPost, path, "application/json", bytes.NewReader(b))
}

// list returns all items of a list of the API, each as its bytes.
func (c *client) list(t *testing.T, path string) []string {
	t.Helper()
	var all []string
	for {
		var page struct {
			Total int
			Items []json.RawMessage
		}
		must(t, json.Unmarshal([]byte(c.get(t, fmt.Sprintf("%s?limit=200&after=%d", path, len(all))).body), &page))
		for _, item := range page.Items {
			all = append(all, string(item))
		}
		if len(page.Items) == 0 || len(all) >= page.Total {
			return all
		}
	}
}

// hidden returns the value of a hidden input of a page.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %q: %s", name, said(page))
	}
	return html.UnescapeString(m[1])
}

// said is what the main part of a page says, without its marks.
func said(page string) string {
	_, main, _ := strings.Cut(page, `<main`)
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(main, " ")), " ")
}
