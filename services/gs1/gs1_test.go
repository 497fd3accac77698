package gs1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/gs1"
)

func TestParseGTIN(t *testing.T) {
	for _, test := range []struct{ in, want, reason string }{
		{"09521234543213", "09521234543213", ""},
		{"9521234543213", "09521234543213", ""},
		{"06901234567892", "06901234567892", ""},
		{"036000291452", "00036000291452", ""}, // GTIN-12
		{"96385074", "00000096385074", ""},     // GTIN-8
		{"9521234543214", "", "gtin-check-digit"},
		{"0000000000000", "", "gtin"},
		{"", "", "gtin"},
		{"952123454321", "", "gtin-check-digit"},
		{"95212345432133", "", "gtin-check-digit"},
		{"952123454321３", "", "gtin"},
		{"95212345432a3", "", "gtin"},
		{"+9638507", "", "gtin"},
		{strings.Repeat("9", 1000), "", "gtin"},
	} {
		got, err := gs1.ParseGTIN(test.in)
		if got != test.want || reason(err) != test.reason {
			t.Errorf("ParseGTIN(%.30q) = %q, %v; want %q, %q", test.in, got, err, test.want, test.reason)
		}
	}
}

func TestParseLink(t *testing.T) {
	whole := gs1.Code{GTIN: "06901234567892", Lot: "L20261121A", Serial: "HQ3R7YH28D652F6KCWQH"}
	lower := gs1.Code{GTIN: "06901234567892", Lot: "l20261121a", Serial: "hq3r7yh28d652f6kcwqh"}
	const path = "/01/06901234567892/10/L20261121A/21/HQ3R7YH28D652F6KCWQH"
	for _, test := range []struct {
		in     string
		want   gs1.Code
		reason string
	}{
		{"HTTPS://FANWEI.EXAMPLE" + path, whole, ""},
		{"https://fanwei.example:8443" + path + "?17=271121#x", whole, ""},
		{"http://fanwei.example" + path + "/", whole, ""},
		{strings.ToLower("HtTpS://fanwei.example" + path), lower, ""},
		{path, whole, ""},
		{strings.TrimPrefix(path, "/"), whole, ""},
		{"fanwei.example" + path, whole, ""},
		{"https://id.example/some/01/10/21/prefix" + path, whole, ""},
		{"/01/6901234567892/10/L20261121A/21/HQ3R7YH28D652F6KCWQH", whole, ""},
		{"/01/06901234567892/22/2A/10/L20261121A/21/HQ3R7YH28D652F6KCWQH", whole, ""},
		{"/01/06901234567892/10/L%32%30261121A/%32%31/HQ3R7-YH28D-652F6-KCWQ",
			gs1.Code{GTIN: whole.GTIN, Lot: whole.Lot, Serial: "HQ3R7-YH28D-652F6-KCWQ"}, ""},
		{"/01/06901234567892/10/A%2fB/21/%41%20B", gs1.Code{GTIN: whole.GTIN, Lot: "A/B", Serial: "A B"}, ""},
		{"https://x.example" + path + "?next=ftp://elsewhere", whole, ""},
		{"", gs1.Code{}, "link-incomplete"},
		{"https://fanwei.example", gs1.Code{}, "link-incomplete"},
		{"/01/06901234567892", gs1.Code{}, "link-incomplete"},
		{"/01/06901234567892/10/A", gs1.Code{}, "link-incomplete"},
		{"/01/06901234567892/21/A/10/B", gs1.Code{}, "link-incomplete"},
		{"/01/06901234567892/11/A/10/B/21/C", gs1.Code{}, "link-incomplete"},
		{"/02/06901234567892/10/B/21/C", gs1.Code{}, "link-incomplete"},
		{"ftp://fanwei.example" + path, gs1.Code{}, "link-scheme"},
		{"javascript://" + path, gs1.Code{}, "link-scheme"},
		{"/01/06901234567893/10/A/21/B", gs1.Code{}, "gtin-check-digit"},
		{"/01/0690123456789/10/A/21/B", gs1.Code{}, "gtin-check-digit"},
		{"/01/069/10/A/21/B", gs1.Code{}, "gtin"},
		{"/01/06901234567892/10/%zz/21/B", gs1.Code{}, "link-encoding"},
		{"/01/06901234567892/10/A/21/B%", gs1.Code{}, "link-encoding"},
		{"/01/06901234567892/10/%E7%94%B5/21/B", gs1.Code{}, "lot"},
		{"/01/06901234567892/10/ABCDEFGHIJKLMNOPQRSTU/21/B", gs1.Code{}, "lot"},
		{"/01/06901234567892/10/%2e%2E/21/B", gs1.Code{}, "lot"},
		{"/01/06901234567892/10/A B/21/B", gs1.Code{}, "lot"},
		{"/01/06901234567892/10//21/B", gs1.Code{}, "lot"},
		{"/01/06901234567892/10/A/21/%00", gs1.Code{}, "link-serial"},
		{"/01/06901234567892/10/A/21/%E7%94%B5", gs1.Code{}, "link-serial"},
		{"/01/06901234567892/10/A/21/" + strings.Repeat("A", 41), gs1.Code{}, "link-serial"},
		{"/01/06901234567892/10/A/21//", gs1.Code{}, "link-serial"},
		{strings.Repeat("/", gs1.MaxLink), gs1.Code{}, "link-incomplete"},
		{strings.Repeat("/", gs1.MaxLink+1), gs1.Code{}, "link-too-long"},
	} {
		got, err := gs1.ParseLink(test.in)
		if diff := cmp.Diff(test.want, got); diff != "" || reason(err) != test.reason {
			t.Errorf("ParseLink(%.90q): %v, want reason %q (-want +got)\n%s", test.in, err, test.reason, diff)
		}
	}
}

