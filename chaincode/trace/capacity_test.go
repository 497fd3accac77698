package trace_test

import (
	"errors"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// TestCapacityExact registers batches of any sizes in any order: what is
// recorded never exceeds the capacity, and a batch is refused only when less
// than its size is left.
func TestCapacityExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		capacity := rapid.OneOf(rapid.Int64Range(1, 40), rapid.Int64Range(1, 100_000)).Draw(r, "capacity")
		b := withModel(t, capacity)
		left := capacity
		for i := range rapid.IntRange(1, 60).Draw(r, "batches") {
			size := rapid.OneOf(
				rapid.Int64Range(1, 5),
				rapid.Int64Range(1, max(1, capacity)),
				rapid.Just(max(1, left)),
				rapid.Just(left+1),
			).Draw(r, "size")
			cmd := batch("L"+strconv.Itoa(i), size)
			cmd.ID = rapid.StringMatching(`[a-z0-9]{1,8}`).Draw(r, "id") + "-" + strconv.Itoa(i)
			_, err := b.submit(maker, cmd)
			var want error
			if size > left {
				want = refusal.New(refusal.Conflict, "capacity-used-up", "C1", "2026",
					strconv.FormatInt(left, 10), strconv.FormatInt(size, 10))
			}
			if (want == nil) != (err == nil) || want != nil && !errors.Is(err, want) {
				r.Fatalf("size %d of %d left: got %v, want %v", size, left, err, want)
			}
			if want != nil && err.Error() != want.Error() {
				r.Fatalf("got %v, want %v", err, want)
			}
			if err == nil {
				left -= size
			}
		}
	})
}
