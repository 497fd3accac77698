package web

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/fanwei/fanwei/ui-api/text"
)

// A page is a parsed page, for the rules below.
type page struct {
	*testing.T
	name  string
	nodes []*html.Node // elements, in order
	ids   map[string]*html.Node
}

func parsePage(t *testing.T, name, source string) page {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	p := page{t, name, nil, map[string]*html.Node{}}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		p.nodes = append(p.nodes, n)
		if id := attr(n, "id"); id != "" {
			if p.ids[id] != nil {
				t.Errorf("%s: two elements have the id %q", name, id)
			}
			p.ids[id] = n
		}
	}
	return p
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func (p page) count(tag string) int {
	n := 0
	for _, node := range p.nodes {
		if node.Data == tag {
			n++
		}
	}
	return n
}

func (p page) fail(n *html.Node, what string) {
	var b bytes.Buffer
	shallow := *n
	shallow.FirstChild, shallow.LastChild = nil, nil
	if err := html.Render(&b, &shallow); err != nil {
		p.Fatal(err)
	}
	p.Errorf("%s: %s: %s", p.name, what, b.String())
}

// TestPagesKeepTheRules holds every page to the content policy, and to what a
// reader who does not see it needs.
func TestPagesKeepTheRules(t *testing.T) {
	for name, source := range rendered(t) {
		p := parsePage(t, name, source)
		p.policy()
		p.references()
		p.names()
		if strings.HasPrefix(name, "progress.") { // a part, no page
			continue
		}
		p.frame()
	}
}

// policy: nothing inline, nothing from elsewhere.
func (p page) policy() {
	for _, n := range p.nodes {
		data := attr(n, "type") == "application/json" // figures of a chart: never run
		if n.Data == "style" || n.Data == "script" && !data && (!has(n, "src") || n.FirstChild != nil) || has(n, "style") {
			p.fail(n, "is inline")
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") || strings.HasPrefix(a.Val, "javascript:") {
				p.fail(n, "has a handler")
			}
			local := strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//")
			if (a.Key == "src" || a.Key == "action" || a.Key == "hx-get") && !local {
				p.fail(n, "leads elsewhere")
			}
		}
	}
}

// references: what is pointed at is there.
func (p page) references() {
	for _, n := range p.nodes {
		for _, a := range n.Attr {
			switch a.Key {
			case "aria-labelledby", "aria-describedby", "for", "list":
				for _, id := range strings.Fields(a.Val) {
					if p.ids[id] == nil {
						p.fail(n, "points at nothing")
					}
				}
			case "href":
				if id, ok := strings.CutPrefix(a.Val, "#"); ok && p.ids[id] == nil {
					p.fail(n, "leads nowhere")
				}
			}
		}
	}
}

// names: every control, picture, table and landmark has one.
func (p page) names() {
	labelled := map[string]bool{}
	for _, n := range p.nodes {
		if n.Data == "label" {
			labelled[attr(n, "for")] = true
		}
	}
	for _, n := range p.nodes {
		named := attr(n, "aria-label") != "" || attr(n, "aria-labelledby") != ""
		switch n.Data {
		case "input", "select", "textarea":
			if attr(n, "type") != "hidden" && !named && !labelled[attr(n, "id")] {
				p.fail(n, "has no label")
			}
		case "svg":
			if attr(n, "aria-hidden") != "true" && (attr(n, "role") != "img" || !named) {
				p.fail(n, "is neither hidden nor named")
			}
		case "img":
			if !has(n, "alt") || !has(n, "width") || !has(n, "height") {
				p.fail(n, "needs alt, width and height")
			}
		case "nav":
			if !named {
				p.fail(n, "has no name")
			}
		case "button", "a":
			if !named && strings.TrimSpace(words(n)) == "" {
				p.fail(n, "has no words")
			}
		case "th":
			if attr(n, "scope") == "" {
				p.fail(n, "has no scope")
			}
		}
	}
	if p.count("caption") != p.count("table") {
		p.Errorf("%s: %d tables have %d captions", p.name, p.count("table"), p.count("caption"))
	}
}

// frame: language, title, one heading, landmarks, one filled button at most.
func (p page) frame() {
	lang := "zh-CN"
	if strings.Contains(p.name, ".en.") {
		lang = "en"
	}
	primary := 0
	for _, n := range p.nodes {
		switch {
		case n.Data == "html" && attr(n, "lang") != lang:
			p.fail(n, "has another language")
		case n.Data == "title" && strings.TrimSpace(words(n)) == "":
			p.fail(n, "is empty")
		}
		if strings.Contains(attr(n, "class"), "btn-primary") {
			primary++
		}
	}
	for _, tag := range []string{"title", "h1", "main", "header"} {
		if tag != "header" && p.count(tag) != 1 || p.count(tag) == 0 {
			p.Errorf("%s: has %d of %s", p.name, p.count(tag), tag)
		}
	}
	if primary > 1 {
		p.Errorf("%s: has %d filled buttons", p.name, primary)
	}
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// TestConsumerPagesAreLight weighs a page with all that its first paint needs,
// uncompressed, and holds it to work without script.
func TestConsumerPagesAreLight(t *testing.T) {
	p := newPages(t)
	const most = 60 << 10
	weigh := func(name string) int {
		address, err := p.Assets.URL(name)
		if err != nil {
			t.Fatal(err)
		}
		file, ok := p.Assets.Get(strings.TrimPrefix(address, "/static/"))
		if !ok {
			t.Fatalf("%s is not there", name)
		}
		return len(file.Body)
	}
	styles := weigh("fanwei.css") + weigh("guilloche.svg") + weigh("mark.svg")
	for name, source := range rendered(t) {
		if !strings.HasPrefix(name, "verdict-") {
			continue
		}
		if n := len(source) + styles; n > most {
			t.Errorf("%s weighs %d bytes with its styles, at most %d", name, n, most)
		}
		if strings.Contains(source, "<script") || strings.Contains(source, "tabler") {
			t.Errorf("%s loads a script or Tabler", name)
		}
	}
}

func TestTextsOfOthersAreEscaped(t *testing.T) {
	source := rendered(t)["verdict-unreadable.zh.golden.html"]
	if strings.Contains(source, "<script>alert") || !strings.Contains(source, "&lt;script&gt;alert(1)") {
		t.Error("what was asked is not escaped")
	}
}

// TestEveryPageHasItsTexts looks for keys that stand where a text should.
func TestEveryPageHasItsTexts(t *testing.T) {
	cat, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range rendered(t) {
		p := parsePage(t, name, source)
		for _, n := range p.nodes {
			if n.FirstChild == nil || n.FirstChild.Type != html.TextNode {
				continue
			}
			if key := strings.TrimSpace(n.FirstChild.Data); cat.Printer(text.Zh).Has(key) {
				p.fail(n, "shows a key: "+key)
			}
		}
	}
}
