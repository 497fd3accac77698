package account

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
)

// checkText refuses what is not between min and max visible characters.
func checkText(field, s string, min, max int) error {
	switch n := utf8.RuneCountInString(s); {
	case n < min:
		return refusal.New(refusal.Invalid, "text-missing", field)
	case n > max:
		return refusal.New(refusal.Invalid, "text-too-long", field, strconv.Itoa(max))
	}
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	if !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) || strings.TrimSpace(s) != s {
		return refusal.New(refusal.Invalid, "text-unprintable", field)
	}
	return nil
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
)

// checkID refuses what is no organisation's id: 2 to 32 letters, digits, dots,
// hyphens and low lines, as the ledger takes them, beginning with a letter.
func checkID(id string) error {
	if len(id) < 2 || len(id) > 32 || strings.Trim(id, letters+digits+"._-") != "" || !strings.Contains(letters, id[:1]) {
		return refusal.New(refusal.Invalid, "organisation-id", id)
	}
	return nil
}

// loginName returns the form in which a login name is kept and compared.
func loginName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// checkLogin refuses what is no login name: 3 to 64 lower-case letters, digits
// and . _ @ -, so that no two look alike.
func checkLogin(login string) error {
	if len(login) < 3 || len(login) > 64 || strings.Trim(login, letters[:26]+digits+"._@-") != "" {
		return refusal.New(refusal.Invalid, "login-name", login)
	}
	return nil
}

// checkPrefixes refuses what are no GS1 company prefixes, 4 to 12 digits each.
func checkPrefixes(list []string) error {
	if len(list) > 50 {
		return refusal.New(refusal.Invalid, "list-too-long", "prefixes", "50")
	}
	for i, p := range list {
		if len(p) < 4 || len(p) > 12 || strings.Trim(p, digits) != "" {
			return refusal.New(refusal.Invalid, "gs1-prefix", p)
		}
		if slices.Contains(list[:i], p) {
			return refusal.New(refusal.Invalid, "list-repeats", "prefixes", p)
		}
	}
	return nil
}

// checkRoles returns the roles in the order of authz.Roles, and refuses roles
// that an organisation of that kind does not have.
func checkRoles(kind string, roles []string) ([]string, error) {
	if len(roles) == 0 {
		return nil, refusal.New(refusal.Invalid, "roles-missing")
	}
	valid := authz.Roles(kind)
	for _, r := range roles {
		if !slices.Contains(valid, r) {
			return nil, refusal.New(refusal.Invalid, "role-unknown", r, kind)
		}
	}
	return slices.DeleteFunc(valid, func(r string) bool { return !slices.Contains(roles, r) }), nil
}

// split reads a list as the database keeps it.
func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// nextID returns an id for another organisation of a kind: M001, M002 …
func nextID(kind string, taken []string) string {
	letter := map[string]string{
		authz.Maker: "M", authz.Market: "S", authz.Fire: "F", authz.Police: "P", authz.Laboratory: "L", authz.Operator: "O",
	}[kind]
	last := 0
	for _, id := range taken {
		if n, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(id), letter)); err == nil && n > last {
			last = n
		}
	}
	return fmt.Sprintf("%s%03d", letter, last+1)
}
