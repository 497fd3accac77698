package api

import (
	"testing"
	"time"

	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/text"
)

// BenchmarkNewAnswer writes the answer about a unit that was never asked about.
func BenchmarkNewAnswer(b *testing.B) {
	cat, err := text.Load()
	if err != nil {
		b.Fatal(err)
	}
	p := cat.Printer(text.Zh)
	at := time.Date(2026, 11, 20, 10, 32, 7, 0, time.UTC)
	answer := verify.Answer{Verdict: verify.Genuine, At: at, Scans: verify.Scans{Count: 1, FirstAt: at, LastAt: at},
		Unit: &verify.Unit{Code: verify.Code{GTIN: "06901234510409", Lot: "L20260918A", Serial: "HQ3R7YH28D652F6KCWQH"}},
		Reasons: []verify.Reason{
			{Code: "registered", Good: true, Args: []string{"浙江岚泊动力科技有限公司", "L20260918A", "2026-09-18"}},
			{Code: "certificate-held", Good: true, Args: []string{"2025010914331762", "2026-09-18", "2030-06-17"}},
			{Code: "first-scan", Good: true},
			{Code: "not-recalled", Good: true, Args: []string{"2026-11-20T10:32:07Z"}},
		}}
	for b.Loop() {
		NewAnswer(answer, p)
	}
}
