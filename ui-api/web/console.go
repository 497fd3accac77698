package web

// A ListView is a list of records with what narrows it down (page List).
type ListView struct {
	Head   Head
	Search *Search // nil where nothing is searched
	Chips  *Tabs   // nil where there is nothing to choose
	Table  Table
}

// A Search asks for a part of what a list shows.
type Search struct {
	Action string // where the list is
	Label  string // what is searched for, also shown in the empty field
	Value  string
	Keep   []Hidden // what else the list is narrowed by
}

// A FormView is a form, on a page of its own (page Form) or in another page
// (part entry). The site's showForm puts a refusal into it.
type FormView struct {
	Head      Head
	Problem   *Panel // above the form: what went wrong, as far as no field says it
	Action    string // where it is posted to; empty for this page's own address
	ID        string // the request's own name: posting it twice does it once
	Hidden    []Hidden
	Fields    []Field
	Submit    string // what the button says
	Icon      string // on the button
	Danger    bool   // the button does what cannot be taken back
	Multipart bool   // it has a file
	Compact   bool   // its entries are short and stand side by side
	Back      string // where to post it to change what was typed, or empty
	Cancel    string // where to go instead, or empty
	Asides    []Aside
}

// An Aside stands beside a form or a record (part aside).
type Aside struct {
	Title string
	Tag   *Tag
	Facts []Fact
	Meter *Meter
	Note  string // in small letters under the rest
	Acts  []Action
}

// A RecordView is one thing, with what belongs to it and what can be done with
// it (page Record). What is not set is not shown.
type RecordView struct {
	Head     Head
	Panel    *Panel
	Progress *Progress
	Photo    *Photo
	Facts    *Aside
	Passages []Passage
	Form     *FormView // its Head's title stands above it
	Tables   []Table   // each under its caption
	Asides   []Aside
}

// A Passage is a text of several lines under its own title.
type Passage struct{ Title, Text string }

// A Photo is a picture of a model.
type Photo struct{ Src, Alt, Caption string }
