package site

import (
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

// TestSegmentsReadWhatTheyWrote sends lots of every awkward sort through an
// address and back.
func TestSegmentsReadWhatTheyWrote(t *testing.T) {
	app := fiber.New(fiber.Config{Immutable: true})
	var gtin, lot string
	app.Get("/batches/:gtin/:lot/event", func(c *fiber.Ctx) error {
		r := &request{Ctx: c}
		gtin, lot = r.segment("gtin"), r.segment("lot")
		return nil
	})
	for _, want := range []string{"L1", "A/B", "100%", "%2F", "A%41", "a+b&c=d?e", `"<x>'`, "a;b,c:d", "x.y..", "A*(1)!", "-_/-_"} {
		gtin, lot = "", ""
		address := batchPath("06901234510409", want, "event")
		res, err := app.Test(httptest.NewRequest("GET", address, nil))
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != fiber.StatusOK || gtin != "06901234510409" || lot != want {
			t.Errorf("%s: status %d, gtin %q, lot %q, want %q", address, res.StatusCode, gtin, lot, want)
		}
	}
}

func TestSegmentThatCannotBeReadNamesNothing(t *testing.T) {
	app := fiber.New()
	app.Get("/batches/:lot", func(c *fiber.Ctx) error {
		if lot := (&request{Ctx: c}).segment("lot"); lot != "" {
			t.Errorf("got %q", lot)
		}
		return nil
	})
	req := httptest.NewRequest("GET", "/", nil)
	req.RequestURI = "/batches/%zz"
	if _, err := app.Test(req); err != nil {
		t.Fatal(err)
	}
}

func TestCalledCountsEachUnitOnce(t *testing.T) {
	ended := time.Now()
	cat, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := cat.Printer(text.En)
	for _, c := range []struct {
		name    string
		recalls []product.Recall
		want    int64
		tag     string
	}{
		{"none", nil, 0, "Registered"},
		{"one", []product.Recall{{From: 10, To: 19}}, 10, "Partly recalled"},
		{"apart", []product.Recall{{From: 50, To: 59}, {From: 0, To: 9}}, 20, "Partly recalled"},
		{"overlapping", []product.Recall{{From: 0, To: 59}, {From: 40, To: 99}}, 100, "Recalled"},
		{"within", []product.Recall{{From: 0, To: 99}, {From: 40, To: 50}}, 100, "Recalled"},
		{"ended", []product.Recall{{From: 0, To: 99, EndedAt: &ended}}, 0, "Registered"},
		{"one of two ended", []product.Recall{{From: 0, To: 99, EndedAt: &ended}, {From: 99, To: 99}}, 1, "Partly recalled"},
	} {
		if got := called(c.recalls, 100); got != c.want {
			t.Errorf("%s: %d units, want %d", c.name, got, c.want)
		}
		if got := batchTag(p, product.Batch{Size: 100}, c.recalls); got.Text != c.tag {
			t.Errorf("%s: tag %q, want %q", c.name, got.Text, c.tag)
		}
	}
}

func TestSpanCountsFromOne(t *testing.T) {
	for _, c := range []struct {
		first, last string
		from, to    uint64
		ok          bool
	}{
		{"1", "100", 0, 99, true},
		{"7", "7", 6, 6, true},
		{"0", "5", 0, 0, false},
		{"5", "4", 0, 0, false},
		{"1", "101", 0, 0, false},
		{"", "5", 0, 0, false},
		{"-1", "5", 0, 0, false},
		{"1.5", "5", 0, 0, false},
		{"99999999999999999999", "5", 0, 0, false},
	} {
		from, to, err := span(c.first, c.last, 100)
		if from != c.from || to != c.to || (err == nil) != c.ok {
			t.Errorf("span(%q, %q) = %d, %d, %v", c.first, c.last, from, to, err)
		}
		if err != nil && !errors.Is(err, refusal.New(refusal.Invalid, "unit-numbers")) {
			t.Errorf("span(%q, %q) refuses with %v", c.first, c.last, err)
		}
	}
}

// Every format and layout that can be printed has its words.
func TestLayoutsHaveTheirWords(t *testing.T) {
	cat, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	list := layoutChoices()
	if len(list) != len(printrun.Layouts(printrun.PDF))+len(printrun.Layouts(printrun.ZPL))+1 {
		t.Errorf("choices are %v", list)
	}
	for _, l := range list {
		if !cat.Printer(text.Zh).Has("layout." + l) {
			t.Errorf("layout %s has no words", l)
		}
	}
}

// What goes wrong is told at the entry it is about, and above the form.
func TestProblemIsToldAtItsEntry(t *testing.T) {
	cat, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &request{text: cat.Printer(text.En)}
	fields := []web.Field{{Name: "lot"}, {Name: "size"}}
	panel := r.problem(fields, refusal.New(refusal.Conflict, "capacity-used-up", "C1", "2026", "34000", "40000"))
	if fields[1].Error == "" || panel.Text != fields[1].Error || fields[0].Error != "" {
		t.Errorf("the gate's refusal is told as %+v, fields %+v", panel, fields)
	}
	fields = []web.Field{{Name: "lot"}, {Name: "size"}}
	panel = r.problem(fields, refusal.New(refusal.Exists, "batch-exists", "1", "L1"))
	if fields[0].Error == "" || panel.Number != "" {
		t.Errorf("told as %+v, fields %+v", panel, fields)
	}
}
