package account

import (
	"crypto/rand"
	_ "embed" // for the list
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

//go:embed common.txt
var common string

const (
	leastPassword = 12  // characters; a Chinese one counts for two
	mostPassword  = 256 // bytes
	leastDistinct = 5   // characters that are not the same
)

// normal returns a password as it is hashed: typed on any keyboard, in full
// width or half, it is the same.
func normal(password string) string { return norm.NFKC.String(password) }

// checkPassword refuses a new password that is easy to guess.
func checkPassword(login, password string) error {
	if len(password) > mostPassword {
		return refusal.New(refusal.Invalid, "password-long", strconv.Itoa(mostPassword))
	}
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	if !utf8.ValidString(password) || strings.ContainsFunc(password, hidden) {
		return refusal.New(refusal.Invalid, "password-characters")
	}
	plain := strings.ToLower(normal(password))
	switch {
	case weight(plain) < leastPassword:
		return refusal.New(refusal.Invalid, "password-short", strconv.Itoa(leastPassword))
	case isLogin(plain, login):
		return refusal.New(refusal.Invalid, "password-login-name")
	case isCommon(plain):
		return refusal.New(refusal.Invalid, "password-common")
	}
	return nil
}

// isLogin reports whether a password is the login name with little else.
func isLogin(plain, login string) bool {
	rest := strings.ReplaceAll(plain, login, "")
	return rest != plain && weight(rest) < leastPassword/2
}

// weight counts characters. A Chinese character is chosen among thousands, so
// six of them are worth no less than twelve letters.
func weight(s string) int {
	n := 0
	for _, r := range s {
		n++
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// isCommon reports whether a password is among the first that a guesser tries:
// of few characters, all in a row, or from the list.
func isCommon(plain string) bool {
	distinct := make(map[rune]bool)
	for _, r := range plain {
		distinct[r] = true
	}
	if len(distinct) < leastDistinct || inRow(plain) {
		return true
	}
	for line := range strings.Lines(common) {
		if strings.TrimSuffix(line, "\n") == plain {
			return true
		}
	}
	return false
}

// inRow reports whether each character is a neighbour of the one before, as
// in 1234567890 and zyxw.
func inRow(s string) bool {
	last := rune(-1)
	for _, r := range s {
		step := r - last
		if last >= 0 && step != 1 && step != -1 && step != '9'-'0' && step != '0'-'9' {
			return false
		}
		last = r
	}
	return true
}

// oneTime returns a password that is shown once and changed at the first
// login: 80 random bits, in four groups that can be read over the telephone.
func oneTime() string {
	s := rand.Text()
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
}
