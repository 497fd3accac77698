package trace

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// A Date is a calendar day, 2006-01-02, in China. Dates compare as text.
type Date string

// DateOf returns the day of a moment in China: UTC+8 all year.
func DateOf(t time.Time) Date {
	return Date(t.UTC().Add(8 * time.Hour).Format(time.DateOnly))
}

// checkDate refuses what is no calendar day of this century.
func checkDate(field string, d Date) error {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return refusal.New(refusal.Invalid, "date", field, string(d))
	}
	return nil
}

// addDays returns the day n days later. d must be valid.
func (d Date) addDays(n int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// Year returns the date's four digits of the year.
func (d Date) Year() string {
	year, _, _ := strings.Cut(string(d), "-")
	return year
}

// checkText refuses text that is not between min and max characters, is not
// valid UTF-8, has characters nobody can see, or has space at its ends.
func checkText(field, s string, min, max int) error {
	n := utf8.RuneCountInString(s)
	if n < min {
		return refusal.New(refusal.Invalid, "text-missing", field)
	}
	if n > max {
		return refusal.New(refusal.Invalid, "text-too-long", field, fmt.Sprint(max))
	}
	// JSON decoding puts U+FFFD where the sender's bytes were no text.
	hidden := func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
	if !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) || strings.TrimSpace(s) != s {
		return refusal.New(refusal.Invalid, "text-unprintable", field)
	}
	return nil
}

// checkParagraph is checkText for text that may have line breaks.
func checkParagraph(field, s string, min, max int) error {
	if strings.TrimSpace(s) != s {
		return refusal.New(refusal.Invalid, "text-unprintable", field)
	}
	return checkText(field, strings.ReplaceAll(s, "\n", "¶"), min, max)
}

// checkList refuses a list that is empty, long, or names a thing twice.
func checkList(field string, list []string, most int) error {
	if len(list) == 0 {
		return refusal.New(refusal.Invalid, "text-missing", field)
	}
	if len(list) > most {
		return refusal.New(refusal.Invalid, "list-too-long", field, fmt.Sprint(most))
	}
	seen := make(map[string]bool, len(list))
	for _, s := range list {
		if err := checkText(field, s, 1, 80); err != nil {
			return err
		}
		if seen[s] {
			return refusal.New(refusal.Invalid, "list-repeats", field, s)
		}
		seen[s] = true
	}
	return nil
}

// checkName refuses a name that could not be part of a ledger key.
func checkName(field, s string, max int) error {
	if err := checkText(field, s, 1, max); err != nil {
		return err
	}
	const plain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_."
	if strings.Trim(s, plain) != "" {
		return refusal.New(refusal.Invalid, "name-characters", field, s)
	}
	return nil
}

// CheckGTIN refuses what is not 14 digits with a right check digit: weights
// 3, 1, 3 … from the right, check digit excluded (GS1 General Specifications,
// section 7.9.1).
func CheckGTIN(gtin string) error {
	if len(gtin) != 14 || strings.Trim(gtin, "0123456789") != "" || strings.Trim(gtin, "0") == "" {
		return refusal.New(refusal.Invalid, "gtin", gtin)
	}
	sum := 0
	for i, c := range gtin[:13] {
		weight := 3
		if i%2 == 1 {
			weight = 1
		}
		sum += int(c-'0') * weight
	}
	if want := (10 - sum%10) % 10; int(gtin[13]-'0') != want {
		return refusal.New(refusal.Invalid, "gtin-check-digit", gtin, fmt.Sprint(want))
	}
	return nil
}

// set82 is the GS1 AI encodable character set 82 (General Specifications,
// section 7.11), the characters of a lot.
const set82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`

// CheckLot refuses what is not 1 to 20 characters of set 82, and the two names
// "." and "..", which no web address can carry.
func CheckLot(lot string) error {
	if len(lot) < 1 || len(lot) > 20 || strings.Trim(lot, set82) != "" || lot == "." || lot == ".." {
		return refusal.New(refusal.Invalid, "lot", lot)
	}
	return nil
}
