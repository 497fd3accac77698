package site

import (
	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) certificateRoutes(app *fiber.App) {
	s.get(app, "/certificates", (*request).certificates)
	s.get(app, "/certificates/new", (*request).certificateForm)
	s.post(app, "/certificates/new", (*request).recordCertificate)
	s.get(app, "/certificates/:number", (*request).certificate)
	for _, change := range []change{suspend, restore, revoke} {
		path := "/certificates/:number/" + string(change)
		s.get(app, path, func(r *request) error { return r.changeForm(change) })
		s.post(app, path, func(r *request) error { return r.changeCertificate(change) })
	}
}

func (r *request) certificates() error {
	page := r.page()
	rows, total, err := r.site.Products.Certificates(r.UserContext(), r.subject(), page)
	if err != nil {
		return err
	}
	ids := make([]string, len(rows))
	for i, c := range rows {
		ids[i] = c.Holder
	}
	name, err := r.orgNames(ids...)
	if err != nil {
		return err
	}
	t := r.text.T
	view := web.ListView{
		Head: web.Head{Title: r.text.Of("place", string(web.Certificates))},
		Search: &web.Search{Action: "/certificates", Label: t("certificates.search"),
			Value: page.Query},
		Table: web.Table{Caption: t("certificates.list"), Pager: r.pager(page, len(rows), total),
			Columns: []web.Column{{Label: t("certificates.number")}, {Label: t("certificates.standing")}, {Label: r.text.Of("field", "holder")},
				{Label: r.text.Of("field", "valid_to")}, {Label: t("certificates.capacity"), Num: true}},
			Empty: r.nothing(page.Query, web.Panel{Icon: "cert", Title: t("certificates.none"), Text: t("certificates.none-text")})},
	}
	if r.may(authz.Record, authz.Certificate, "") {
		view.Head.Acts = []web.Action{{Text: t("certificate.record"), Icon: "plus", Href: "/certificates/new", Primary: true}}
	}
	today := r.site.Products.Today()
	for _, c := range rows {
		tag := r.standing(c.State.StandingOn(today))
		view.Table.Rows = append(view.Table.Rows, web.Row{Cells: []web.Value{
			{Plain: c.Number, Href: certificatePath(c.Number), Small: r.text.Of("class", c.Class)}, {Tag: &tag},
			{Text: name(c.Holder)}, {Day: string(c.ValidTo)}, web.Count(c.Capacity)}})
	}
	return render(r, r.site.pages.List, web.Certificates, view)
}

// standing is how a certificate stands, as a tag.
func (r *request) standing(s trace.Standing) web.Tag {
	tag := web.Tag{State: web.Doubt, Icon: "alert", Text: r.text.Of("standing", string(s))}
	switch s {
	case trace.Holds:
		tag.State, tag.Icon = web.OK, "check"
	case trace.NotYet:
		tag.State, tag.Icon = web.Mute, "far"
	case trace.Expired:
		tag.Icon = "far"
	case trace.Suspended:
		tag.Icon = "pause"
	case trace.Revoked:
		tag.State, tag.Icon = web.Bad, "x"
	}
	return tag
}

// why says on what a certificate's standing rests.
func (r *request) why(c trace.Certificate, s trace.Standing, today trace.Date) string {
	since := c.RevokedFrom
	for _, p := range c.Suspensions {
		if s == trace.Suspended && today >= p.From {
			since = p.From
		}
	}
	return r.text.Of("standing-why", string(s), string(c.ValidFrom), string(c.ValidTo), string(since))
}

// changeable lists the changes that a certificate's state admits.
func changeable(c product.Certificate) []change {
	open := false
	for _, p := range c.State.Suspensions {
		open = open || p.Restored == ""
	}
	switch {
	case c.State.RevokedFrom != "":
		return nil
	case open:
		return []change{restore, revoke}
	}
	return []change{suspend, revoke}
}
