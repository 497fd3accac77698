package web

import (
	"github.com/gofiber/fiber/v2"
)

// Policy is the content policy of every page: nothing from elsewhere, nothing
// inline. blob: is for a photo that is decoded in the browser.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Secure sets the security headers of every answer.
func Secure(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, Policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(self), microphone=(), geolocation=(), payment=(), usb=()")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	return c.Next()
}

// Serve answers GET /static/:file. A name with its hash never changes its
// content, so it may be kept for a year.
func (a *Assets) Serve(c *fiber.Ctx) error {
	file, ok := a.Get(c.Params("file"))
	if !ok {
		return fiber.ErrNotFound
	}
	body, coding := file.Encoded(c.Get(fiber.HeaderAcceptEncoding))
	if coding != "" {
		c.Set(fiber.HeaderContentEncoding, coding)
	}
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentType, file.Type)
	return c.Send(body)
}
