package web

// A PartsView shows each part in each of its states, for those who build
// pages: the test that renders it is where to look a part up.
type PartsView struct {
	Head     Head
	Tabs     Tabs
	Notices  []Notice
	Tags     []Tag
	Actions  []Action
	Facts    []Fact
	Fields   []Field
	Tables   []Table
	Panels   []Panel
	Progress []Progress
	Timeline []Event
}
