//go:build browser

package e2e

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed vendor/axe-core-4.14.1/axe.min.js
var axe string

// flags keep Chromium from talking to anybody but us.
var flags = []chromedp.ExecAllocatorOption{
	chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Headless,
	chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
	chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN"),
}

// A browser is a Chromium with one tab.
type browser struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu       sync.Mutex
	problems []string // what the console complained of since the last look
}

// newBrowser starts a browser that nobody has used.
func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(flags, chromedp.UserDataDir(t.TempDir()))...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, base: base}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	return b
}

// patience bounds one step.
const patience = 30 * time.Second

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "status of 4") {
			b.problems = append(b.problems, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, e.ExceptionDetails.Text)
	}
}

// get runs an action and returns its value. If it fails, the test ends with
// what the page shows.
func get[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		body, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
		b.t.Fatalf("%v\n%s", err, body)
	}
	return v
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	get(b, chromedp.Steps(steps...))
}

// size makes the window that of a phone or a desk.
func (b *browser) size(width, height int64) {
	if width < 600 {
		b.do(chromedp.EmulateViewport(width, height, chromedp.EmulateMobile))
		return
	}
	b.do(chromedp.EmulateViewport(width, height))
}

// open opens an address of the platform.
func (b *browser) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// login logs a person of the demonstration in.
func (b *browser) login(login string) {
	b.t.Helper()
	b.open("/login")
	b.do(chromedp.SetValue(chromedp.CSS("#login"), login), chromedp.SetValue(chromedp.CSS("#password"), "fanwei-demo-2026"),
		chromedp.Submit(chromedp.CSS("#password")), chromedp.WaitVisible(chromedp.CSS(".fw-user")))
}

// fill sets fields of a form by their names.
func (b *browser) fill(fields map[string]string) {
	b.t.Helper()
	for name, value := range fields {
		b.do(chromedp.SetValue(chromedp.CSS(fmt.Sprintf("main [name=%q]", name)), value))
	}
}

// click presses what has a text, as a person looks for it.
func (b *browser) click(text string) {
	b.t.Helper()
	xpath := fmt.Sprintf(`//main//*[self::a or self::button or self::summary][contains(normalize-space(.), %q)]`, text)
	b.do(chromedp.Click(xpath, chromedp.NodeVisible))
}

// sees waits for a text on the page, space aside, across navigations.
func (b *browser) sees(text string) {
	b.t.Helper()
	shows := fmt.Sprintf(`document.body?.innerText.replaceAll(/\s+/g, '').includes(%q)`, strings.Join(strings.Fields(text), ""))
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		if _, err := chromedp.Run(ctx, chromedp.Poll[bool](shows)); err == nil {
			return
		} else if ctx.Err() != nil {
			b.t.Fatalf("no %q\n%s", text, get(b, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText")))
		}
	}
}

// text returns what an element shows.
func (b *browser) text(selector string) string {
	b.t.Helper()
	return get(b, chromedp.Text(chromedp.CSS(selector)))
}

// check fails the test if the page is not fit to be shown: what the console
// says, what does not fit the window's width, what a reader with a screen
// reader or weak eyes would stumble over (axe-core, WCAG 2.2 AA).
func (b *browser) check(name string) {
	b.t.Helper()
	b.mu.Lock()
	for _, p := range b.problems {
		b.t.Errorf("%s: the console says %s", name, p)
	}
	b.problems = nil
	b.mu.Unlock()
	wide := get(b, chromedp.Evaluate[[]string](`document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
		.filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 120))`))
	if len(wide) > 0 {
		b.t.Errorf("%s: wider than the window: %v", name, wide)
	}
	report := get(b, chromedp.Evaluate[string](axe+`;axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r => JSON.stringify(r.violations.map(
		v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.any.map(a => a.message).join('; '))}))))`,
		chromedp.EvalAwaitPromise))
	var findings []struct {
		ID, Impact, Help string
		Nodes            []string
	}
	if err := json.Unmarshal([]byte(report), &findings); err != nil {
		b.t.Fatal(err)
	}
	for _, f := range findings {
		if f.Impact == "serious" || f.Impact == "critical" {
			b.t.Errorf("%s: %s (%s): %s: %v", name, f.ID, f.Impact, f.Help, f.Nodes)
		}
	}
}

// picture leaves a picture of the whole page where FANWEI_TEST_PICTURES says.
func (b *browser) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("FANWEI_TEST_PICTURES")
	if dir == "" {
		return
	}
	png := get(b, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
