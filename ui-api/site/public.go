package site

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/unitcode"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/api"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

func (s *Site) publicRoutes(app *fiber.App) {
	s.open(app, "/", (*request).start)
	s.open(app, "/q", (*request).typed)
	s.open(app, "/q/:code", (*request).typed)
	s.open(app, "/01/*", (*request).link)
	s.open(app, "/c/:serial/:secret", (*request).covert)
	s.open(app, "/photo/:name", (*request).photo)
	s.accept(app, "/theme", (*request).theme)
}

func (r *request) start() error {
	view := web.StartView{}
	var err error
	if view.Demo, err = r.site.demo(r.text); err != nil {
		return err
	}
	return render(r, r.site.pages.Start, "", view)
}

// demo returns what a demonstration shows on its start page, or nil.
func (s *Site) demo(p text.Printer) (*web.Demo, error) {
	if s.Demo == nil {
		return nil, nil
	}
	return s.Demo(p)
}

// typed answers what a person typed or a camera read: a link, a short code, or
// a lot and a serial.
func (r *request) typed() error {
	code := r.Params("code")
	if code == "" {
		code = r.Query("code")
	}
	if decoded, err := url.PathUnescape(code); err == nil {
		code = decoded
	}
	code = clip(code, 300)
	switch {
	case code == "":
		return r.Redirect("/", fiber.StatusSeeOther)
	case strings.Contains(code, "/"):
		return r.typedLink(code)
	}
	number, serial, _ := unitcode.ParseShort(code)
	visit := verify.Glance // what is not whole is no scan
	if number != "" {
		visit = r.site.visitOf(r.Ctx, gs1.Code{Lot: number, Serial: serial})
	}
	answer, err := r.site.Units.AskShort(r.UserContext(), code, visit)
	return r.verdict(answer, err)
}

// typedLink answers a link that was typed or read by a camera.
func (r *request) typedLink(link string) error {
	code, err := gs1.ParseLink(link)
	if no, ok := refusal.Of(err); ok {
		return r.verdict(verify.Answer{Verdict: verify.Unreadable, Asked: link, At: r.site.Clock(),
			Reasons: []verify.Reason{{Code: no.Reason, Args: no.Args}}}, nil)
	}
	answer, err := r.site.Units.Ask(r.UserContext(), code, r.site.visitOf(r.Ctx, code))
	return r.verdict(answer, err)
}

// link answers the code on the label: a GS1 Digital Link.
func (r *request) link() error {
	return r.typedLink(string(r.Request().URI().PathOriginal()))
}

// verdict shows an answer: the page to people, the same as JSON to programs.
func (r *request) verdict(answer verify.Answer, err error) error {
	if err != nil {
		return err
	}
	r.Status(api.VerdictStatus(answer.Verdict))
	r.Vary(fiber.HeaderAccept, fiber.HeaderAcceptLanguage, fiber.HeaderCookie)
	r.Set(fiber.HeaderCacheControl, "no-store")
	if r.Accepts(fiber.MIMETextHTML, fiber.MIMEApplicationJSON) == fiber.MIMEApplicationJSON {
		r.Set(fiber.HeaderAccessControlAllowOrigin, "*") // the answer is public
		return r.JSON(api.NewAnswer(answer, r.text))
	}
	r.Type("html", "utf-8")
	return r.site.pages.Verdict.Render(r.Response().BodyWriter(), r.visit(""), web.VerdictView{Answer: answer})
}

// covert is where the code under the scratch layer leads. Claiming a unit comes
// later; until then the page says so and asks for the open code.
func (r *request) covert() error {
	r.Status(fiber.StatusNotFound)
	return render(r, r.site.pages.Failure, "", web.FailureView{Icon: "lock", State: web.Mute,
		Title: r.text.T("covert.title"), Text: r.text.T("covert.text"), Back: "/"})
}

func (r *request) photo() error {
	f, err := r.site.Products.OpenPhoto(r.UserContext(), r.Params("name"))
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return fmt.Errorf("read photo: %w", err)
	}
	r.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	r.Set(fiber.HeaderContentType, "image/jpeg")
	return r.Send(b)
}

// theme keeps the theme a person chose, and goes back.
func (r *request) theme() error {
	theme := web.ParseTheme(r.FormValue("theme"))
	r.site.setCookie(r.Ctx, web.ThemeCookie, string(theme), 365*24*time.Hour)
	return r.Redirect(web.SafeBack(r.FormValue("back")), fiber.StatusSeeOther)
}
