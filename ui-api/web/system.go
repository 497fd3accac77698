package web

// A SystemView is the state of the platform (page System, part state, which
// the browser asks for again while the page is open).
type SystemView struct {
	State  State
	Icon   string
	Title  string // in a sentence
	Text   string
	Asides []Aside
	Poll   string // where to ask for it again
}