func TestLink(t *testing.T) {
	c := gs1.Code{GTIN: "06901234567892", Lot: `a/b_%+"z`, Serial: "HQ3R7YH28D652F6KCWQH"}
	if got, want := gs1.Link("id.example:8443", c),
		"HTTPS://ID.EXAMPLE:8443/01/06901234567892/10/A%2FB%5F%25%2B%22Z/21/HQ3R7YH28D652F6KCWQH"; got != want {
		t.Errorf("Link = %s, want %s", got, want)
	}
	if got, want := gs1.CovertLink("id.example", c.Serial, "STX366QP76ETXEYP"),
		"HTTPS://ID.EXAMPLE/C/HQ3R7YH28D652F6KCWQH/STX366QP76ETXEYP"; got != want {
		t.Errorf("CovertLink = %s, want %s", got, want)
	}
}

const set82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`

func lots() *rapid.Generator[string] {
	char := rapid.SampledFrom([]rune(set82))
	return rapid.StringOfN(char, 1, 20, -1).Filter(func(s string) bool { return trace.CheckLot(s) == nil })
}

// Every lot comes back from the link of its label, but for the case of its
// letters, and the link is all of QR's alphanumeric characters.
func TestLinkReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := gs1.Code{GTIN: gtin(t), Lot: lots().Draw(t, "lot"), Serial: rapid.StringMatching(`[0-9A-HJKMNP-TV-Z]{20}`).Draw(t, "serial")}
		link := gs1.Link("id.example", c)
		if strings.Trim(link, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") != "" {
			t.Errorf("%s is not alphanumeric", link)
		}
		for _, in := range []string{link, strings.ToLower(link), strings.TrimPrefix(link, "HTTPS://ID.EXAMPLE")} {
			got, err := gs1.ParseLink(in)
			if err != nil {
				t.Fatalf("ParseLink(%s): %v", in, err)
			}
			if got.GTIN != c.GTIN || !strings.EqualFold(got.Lot, c.Lot) || !strings.EqualFold(got.Serial, c.Serial) {
				t.Errorf("ParseLink(%s) = %+v, want %+v", in, got, c)
			}
		}
	})
}

func gtin(t *rapid.T) string {
	body := rapid.StringMatching(`[0-9]{12}[1-9]`).Draw(t, "gtin")
	for digit := range 10 {
		if s := fmt.Sprint(body, digit); trace.CheckGTIN(s) == nil {
			return s
		}
	}
	t.Fatalf("%s has no check digit", body)
	return ""
}

func FuzzParseLink(f *testing.F) {
	f.Add("HTTPS://FANWEI.EXAMPLE/01/06901234567892/10/L20261121A/21/HQ3R7YH28D652F6KCWQH")
	f.Add("/01/06901234567892/22/2A/10/A%2fB/21/x?17=1#")
	f.Add("http:///01//10//21/")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := gs1.ParseLink(s)
		if err != nil {
			if !refusal.Is(err, refusal.Invalid) || c != (gs1.Code{}) {
				t.Fatalf("ParseLink(%q) = %+v, %v", s, c, err)
			}
			return
		}
		again, err := gs1.ParseLink(gs1.Link("id.example", c))
		if err != nil || again.GTIN != c.GTIN || !strings.EqualFold(again.Lot, c.Lot) || !strings.EqualFold(again.Serial, c.Serial) {
			t.Fatalf("%q: %+v came back as %+v, %v", s, c, again, err)
		}
	})
}

func reason(err error) string {
	if e, ok := refusal.Of(err); ok && e.Code == refusal.Invalid {
		return e.Reason
	}
	if err != nil {
		return "?" + err.Error()
	}
	return ""
}
