package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/fanwei/fanwei/ui-api/text"
)

//go:embed templates
var templates embed.FS

// The layouts that a page can have.
const (
	phone   = "phone"   // for consumers: narrow, light, one style sheet
	console = "console" // for those who work with it: navigation, search, Tabler
)

// An engine parses templates while New declares the pages.
type engine struct {
	cat    *text.Catalogue
	assets *Assets
	icons  map[string]template.HTML
	now    func() time.Time
	files  map[string]string // source of each template, by path without .html
	used   map[string]bool
	errs   []error
}

func newEngine(cat *text.Catalogue, assets *Assets, now func() time.Time) (*engine, error) {
	icons, err := readIcons()
	if err != nil {
		return nil, err
	}
	e := &engine{cat: cat, assets: assets, icons: icons, now: now, files: map[string]string{}, used: map[string]bool{}}
	err = fs.WalkDir(templates, "templates", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".html" {
			return err
		}
		b, err := templates.ReadFile(p)
		e.files[strings.TrimSuffix(strings.TrimPrefix(p, "templates/"), ".html")] = string(b)
		return err
	})
	return e, err
}

// parse returns the template of a file and all that it uses, for a language.
func (e *engine) parse(lang text.Lang, layout, name string) (*template.Template, error) {
	set := template.New("").Funcs(e.funcs(lang)).Option("missingkey=error")
	todo := []string{name}
	if layout != "" {
		todo = []string{"layout/" + layout, name}
	}
	done := map[string]bool{}
	for len(todo) > 0 {
		file := todo[0]
		todo = todo[1:]
		if done[file] {
			continue
		}
		done[file], e.used[file] = true, true
		source, ok := e.files[file]
		if !ok {
			return nil, fmt.Errorf("templates/%s.html is used and not there", file)
		}
		if _, err := set.New(strings.TrimPrefix(file, "parts/")).Parse(source); err != nil {
			return nil, fmt.Errorf("templates/%s.html: %w", file, err)
		}
		todo = append(todo, uses(source)...)
	}
	return set, nil
}

// uses returns the files of the parts that a template calls.
func uses(source string) []string {
	var parts []string
	for _, m := range regexp.MustCompile(`\{\{-?\s*template\s+"([^"]+)"`).FindAllStringSubmatch(source, -1) {
		if m[1] != "title" && m[1] != "main" {
			parts = append(parts, "parts/"+m[1])
		}
	}
	return parts
}

// finish reports what went wrong while pages were declared, and files that
// none of them uses.
func (e *engine) finish() error {
	for file := range e.files {
		if !e.used[file] {
			e.errs = append(e.errs, fmt.Errorf("templates/%s.html is used by no page", file))
		}
	}
	return errors.Join(e.errs...)
}

// A Page is a whole page with its own view. It is safe for concurrent use.
type Page[V any] struct {
	layout string
	sets   map[text.Lang]*template.Template
}

// frame is what a page's templates see.
type frame[V any] struct {
	Visit
	View V
}

func newPage[V any](e *engine, layout, name string) Page[V] {
	p := Page[V]{layout, map[text.Lang]*template.Template{}}
	for _, lang := range text.Langs() {
		set, err := e.parse(lang, layout, "pages/"+name)
		if err != nil {
			e.errs = append(e.errs, err)
		}
		p.sets[lang] = set
	}
	return p
}

// Render writes the page, whole or not at all.
func (p Page[V]) Render(w io.Writer, visit Visit, view V) error {
	return execute(w, p.sets[visit.lang()], "layout/"+p.layout, frame[V]{visit, view})
}

// A Part is a piece of a page that htmx swaps alone.
type Part[V any] struct {
	name string
	sets map[text.Lang]*template.Template
}

func newPart[V any](e *engine, name string) Part[V] {
	p := Part[V]{name, map[text.Lang]*template.Template{}}
	for _, lang := range text.Langs() {
		set, err := e.parse(lang, "", "parts/"+name)
		if err != nil {
			e.errs = append(e.errs, err)
		}
		p.sets[lang] = set
	}
	return p
}

// Render writes the part, whole or not at all.
func (p Part[V]) Render(w io.Writer, visit Visit, view V) error {
	return execute(w, p.sets[visit.lang()], p.name, view)
}

func execute(w io.Writer, set *template.Template, name string, data any) error {
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
