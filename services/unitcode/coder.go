package unitcode

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strconv"

	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
)

// Lengths, in bytes of text.
const (
	SerialSize      = 20 // a serial: 36 bits of index and 64 of tag, 5 a character
	ClaimSecretSize = 16 // a covert secret: 80 bits
)

const (
	indexBits = 36
	tagSize   = 8 // bytes
)

// A Unit is one unit's code, and the commitment to it. ClaimSecret and
// ClaimHash are zero where the keys hold no Claim.
type Unit struct {
	Index       uint64
	Serial      string
	ClaimSecret string
	ClaimHash   [sha256.Size]byte
}

// A Coder turns the unit indices of one batch into codes and back. It keeps
// hash states and buffers, so it is not safe for concurrent use; Clone makes
// one for each goroutine, for about a microsecond and half a kilobyte.
type Coder struct {
	keys      Keys
	gtin, lot string
	size      uint64

	tag, enc, claim hash.Hash // HMAC-SHA256; claim is nil without its key
	message         [16]byte
	sum             [sha256.Size]byte
	claimed         []byte // "fanwei/claim/v1\n" ‖ serial ‖ "\n" ‖ claim secret
	claimedSerial   []byte // part of claimed
	claimSecret     []byte // part of claimed
	leaf            []byte // 0x00 ‖ unit data
	serial          []byte // part of leaf
	claimHex        []byte // part of leaf
}

// NewCoder returns the coder of a batch of size units. It refuses as Invalid
// with "batch-size" (the size) where size is not 1 to trace.MaxSize and
// "unit-keys" where a key has the wrong length, and as trace.CheckGTIN and
// trace.CheckLot do.
func NewCoder(keys Keys, gtin, lot string, size uint64) (*Coder, error) {
	if err := checkBatch(gtin, lot); err != nil {
		return nil, err
	}
	if size < 1 || size > trace.MaxSize {
		return nil, refusal.New(refusal.Invalid, "batch-size", strconv.FormatUint(size, 10))
	}
	if len(keys.Tag) != keySize || len(keys.Enc) != keySize || len(keys.Claim) != keySize && len(keys.Claim) != 0 {
		return nil, refusal.New(refusal.Invalid, "unit-keys")
	}
	return newCoder(keys, gtin, lot, size), nil
}

// newCoder is NewCoder for arguments that are known to be good.
func newCoder(keys Keys, gtin, lot string, size uint64) *Coder {
	c := &Coder{keys: keys, gtin: gtin, lot: lot, size: size,
		tag: hmac.New(sha256.New, keys.Tag), enc: hmac.New(sha256.New, keys.Enc)}
	if len(keys.Claim) > 0 {
		c.claim = hmac.New(sha256.New, keys.Claim)
	}
	const claimHead, leafHead = "fanwei/claim/v1\n", "fanwei/unit/v1\n"
	c.claimed = append([]byte(claimHead), make([]byte, SerialSize+1+ClaimSecretSize)...)
	c.claimedSerial = c.claimed[len(claimHead):][:SerialSize]
	c.claimed[len(claimHead)+SerialSize] = '\n'
	c.claimSecret = c.claimed[len(claimHead)+SerialSize+1:]

	head := string(rune(rfc6962.RFC6962LeafHashPrefix)) + leafHead + gtin + "\n" + lot + "\n"
	c.leaf = append([]byte(head), make([]byte, SerialSize+1+2*sha256.Size+1)...)
	c.serial = c.leaf[len(head):][:SerialSize]
	c.leaf[len(head)+SerialSize] = '\n'
	c.claimHex = c.leaf[len(head)+SerialSize+1:][:2*sha256.Size]
	c.leaf[len(c.leaf)-1] = '\n'
	return c
}

// Clone returns another coder of the same batch.
func (c *Coder) Clone() *Coder { return newCoder(c.keys, c.gtin, c.lot, c.size) }

// Serial returns a unit's serial, or "" if the batch has no such index.
func (c *Coder) Serial(index uint64) string {
	if index >= c.size {
		return ""
	}
	c.putSerial(index)
	return string(c.serial)
}

// Index returns the index of the unit that a serial names, as Normalise writes
// it, and whether the batch has one. Tags are compared in constant time.
func (c *Coder) Index(serial string) (uint64, bool) {
	hidden, tag, ok := decodeSerial(serial)
	if !ok {
		return 0, false
	}
	index := hidden ^ c.pad(tag)
	var want, got [tagSize]byte
	binary.BigEndian.PutUint64(want[:], c.tagOf(index))
	binary.BigEndian.PutUint64(got[:], tag)
	if subtle.ConstantTimeCompare(want[:], got[:]) != 1 || index >= c.size {
		return 0, false
	}
	return index, true
}

// Unit returns a unit's code and commitment, or the zero Unit if the batch has
// no such index.
func (c *Coder) Unit(index uint64) Unit {
	if index >= c.size {
		return Unit{}
	}
	c.putSerial(index)
	if c.claim == nil {
		return Unit{Index: index, Serial: string(c.serial)}
	}
	claim := c.putClaim(index)
	both := string(c.claimed[len(c.claimed)-SerialSize-1-ClaimSecretSize:]) // one allocation for two texts
	return Unit{Index: index, Serial: both[:SerialSize], ClaimSecret: both[SerialSize+1:], ClaimHash: claim}
}

// leafHash returns the RFC 6962 hash of a unit's leaf. The coder must have the
// claim key, and the index be below the size.
func (c *Coder) leafHash(index uint64) [sha256.Size]byte {
	c.putSerial(index)
	claim := c.putClaim(index)
	hex.Encode(c.claimHex, claim[:])
	return sha256.Sum256(c.leaf)
}

// putSerial writes an index's serial into the leaf.
func (c *Coder) putSerial(index uint64) {
	tag := c.tagOf(index)
	encodeSerial(c.serial, index^c.pad(tag), tag)
}

// putClaim writes an index's covert secret after the serial that putSerial
// wrote, and returns their claim hash.
func (c *Coder) putClaim(index uint64) [sha256.Size]byte {
	message := append(c.message[:0], "claim"...)
	c.mac(c.claim, binary.BigEndian.AppendUint64(message, index))
	copy(c.claimedSerial, c.serial)
	encode(c.claimSecret[:8], binary.BigEndian.Uint64(c.sum[0:])>>24)
	encode(c.claimSecret[8:], binary.BigEndian.Uint64(c.sum[2:])&(1<<40-1))
	return sha256.Sum256(c.claimed)
}

// tagOf returns an index's 64-bit tag.
func (c *Coder) tagOf(index uint64) uint64 {
	message := append(c.message[:0], "tag"...)
	c.mac(c.tag, binary.BigEndian.AppendUint64(message, index))
	return binary.BigEndian.Uint64(c.sum[:tagSize])
}

// pad returns the 36 bits that hide the index behind a tag.
func (c *Coder) pad(tag uint64) uint64 {
	message := append(c.message[:0], "pad"...)
	c.mac(c.enc, binary.BigEndian.AppendUint64(message, tag))
	return binary.BigEndian.Uint64(c.sum[:]) >> (64 - indexBits)
}

// mac leaves the HMAC of a message in c.sum.
func (c *Coder) mac(h hash.Hash, message []byte) {
	h.Reset()
	h.Write(message) // never fails (hash.Hash)
	h.Sum(c.sum[:0])
}
