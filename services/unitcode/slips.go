package unitcode

import (
	"iter"
	"strings"
)

// Slips yields the serials from which a typed one may have come by one slip:
// one wrong character, two neighbours swapped, one missing (19 typed) or one
// too many (21 typed), each once, and never the typed one itself. It reads s as
// Normalise does; a character that is no part of any serial counts as wrong.
// There are at most 639 of them, and none for other lengths.
func Slips(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if len(s) > maxTyped {
			return
		}
		c, _ := clean(s) // a refused character stays in its place as unreadable
		offer := func(candidate string) bool {
			return strings.IndexByte(candidate, unreadable) >= 0 || yield(candidate)
		}
		switch len(c) {
		case SerialSize:
			_ = replaced(c, offer) && swapped(c, offer)
		case SerialSize - 1:
			inserted(c, offer)
		case SerialSize + 1:
			deleted(c, offer)
		}
	}
}

// replaced offers s with each character replaced by each other one, until offer
// returns false, and returns its last answer; so do the functions below.
func replaced(s string, offer func(string) bool) bool {
	for i := range len(s) {
		for _, c := range alphabet {
			if s[i] != byte(c) && !offer(s[:i]+string(c)+s[i+1:]) {
				return false
			}
		}
	}
	return true
}

// swapped leaves out equal neighbours, which change nothing. No swap of others
// is a replacement too: it changes two places.
func swapped(s string, offer func(string) bool) bool {
	for i := range len(s) - 1 {
		if s[i] != s[i+1] && !offer(s[:i]+s[i+1:i+2]+s[i:i+1]+s[i+2:]) {
			return false
		}
	}
	return true
}

// inserted leaves out a character before its like: the same text arises from
// inserting it after.
func inserted(s string, offer func(string) bool) bool {
	for i := range len(s) + 1 {
		for _, c := range alphabet {
			if i < len(s) && s[i] == byte(c) {
				continue
			}
			if !offer(s[:i] + string(c) + s[i:]) {
				return false
			}
		}
	}
	return true
}

// deleted leaves out a character after its like: the same text arises from
// deleting the first.
func deleted(s string, offer func(string) bool) bool {
	for i := range len(s) {
		if (i == 0 || s[i] != s[i-1]) && !offer(s[:i]+s[i+1:]) {
			return false
		}
	}
	return true
}
