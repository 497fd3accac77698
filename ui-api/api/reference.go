package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// A Group is the operations about one thing.
type Group struct {
	Tag, Title string
	Operations []Operation
}

// An Operation is one thing that a program can ask for.
type Operation struct {
	ID, Method, Path     string
	Summary, Description string
	Tag                  string
	Session              bool    // only for those who have logged in
	Parameters           []Field // of the path and the query
	Body                 []Field // of the JSON to send
	Answer               []Field // of the JSON that comes back
	Replies              []Reply
	Example              Example
}

// A Field is a parameter, or a property of a JSON object. The name of one that
// lies within another has both, as in unit.gtin and reasons[].code.
type Field struct {
	Name, Type string
	Leaf       string // the name alone
	Doc        string
	In         string // path or query; empty for a property
	Required   bool
	Limits     []string // such as 1…200, or the values there are
}

// A Reply is an HTTP status that an operation answers with.
type Reply struct {
	Code string // three digits, or default: any other
	Text string // in HTTP's words
}

// An Example is what curl is called with.
type Example struct {
	Path string // with values in it
	Body string // JSON, or empty
}

// Reference is the API as people read it, grouped. The routes must be
// registered.
func (a *API) Reference() []Group {
	doc := a.described.OpenAPI()
	byTag := map[string][]Operation{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil && !op.Hidden {
				o := operation(doc, op)
				byTag[o.Tag] = append(byTag[o.Tag], o)
			}
		}
	}
	var groups []Group
	for _, tag := range []string{"units", "certificates", "models", "batches", "recalls"} {
		if ops, ok := byTag[tag]; ok {
			groups = append(groups, Group{tag, tag, ops})
			delete(byTag, tag)
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		groups = append(groups, Group{tag, tag, byTag[tag]})
	}
	return groups
}

func operation(doc *huma.OpenAPI, op *huma.Operation) Operation {
	o := Operation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description,
		Session: len(op.Security) > 0}
	if len(op.Tags) > 0 {
		o.Tag = op.Tags[0]
	}
	schemas := doc.Components.Schemas
	for _, p := range op.Parameters {
		f := field(p.Name, p.Schema, p.Required)
		f.In, f.Doc = p.In, cmp.Or(p.Description, f.Doc)
		o.Parameters = append(o.Parameters, f)
	}
	if op.RequestBody != nil {
		o.Body = flatten(schemas, "", bodyOf(op.RequestBody.Content), 0)
	}
	for _, code := range slices.Sorted(maps.Keys(op.Responses)) {
		n, _ := strconv.Atoi(code) // "default" is no number, and has no text
		o.Replies = append(o.Replies, Reply{code, http.StatusText(n)})
		if n >= 200 && n < 300 {
			o.Answer = flatten(schemas, "", bodyOf(op.Responses[code].Content), 0)
		}
	}
	o.Example = example(o)
	return o
}

// bodyOf returns the schema of what is sent as JSON, or nil.
func bodyOf(content map[string]*huma.MediaType) *huma.Schema {
	if m := content["application/json"]; m != nil {
		return m.Schema
	}
	return nil
}

// deepest bounds how far objects within objects are followed.
const deepest = 4

// flatten lists the properties of an object, those it must have first.
func flatten(schemas huma.Registry, prefix string, s *huma.Schema, depth int) []Field {
	s = resolve(schemas, s)
	if s == nil || depth > deepest {
		return nil
	}
	names := slices.SortedFunc(maps.Keys(s.Properties), func(a, b string) int {
		return cmp.Or(order(s, a)-order(s, b), strings.Compare(a, b))
	})
	var fields []Field
	for _, name := range names {
		p := resolve(schemas, s.Properties[name])
		f := field(prefix+name, p, slices.Contains(s.Required, name))
		f.Leaf, f.Doc = name, cmp.Or(s.Properties[name].Description, f.Doc)
		if strings.HasPrefix(name, "$") {
			continue
		}
		fields = append(fields, f)
		switch inner := resolve(schemas, p.Items); {
		case len(p.Properties) > 0:
			fields = append(fields, flatten(schemas, prefix+name+".", p, depth+1)...)
		case inner != nil && len(inner.Properties) > 0:
			fields = append(fields, flatten(schemas, prefix+name+"[].", inner, depth+1)...)
		}
	}
	return fields
}

