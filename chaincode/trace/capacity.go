package trace

import (
	"hash/fnv"
	"strconv"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// shares is how many counters hold a certificate's capacity of one year. With
// a single one every two batches of a certificate would write the same key,
// and on Fabric all but one in a block would fail. Each batch starts at a share
// of its own and goes on to the next only when that is used up, so small
// batches rarely meet, and the sum is still exact.
const shares = 16

// take uses up a part of the capacity declared for a year, or refuses.
func take(tx Tx, cert Certificate, year string, size int64, id string) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	start := int(h.Sum32() % shares)
	need, left := size, int64(0)
	for i := range shares {
		k := (start + i) % shares
		key := "capacity/" + cert.Number + "/" + year + "/" + strconv.Itoa(k)
		var used int64
		if _, err := load(tx, key, &used); err != nil {
			return err
		}
		free := share(cert.Capacity, k) - used
		left += free
		now := min(free, need)
		if now == 0 {
			continue
		}
		if err := store(tx, key, used+now); err != nil {
			return err
		}
		if need -= now; need == 0 {
			return nil
		}
	}
	return refusal.New(refusal.Conflict, "capacity-used-up", cert.Number, year,
		strconv.FormatInt(left, 10), strconv.FormatInt(size, 10))
}

// share returns the k-th of the parts into which a capacity is cut.
func share(capacity int64, k int) int64 {
	part := capacity / shares
	if int64(k) < capacity%shares {
		part++
	}
	return part
}
