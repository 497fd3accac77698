//go:build browser

package e2e

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/fanwei/fanwei/ui-api/text"
)

const gtin = "06901234529906"

// words returns what the pages say in Chinese.
func words(t *testing.T) func(key string, args ...any) string {
	c, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(text.Zh).T
}

// file writes a file to be sent and returns its path.
func file(t *testing.T, name, content string) string {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func picture(t *testing.T) string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48))); err != nil {
		t.Fatal(err)
	}
	return file(t, "photo.png", b.String())
}

// upload chooses a file in a form.
func (b *browser) upload(name, path string) {
	b.t.Helper()
	b.do(chromedp.SetUploadFiles(chromedp.CSS(fmt.Sprintf("main [name=%q]", name)), []string{path}))
}

// address returns where a link with a text leads.
func (b *browser) address(text string) string {
	b.t.Helper()
	return get(b, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll('main a')].find(a => a.innerText.includes(%q)).getAttribute('href')`, text)))
}

// TestTheWholePath is one product's story, from its certificate to its recall,
// told by everybody who has a part in it.
func TestTheWholePath(t *testing.T) {
	base, say := platform(t), words(t)
	officer, maker := newBrowser(t, base), newBrowser(t, base)
	officer.login("xunan")
	maker.login("linshu")

	// The officer records what the maker may make.
	officer.open("/certificates/new")
	officer.fill(map[string]string{"number": "2026010900000001", "holder": "jichuan", "class": "portable-extinguisher",
		"models": "MFZ/ABC6", "standards": "GB 4351-2023", "valid_from": "2026-01-01", "valid_to": "2099-12-31", "capacity": "5000"})
	officer.click(say("certificate.record"))
	officer.sees("2026010900000001")

	// The maker registers the model, with a photo, and a batch.
	maker.open("/models/new")
	maker.fill(map[string]string{"gtin": gtin[1:], "model": "MFZ/ABC6", "name": "霁川6 kg手提式干粉灭火器", "brand": "霁川",
		"class": "portable-extinguisher", "specification": "ABC干粉6 kg，灭火级别3A 89B C"})
	maker.upload("photo", picture(t))
	maker.click(say("model.register"))
	maker.sees(say("notice.model-registered"))
	register := func(lot, size string) {
		maker.open("/batches/new")
		maker.fill(map[string]string{"gtin": gtin, "lot": lot, "size": size, "plant": "常平工厂"})
		maker.click(say("batch.register"))
	}
	register("JC-E2E/1", "120")
	maker.sees(say("notice.batch-registered"))
	maker.check("registered batch")

	// The gate refuses what is beyond the declared capacity, and keeps what was typed.
	register("JC-E2E/2", "4881")
	maker.sees(say("refusal.capacity-used-up", "2026010900000001", today()[:4], 4880, 4881))
	if lot := get(maker, chromedp.Value(chromedp.CSS("main [name=lot]"))); lot != "JC-E2E/2" {
		t.Errorf("the form forgot the lot: %q", lot)
	}

	// It makes labels, and a printing house gets them as a table.
	maker.open("/batches/" + gtin + "/JC-E2E%2F1")
	maker.fill(map[string]string{"layout": "csv"})
	maker.click(say("print.start"))
	maker.sees(say("print.download"))
	labels := table(t, base, maker.address(say("print.download")))
	if len(labels) != 120 {
		t.Fatalf("%d labels, want 120", len(labels))
	}

	// A buyer types the short code of unit 50; then somebody else does.
	type verdict struct{ word, second string }
	ask := func(short string, want verdict) {
		t.Helper()
		buyer := newBrowser(t, base)
		buyer.size(360, 740)
		buyer.open("/?lang=zh")
		buyer.fill(map[string]string{"code": strings.ToLower(short)})
		buyer.do(chromedp.Submit(chromedp.CSS("main [name=code]")))
		buyer.sees(want.word)
		buyer.sees(want.second)
		buyer.check(want.word)
	}
	first, fiftieth := labels[0]["short"], labels[49]["short"]
	ask(fiftieth, verdict{say("verdict.genuine.word"), "霁川6 kg手提式干粉灭火器"})
	ask(fiftieth, verdict{say("verdict.genuine_seen.word"), "以前有人查过"})

	// The maker calls the first ten back.
	maker.open("/recalls/new?gtin=" + gtin + "&lot=JC-E2E%2F1")
	maker.fill(map[string]string{"first": "1", "last": "10", "reason": "筒体焊缝有缺陷", "what_to_do": "停用，到门店换货"})
	maker.click(say("recall.check"))
	maker.click(say("recall.publish", 10))
	maker.sees(say("notice.recall-begun"))
	ask(first, verdict{say("verdict.recalled.word"), "停用，到门店换货"})
	ask(fiftieth, verdict{say("verdict.genuine_seen.word"), "以前有人查过"})

	// The officer revokes the certificate, with effect from today.
	officer.open("/certificates/2026010900000001/revoke")
	officer.fill(map[string]string{"reason": "提供虚假材料"})
	p := func(family string) string { return say(family + ".revoke") }
	officer.click(p("change"))
	officer.sees("120")
	officer.click(p("confirm"))
	officer.sees(say("standing.certificate-revoked"))
	ask(fiftieth, verdict{say("verdict.not_certified.word"), "2026010900000001"})
	ask(first, verdict{say("verdict.recalled.word"), "停用，到门店换货"})
	register("JC-E2E/3", "1")
	maker.sees(say("refusal.certificate-revoked", "2026010900000001", today()))
}

// table downloads a file of labels as the maker.
func table(t *testing.T, base, path string) []map[string]string {
	t.Helper()
	c := newClient(t, base)
	c.login(t, "linshu")
	resp := c.do(t, http.MethodGet, path, nil)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(resp.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %d, %v: %.200s", path, resp.StatusCode, err, resp.body)
	}
	var list []map[string]string
	for _, row := range rows[1:] {
		entry := map[string]string{}
		for i, cell := range row {
			entry[rows[0][i]] = cell
		}
		list = append(list, entry)
	}
	return list
}

// TestImport sends a file with a bad line, then one without.
func TestImport(t *testing.T) {
	base, say := platform(t), words(t)
	b := newBrowser(t, base)
	b.login("shen")
	send := func(rows ...string) {
		b.open("/batches/import")
		content := "商品条码,批号,数量,工厂,生产日期\n"
		for _, r := range rows {
			content += "06901234510102," + r + ",云溪工厂," + today() + "\n"
		}
		b.upload("file", file(t, "batches.csv", content))
		b.click(say("import.preview"))
	}
	send("E2E-1,100", "E2E-2,0", "E2E-1,5")
	b.sees(say("import.bad", 2, 3))
	b.check("preview with bad lines")
	send("E2E-1,100", "E2E-2,200")
	b.click(say("import.start", 2))
	b.sees(say("import.done", 2))
	b.check("import done")
	b.open("/batches?q=E2E")
	b.sees("E2E-1")
	b.sees("E2E-2")
}

// TestANewColleague is added, logs in with the one-time password, and must
// change it before anything else.
func TestANewColleague(t *testing.T) {
	base, say := platform(t), words(t)
	b := newBrowser(t, base)
	b.login("shen")
	b.open("/people/new")
	b.fill(map[string]string{"person-name": "顾青", "login": "guqing"})
	b.do(chromedp.Click(chromedp.CSS(`main [name=roles][value=printer]`)))
	b.click(say("person.add"))
	b.sees(say("once.title"))
	password := strings.TrimSpace(b.text(".fw-once"))

	c := newBrowser(t, base)
	c.open("/login")
	c.do(chromedp.SetValue(chromedp.CSS("#login"), "guqing"), chromedp.SetValue(chromedp.CSS("#password"), password),
		chromedp.Submit(chromedp.CSS("#password")), chromedp.WaitVisible(chromedp.CSS(".fw-user")))
	c.open("/batches")
	if at := get(c, chromedp.Location()); !strings.HasSuffix(at, "/password") {
		t.Errorf("stands at %s, want /password", at)
	}
}
