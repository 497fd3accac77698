//go:build browser

package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A shot is a page as somebody sees it; "" is who has not logged in.
type shot struct{ who, name, path string }

// shots lists the pages. $GENUINE and its like are the demonstration's samples,
// $BATCH is a batch of shen's.
func shots(t *testing.T, base string) []shot {
	c := newClient(t, base)
	genuine, recalled, unknown := c.sample(t, 0), c.sample(t, 1), c.sample(t, 2)
	unit := c.ask(t, "/q/"+recalled.short, 200).Unit
	batch := "/batches/" + unit.GTIN + "/" + url.PathEscape(unit.Lot)
	return []shot{
		{"", "start", "/"},
		{"", "verdict-genuine", "/q/" + genuine.short},
		{"", "verdict-seen", "/q/" + genuine.short},
		{"", "verdict-recalled", "/q/" + recalled.short},
		{"", "verdict-unknown", "/q/" + unknown.short},
		{"", "verdict-unreadable", "/q/" + genuine.short[:14]},
		{"", "login", "/login"},
		{"", "missing", "/no/such/page"},
		{"", "covert", "/c/" + genuine.serial + "/ABCDEFGHJKMNPQRS"},
		{"", "api", "/api/docs"},
		{"shen", "batches", "/batches"},
		{"shen", "batch", batch},
		{"shen", "batch-new", "/batches/new"},
		{"shen", "import", "/batches/import"},
		{"shen", "models", "/models"},
		{"shen", "model", "/models/" + unit.GTIN},
		{"shen", "model-new", "/models/new"},
		{"shen", "certificates-maker", "/certificates"},
		{"shen", "recalls", "/recalls"},
		{"shen", "recall-new", "/recalls/new?gtin=" + unit.GTIN + "&lot=" + url.QueryEscape(unit.Lot)},
		{"shen", "recall", "/recalls/lanbo/RC-2026-04"},
		{"shen", "search", "/search?q=" + genuine.serial},
		{"shen", "search-nothing", "/search?q=zzz"},
		{"shen", "secret", "/secret"},
		{"shen", "people", "/people"},
		{"shen", "person-new", "/people/new"},
		{"shen", "audit", "/audit"},
		{"shen", "password", "/password"},
		{"shen", "foreign-batch", "/batches/06901234520101/none"},
		{"xunan", "certificates", "/certificates"},
		{"xunan", "certificate", "/certificates/2025010914331762"},
		{"xunan", "certificate-new", "/certificates/new"},
		{"xunan", "batches-market", "/batches"},
		{"zheng", "certificates-fire", "/certificates"},
		{"root", "organisations", "/organisations"},
		{"root", "organisation-new", "/organisations/new"},
		{"root", "system", "/system"},
	}
}

// TestPages looks at every page in both languages, on a desk and on a phone.
func TestPages(t *testing.T) {
	base := platform(t)
	pages := shots(t, base)
	var b *browser
	who := "nobody yet"
	for _, s := range pages {
		if s.who != who {
			who = s.who
			b = newBrowser(t, base)
			if who != "" {
				b.login(who)
			}
		}
		t.Run(s.name, func(t *testing.T) {
			b.t = t
			for _, lang := range []string{"zh", "en"} {
				for _, width := range []int64{1280, 360} {
					b.size(width, 800)
					b.open(withLang(s.path, lang))
					b.do(chromedp.WaitReady(chromedp.CSS("main")))
					name := fmt.Sprintf("%s-%s-%d", s.name, lang, width)
					b.check(name)
					b.picture(name)
				}
			}
		})
	}
}

func withLang(path, lang string) string {
	if strings.Contains(path, "?") {
		return path + "&lang=" + lang
	}
	return path + "?lang=" + lang
}

// TestDark looks at pages of each sort in the dark theme.
func TestDark(t *testing.T) {
	base := platform(t)
	for _, s := range shots(t, base) {
		switch s.name {
		case "verdict-genuine", "verdict-unknown", "batches", "batch", "certificate":
			t.Run(s.name, func(t *testing.T) {
				b := newBrowser(t, base)
				b.size(1280, 800)
				b.open("/login")
				if s.who != "" {
					b.login(s.who)
				}
				get(b, chromedp.Evaluate[string](`document.cookie = "theme=dark; path=/"`))
				b.open(s.path)
				b.check(s.name + "-dark")
				b.picture(s.name + "-dark")
			})
		}
	}
}
