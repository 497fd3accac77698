package verify_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/product/producttest"
	"github.com/fanwei/fanwei/services/unitcode"
	"github.com/fanwei/fanwei/services/verify"
)

const (
	lanbo = "lanbo"
	cert  = "2025010914331762"
)

// A bench is a verification service over one registered batch.
type bench struct {
	*producttest.Kit
	units *verify.Service
	batch product.Batch
}

func open(t *testing.T, db *bun.DB) bench {
	k := producttest.Open(t, db)
	k.Certify(t, cert, lanbo, "LB-4824P")
	k.AddModel(t, lanbo, producttest.GTIN(1), "LB-4824P")
	b := k.AddBatch(t, lanbo, producttest.GTIN(1), "L20261120a", 1000)
	name := func(_ context.Context, org string) (string, error) { return "厂家 " + org, nil }
	var log *bun.DB // as the program does it
	if db.Dialect().Name() == dialect.SQLite {
		log = databasetest.SQLite(t)
	}
	units, err := verify.Open(t.Context(), db, log, k.Service, name, k.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := units.Close(); err != nil {
			t.Error(err)
		}
	})
	return bench{k, units, b}
}

func (b bench) code(t *testing.T, index uint64) gs1.Code {
	return gs1.Code{GTIN: b.batch.GTIN, Lot: b.batch.Lot, Serial: b.Serial(t, b.batch, index)}
}

func (b bench) ask(t *testing.T, code gs1.Code, visit verify.Visit) verify.Answer {
	t.Helper()
	a, err := b.units.Ask(t.Context(), code, visit)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func reasons(a verify.Answer) string {
	var codes []string
	for _, r := range a.Reasons {
		sign := "-"
		if r.Good {
			sign = "+"
		}
		codes = append(codes, sign+r.Code)
	}
	return strings.Join(codes, " ")
}

func TestFirstScanAndThoseAfter(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		b := open(t, db)
		code := b.code(t, 42)
		glance := b.ask(t, code, verify.Glance)
		if glance.Verdict != verify.Genuine || glance.Scans.Count != 0 {
			t.Errorf("a preview: %s, %d scans", glance.Verdict, glance.Scans.Count)
		}
		first := b.ask(t, code, verify.Scan)
		if first.Verdict != verify.Genuine || first.Scans.Count != 1 || first.Unit.Index != 42 || first.Unit.Maker != "厂家 lanbo" {
			t.Errorf("first: %+v", first)
		}
		if got, want := reasons(first), "+registered +certificate-held +first-scan +not-recalled"; got != want {
			t.Errorf("reasons %s, want %s", got, want)
		}
		b.Clock.Add(5 * time.Minute)
		if again := b.ask(t, code, verify.Again); again.Verdict != verify.Genuine || again.Scans.Count != 1 {
			t.Errorf("reloaded: %s, %d scans", again.Verdict, again.Scans.Count)
		}
		second := b.ask(t, code, verify.Scan)
		if second.Verdict != verify.GenuineSeen || second.Scans.Count != 2 ||
			!second.Scans.FirstAt.Equal(producttest.Start) || !second.Scans.LastAt.Equal(b.Clock.Now()) {
			t.Errorf("second: %s, %+v", second.Verdict, second.Scans)
		}
		if other := b.ask(t, b.code(t, 43), verify.Scan); other.Verdict != verify.Genuine {
			t.Errorf("another unit: %s", other.Verdict)
		}
	})
}

func TestABrowserThatSaysItAskedBeforeIsCountedIfItDidNot(t *testing.T) {
	b := open(t, databasetest.SQLite(t))
	if a := b.ask(t, b.code(t, 1), verify.Again); a.Scans.Count != 1 {
		t.Errorf("%d scans, want 1", a.Scans.Count)
	}
}

