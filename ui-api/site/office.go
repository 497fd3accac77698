package site

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/account"
	"github.com/fanwei/fanwei/services/authz"
)

// officeRoutes are the pages of agencies and of those who look after the
// platform.
func (s *Site) officeRoutes(app *fiber.App) {
	s.certificateRoutes(app)
	s.peopleRoutes(app)
	s.organisationRoutes(app)
	s.auditRoutes(app)
	s.passwordRoutes(app)
	s.systemRoutes(app)
	s.open(app, "/api/docs", (*request).reference)
}

// see returns nil if the person may do an act on an object, and else the
// refusal of one that is not there: what a form is opened with.
func (r *request) see(act authz.Act, kind authz.Kind, owner string) error {
	return r.site.Guard.See(r.subject(), act, authz.Object{Kind: kind, Owner: owner}, owner)
}

// closed reports whether an error is the refusal of a right, which is no
// matter of what was typed into a form.
func closed(err error) bool {
	return errors.Is(err, refusal.New(refusal.Forbidden, "not-allowed")) || refusal.Is(err, refusal.NotFound)
}

// orgNames returns the names of organisations in the person's language, and
// the id of one that has none here.
func (r *request) orgNames(ids ...string) (func(id string) string, error) {
	names, err := r.site.Accounts.OrganisationNames(r.UserContext(), ids)
	return func(id string) string {
		if name := r.named(names[id]); name != "" {
			return name
		}
		return id
	}, err
}

// named is what an organisation is called in the person's language.
func (r *request) named(names account.Names) string { return names.In(string(r.text.Lang())) }

// typedLines returns the lines of a text area that are not empty.
func typedLines(s string) []string {
	var list []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// typedAll returns every value that a form has of one name.
func (r *request) typedAll(name string) []string {
	var list []string
	for _, v := range r.Request().PostArgs().PeekMulti(name) {
		list = append(list, string(v))
	}
	return list
}

// officeFields names the entries of forms that a refusal's reason is about.
func officeFields(reason string) []string {
	return map[string][]string{
		"login-name": {"login"}, "login-taken": {"login"},
		"roles-missing": {"roles"}, "role-unknown": {"roles"}, "last-leader": {"roles"}, "leader-only": {"roles"},
		"organisation-kind": {"kind"}, "gs1-prefix": {"prefixes"},
		"password-wrong": {"current"}, "password-repeated": {"again"},
		"password-same": {"next"}, "password-short": {"next"}, "password-long": {"next"}, "password-characters": {"next"},
		"password-login-name": {"next"}, "password-common": {"next"},
	}[reason]
}

// certificatePath, personPath and organisationPath are the addresses of a
// record, or of what is under it.
func certificatePath(number string, under ...string) string {
	return segments("/certificates", append([]string{number}, under...)...)
}

func personPath(id string, under ...string) string {
	return segments("/people", append([]string{id}, under...)...)
}

func organisationPath(id string, under ...string) string {
	return segments("/organisations", append([]string{id}, under...)...)
}
