package trace_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/chaincode/trace/tracetest"
)

func TestLaw(t *testing.T) {
	tracetest.Run(t, func(t *testing.T) tracetest.Do { return newBare(t, time.Time{}).do })
}

func TestStandingOn(t *testing.T) {
	c := trace.Certificate{ValidFrom: "2026-01-01", ValidTo: "2026-12-31", Suspensions: []trace.Suspension{
		{From: "2026-03-01", Restored: "2026-04-01"},
		{From: "2026-05-01", Restored: "2026-05-01"}, // lifted on the day it began
		{From: "2026-06-10", Restored: "2026-06-20"},
		{From: "2026-06-15", Restored: "2026-06-25"}, // reaches back into the one before
	}}
	open := c
	open.Suspensions = append(open.Suspensions, trace.Suspension{From: "2026-09-01"})
	revoked := open
	revoked.RevokedFrom = "2026-10-01"
	tests := []struct {
		cert trace.Certificate
		day  trace.Date
		want trace.Standing
	}{
		{c, "2025-12-31", trace.NotYet},
		{c, "2026-01-01", trace.Holds},
		{c, "2026-02-28", trace.Holds},
		{c, "2026-03-01", trace.Suspended},
		{c, "2026-03-31", trace.Suspended},
		{c, "2026-04-01", trace.Holds},
		{c, "2026-05-01", trace.Holds},
		{c, "2026-06-14", trace.Suspended},
		{c, "2026-06-20", trace.Suspended},
		{c, "2026-06-24", trace.Suspended},
		{c, "2026-06-25", trace.Holds},
		{c, "2026-12-31", trace.Holds},
		{c, "2027-01-01", trace.Expired},
		{open, "2026-08-31", trace.Holds},
		{open, "2026-09-01", trace.Suspended},
		{open, "2027-01-01", trace.Suspended},
		{revoked, "2026-08-31", trace.Holds},
		{revoked, "2026-09-30", trace.Suspended},
		{revoked, "2026-10-01", trace.Revoked},
		{revoked, "2027-01-01", trace.Revoked},
	}
	for _, tt := range tests {
		if got := tt.cert.StandingOn(tt.day); got != tt.want {
			t.Errorf("on %s: got %s, want %s", tt.day, got, tt.want)
		}
	}
}

