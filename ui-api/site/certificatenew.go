package site

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

// A newCertificate is a certificate as a person typed it.
type newCertificate struct {
	trace.RecordCertificate

	capacity string
}

func (r *request) certificateForm() error {
	if err := r.see(authz.Record, authz.Certificate, ""); err != nil {
		return err
	}
	return r.showNewCertificate(newCertificate{RecordCertificate: trace.RecordCertificate{Head: trace.Head{ID: uuid.NewString()}}}, nil)
}

func (r *request) typedCertificate() newCertificate {
	c := newCertificate{capacity: r.entered("capacity"), RecordCertificate: trace.RecordCertificate{
		Head: trace.Head{ID: r.entered("id")}, Number: r.entered("number"), Holder: r.entered("holder"), Class: r.entered("class"),
		Models: typedLines(r.FormValue("models")), Standards: typedLines(r.FormValue("standards")),
		ValidFrom: trace.Date(r.entered("valid_from")), ValidTo: trace.Date(r.entered("valid_to"))}}
	n, err := strconv.ParseInt(strings.NewReplacer(",", "", "，", "", " ", "").Replace(c.capacity), 10, 64)
	if err == nil { // what is no number is 0, and the law refuses that
		c.Capacity = n
	}
	return c
}

func (r *request) recordCertificate() error {
	c := r.typedCertificate()
	err := r.holderKnown(c.Holder)
	if err == nil || !r.may(authz.Record, authz.Certificate, "") {
		err = r.site.Products.RecordCertificate(r.UserContext(), r.subject(), c.RecordCertificate)
	}
	switch {
	case err == nil:
		return r.done(certificatePath(c.Number), "certificate-recorded")
	case closed(err):
		return err
	}
	return r.showNewCertificate(c, err)
}

// makers are the organisations that can hold a certificate.
func (r *request) makers() ([]account.Organisation, error) {
	list, err := r.site.Accounts.Organisations(r.UserContext(), r.subject(), authz.Maker)
	return slices.DeleteFunc(list, func(o account.Organisation) bool { return !o.Active }), err
}

// holderKnown refuses a holder that is none of the platform's makers. An empty
// one is left to the law.
func (r *request) holderKnown(id string) error {
	makers, err := r.makers()
	if err != nil || id == "" || slices.ContainsFunc(makers, func(o account.Organisation) bool { return o.ID == id }) {
		return err
	}
	return refusal.New(refusal.Invalid, "holder-unknown", "holder")
}

func (r *request) showNewCertificate(c newCertificate, failed error) error {
	makers, err := r.makers()
	if err != nil {
		return err
	}
	return r.showForm(web.Certificates, web.FormView{
		Head: web.Head{Title: r.text.T("certificate.record")}, ID: c.ID, Submit: r.text.T("certificate.record"), Icon: "stamp",
		Cancel: "/certificates", Fields: r.certificateFields(c, makers),
		Asides: []web.Aside{{Title: r.text.T("certificate.before"), Note: r.text.T("certificate.before-text")}},
	}, failed)
}

func (r *request) certificateFields(c newCertificate, makers []account.Organisation) []web.Field {
	holders := []web.Option{{Text: r.text.T("choose")}}
	for _, m := range makers {
		holders = append(holders, web.Option{Value: m.ID, Text: r.named(m.Names), Chosen: m.ID == c.Holder})
	}
	classes := []web.Option{{Text: r.text.T("choose")}}
	for _, k := range product.Classes() {
		classes = append(classes, web.Option{Value: k.Key, Text: r.text.Of("class", k.Key), Chosen: k.Key == c.Class})
	}
	field := func(name, kind, value, help string) web.Field {
		return web.Field{Name: name, Label: r.text.Of("field", name), Type: kind, Value: value, Help: help, Required: true}
	}
	number := field("number", "", c.Number, r.text.T("certificate.number-help"))
	number.Code, number.Label = true, r.text.T("certificates.number")
	holder, class := field("holder", "select", c.Holder, ""), field("class", "select", c.Class, "")
	holder.Options, class.Options = holders, classes
	capacity := field("capacity", "", c.capacity, r.text.T("certificate.capacity-help"))
	capacity.Mode, capacity.Label = "numeric", r.text.T("certificates.capacity")
	return []web.Field{number, holder, class,
		field("models", "textarea", strings.Join(c.Models, "\n"), r.text.T("certificate.models-help")),
		field("standards", "textarea", strings.Join(c.Standards, "\n"), r.text.T("certificate.standards-help")),
		field("valid_from", "date", string(c.ValidFrom), ""), field("valid_to", "date", string(c.ValidTo), ""), capacity}
}
