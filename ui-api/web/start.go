package web

import "github.com/fanwei/fanwei/services/label"

// A StartView is where a consumer begins.
type StartView struct {
	Code    string // typed before, to be put right
	Problem string // why it could not be read, or empty
	Demo    *Demo
}

// A LoginView asks who somebody is.
type LoginView struct {
	Login   string
	Problem string // why it failed, or empty
	Next    string // where to go then
	Demo    *Demo
}

// A Demo is shown where the platform runs with invented data only.
type Demo struct {
	People  []DemoPerson
	Samples []Sample
}

// A DemoPerson is somebody one can log in as.
type DemoPerson struct {
	Name, Organisation, Role string
	Login, Password          string
}

// A Sample is a code to try.
type Sample struct {
	Text  string // what it shows
	Short string // as typed, or empty
	Href  string // where it leads on this host
	Link  string // what its picture says, or empty for no picture
}

// QR is the picture of the sample's link, as the path of an SVG whose dots are
// one unit wide, quiet zone included, and its width.
func (s Sample) QR() (Picture, error) {
	if s.Link == "" {
		return Picture{}, nil
	}
	path, width, err := label.Path(s.Link)
	return Picture{width, path}, err
}

// A Picture is a path of dark squares.
type Picture struct {
	Width int
	Path  string
}

// A Retype is the form in which a code is typed (part retype).
type Retype struct {
	Code    string
	Problem string
}

// Retype is the form with what was typed before.
func (v StartView) Retype() Retype { return Retype{v.Code, v.Problem} }

// Retype is the form with what was asked, to be put right.
func (v VerdictView) Retype() Retype { return Retype{Code: v.Asked} }
