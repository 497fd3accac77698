package web

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/ui-api/text"
)

var update = flag.Bool("update", false, "write testdata again")

// now is when the goldens are drawn.
func now() time.Time { return time.Date(2026, 11, 20, 10, 32, 7, 0, time.UTC) }

func newPages(t *testing.T) *Pages {
	t.Helper()
	cat, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(cat, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A shot is one page with one view, in both languages.
type shot struct {
	name   string
	render func(w io.Writer, lang text.Lang) error
}

// visit is what consumer pages are asked with.
func visit(lang text.Lang) Visit { return Visit{Lang: lang, Here: "/01/06901234567892/10/L1?x=1"} }

// desk is what console pages are asked with.
func desk(lang text.Lang, at Place) Visit {
	return Visit{Lang: lang, Here: "/" + string(at), At: at,
		Person: &Person{Name: "沈知微", Organisation: "浙江岚泊动力科技有限公司", Role: "登记员"},
		Nav:    []Place{Batches, Models, Certificates, Recalls, People}}
}

// shots is every page with views worth seeing.
func shots(p *Pages) []shot {
	list := []shot{
		{"start", func(w io.Writer, l text.Lang) error { return p.Start.Render(w, visit(l), StartView{}) }},
		{"start-demo", func(w io.Writer, l text.Lang) error {
			problem := p.Text(l).Refusal(refusal.New(refusal.Invalid, "short-code-too-short", "2")).Text
			return p.Start.Render(w, visit(l), StartView{Code: "7K3QZ0V-HQ3R7-YH28D-652F6-KCW", Problem: problem, Demo: demo()})
		}},
		{"login", func(w io.Writer, l text.Lang) error {
			return p.Login.Render(w, visit(l), LoginView{Login: "shen", Next: "/batches", Demo: demo()})
		}},
		{"missing", func(w io.Writer, l text.Lang) error {
			return p.Failure.Render(w, visit(l), NotFound(p.Text(l)))
		}},
		{"fault", func(w io.Writer, l text.Lang) error {
			return p.Failure.Render(w, visit(l), Failure(p.Text(l), io.ErrUnexpectedEOF, "7F3K-20"))
		}},
		{"console-missing", func(w io.Writer, l text.Lang) error {
			return p.ConsoleFailure.Render(w, desk(l, Batches), Failure(p.Text(l), refusal.New(refusal.Forbidden, "not-allowed", "read", "batch"), "7F3K-20"))
		}},
		{"console-unavailable", func(w io.Writer, l text.Lang) error {
			return p.ConsoleFailure.Render(w, desk(l, Batches), Failure(p.Text(l), refusal.New(refusal.Unavailable, "ledger-out-of-reach"), "7F3K-21"))
		}},
		{"parts", func(w io.Writer, l text.Lang) error {
			v := desk(l, Batches)
			if l == text.Zh {
				v.Theme, v.Query = DarkTheme, "L2026"
			}
			return p.Parts.Render(w, v, gallery())
		}},
		{"progress", func(w io.Writer, l text.Lang) error {
			return p.Progress.Render(w, desk(l, Batches), gallery().Progress[0])
		}},
	}
	for name, answer := range answers() {
		list = append(list, shot{"verdict-" + name, func(w io.Writer, l text.Lang) error {
			return p.Verdict.Render(w, visit(l), VerdictView{answer})
		}})
	}
	return append(append(list, officeShots(p)...), makerShots(p)...)
}

// rendered is every page, by file name.
func rendered(t *testing.T) map[string]string {
	t.Helper()
	p := newPages(t)
	all := map[string]string{}
	for _, s := range shots(p) {
		for _, lang := range text.Langs() {
			var b bytes.Buffer
			if err := s.render(&b, lang); err != nil {
				t.Fatalf("%s %s: %v", s.name, lang, err)
			}
			all[s.name+"."+string(lang)+".golden.html"] = plainNames(p, b.String())
		}
	}
	return all
}

// plainNames takes the hashes out of static files' names, so that a change of
// a style does not change every golden.
func plainNames(p *Pages, page string) string {
	for plain, address := range p.Assets.urls {
		page = strings.ReplaceAll(page, address, "/static/"+plain)
	}
	return page
}

func TestGoldens(t *testing.T) {
	all := rendered(t)
	if *update {
		old, err := filepath.Glob("testdata/*.golden.html")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range old {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, got := range all {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got); -update writes it:\n%s", name, diff)
		}
	}
	files, err := filepath.Glob("testdata/*.golden.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := all[filepath.Base(file)]; !ok {
			t.Errorf("%s is no page's", file)
		}
	}
}
