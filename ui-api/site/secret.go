package site

import (
	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) secretRoutes(app *fiber.App) {
	s.get(app, "/secret", (*request).secret)
	s.post(app, "/secret", (*request).rotateSecret)
}

// secret shows a maker what stands on its secret, and lets it be replaced.
func (r *request) secret() error {
	current, uses, err := r.site.Products.Secrets(r.UserContext(), r.subject())
	if err != nil {
		return err
	}
	table := web.Table{Caption: r.text.T("secret.uses"), Columns: []web.Column{
		{Label: r.text.T("secret.version")}, {Label: r.text.T("secret.batches"), Num: true}, {Label: r.text.T("secret.units"), Num: true}},
		Empty: &web.Panel{Icon: "key", Title: r.text.T("secret.unused")}}
	for _, u := range uses {
		table.Rows = append(table.Rows, web.Row{Current: u.Key == current, Cells: []web.Value{
			{Text: r.text.T("secret.nth", u.Key)}, web.Count(u.Batches), web.Count(u.Units)}})
	}
	return render(r, r.site.pages.Record, web.Secret, web.RecordView{
		Head: web.Head{Kicker: r.session.Organisation.In(string(r.text.Lang())), Title: r.text.Of("place", string(web.Secret))},
		Facts: &web.Aside{Title: r.text.T("secret.current"), Note: r.text.T("secret.what"),
			Facts: []web.Fact{{Label: r.text.T("secret.version"), Value: web.Value{Text: r.text.T("secret.nth", current)}}}},
		Form: &web.FormView{Head: web.Head{Title: r.text.T("secret.rotate")}, Action: "/secret", Submit: r.text.T("secret.rotate"), Icon: "key",
			Problem: &web.Panel{State: web.Doubt, Icon: "info", Title: r.text.T("secret.when"), Text: r.text.T("secret.then")}},
		Tables: []web.Table{table},
	})
}

func (r *request) rotateSecret() error {
	if _, err := r.site.Products.RotateSecret(r.UserContext(), r.subject()); err != nil {
		return err
	}
	return r.done("/secret", "secret-rotated")
}
