package web

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/text"
)

// funcs are the functions that templates of a language may call.
func (e *engine) funcs(lang text.Lang) template.FuncMap {
	p, other := e.cat.Printer(lang), e.cat.Printer(lang.Other())
	return template.FuncMap{
		"t":        p.T,
		"of":       func(family string, member any, args ...any) string { return p.Of(family, fmt.Sprint(member), args...) },
		"also":     other.T,
		"reason":   p.Reason,
		"gap":      func() string { return p.T("gap") },
		"lang":     lang.Attr,
		"other":    lang.Other().Attr,
		"asset":    e.assets.URL,
		"icon":     e.icon,
		"num":      func(n any) (string, error) { return number(p, n) },
		"when":     func(t time.Time) template.HTML { return timeTag(p, t, p.When(e.now(), t)) },
		"stamp":    func(t time.Time) template.HTML { return timeTag(p, t, p.Stamp(t)) },
		"day":      dayTag,
		"month":    func(d any) string { return p.Month(fmt.Sprint(d)) },
		"code":     codeTag,
		"plain":    func(s string) template.HTML { return codeSpan("", template.HTMLEscapeString(s)) },
		"unitpath": UnitPath,
		"ending":   ending,
	}
}

func number(p text.Printer, n any) (string, error) {
	switch n := n.(type) {
	case int:
		return p.Int(int64(n)), nil
	case int64:
		return p.Int(n), nil
	case uint64:
		return p.Int(int64(n)), nil
	}
	return "", fmt.Errorf("num: %T is no count", n)
}

// timeTag marks a time up: shown short, whole on hover and for machines.
func timeTag(p text.Printer, t time.Time, shown string) template.HTML {
	if t.IsZero() {
		return "—"
	}
	return template.HTML(`<time datetime="` + p.Machine(t) + `" title="` + p.Stamp(t) + ` UTC+8">` + //nolint:gosec // digits and escaped text
		template.HTMLEscapeString(shown) + `</time>`)
}

// dayTag marks a calendar day 2006-01-02 up.
func dayTag(day any) template.HTML {
	s := template.HTMLEscapeString(fmt.Sprint(day))
	if s == "" {
		return "—"
	}
	return template.HTML(`<time datetime="` + s + `">` + s + `</time>`) //nolint:gosec // escaped
}

// codeTag shows a code in groups with a gap between them that is not copied.
func codeTag(s string) template.HTML {
	var b strings.Builder
	for _, g := range text.Groups(s) {
		b.WriteString("<i>" + template.HTMLEscapeString(g) + "</i>")
	}
	return codeSpan(" fw-groups", b.String())
}

func codeSpan(class, inner string) template.HTML {
	return template.HTML(`<span class="fw-code` + class + `" translate="no">` + inner + `</span>`) //nolint:gosec // escaped by callers
}

// ending returns the last group of a code, to compare with a label.
func ending(c string) string {
	groups := text.Groups(c)
	return groups[len(groups)-1]
}

// icon returns an icon to stand in a text. It is inline, so that a piece of a
// page can be swapped without minding which icons the page has.
func (e *engine) icon(name string) (template.HTML, error) {
	inner, ok := e.icons[name]
	if !ok {
		return "", fmt.Errorf("icon %q is not in templates/icons.svg", name)
	}
	return `<svg class="fw-i" viewBox="0 0 24 24" aria-hidden="true">` + inner + `</svg>`, nil
}

// readIcons reads the icons, by name.
func readIcons() (map[string]template.HTML, error) {
	b, err := templates.ReadFile("templates/icons.svg")
	if err != nil {
		return nil, err
	}
	var sheet struct {
		Symbols []struct {
			ID    string `xml:"id,attr"`
			Inner string `xml:",innerxml"`
		} `xml:"symbol"`
	}
	if err := xml.Unmarshal(b, &sheet); err != nil {
		return nil, fmt.Errorf("templates/icons.svg: %w", err)
	}
	icons := map[string]template.HTML{}
	for _, s := range sheet.Symbols {
		icons[s.ID] = template.HTML(s.Inner) //nolint:gosec // our own file
	}
	return icons, nil
}

// UnitPath is the address of a unit's page: its GS1 Digital Link on this host.
func UnitPath(c verify.Code) string {
	return "/01/" + escape(c.GTIN) + "/10/" + escape(c.Lot) + "/21/" + escape(c.Serial)
}

// escape percent-encodes all that GS1 Digital Link does not let stand in a path.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
