package unitcode

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"strconv"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// Units computed by one goroutine at a time: a few milliseconds of work. The
// leaves of a root come in a power of two, so that every chunk but the last is
// one perfect subtree.
const (
	rootChunk = 1 << 13
	unitChunk = 1 << 11
)

// Root returns the Merkle root that commits to a batch's units (contract
// unit-code, "Leaf, root, proof"). It runs on all cores, in memory that does not
// grow with size, at about a million units a second. If progress is not nil it
// is told, from time to time and by the calling goroutine, how many units are
// done.
//
// It refuses as NewCoder does, and as Conflict with "claim-key-missing" where
// the keys hold no Claim. When ctx ends it returns its error.
func Root(ctx context.Context, keys Keys, gtin, lot string, size uint64, progress func(done uint64)) ([sha256.Size]byte, error) {
	var root [sha256.Size]byte
	coder, err := NewCoder(keys, gtin, lot, size)
	if err != nil {
		return root, err
	}
	if coder.claim == nil {
		return root, refusal.New(refusal.Conflict, "claim-key-missing")
	}
	factory := &compact.RangeFactory{Hash: hashChildren}
	tree := factory.NewEmptyRange(0)
	for part, err := range inOrder(ctx, chunks(0, size, rootChunk), coder, func(c *Coder, from, to uint64) (*compact.Range, error) {
		return subtree(factory, c, from, to)
	}) {
		if err != nil {
			return root, fmt.Errorf("compute the root of a batch: %w", err)
		}
		if err := tree.AppendRange(part, nil); err != nil {
			return root, fmt.Errorf("compute the root of a batch: %w", err)
		}
		if progress != nil {
			progress(tree.End())
		}
	}
	hash, err := tree.GetRootHash(nil)
	if err != nil {
		return root, fmt.Errorf("compute the root of a batch: %w", err)
	}
	copy(root[:], hash)
	return root, nil
}

// subtree returns the compact range of the leaves from, …, to − 1.
func subtree(factory *compact.RangeFactory, c *Coder, from, to uint64) (*compact.Range, error) {
	part := factory.NewEmptyRange(from)
	for index := from; index < to; index++ {
		hash := c.leafHash(index)
		if err := part.Append(hash[:], nil); err != nil {
			return nil, err
		}
	}
	return part, nil
}

// hashChildren is rfc6962.DefaultHasher.HashChildren with a third of its
// allocations: it runs once for every unit.
func hashChildren(left, right []byte) []byte {
	var b [1 + 2*sha256.Size]byte
	b[0] = rfc6962.RFC6962NodeHashPrefix
	copy(b[1:], left)
	copy(b[1+sha256.Size:], right)
	hash := sha256.Sum256(b[:])
	return hash[:]
}

// Units yields the units from, …, to − 1 in order. All cores compute a bounded
// number of them ahead of the caller, and stop when it does.
//
// It refuses as NewCoder does, and as Invalid with "unit-range" (from, to, size)
// where the batch does not have these units. An error is the last thing it
// yields; when ctx ends that is its error.
func Units(ctx context.Context, keys Keys, gtin, lot string, size, from, to uint64) iter.Seq2[Unit, error] {
	return func(yield func(Unit, error) bool) {
		coder, err := NewCoder(keys, gtin, lot, size)
		if err == nil && (from > to || to > size) {
			err = refusal.New(refusal.Invalid, "unit-range",
				strconv.FormatUint(from, 10), strconv.FormatUint(to, 10), strconv.FormatUint(size, 10))
		}
		if err != nil {
			yield(Unit{}, err)
			return
		}
		for part, err := range inOrder(ctx, chunks(from, to, unitChunk), coder, compute) {
			if err != nil {
				yield(Unit{}, fmt.Errorf("compute units: %w", err))
				return
			}
			for _, unit := range part {
				if !yield(unit, nil) {
					return
				}
			}
		}
	}
}

func compute(c *Coder, from, to uint64) ([]Unit, error) {
	part := make([]Unit, 0, to-from)
	for index := from; index < to; index++ {
		part = append(part, c.Unit(index))
	}
	return part, nil
}
