package site_test

import (
	"slices"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/ui-api/api"
	"github.com/fanwei/fanwei/ui-api/text"
)

// TestReferenceIsWritten holds the catalogue to the API: each operation, each
// field and each status of it is explained in both languages.
func TestReferenceIsWritten(t *testing.T) {
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := catalogue.Printer(text.Zh)
	a := api.New(nil, nil, nil)
	a.Register(fiber.New())
	for _, group := range a.Reference() {
		if !p.Has("api-group." + group.Tag) {
			t.Errorf("group %s has no name", group.Tag)
		}
		for _, op := range group.Operations {
			if !p.Has("api-do." + op.ID) {
				t.Errorf("%s is not explained: api-do.%[1]s", op.ID)
			}
			explained(t, p, op)
			for _, r := range op.Replies {
				if !p.Has("api-reply." + r.Code) {
					t.Errorf("%s: %s is not explained", op.ID, r.Code)
				}
			}
		}
	}
}

// explained reports the fields of an operation that the catalogue does not
// explain.
func explained(t *testing.T, p text.Printer, op api.Operation) {
	t.Helper()
	for _, f := range slices.Concat(op.Parameters, op.Body, op.Answer) {
		if !p.Has("api-field."+op.Tag+"."+f.Leaf) && !p.Has("api-field."+f.Leaf) {
			t.Errorf("%s: %s is not explained: api-field.%s", op.ID, f.Name, f.Leaf)
		}
	}
}