func TestCheckGTIN(t *testing.T) {
	// The first two are the examples of the GS1 General Specifications,
	// section 7.9.1, as GTIN-13 and GTIN-12, filled up with zeros.
	for _, good := range []string{"06291041500213", "00614141999996", "06901234567892", "00000096385074", "10614141543219"} {
		if err := trace.CheckGTIN(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	bad := map[string]string{
		"":                "gtin",
		"6291041500213":   "gtin",
		"006291041500213": "gtin",
		"0629104150021٣":  "gtin", // an Arabic digit, two bytes long
		"062910415002 3":  "gtin",
		"-6291041500213":  "gtin",
		"00000000000000":  "gtin",
		"06291041500214":  "gtin-check-digit",
		"06291041502013":  "gtin-check-digit", // two digits exchanged
	}
	for gtin, reason := range bad {
		if err := trace.CheckGTIN(gtin); !errors.Is(err, refusal.New(refusal.Invalid, reason)) {
			t.Errorf("%q: got %v, want %s", gtin, err, reason)
		}
	}
}

func TestCheckLot(t *testing.T) {
	legal := 0
	for b := range 256 {
		if trace.CheckLot(string([]byte{'L', byte(b)})) == nil {
			legal++
		}
	}
	if legal != 82 {
		t.Errorf("%d characters are legal, want the 82 of GS1", legal)
	}
}

func TestDateOf(t *testing.T) {
	tests := map[string]trace.Date{
		"2026-11-21T15:59:59.999Z":  "2026-11-21",
		"2026-11-21T16:00:00Z":      "2026-11-22", // midnight in China
		"2026-12-31T16:00:00Z":      "2027-01-01",
		"2026-11-21T23:59:59-05:00": "2026-11-22",
		"1990-07-01T15:30:00Z":      "1990-07-01", // China had summer time then; the law counts in UTC+8
	}
	for moment, want := range tests {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if got := trace.DateOf(at); got != want {
			t.Errorf("%s: got %s, want %s", moment, got, want)
		}
	}
	if got := trace.Date("2026-11-21").Year(); got != "2026" {
		t.Errorf("year %s", got)
	}
}

// TestDates asks for dates that are none.
func TestDates(t *testing.T) {
	for _, day := range []trace.Date{"", "2026", "2026-1-01", "2026-02-29", "2026-04-31", "2026-00-10", "1999-12-31",
		"2100-01-01", "02026-01-01", "2026-01-01 ", "2026-01-01T00:00:00Z", "２０２６-01-01"} {
		cert := certificate("C1", 1)
		cert.ValidTo = day
		_, err := newBare(t, noon).submit(market, cert)
		if !errors.Is(err, refusal.New(refusal.Invalid, "date")) {
			t.Errorf("%q: got %v", day, err)
		}
	}
	cert := certificate("C1", 1)
	cert.ValidFrom, cert.ValidTo = "2028-02-29", "2099-12-31"
	if _, err := newBare(t, noon).submit(market, cert); err != nil {
		t.Error(err)
	}
}

// TestDayBegins checks that the day of a rule begins at midnight in China.
func TestDayBegins(t *testing.T) {
	cert := certificate("C1", 10)
	cert.ValidTo = "2026-11-21"
	b := newBare(t, noon)
	for as, cmd := range map[trace.Caller]trace.Command{market: cert, maker: model()} {
		if _, err := b.submit(as, cmd); err != nil {
			t.Fatal(err)
		}
	}
	b.now = time.Date(2026, 11, 21, 15, 59, 59, 0, time.UTC)
	if _, _, err := b.try(maker, batch("L1", 1)); err != nil {
		t.Error(err)
	}
	b.now = b.now.Add(time.Second)
	if _, _, err := b.try(maker, batch("L1", 1)); !errors.Is(err, refusal.New(refusal.Conflict, "certificate-expired")) {
		t.Errorf("got %v", err)
	}
}

// TestDeterministic runs the same commands on two ledgers: every byte that is
// stored and every receipt must agree, or peers would.
func TestDeterministic(t *testing.T) {
	history := func() (map[string][]byte, []trace.Outcome) {
		b := withModel(t, 100)
		cmds := []trace.Command{batch("L1", 7), batch("l2", 64), batch("L1", 7),
			trace.Recall{Head: named("r"), Number: "R1", GTIN: gtin, Lot: "L1", From: 1, To: 6, Reason: "<热>\n过热", Advice: "停用"},
			trace.EndRecall{Head: named("e"), By: "M1", Number: "R1", Reason: "完"}}
		outs := make([]trace.Outcome, len(cmds))
		for i, cmd := range cmds {
			out, err := b.submit(maker, cmd)
			if err != nil {
				t.Fatal(err)
			}
			outs[i] = out
		}
		return b.state, outs
	}
	state1, outs1 := history()
	state2, outs2 := history()
	if diff := cmp.Diff(state1, state2); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(outs1, outs2); diff != "" {
		t.Error(diff)
	}
	if !outs1[2].Repeated || !bytes.Equal(outs1[2].Event, outs1[0].Event) || outs1[2].TxID != outs1[0].TxID {
		t.Errorf("a repeat got %+v, want %+v", outs1[2], outs1[0])
	}
}

// TestCallers checks that callers cannot pass for one another by their names.
func TestCallers(t *testing.T) {
	b := withModel(t, 100)
	if _, err := b.submit(maker, batch("L1", 10)); err != nil {
		t.Fatal(err)
	}
	for _, org := range []string{"", "M1/x", "M1\x00", " M1", strings.Repeat("M", 65)} {
		if _, err := b.submit(trace.Caller{Kind: trace.Maker, Org: org}, batch("L2", 1)); !refusal.Is(err, refusal.Forbidden) {
			t.Errorf("%q: got %v", org, err)
		}
	}
	if _, err := b.submit(trace.Caller{Kind: "laboratory", Org: "M1"}, batch("L1", 10)); !refusal.Is(err, refusal.Forbidden) {
		t.Errorf("a repeat under another kind: got %v", err)
	}
	order := trace.Recall{Head: named("r"), Number: "R1", GTIN: gtin, Lot: "L1", From: 0, To: 9, Reason: "hot", Advice: "stop"}
	if _, err := b.submit(market, order); err != nil {
		t.Fatal(err)
	}
	twin := trace.Caller{Kind: trace.Maker, Org: market.Org}
	end := trace.EndRecall{Head: named("e"), By: market.Org, Number: "R1", Reason: "done"}
	if _, err := b.submit(twin, end); !errors.Is(err, refusal.New(refusal.Forbidden, "recall-ordered")) {
		t.Errorf("a maker of the office's name ended its order: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, payload, reason string }{
		{"recall", "", "payload"},
		{"recall", "{", "payload"},
		{"recall", "[]", "payload"},
		{"recall", `{"from":"1"}`, "payload"},
		{"recall", `{"from":1e99}`, "payload"},
		{"recall", `{"colour":1}`, "payload"},
		{"recall", `{} {}`, "payload"},
		{"recall", `{}x`, "payload"},
		{"Recall", `{}`, "unknown-command"},
		{"", `{}`, "unknown-command"},
		{"recall", `{"reason":"` + strings.Repeat("x", trace.MaxPayload) + `"}`, "payload-too-large"},
	}
	for _, tt := range tests {
		if _, err := trace.Decode(tt.name, []byte(tt.payload)); !errors.Is(err, refusal.New(refusal.Invalid, tt.reason)) {
			t.Errorf("%s %.40s: got %v, want %s", tt.name, tt.payload, err, tt.reason)
		}
	}
}

// TestAfter folds changes as who keeps copies of certificates does.
func TestAfter(t *testing.T) {
	change := func(kind string, from trace.Date) trace.CertificateChanged {
		return trace.CertificateChanged{EventHead: trace.EventHead{Type: kind}, From: from}
	}
	before := trace.Certificate{Number: "C1", Suspensions: []trace.Suspension{{From: "2026-01-01"}}}
	restored := before.After(change("certificate-restored", "2026-02-01"))
	if before.Suspensions[0].Restored != "" {
		t.Error("the certificate that was changed is another one")
	}
	got := restored.After(change("certificate-suspended", "2026-03-01")).After(change("certificate-revoked", "2026-04-01"))
	want := trace.Certificate{Number: "C1", RevokedFrom: "2026-04-01",
		Suspensions: []trace.Suspension{{From: "2026-01-01", Restored: "2026-02-01"}, {From: "2026-03-01"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(trace.Certificate{}, (trace.Certificate{}).After(change("certificate-restored", "2026-02-01"))); diff != "" {
		t.Error(diff)
	}
}