func TestHowACodeIsWrittenDoesNotMatter(t *testing.T) {
	b := open(t, databasetest.SQLite(t))
	code := b.code(t, 7)
	for _, c := range []gs1.Code{
		{GTIN: code.GTIN, Lot: strings.ToUpper(code.Lot), Serial: strings.ToLower(code.Serial)},
		{GTIN: strings.TrimLeft(code.GTIN, "0"), Lot: code.Lot, Serial: code.Serial[:5] + "-" + code.Serial[5:]},
	} {
		if a := b.ask(t, c, verify.Glance); a.Verdict != verify.Genuine || a.Unit.Serial != code.Serial || a.Unit.Lot != b.batch.Lot {
			t.Errorf("%v: %s", c, a.Verdict)
		}
	}
}

func TestShortCode(t *testing.T) {
	b := open(t, databasetest.SQLite(t))
	short := b.ask(t, b.code(t, 7), verify.Glance).Unit.Short
	ask := func(typed string) verify.Answer {
		a, err := b.units.AskShort(t.Context(), typed, verify.Glance)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := ask(strings.ToLower(short)); a.Verdict != verify.Genuine || a.Unit.Index != 7 {
		t.Errorf("%s: %s", short, a.Verdict)
	}
	wrong := []byte(short)
	wrong[0] = other(wrong[0])
	if a := ask(string(wrong)); a.Verdict != verify.Unreadable || a.Reasons[0].Code != "batch-number-check" {
		t.Errorf("%s: %s, %v", wrong, a.Verdict, a.Reasons)
	}
	if a := ask(short[:len(short)-1]); a.Verdict != verify.Unreadable || len(a.Suggestions) != 1 {
		t.Errorf("one too few: %s, %v", a.Verdict, a.Suggestions)
	}
	free, err := unitcode.BatchNumber(99)
	if err != nil {
		t.Fatal(err)
	}
	if a := ask(free + short[7:]); a.Verdict != verify.Unknown || a.Reasons[0].Code != "batch-number-unknown" {
		t.Errorf("free batch number: %s, %v", a.Verdict, a.Reasons)
	}
}

func other(c byte) byte {
	if c == '7' {
		return '8'
	}
	return '7'
}

func TestNoSuchCode(t *testing.T) {
	b := open(t, databasetest.SQLite(t))
	code := b.code(t, 7)
	wrong := []byte(code.Serial)
	wrong[3] = other(wrong[3])
	a := b.ask(t, gs1.Code{GTIN: code.GTIN, Lot: code.Lot, Serial: string(wrong)}, verify.Scan)
	if a.Verdict != verify.Unknown || a.Unit != nil || a.Scans.Count != 0 {
		t.Errorf("got %+v", a)
	}
	if d := cmp.Diff([]verify.Code{code}, a.Suggestions); d != "" {
		t.Errorf("suggestions: %s", d)
	}
	a = b.ask(t, gs1.Code{GTIN: code.GTIN, Lot: "L20261233a", Serial: code.Serial}, verify.Scan)
	if a.Verdict != verify.Unknown || reasons(a) != "+gtin-known -lot-unknown" || len(a.Suggestions) != 0 {
		t.Errorf("two slips in the lot: %s, %s, %v", a.Verdict, reasons(a), a.Suggestions)
	}
	a = b.ask(t, gs1.Code{GTIN: code.GTIN, Lot: "L2026112a", Serial: code.Serial}, verify.Scan)
	if d := cmp.Diff([]verify.Code{code}, a.Suggestions); d != "" {
		t.Errorf("one slip in the lot: %s", d)
	}
	a = b.ask(t, gs1.Code{GTIN: producttest.GTIN(5), Lot: "L1", Serial: code.Serial}, verify.Scan)
	if a.Verdict != verify.Unknown || reasons(a) != "-gtin-unknown" {
		t.Errorf("GTIN of nobody: %s, %s", a.Verdict, reasons(a))
	}
}

func TestUnreadable(t *testing.T) {
	b := open(t, databasetest.SQLite(t))
	code := b.code(t, 7)
	for reason, c := range map[string]gs1.Code{
		"gtin-check-digit": {GTIN: "06901234567890", Lot: code.Lot, Serial: code.Serial},
		"lot":              {GTIN: code.GTIN, Lot: "批", Serial: code.Serial},
		"serial-too-short": {GTIN: code.GTIN, Lot: code.Lot, Serial: code.Serial[:12]},
		"serial-too-long":  {GTIN: code.GTIN, Lot: code.Lot, Serial: code.Serial + "0000"},
		"code-character":   {GTIN: code.GTIN, Lot: code.Lot, Serial: "?" + code.Serial[1:]},
	} {
		if a := b.ask(t, c, verify.Scan); a.Verdict != verify.Unreadable || a.Reasons[0].Code != reason {
			t.Errorf("%v: %s, %v, want %s", c, a.Verdict, a.Reasons, reason)
		}
	}
}

func TestRecallComesBeforeAllElse(t *testing.T) {
	b := open(t, databasetest.SQLite(t))
	in, out := b.code(t, 19), b.code(t, 20)
	b.ask(t, in, verify.Scan)
	recall := trace.Recall{Head: producttest.ID(), Number: "RC-2026-04", GTIN: b.batch.GTIN, Lot: b.batch.Lot, From: 10, To: 19,
		Reason: "虚焊", Advice: "停止使用"}
	if err := b.BeginRecall(t.Context(), producttest.Market(), recall); err != nil {
		t.Fatal(err)
	}
	revoke := trace.RevokeCertificate{Head: producttest.ID(), Number: cert, From: b.Today(), Reason: "虚假材料"}
	if err := b.ChangeCertificate(t.Context(), producttest.Market(), cert, revoke); err != nil {
		t.Fatal(err)
	}
	a := b.ask(t, in, verify.Scan)
	if a.Verdict != verify.Recalled || a.Recall == nil || a.Recall.Advice != "停止使用" || !a.Recall.Ordered || a.Recall.By != "厂家 market-1" {
		t.Errorf("got %s, %+v", a.Verdict, a.Recall)
	}
	if got, want := reasons(a), "+registered -certificate-revoked +scanned-before -recalled"; got != want {
		t.Errorf("reasons %s, want %s", got, want)
	}
	if a := b.ask(t, out, verify.Scan); a.Verdict != verify.NotCertified || a.Recall != nil {
		t.Errorf("outside the range: %s", a.Verdict)
	}
	end := trace.EndRecall{Head: producttest.ID(), By: "market-1", Number: "RC-2026-04", Reason: "换完"}
	if err := b.EndRecall(t.Context(), producttest.Market(), end); err != nil {
		t.Fatal(err)
	}
	if a := b.ask(t, in, verify.Glance); a.Verdict != verify.NotCertified {
		t.Errorf("after the recall: %s", a.Verdict)
	}
}

func TestCertificateSuspendedLaterDoesNotTouchWhatWasMadeBefore(t *testing.T) {
	b := open(t, databasetest.SQLite(t))
	b.Clock.Add(48 * time.Hour)
	suspend := trace.SuspendCertificate{Head: producttest.ID(), Number: cert, From: b.Today(), Reason: "抽查不合格"}
	if err := b.ChangeCertificate(t.Context(), producttest.Market(), cert, suspend); err != nil {
		t.Fatal(err)
	}
	if a := b.ask(t, b.code(t, 1), verify.Scan); a.Verdict != verify.Genuine {
		t.Errorf("got %s, %s", a.Verdict, reasons(a))
	}
}

func TestOfManyAtOnceOnlyOneIsFirst(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		b := open(t, db)
		code := b.code(t, 5)
		const people = 32
		verdicts := make([]verify.Answer, people)
		var all sync.WaitGroup
		for i := range people {
			all.Go(func() {
				a, err := b.units.Ask(t.Context(), code, verify.Scan)
				if err != nil {
					t.Error(err)
				}
				verdicts[i] = a
			})
		}
		all.Wait()
		counts, first := map[int64]bool{}, 0
		for _, a := range verdicts {
			counts[a.Scans.Count] = true
			if a.Verdict == verify.Genuine {
				first++
			}
		}
		if first != 1 || len(counts) != people || !counts[people] {
			t.Errorf("%d first scans, %d different counts", first, len(counts))
		}
	})
}
