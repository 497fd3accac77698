package unitcode

import (
	"strconv"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// BatchNumberSize is the length of a batch number, in characters: 6 of data and
// one check character.
const BatchNumberSize = 7

// MaxBatches is how many batch numbers there are.
const MaxBatches = 1 << numberBits

const (
	numberBits = 30
	numberMask = MaxBatches - 1
)

// The bijection of BatchNumber: x ⊕ start, then twice x ⊕ x≫15 and x · odd, then
// x ⊕ x≫15, all modulo 2^30. Each step can be undone: the shift is half the
// width, so it undoes itself, and an odd number has an inverse modulo 2^30. The
// numbers are arbitrary and may never change.
const (
	start    = 0x15A4E35D & numberMask
	odd1     = 0x3FEB352D
	odd2     = 0x046CA68B
	inverse1 = 0x1D69E2A5 // odd1 · inverse1 = 1 modulo 2^30
	inverse2 = 0x03021123 // odd2 · inverse2 = 1 modulo 2^30
)

func scramble(x uint64) uint64 {
	x ^= start
	x = (x ^ x>>15) * odd1 & numberMask
	x = (x ^ x>>15) * odd2 & numberMask
	return x ^ x>>15
}

func unscramble(x uint64) uint64 {
	x ^= x >> 15
	x = x * inverse2 & numberMask
	x = (x ^ x>>15) * inverse1 & numberMask
	return x ^ x>>15 ^ start
}

// checkCharacter returns c6 with Σ α^(6−i)·c_i = 0 over GF(32), for i from 0 to
// 6. The weights are distinct and none is zero, so that a change of one
// character changes the sum, and so does a swap of two different ones: the
// difference is (α^a − α^b)·(c − d), a product of two non-zero factors.
func checkCharacter(data string) byte {
	sum := uint64(0)
	for i := range len(data) { // Horner's rule
		sum = timesAlpha(sum ^ uint64(strings.IndexByte(alphabet, data[i])))
	}
	return alphabet[sum]
}

// timesAlpha multiplies by α in GF(32) = GF(2)[α] / (α^5 + α^2 + 1), a primitive
// polynomial: α has order 31.
func timesAlpha(v uint64) uint64 {
	v <<= 1
	if v&32 != 0 {
		v ^= 32 | 4 | 1
	}
	return v
}

// BatchNumber returns the number by which a person can type the n-th batch on
// the ledger: no two batches have the same, and neighbours do not look alike.
// It refuses as Conflict with "batch-numbers-used-up" (how many there are) from
// n = MaxBatches on.
func BatchNumber(n uint64) (string, error) {
	if n >= MaxBatches {
		return "", refusal.New(refusal.Conflict, "batch-numbers-used-up", strconv.Itoa(MaxBatches))
	}
	var b [BatchNumberSize]byte
	encode(b[:BatchNumberSize-1], scramble(n))
	b[BatchNumberSize-1] = checkCharacter(string(b[:BatchNumberSize-1]))
	return string(b[:]), nil
}

// ParseBatchNumber returns n of a batch number, typed as Normalise allows. It
// refuses as Invalid with "code-character" (the character, its place from 1),
// "batch-number-too-short" (how many are missing), "batch-number-too-long" (how
// many are too many) or "batch-number-check" (the number): mistyped.
func ParseBatchNumber(s string) (uint64, error) {
	c, err := normalise(s, "batch-number", BatchNumberSize)
	if err != nil {
		return 0, err
	}
	data := c[:BatchNumberSize-1]
	if checkCharacter(data) != c[BatchNumberSize-1] {
		return 0, refusal.New(refusal.Invalid, "batch-number-check", c)
	}
	x, _ := decode(data) // normalise left only characters of the alphabet
	return unscramble(x), nil
}

// Short writes the short code of a unit, NNNNNNN-SSSSS-SSSSS-SSSSS-SSSSS, from a
// batch number and a normalised serial.
func Short(batchNumber, serial string) string {
	var b strings.Builder
	b.Grow(len(batchNumber) + len(serial) + 4)
	b.WriteString(batchNumber)
	for i := range len(serial) {
		if i%5 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(serial[i])
	}
	return b.String()
}

// ParseShort returns the batch number and the serial of a short code, typed as
// Normalise allows. It refuses as Invalid with "code-character" (the character,
// its place from 1), "batch-number-check" (the number), "short-code-too-short"
// (how many are missing) or "short-code-too-long" (how many are too many).
//
// Where the batch number holds and only the rest is wrong, both parts come with
// the refusal, the rest as Slips takes it.
func ParseShort(s string) (batchNumber, serial string, err error) {
	const size = BatchNumberSize + SerialSize
	c, err := normalise(s, "short-code", size)
	if err != nil && len(s) <= maxTyped {
		c, _ = clean(s) // for the parts only: err stands
	}
	if len(c) < BatchNumberSize || strings.IndexByte(c[:BatchNumberSize], unreadable) >= 0 {
		return "", "", err
	}
	if _, wrong := ParseBatchNumber(c[:BatchNumberSize]); wrong != nil {
		if err == nil {
			err = wrong
		}
		return "", "", err
	}
	return c[:BatchNumberSize], c[BatchNumberSize:], err
}
