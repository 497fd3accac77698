package web

import (
	"strconv"
	"time"

	"github.com/fanwei/fanwei/ui-api/text"
)

// A State colours a part, and only colours it: shape and word say the same.
type State string

const (
	OK     State = "ok"
	Claim  State = "claim"
	Doubt  State = "doubt"
	Recall State = "recall"
	Bad    State = "bad"
	Mute   State = "mute"
	Brand  State = "brand"
)

// A Tag is a word with a sign (part tag).
type Tag struct {
	State State
	Icon  string
	Text  string
}

// A Meter is a bar of how much of a total is done (part meter).
type Meter struct {
	State       State // empty for the brand's colour
	Label       string
	Done, Total int64
}

// Percent is the share done, from 0 to 100, as an attribute of SVG has it.
func (m Meter) Percent() string {
	if m.Total <= 0 {
		return "0"
	}
	done := min(max(m.Done, 0), m.Total)
	return strconv.FormatFloat(float64(done)/float64(m.Total)*100, 'f', 1, 64)
}

// A Value is one value to show: the first of its fields that is set (part
// value). Small is a second line, Href makes it a link.
type Value struct {
	Text  string
	Code  string    // in groups
	Plain string    // a code that is not grouped: a lot, a certificate
	Count *int64    // with thousands separated
	At    time.Time // short
	Day   string    // 2006-01-02
	Tag   *Tag
	Href  string
	Small string
	Meter *Meter // under the rest
}

// Count returns a value that is a number.
func Count(n int64) Value { return Value{Count: &n} }

// Amount is the number of a value that is one.
func (v Value) Amount() int64 { return amount(v.Count) }

func amount(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// A Fact is a labelled value (part facts takes a list of them).
type Fact struct {
	Label string
	Value
}

// A Table lists records (part table). On a phone each becomes a block of
// labelled lines.
type Table struct {
	Caption string // for those who do not see the page
	Columns []Column
	Rows    []Row
	Empty   *Panel // shown when there are no rows
	Pager   *Pager
}

// A Column is a column's head. Numbers stand to the right.
type Column struct {
	Label string
	Num   bool
}

// A Row is one record; its first cell is what it is.
type Row struct {
	Cells   []Value
	Current bool
	Acts    []Action
}

// HasActs reports whether a row has actions, which then have a column.
func (t Table) HasActs() bool {
	for _, r := range t.Rows {
		if len(r.Acts) > 0 {
			return true
		}
	}
	return false
}

// A Pager says which records are shown and leads to the others (part pager).
// Prev and Next are addresses, or empty. Total is nil where it is not counted.
type Pager struct {
	From, To   int64
	Total      *int64
	Prev, Next string
}

// All is the total, where it is counted.
func (p Pager) All() int64 { return amount(p.Total) }

// A Tabs is the parts of one thing, each at its own address (part tabs).
type Tabs struct {
	Label string
	Tabs  []Tab
}

// A Tab is one of them. Count is nil where nothing is counted.
type Tab struct {
	Text, Href string
	Count      *int64
	Current    bool
	Locked     bool
}

// Amount is the count of a tab that has one.
func (t Tab) Amount() int64 { return amount(t.Count) }

// An Action is a link, a button that posts, or a button that waits (part
// action). At most one on a page is Primary.
type Action struct {
	ID      string // needed when Why is set, unique on the page
	Text    string
	Icon    string
	Href    string // to go to
	Post    string // or the address to post Fields to
	Fields  []Hidden
	Primary bool
	Danger  bool
	Small   bool
	Why     string // why it cannot be done now; it is then shown disabled
}

// A Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

// A Head is what a page is about (part head). Under it runs the one double
// rule of the page.
type Head struct {
	Kicker string
	Title  string
	Code   string // after the title, as it is
	Tag    *Tag
	Acts   []Action
}

// A Panel stands where something is missing, failed, or is not shown (part
// panel).
type Panel struct {
	State  State
	Icon   string
	Title  string
	Text   string
	Acts   []Action
	Number string // to quote when asking for help
	Alert  bool   // read out at once
}

// A Notice says what the request before did (part notice).
type Notice struct {
	State State
	Text  string
}

// A Field is one input of a form, with its label, help and error (part field).
type Field struct {
	Name, Label, Value string
	Type               string // of the input: text if empty; also select, checks, textarea, file
	Help, Error        string
	Options            []Option // of a select or of checks
	Required           bool
	ReadOnly           bool
	Code               bool   // shown in the letters of codes
	Complete           string // autocomplete
	Accept             string // of a file
	Mode               string // inputmode
	Min, Max           string
	Suggest            []string // for a text that has usual values
}

// Described is the ids of what describes the field.
func (f Field) Described() string {
	switch {
	case f.Error != "" && f.Help != "":
		return f.Name + "-error " + f.Name + "-help"
	case f.Error != "":
		return f.Name + "-error"
	case f.Help != "":
		return f.Name + "-help"
	}
	return ""
}

// An Option is a choice of a select.
type Option struct {
	Value, Text string
	Chosen      bool
}

// Mark puts a refusal at the fields it is about and reports whether there was
// one; if not, the page shows the refusal above the form.
func Mark(fields []Field, r text.Refusal) bool {
	found := false
	for i := range fields {
		for _, name := range r.Fields {
			if fields[i].Name == name {
				fields[i].Error, found = r.Text, true
			}
		}
	}
	return found
}

// A Progress is long work (part progress). While Poll is set, the browser asks
// there for the part again every two seconds; without script, Again reloads.
type Progress struct {
	ID    string
	Title string
	Text  string // how far, how long still
	Meter Meter
	Poll  string
	Again string
	Acts  []Action
}

// An Event is a line of a time line (part timeline takes a list of them).
type Event struct {
	State State
	Icon  string
	Text  string
	Href  string
	At    time.Time
	Small string
}