// order puts what must be there before what may be left out.
func order(s *huma.Schema, name string) int {
	if slices.Contains(s.Required, name) {
		return 0
	}
	return 1
}

func resolve(schemas huma.Registry, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func field(name string, s *huma.Schema, required bool) Field {
	f := Field{Name: name, Leaf: name, Required: required}
	if s == nil {
		return f
	}
	f.Type, f.Doc = typeOf(s), s.Description
	if s.Minimum != nil || s.Maximum != nil {
		f.Limits = append(f.Limits, bound(s.Minimum)+"…"+bound(s.Maximum))
	}
	if s.MaxLength != nil {
		f.Limits = append(f.Limits, "≤"+strconv.Itoa(*s.MaxLength))
	}
	for _, v := range s.Enum {
		f.Limits = append(f.Limits, fmt.Sprint(v))
	}
	return f
}

// typeOf is the type of a value, with what a text holds: string(date-time).
func typeOf(s *huma.Schema) string {
	t := s.Type
	if t == "array" && s.Items != nil {
		return typeOf(&huma.Schema{Type: cmp.Or(s.Items.Type, "object")}) + "[]"
	}
	if f := cmp.Or(s.Format, s.ContentEncoding); t == "string" && f != "" {
		return t + "(" + f + ")"
	}
	return t
}

func bound(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// example fills an operation's path and body with values.
func example(o Operation) Example {
	e := Example{Path: o.Path}
	for _, p := range o.Parameters {
		e.Path = strings.ReplaceAll(e.Path, "{"+p.Name+"}", sample(o.Tag, p.Leaf))
	}
	if len(o.Body) == 0 {
		return e
	}
	var pairs []string
	for _, f := range o.Body {
		value := strconv.Quote(sample(o.Tag, f.Leaf))
		switch {
		case !f.Required:
			continue
		case f.Type == "integer":
			value = sample(o.Tag, f.Leaf)
		case strings.HasSuffix(f.Type, "[]"):
			value = "[" + value + "]"
		}
		pairs = append(pairs, strconv.Quote(f.Leaf)+": "+value)
	}
	e.Body = "{" + strings.Join(pairs, ", ") + "}"
	if !json.Valid([]byte(e.Body)) {
		e.Body = ""
	}
	return e
}

// sample is a value such as a field has in the demonstration.
func sample(tag, name string) string {
	if v, ok := map[string]string{"batches.number": "7K3QZ0V", "recalls.number": "RC-2026-04", "recalls.from": "4000",
		"recalls.to": "6399", "recalls.reason": "weld drift", "models.model": "LB-4824P"}[tag+"."+name]; ok {
		return v
	}
	if v, ok := map[string]string{"gtin": "06901234510409", "lot": "L20260918A", "serial": "HQ3R7YH28D652F6KCWQH",
		"number": "2025010914331762", "id": "3f1c9a52", "holder": "lanbo", "class": "ebike-lithium-battery", "models": "LB-4824P",
		"standards": "GB 43854-2024", "valid_from": "2025-06-18", "valid_to": "2030-06-17", "capacity": "900000", "change": "suspend",
		"reason": "failed inspection", "size": "20000", "plant": "Yunxi", "produced_on": "2026-09-18", "by": "lanbo",
		"what_to_do": "stop charging", "name": "48 V 24 Ah battery pack", "brand": "Lanbo", "specification": "48 V 24 Ah"}[name]; ok {
		return v
	}
	return "…"
}
