package site

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

// showForm shows a form: fresh if nothing failed, and else with what was typed
// and why it was refused, at the fields that it is about. The view must hold
// what was typed, for nothing typed is ever lost.
func (r *request) showForm(at web.Place, view web.FormView, failed error) error {
	if failed != nil {
		r.Status(statusOf(failed))
		view.Problem = r.problem(view.Fields, failed)
	}
	return render(r, r.site.pages.Form, at, view)
}

// problem marks the fields that an error is about and says above the form what
// did not happen. A field's own mistake is told at the field alone.
func (r *request) problem(fields []web.Field, err error) *web.Panel {
	no := r.refusal(err)
	panel := &web.Panel{State: web.Bad, Icon: "alert", Title: no.Title, Text: no.Text, Alert: true}
	if web.Mark(fields, no) && no.Code == refusal.Invalid {
		panel.Text = r.text.T("form.see-field")
	}
	if no.Code == "" {
		panel.Number = r.number(err)
	}
	return panel
}

// refusal is what an error means to the person, with the fields that it is
// about even where its arguments do not name them.
func (r *request) refusal(err error) text.Refusal {
	told := r.text.Refusal(err)
	if no, ok := refusal.Of(err); ok && len(told.Fields) == 0 {
		told.Fields = fieldsOf(no.Reason)
	}
	return told
}

// number logs a fault and returns the number under which it is found there.
func (r *request) number(err error) string {
	number := strings.ToUpper(uuid.NewString()[:8])
	r.site.Log.ErrorContext(r.UserContext(), "request failed", "error", err, "number", number, "path", r.Path())
	return number
}

// fieldsOf names the entries of forms that a refusal's reason is about.
func fieldsOf(reason string) []string {
	for field, reasons := range map[string][]string{
		"gtin":        {"gtin", "gtin-check-digit", "model-exists", "model-missing"},
		"lot":         {"lot", "batch-exists"},
		"size":        {"batch-size", "batch-larger-than-served", "capacity-used-up"},
		"produced_on": {"produced-on-range"},
		"certificate": {"certificate-missing", "certificate-not-yours", "certificate-does-not-cover", "certificate-not-yet-valid",
			"certificate-expired", "certificate-suspended", "certificate-revoked"},
		"number":   {"certificate-exists", "recall-exists"},
		"capacity": {"capacity-range"},
		"valid_to": {"dates-reversed"},
		"from":     {"date-in-future"},
		"class":    {"class-unknown"},
		"photo":    {"photo-missing", "photo-digest", "photo-too-large", "photo-type", "photo-broken"},
		"first":    {"recall-range", "print-range", "unit-numbers"},
	} {
		if slices.Contains(reasons, reason) {
			return []string{field}
		}
	}
	return officeFields(reason)
}
