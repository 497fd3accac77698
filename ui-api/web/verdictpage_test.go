package web

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/text"
)

// TestAFilledFormIsWhatTheTemplateGives asks for each verdict's page for one
// unit after another, and compares with the template.
func TestAFilledFormIsWhatTheTemplateGives(t *testing.T) {
	p := newPages(t)
	for name, answer := range answers() {
		for _, lang := range text.Langs() {
			for _, theme := range []Theme{SystemTheme, DarkTheme} {
				for n, unit := range others(answer) {
					visit := Visit{Lang: lang, Theme: theme, Here: fmt.Sprintf("/01/06901234510409/10/L1/21/%d", n)}
					view := VerdictView{unit}
					sameAsTemplate(t, p, fmt.Sprintf("%s %s %s %d", name, lang, theme, n), visit, view)
					if common(visit, view) != (answer.Unit != nil) {
						t.Errorf("%s: the form is used: %v", name, common(visit, view))
					}
				}
			}
		}
	}
	for _, key := range p.Verdict.forms.Keys() {
		if f, _ := p.Verdict.forms.Peek(key); f == nil {
			t.Errorf("%s %s: a template whose marks cannot be found", key.verdict, key.lang)
		}
	}
}

func sameAsTemplate(t *testing.T, p *Pages, name string, visit Visit, view VerdictView) {
	t.Helper()
	var got, want bytes.Buffer
	if err := p.Verdict.Render(&got, visit, view); err != nil {
		t.Fatal(err)
	}
	if err := p.Verdict.Page.Render(&want, visit, view); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), got.String()); diff != "" {
		t.Errorf("%s (-template +form):\n%s", name, diff)
	}
}

// others are answers about more units of the same batch, at other times, asked
// about more or less often.
func others(a verify.Answer) []verify.Answer {
	list := []verify.Answer{a}
	for n, count := range []int64{2, 3, 1, 1234567, 2} {
		b := a
		b.At = a.At.Add(time.Duration(n) * 7 * time.Hour)
		b.Scans = verify.Scans{Count: count, FirstAt: b.At.AddDate(0, 0, -n*100), LastAt: b.At}
		if a.Unit != nil {
			unit := *a.Unit
			unit.Index, unit.Serial, unit.Short = uint64(n), fmt.Sprintf("HQ3R7YH28D652F6KCW%02d", n), fmt.Sprintf("7K3QZ0V-HQ3R7-YH28D-652F6-KCW%02d", n)
			b.Unit, b.Asked = &unit, unit.Serial
		}
		b.Reasons = nil
		for _, r := range a.Reasons {
			switch r.Code {
			case "not-recalled":
				r.Args = []string{b.At.Format(time.RFC3339)}
			case "scanned-before", "first-scan":
				r = verify.Reason{Code: "first-scan", Good: true}
				if count > 1 {
					r = verify.Reason{Code: "scanned-before", Good: true, Args: []string{fmt.Sprint(count - 1), b.Scans.FirstAt.Format(time.RFC3339)}}
				}
			}
			b.Reasons = append(b.Reasons, r)
		}
		list = append(list, b)
	}
	return list
}

// TestAMakersTextThatLooksLikeAMark is the page of somebody who names his
// product so that a form cannot be cut: the template is used.
func TestAMakersTextThatLooksLikeAMark(t *testing.T) {
	p := newPages(t)
	answer := answers()["genuine_seen"]
	unit := *answer.Unit
	unit.Name, unit.Plant = "9871-05-04 11:02", "987,654,321,013 /here.mark MARK.5"
	answer.Unit = &unit
	for n, a := range others(answer) {
		sameAsTemplate(t, p, fmt.Sprint(n), Visit{Lang: text.Zh, Here: "/q/1"}, VerdictView{a})
	}
}

// TestAnAddressThatMustBeEscaped is not put into a form.
func TestAnAddressThatMustBeEscaped(t *testing.T) {
	p := newPages(t)
	for _, here := range []string{`/q?code="><script>`, "//evil.example", "/01/1/10/L%2F1?x=1&y=2", "", "/ü"} {
		for _, a := range others(answers()["genuine"]) {
			sameAsTemplate(t, p, here, Visit{Lang: text.En, Here: here}, VerdictView{a})
		}
	}
}

// BenchmarkVerdict renders the page about a unit that was never asked about.
func BenchmarkVerdict(b *testing.B) {
	cat, err := text.Load()
	if err != nil {
		b.Fatal(err)
	}
	p, err := New(cat, Options{Now: now})
	if err != nil {
		b.Fatal(err)
	}
	visit, view := Visit{Lang: text.Zh, Here: "/01/06901234510409/10/L1/21/HQ3R7YH28D652F6KCWQH"}, VerdictView{answers()["genuine"]}
	var page bytes.Buffer
	b.Run("template", func(b *testing.B) {
		for b.Loop() {
			page.Reset()
			if err := p.Verdict.Page.Render(&page, visit, view); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("form", func(b *testing.B) {
		for b.Loop() {
			page.Reset()
			if err := p.Verdict.Render(&page, visit, view); err != nil {
				b.Fatal(err)
			}
		}
	})
}
