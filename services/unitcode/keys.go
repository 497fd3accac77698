// Package unitcode computes the codes of a batch's units and the commitment to
// them: serials, covert secrets, the Merkle root, and the batch numbers that a
// person can type. It is contract unit-code, version 1, bit by bit, and knows
// nothing but its arguments.
package unitcode

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"strconv"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
)

// SecretSize is the length of a maker's secret, in bytes.
const SecretSize = 32

// keySize is the length of each key of a batch, in bytes.
const keySize = 32

// Keys are the keys of one batch. Who has Tag and Enc can tell its serials from
// others; who has Claim too can compute covert secrets, and so the root. Claim
// may be empty: a maker may keep it.
type Keys struct {
	Tag, Enc, Claim []byte
}

// Derive returns the keys of a batch from its maker's secret, by HKDF-SHA256
// (RFC 5869). The lot counts in the case in which it was registered. It refuses
// as Invalid with "secret-length" (bytes given, bytes wanted), and as
// trace.CheckGTIN and trace.CheckLot do.
func Derive(secret []byte, gtin, lot string) (Keys, error) {
	if len(secret) != SecretSize {
		return Keys{}, refusal.New(refusal.Invalid, "secret-length", strconv.Itoa(len(secret)), strconv.Itoa(SecretSize))
	}
	if err := checkBatch(gtin, lot); err != nil {
		return Keys{}, err
	}
	k, err := hkdf.Key(sha256.New, secret, []byte(gtin+"/"+lot), "fanwei/unit-code/v1", 3*keySize)
	if err != nil {
		return Keys{}, fmt.Errorf("derive keys of a batch: %w", err)
	}
	return Keys{Tag: k[:keySize:keySize], Enc: k[keySize : 2*keySize : 2*keySize], Claim: k[2*keySize:]}, nil
}

func checkBatch(gtin, lot string) error {
	if err := trace.CheckGTIN(gtin); err != nil {
		return err
	}
	return trace.CheckLot(lot)
}
