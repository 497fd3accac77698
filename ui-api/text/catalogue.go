package text

import (
	"embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

//go:embed zh.yaml en.yaml
var files embed.FS

// A Catalogue is every message in every language. It never changes and is safe
// for concurrent use.
type Catalogue struct {
	messages map[Lang]map[string]entry
	printers map[Lang]Printer
}

// An entry is one message of one language, as the file gives it.
type entry struct {
	one, other string
	verbs      []verb   // of other, by position
	pieces     []string // of other, around its verbs, if it takes nothing but text
}

// A verb is a place in a message.
type verb struct {
	arg  int // 1 is the first
	kind byte
}

// UnmarshalYAML reads a plain message or a pair of one and other.
func (e *entry) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&e.other)
	}
	var pair struct{ One, Other string }
	if err := node.Decode(&pair); err != nil {
		return err
	}
	if len(node.Content) != 4 || pair.One == "" || pair.Other == "" {
		return fmt.Errorf("line %d: a plural has one and other", node.Line)
	}
	e.one, e.other = pair.One, pair.Other
	return nil
}

// Load reads the embedded catalogue. It fails on a message it cannot print.
func Load() (*Catalogue, error) {
	builder := catalog.NewBuilder(catalog.Fallback(Zh.tag()))
	c := &Catalogue{messages: map[Lang]map[string]entry{}, printers: map[Lang]Printer{}}
	for _, lang := range Langs() {
		entries, err := read(lang)
		if err != nil {
			return nil, err
		}
		for key, e := range entries {
			if err := builder.Set(lang.tag(), key, e.message()); err != nil {
				return nil, fmt.Errorf("%s.yaml: %s: %w", lang, key, err)
			}
		}
		c.messages[lang] = entries
		c.printers[lang] = Printer{lang, message.NewPrinter(lang.tag(), message.Catalog(builder)), entries}
	}
	return c, nil
}

// read returns the messages of one language, their verbs parsed.
func read(lang Lang) (map[string]entry, error) {
	b, err := files.ReadFile(string(lang) + ".yaml")
	if err != nil {
		return nil, err
	}
	var entries map[string]entry
	if err := yaml.Unmarshal(b, &entries); err != nil {
		return nil, fmt.Errorf("%s.yaml: %w", lang, err)
	}
	for key, e := range entries {
		if e.verbs, err = verbs(e.other); err != nil {
			return nil, fmt.Errorf("%s.yaml: %s: %w", lang, key, err)
		}
		e.pieces = pieces(e)
		if e.one != "" && e.count() == 0 {
			return nil, fmt.Errorf("%s.yaml: %s: a plural needs a %%d", lang, key)
		}
		entries[key] = e
	}
	return entries, nil
}

// pieces cuts a message at its verbs, or returns nil where a number is among
// them: numbers are written as the language has it.
func pieces(e entry) []string {
	if e.one != "" || e.count() != 0 {
		return nil
	}
	cut := regexp.MustCompile(`%(?:\[\d+\])?s`).Split(strings.ReplaceAll(e.other, "%%", "\x00"), -1)
	for i := range cut {
		cut[i] = strings.ReplaceAll(cut[i], "\x00", "%")
	}
	return cut
}

// filled returns the message with texts in its places, or false where it is
// not a message of texts alone, or they are not all there.
func (e entry) filled(args []any) (string, bool) {
	if e.pieces == nil || len(args) < e.args() {
		return "", false
	}
	if len(e.pieces) == 1 {
		return e.pieces[0], true
	}
	var b strings.Builder
	for i, piece := range e.pieces {
		b.WriteString(piece)
		if i == len(e.verbs) {
			break
		}
		s, ok := args[e.verbs[i].arg-1].(string)
		if !ok {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

// message returns the entry as the catalog takes it.
func (e entry) message() catalog.Message {
	if e.one == "" {
		return catalog.String(e.other)
	}
	return plural.Selectf(e.count(), "%d", plural.One, e.one, plural.Other, e.other)
}

// count is the argument that chooses between one and other, or 0.
func (e entry) count() int {
	for _, v := range e.verbs {
		if v.kind == 'd' {
			return v.arg
		}
	}
	return 0
}

// args is how many arguments the message takes.
func (e entry) args() int {
	n := 0
	for _, v := range e.verbs {
		n = max(n, v.arg)
	}
	return n
}

// kind returns the verb of an argument, the first being 1, or 0.
func (e entry) kind(arg int) byte {
	for _, v := range e.verbs {
		if v.arg == arg {
			return v.kind
		}
	}
	return 0
}

// verbs finds the places of a message.
func verbs(s string) ([]verb, error) {
	var found []verb
	next := 1
	rest := strings.ReplaceAll(s, "%%", "")
	for _, m := range regexp.MustCompile(`%(?:\[(\d+)\])?(.)?`).FindAllStringSubmatch(rest, -1) {
		if m[2] != "s" && m[2] != "d" {
			return nil, fmt.Errorf("verb %q: only %%s and %%d", m[0])
		}
		if m[1] != "" {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				return nil, err
			}
			next = n
		}
		found = append(found, verb{next, m[2][0]})
		next++
	}
	return found, nil
}

// Printer returns the printer of a language, or of the default one.
func (c *Catalogue) Printer(lang Lang) Printer {
	if p, ok := c.printers[lang]; ok {
		return p
	}
	return c.printers[Zh]
}

// tag is the language as x/text knows it.
func (l Lang) tag() language.Tag {
	if l == En {
		return language.English
	}
	return language.Chinese
}
