package label

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"testing"
)

// sample is the first unit of the contract's test vectors.
func sample() Label {
	return Label{
		Brand: "平安", Name: "磷酸铁锂电池组", Model: "PA-48V20Ah", Lot: "L20261121A",
		Maker: "平安电池（深圳）有限公司", ProducedOn: "2026-11-21",
		Serial: "HQ3R7YH28D652F6KCWQH", Short: "ABC123X-HQ3R7-YH28D-652F6-KCWQH",
		Link:   "HTTPS://FANWEI.EXAMPLE/01/06901234567892/10/L20261121A/21/HQ3R7YH28D652F6KCWQH",
		Covert: "HTTPS://FANWEI.EXAMPLE/C/HQ3R7YH28D652F6KCWQH/STX366QP76ETXEYP",
		Secret: "STX366QP76ETXEYP",
	}
}

func chinese() Words {
	return Words{Model: "型号", Lot: "批号", Date: "生产日期", Maker: "制造商", Serial: "序列号", Scratch: "刮开后扫码"}
}

// copies yields a label n times.
func copies(l Label, n int) iter.Seq2[Label, error] {
	return func(yield func(Label, error) bool) {
		for range n {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// failing yields one label and then an error.
func failing(err error) iter.Seq2[Label, error] {
	return func(yield func(Label, error) bool) {
		if yield(sample(), nil) {
			yield(Label{}, err)
		}
	}
}

func TestErrorOfSequence(t *testing.T) {
	bad := errors.New("no key")
	for name, write := range map[string]func(io.Writer, iter.Seq2[Label, error]) error{
		"pdf": func(w io.Writer, s iter.Seq2[Label, error]) error { return PDF(w, s, Sheets()[0], chinese()) },
		"csv": func(w io.Writer, s iter.Seq2[Label, error]) error { return CSV(w, s, true) },
		"zpl": func(w io.Writer, s iter.Seq2[Label, error]) error { return ZPL(w, s, Rolls()["203"], chinese()) },
	} {
		if err := write(io.Discard, failing(bad)); !errors.Is(err, bad) {
			t.Errorf("%s: got %v, want the sequence's error", name, err)
		}
	}
}

func BenchmarkPDF(b *testing.B) {
	n := 2000
	for b.Loop() {
		var out bytes.Buffer
		if err := PDF(&out, distinct(n), Sheets()[0], chinese()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len())/float64(n), "B/label")
	}
	b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "labels/s")
}

func BenchmarkCSV(b *testing.B) {
	n := 100_000
	for b.Loop() {
		if err := CSV(io.Discard, copies(sample(), n), true); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkZPL(b *testing.B) {
	n := 1000
	for b.Loop() {
		if err := ZPL(io.Discard, copies(sample(), n), Rolls()["203"], chinese()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "labels/s")
}

// distinct yields labels with serials of their own.
func distinct(n int) iter.Seq2[Label, error] {
	return func(yield func(Label, error) bool) {
		for i := range n {
			l := sample()
			l.Serial = l.Serial[:14] + string(rune('0'+i/1000%10)) + string(rune('0'+i/100%10)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10)) + "AB"
			l.Link = l.Link[:len(l.Link)-20] + l.Serial
			if !yield(l, nil) {
				return
			}
		}
	}
}

// BenchmarkPDFOne shows what a file costs before its first label.
func BenchmarkPDFOne(b *testing.B) {
	for b.Loop() {
		if err := PDF(io.Discard, copies(sample(), 1), Sheets()[0], chinese()); err != nil {
			b.Fatal(err)
		}
	}
}
