package text

import "regexp"

// Gist says in short what a refusal told, of which only the reason was kept:
// its first sentence, with an ellipsis for each thing it named. A reason that
// the catalogue does not know is returned as it is.
func (p Printer) Gist(reason string) string {
	e, ok := p.messages["refusal."+reason]
	if !ok {
		return reason
	}
	plain := regexp.MustCompile(`%(?:\[\d+\])?[sd]`).ReplaceAllString(e.other, "…")
	return regexp.MustCompile(`^(.*?(?:。|\.))(?:\p{Han}|\s+\p{Lu}).*$`).ReplaceAllString(plain, "$1")
}
