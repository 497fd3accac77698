package text

import (
	"strings"

	"golang.org/x/text/language"
)

// A Lang is a language that people can choose.
type Lang string

const (
	Zh Lang = "zh" // Chinese, which is the default
	En Lang = "en"
)

// Langs returns the languages there are, the default first.
func Langs() []Lang { return []Lang{Zh, En} }

// ParseLang returns the language of that name, or false.
func ParseLang(s string) (Lang, bool) {
	for _, l := range Langs() {
		if string(l) == s {
			return l, true
		}
	}
	return Zh, false
}

// Choose returns the language to answer in: what the address asks for, else
// what the cookie remembers, else what the browser prefers, else Chinese.
func Choose(query, cookie, acceptLanguage string) Lang {
	for _, s := range []string{query, cookie} {
		if l, ok := ParseLang(s); ok {
			return l
		}
	}
	// Most browsers begin with one of ours, and no weight: it is the choice.
	first, _, _ := strings.Cut(acceptLanguage, ",")
	base, _, _ := strings.Cut(first, "-")
	if l, ok := ParseLang(base); ok && !strings.Contains(first, ";") {
		return l
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return Zh
	}
	tag, _, confidence := offers.Match(wanted...)
	if base, _ := tag.Base(); confidence != language.No && base.String() == string(En) {
		return En
	}
	return Zh
}

// offers is what a browser's wishes are held against; it never changes. Who
// reads traditional characters would rather have Chinese too.
var offers = language.NewMatcher([]language.Tag{language.Chinese, language.TraditionalChinese, language.English})

// Attr is the language as the lang attribute of a page has it.
func (l Lang) Attr() string {
	if l == En {
		return "en"
	}
	return "zh-CN"
}

// Other is the language to switch to.
func (l Lang) Other() Lang {
	if l == En {
		return Zh
	}
	return En
}
