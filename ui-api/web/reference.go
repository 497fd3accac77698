package web

import "github.com/fanwei/fanwei/ui-api/api"

// A ReferenceView is the API as people read it (page Reference).
type ReferenceView struct {
	Host   string // that curl calls, with its scheme
	Groups []api.Group
}

// A ReferenceTable is a list of parameters or properties with its heading
// (part parameters).
type ReferenceTable struct {
	Title  string
	Fields []api.Field
	Comes  bool // they come back, and are not sent
}

// Table returns a list of fields with its heading.
func (v ReferenceView) Table(title string, fields []api.Field, comes bool) ReferenceTable {
	return ReferenceTable{title, fields, comes}
}
