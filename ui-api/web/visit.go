package web

import (
	"net/url"
	"strings"

	"github.com/fanwei/fanwei/ui-api/text"
)

// The cookies in which a browser remembers how pages are shown.
const (
	LangCookie  = "lang"
	ThemeCookie = "theme"
)

// A Visit is what every page must know of who asks, and how.
type Visit struct {
	Lang   text.Lang
	Theme  Theme
	Here   string  // path and query asked for, where the theme form comes back to
	Person *Person // nil if nobody has logged in
	Nav    []Place // what the person may see, in the order shown
	At     Place   // the one of them that the page belongs to
	Query  string  // what stands in the search box
	Notice *Notice // what the request before this one did, said once
}

// A Person is who has logged in.
type Person struct {
	Name, Organisation, Role string
}

// A Theme is light or dark, or follows the system.
type Theme string

const (
	SystemTheme Theme = ""
	LightTheme  Theme = "light"
	DarkTheme   Theme = "dark"
)

// ParseTheme returns the theme of that name; any other name is SystemTheme.
func ParseTheme(s string) Theme {
	switch t := Theme(s); t {
	case LightTheme, DarkTheme:
		return t
	}
	return SystemTheme
}

// A Place is an entry of the navigation. Its text is place.<Place>.
type Place string

const (
	Batches       Place = "batches"
	Models        Place = "models"
	Certificates  Place = "certificates"
	Recalls       Place = "recalls"
	Secret        Place = "secret"
	Organisations Place = "organisations"
	People        Place = "people"
	AuditTrail    Place = "audit"
	System        Place = "system"
)

// Href is the address of the place.
func (p Place) Href() string { return "/" + string(p) }

func (v Visit) lang() text.Lang {
	l, _ := text.ParseLang(string(v.Lang))
	return l
}

// OtherLang is the address of this page in the other language.
func (v Visit) OtherLang() string {
	u, err := url.Parse(SafeBack(v.Here))
	if err != nil {
		return "/?lang=" + string(v.lang().Other())
	}
	q := u.Query()
	q.Set("lang", string(v.lang().Other()))
	u.RawQuery = q.Encode()
	return u.String()
}

// Scheme is the colour-scheme of the page.
func (v Visit) Scheme() string {
	if v.Theme == SystemTheme {
		return "light dark"
	}
	return string(v.Theme)
}

// SafeBack returns the address to go back to if it lies on this host, and the
// start page otherwise.
func SafeBack(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") ||
		strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}
