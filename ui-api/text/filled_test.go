package text

import (
	"fmt"
	"testing"

	"golang.org/x/text/language"
)

// TestTextsAreFilledInAsThePrinterWould compares the short way that messages
// of texts alone take with the long one, for each of them.
func TestTextsAreFilledInAsThePrinterWould(t *testing.T) {
	c := load(t)
	for _, lang := range Langs() {
		p := c.Printer(lang)
		for key, e := range c.messages[lang] {
			args := make([]any, e.args())
			for i := range args {
				args[i] = fmt.Sprintf("‹%d %%s›", i)
			}
			got, ok := e.filled(args)
			if e.pieces == nil {
				if ok {
					t.Errorf("%s: a message with a number is filled as text", key)
				}
				continue
			}
			if want := p.out.Sprintf(key, args...); got != want || !ok {
				t.Errorf("%s %s: got %q, want %q", lang, key, got, want)
			}
		}
	}
	e := c.messages[Zh]["reason-line"]
	for _, args := range [][]any{{"one"}, {1, 2}} {
		if s, ok := e.filled(args); ok {
			t.Errorf("%v: filled as %q", args, s)
		}
	}
}

// TestTheFirstWishIsTheChoice compares the short way of Choose with the matcher.
func TestTheFirstWishIsTheChoice(t *testing.T) {
	for _, header := range []string{"zh-CN,zh;q=0.9,en;q=0.8", "en-US,en;q=0.9,zh-CN;q=0.8", "zh", "en", "en,zh", "zh-TW,en", "zh-Hant-HK,en-GB;q=0.5"} {
		wanted, _, err := language.ParseAcceptLanguage(header)
		if err != nil {
			t.Fatal(err)
		}
		tag, _, _ := offers.Match(wanted...)
		if base, _ := tag.Base(); base.String() != string(Choose("", "", header)) {
			t.Errorf("%s: chose %s, the matcher %s", header, Choose("", "", header), base)
		}
	}
}
