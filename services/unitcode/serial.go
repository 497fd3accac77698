package unitcode

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// alphabet is Crockford's base32: no I, L, O, U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// maxTyped is the longest text taken for something typed, in bytes.
const maxTyped = 256

// unreadable stands in cleaned text for a character that is none.
const unreadable = '?'

// encode writes v, 5 bits a character, the highest first.
func encode(to []byte, v uint64) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = alphabet[v&31]
		v >>= 5
	}
}

// decode reads up to 12 characters; ok is false if one is not of the alphabet.
func decode(s string) (v uint64, ok bool) {
	for i := range len(s) {
		digit := strings.IndexByte(alphabet, s[i])
		if digit < 0 {
			return 0, false
		}
		v = v<<5 | uint64(digit)
	}
	return v, true
}

// A serial is 100 bits, the hidden index (36) before the tag (64); it is
// written as two halves of 50 bits.
const (
	halfSize  = SerialSize / 2
	halfBits  = 50
	tagInHigh = 64 - halfBits // bits of the tag in the first half
	halfMask  = 1<<halfBits - 1
)

func encodeSerial(to []byte, hidden, tag uint64) {
	encode(to[:halfSize], hidden<<tagInHigh|tag>>halfBits)
	encode(to[halfSize:], tag&halfMask)
}

func decodeSerial(s string) (hidden, tag uint64, ok bool) {
	if len(s) != SerialSize {
		return 0, 0, false
	}
	high, ok1 := decode(s[:halfSize])
	low, ok2 := decode(s[halfSize:])
	return high >> tagInHigh, high<<halfBits | low, ok1 && ok2
}

// Normalise returns a serial as the contract writes it, from one as a person
// types it: any case, O for 0, I and L for 1, with hyphens and spaces, also in
// the full-width forms of a Chinese keyboard. It refuses as Invalid with
// "code-character" (the character, its place from 1), "serial-too-short" (how
// many are missing) or "serial-too-long" (how many are too many).
func Normalise(s string) (string, error) { return normalise(s, "serial", SerialSize) }

// normalise is Normalise for any kind of code of size characters.
func normalise(s, kind string, size int) (string, error) {
	if len(s) > maxTyped {
		return "", refusal.New(refusal.Invalid, kind+"-too-long", strconv.Itoa(utf8.RuneCountInString(s)-size))
	}
	c, err := clean(s)
	switch n := len(c); {
	case err != nil:
		return "", err
	case n < size:
		return "", refusal.New(refusal.Invalid, kind+"-too-short", strconv.Itoa(size-n))
	case n > size:
		return "", refusal.New(refusal.Invalid, kind+"-too-long", strconv.Itoa(n-size))
	}
	return c, nil
}

// clean folds typed text to characters of the alphabet. With the refusal of a
// bad character it still returns the text, with unreadable in its place.
func clean(s string) (string, error) {
	var err error
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, keep := fold(r)
		if !keep {
			continue
		}
		b = append(b, c)
		if c == unreadable && err == nil {
			err = refusal.New(refusal.Invalid, "code-character", string(r), strconv.Itoa(len(b)))
		}
	}
	return string(b), err
}

// fold returns the character of the alphabet that a typed one stands for, or
// unreadable; keep is false for one that only groups the others.
func fold(r rune) (c byte, keep bool) {
	if r >= '！' && r <= '～' { // full-width forms, U+FF01 to U+FF5E, follow ASCII's order
		r -= '！' - '!'
	}
	if r >= 'a' && r <= 'z' {
		r -= 'a' - 'A'
	}
	switch r {
	case ' ', '\t', '\r', '\n', '\u00A0', '\u3000', '-', '‐', '‑', '–', '—', '−':
		return 0, false
	case 'O':
		r = '0'
	case 'I', 'L':
		r = '1'
	}
	if r >= utf8.RuneSelf || strings.IndexByte(alphabet, byte(r)) < 0 {
		return unreadable, true
	}
	return byte(r), true
}
