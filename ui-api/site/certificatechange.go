package site

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

// A change is what can be done to a certificate; also the last part of the
// address where it is done.
type change string

const (
	suspend change = "suspend"
	restore change = "restore"
	revoke  change = "revoke"
)

// A wish is a change as a person typed it.
type wish struct {
	change
	id, number, reason string
	from               trace.Date
	confirmed          trace.Date // the day whose effect the person has read
}

func (w wish) command() trace.Command {
	head := trace.Head{ID: w.id}
	switch w.change {
	case suspend:
		return trace.SuspendCertificate{Head: head, Number: w.number, From: w.from, Reason: w.reason}
	case revoke:
		return trace.RevokeCertificate{Head: head, Number: w.number, From: w.from, Reason: w.reason}
	}
	return trace.RestoreCertificate{Head: head, Number: w.number, Reason: w.reason}
}

func (r *request) changeForm(what change) error {
	if err := r.see(authz.Change, authz.Certificate, ""); err != nil {
		return err
	}
	w := wish{change: what, id: uuid.NewString(), number: r.segment("number"), from: r.site.Products.Today()}
	return r.showChange(w, nil, nil)
}

// changeCertificate changes a certificate. What takes the certification from
// batches is done when the person has read how many, and has said so.
func (r *request) changeCertificate(what change) error {
	w := wish{change: what, id: r.entered("id"), number: r.segment("number"), reason: r.entered("reason"),
		from: trace.Date(r.entered("from")), confirmed: trace.Date(r.entered("confirmed"))}
	if what != restore && w.confirmed != w.from {
		effect, err := r.site.Products.PreviewChange(r.UserContext(), r.subject(), w.number, w.from, w.command())
		if ask := err == nil && (what == revoke || effect.Batches > 0); ask {
			return r.showChange(w, &effect, nil)
		}
		if err != nil && !closed(err) { // who has no right is refused below, which leaves a line
			return r.showChange(w, nil, err)
		}
	}
	err := r.site.Products.ChangeCertificate(r.UserContext(), r.subject(), w.number, w.command())
	switch {
	case err == nil:
		return r.done(certificatePath(w.number), "certificate-"+string(what))
	case closed(err):
		return err
	}
	w.confirmed = ""
	return r.showChange(w, nil, err)
}

// showChange shows the form of a change; with an effect, it asks whether that
// is meant.
func (r *request) showChange(w wish, effect *product.Effect, failed error) error {
	cert, _, err := r.site.Products.Certificate(r.UserContext(), r.subject(), w.number)
	if err != nil {
		return err
	}
	name, err := r.orgNames(cert.Holder)
	if err != nil {
		return err
	}
	today := r.site.Products.Today()
	tag := r.standing(cert.State.StandingOn(today))
	facts := r.certificateFacts(cert, name)
	facts.Tag = &tag
	view := web.FormView{ID: w.id, Submit: r.text.Of("change", string(w.change)), Danger: w.change == revoke,
		Head:   web.Head{Kicker: r.text.T("certificate.title") + r.text.T("gap") + w.number, Title: r.text.Of("change", string(w.change))},
		Cancel: certificatePath(w.number), Fields: r.changeFields(w, today), Asides: []web.Aside{facts}}
	if effect != nil {
		view.Hidden = []web.Hidden{{Name: "confirmed", Value: string(w.from)}}
		view.Submit, view.Danger = r.text.Of("confirm", string(w.change)), true
		view.Problem = r.effect(w, *effect)
	}
	return r.showForm(web.Certificates, view, failed)
}

// effect says in numbers what a change takes from batches.
func (r *request) effect(w wish, e product.Effect) *web.Panel {
	panel := &web.Panel{State: web.Doubt, Icon: "info", Title: r.text.T("effect.none"), Text: r.text.Of("effect-text", string(w.change)), Alert: true}
	if e.Batches > 0 {
		panel.State, panel.Icon = web.Bad, "alert"
		panel.Title = r.text.T("effect.batches", e.Batches, r.text.Int(e.Units), string(w.from))
	}
	return panel
}

func (r *request) changeFields(w wish, today trace.Date) []web.Field {
	reason := web.Field{Name: "reason", Label: r.text.Of("field", "reason"), Type: "textarea", Value: w.reason, Required: true,
		Help: r.text.T("certificate.reason-help")}
	if w.change == restore {
		return []web.Field{reason}
	}
	return []web.Field{
		{Name: "from", Label: r.text.T("certificate.from"), Type: "date", Value: string(w.from), Max: fmt.Sprint(today), Required: true,
			Help: r.text.Of("from-help", string(w.change))},
		reason,
	}
}
