package text

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

func TestT(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{Zh, "pager.of", []any{1, 50, int64(20000)}, "第1到50条，共20,000条"},
		{En, "pager.of", []any{"1", "50", "20000"}, "1 to 50 of 20,000"},
		{En, "scans.count", []any{1}, "Checked 1 time, this one included."},
		{En, "scans.count", []any{1234}, "Checked 1,234 times, this one included."},
		{Zh, "pager.next", []any{"left out"}, "下一页"},
		{Zh, "no.such.key", nil, "no.such.key"},
	} {
		if got := c.Printer(tt.lang).T(tt.key, tt.args...); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.lang, tt.key, got, tt.want)
		}
	}
}

func TestRefusal(t *testing.T) {
	c := load(t)
	expired := refusal.New(refusal.Conflict, "certificate-expired", "C1", "2026-03-02", "2025-03-02", "2026-03-01")
	for _, tt := range []struct {
		lang Lang
		err  error
		want Refusal
	}{
		{Zh, fmt.Errorf("submit: %w", expired), Refusal{Code: refusal.Conflict, Title: "现在还不能办",
			Text: "证书C1到2026-03-01，2026-03-02已过期，发不了码。续证后接着填。"}},
		{En, expired, Refusal{Code: refusal.Conflict, Title: "Not possible now",
			Text: "Certificate C1 ended on 2026-03-01, so on 2026-03-02 it issues no codes. Renew, then go on."}},
		{Zh, refusal.New(refusal.Conflict, "capacity-used-up", "C1", "2026", "34000", "40000"), Refusal{Code: refusal.Conflict,
			Title: "现在还不能办", Text: "证书C1在2026年还能发34,000件，这批要40,000件。改小，或者先增产能。"}},
		{Zh, refusal.New(refusal.Invalid, "text-too-long", "plant", "120"), Refusal{Code: refusal.Invalid,
			Title: "填的有一处要改", Text: "“工厂”最多120个字。写短一点。", Fields: []string{"plant"}}},
		{Zh, errors.New("boom"), Refusal{Title: "出了故障，没有办成", Text: "填的都在。过一会儿再试，还不行就把编号告诉管理员。"}},
		{En, refusal.New(refusal.Invalid, "never-heard-of", "x"), Refusal{Code: refusal.Invalid, Title: "One entry needs a change",
			Text: "What you typed is kept. Try again in a moment; if it goes on, give an administrator the number."}},
	} {
		if diff := cmp.Diff(tt.want, c.Printer(tt.lang).Refusal(tt.err)); diff != "" {
			t.Errorf("%s %v (-want +got):\n%s", tt.lang, tt.err, diff)
		}
	}
	if expired.Args[0] != "C1" {
		t.Error("the refusal's arguments were changed")
	}
}

func TestReason(t *testing.T) {
	p := load(t).Printer(Zh)
	got := p.Reason("scanned-before", []string{"2", "2026-11-18T01:12:00Z"})
	want := Reason{"以前查过2次", "第一次在2026-11-18 09:12", "以前查过2次：第一次在2026-11-18 09:12"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = p.Reason("short-code-too-short", []string{"2"})
	if want := "还差2位。看看最后一组是不是被折住了。"; got.Head != want || got.Text != want {
		t.Errorf("a refusal as a reason: got %+v", got)
	}
}

func TestWhen(t *testing.T) {
	now := time.Date(2026, 11, 20, 2, 24, 0, 0, time.UTC)
	for _, tt := range []struct {
		at     time.Time
		zh, en string
	}{
		{now.Add(-time.Hour), "今天09:24", "today 09:24"},
		{time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC), "今天00:00", "today 00:00"},
		{time.Date(2026, 11, 19, 15, 59, 0, 0, time.UTC), "11-19 23:59", "11-19 23:59"},
		{time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC), "01-01 00:00", "01-01 00:00"},
		{time.Date(2025, 6, 17, 1, 0, 0, 0, time.UTC), "2025-06-17", "2025-06-17"},
		{time.Time{}, "—", "—"},
	} {
		c := load(t)
		if got := c.Printer(Zh).When(now, tt.at); got != tt.zh {
			t.Errorf("zh %v: got %q, want %q", tt.at, got, tt.zh)
		}
		if got := c.Printer(En).When(now, tt.at); got != tt.en {
			t.Errorf("en %v: got %q, want %q", tt.at, got, tt.en)
		}
	}
}

func TestValues(t *testing.T) {
	c := load(t)
	for got, want := range map[string]string{
		c.Printer(Zh).Int(5128640):                                   "5,128,640",
		c.Printer(Zh).Month("2026-09-18"):                            "2026年9月",
		c.Printer(En).Month("2026-09-18"):                            "Sep 2026",
		c.Printer(En).Machine(time.Unix(0, 0)):                       "1970-01-01T08:00:00+08:00",
		c.Printer(En).Of("class", "new-thing"):                       "new-thing",
		strings.Join(Groups("HQ3R7YH28D652F6KCWQH"), " "):            "HQ3R 7YH2 8D65 2F6K CWQH",
		strings.Join(Groups("ABCDEFG-12345-12345-12345-12345"), " "): "ABCDEFG 12345 12345 12345 12345",
		strings.Join(Groups(""), " "):                                "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, tt := range []struct {
		query, cookie, accept string
		want                  Lang
	}{
		{"", "", "", Zh},
		{"en", "zh", "zh-CN", En},
		{"", "en", "zh-CN", En},
		{"xx", "", "en-GB,en;q=0.8", En},
		{"", "", "fr-FR, en;q=0.5", En},
		{"", "", "zh-TW,en;q=0.5", Zh},
		{"", "", "de", Zh},
		{"", "", "%%%", Zh},
	} {
		if got := Choose(tt.query, tt.cookie, tt.accept); got != tt.want {
			t.Errorf("Choose(%q, %q, %q) = %s, want %s", tt.query, tt.cookie, tt.accept, got, tt.want)
		}
	}
}

func TestPrinterIsSafeForConcurrentUse(t *testing.T) {
	p := load(t).Printer(En)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 100 {
				if got, want := p.T("second.seen", n+2), fmt.Sprintf("Checked %d times", n+2); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
	wg.Wait()
}
