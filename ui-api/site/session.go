package site

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/api"
	"github.com/fanwei/fanwei/ui-api/web"
)

const (
	sessionCookie = "fw_session"
	noticeCookie  = "fw_notice"
	sessionLocal  = "session"

	// answerTime bounds how long a request may take. A batch of ten million
	// units takes a quarter of a minute.
	answerTime = 2 * time.Minute
)

// origin puts a deadline, the caller's address and a request id into the
// request's context; the audit trail names both.
func (s *Site) origin(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), answerTime)
	defer cancel()
	id := uuid.NewString()
	c.Set("X-Request-Id", id)
	c.SetUserContext(audit.WithOrigin(ctx, audit.Origin{Address: c.IP(), Request: id}))
	return c.Next()
}

// sameOrigin refuses writes that another site's page makes a browser send
// (cross-site request forgery), by what browsers say of a request's origin.
func (s *Site) sameOrigin(c *fiber.Ctx) error {
	if c.Method() == fiber.MethodGet { // which writes nothing
		return c.Next()
	}
	u := &url.URL{Path: c.Path()}
	r := &http.Request{Method: c.Method(), Host: string(c.Request().Host()), URL: u, Header: http.Header{
		"Sec-Fetch-Site": nonEmpty(c.Get("Sec-Fetch-Site")), "Origin": nonEmpty(c.Get(fiber.HeaderOrigin))}}
	if http.NewCrossOriginProtection().Check(r) != nil {
		return refusal.New(refusal.Forbidden, "cross-origin")
	}
	return c.Next()
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// session finds out who asks. A cookie that is no session, or no longer, is
// taken away.
func (s *Site) session(c *fiber.Ctx) error {
	if token := c.Cookies(sessionCookie); token != "" {
		session, err := s.Accounts.Resume(c.UserContext(), token)
		switch {
		case err == nil:
			c.Locals(sessionLocal, session)
		case refusal.Is(err, refusal.Forbidden):
			s.setCookie(c, sessionCookie, "", -1)
		default:
			return err
		}
	}
	session, _ := c.Locals(sessionLocal).(account.Session)
	ctx := api.WithCaller(c.UserContext(), api.Caller{Subject: session.Subject, Printer: s.Text.Printer(langOf(c))})
	ctx = context.WithValue(ctx, api.VisitKey{}, func(unit gs1.Code) verify.Visit { return s.visitOf(c, unit) })
	c.SetUserContext(ctx)
	return c.Next()
}

// setCookie sets a cookie that scripts cannot read. A negative age takes it
// away, 0 keeps it as long as the browser is open.
func (s *Site) setCookie(c *fiber.Ctx, name, value string, age time.Duration) {
	cookie := &fiber.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: s.Secure,
		SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: age == 0}
	if age != 0 {
		cookie.MaxAge = int(age / time.Second)
		cookie.Expires = time.Now().Add(age)
	}
	c.Cookie(cookie)
}

// leaveNotice says on the next page what was done; takeNotice reads it once.
// The cookie holds a catalogue key, so nobody can have a page say other words.
func (r *request) leaveNotice(key string) {
	r.site.setCookie(r.Ctx, noticeCookie, base64.RawURLEncoding.EncodeToString([]byte(key)), time.Minute)
}

func (r *request) takeNotice() *web.Notice {
	value := r.Cookies(noticeCookie)
	if value == "" {
		return nil
	}
	r.site.setCookie(r.Ctx, noticeCookie, "", -1)
	key, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || !r.text.Has("notice."+string(key)) {
		return nil
	}
	return &web.Notice{State: web.OK, Text: r.text.Of("notice", string(key))}
}
