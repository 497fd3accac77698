package unitcode_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/unitcode"
)

// naiveRoot is RFC 6962, section 2.1, to the letter, over the contract's text.
func naiveRoot(units []unitcode.Unit) []byte {
	if len(units) == 1 {
		u := units[0]
		return rfc6962.DefaultHasher.HashLeaf([]byte("fanwei/unit/v1\n" + gtin + "\n" + lot + "\n" + u.Serial + "\n" +
			hex.EncodeToString(u.ClaimHash[:]) + "\n"))
	}
	k := 1
	for 2*k < len(units) {
		k *= 2
	}
	return rfc6962.DefaultHasher.HashChildren(naiveRoot(units[:k]), naiveRoot(units[k:]))
}

// Sizes around the places where the work is cut must not show in the root.
func TestRootAgreesWithRFC(t *testing.T) {
	const chunk = 1 << 13
	var units []unitcode.Unit
	for unit, err := range unitcode.Units(t.Context(), keys(t), gtin, lot, 5*chunk+3, 0, 5*chunk+3) {
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, unit)
	}
	for _, size := range []int{1, 5, 100, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 3 * chunk, 5*chunk + 3} {
		last := uint64(0)
		root, err := unitcode.Root(t.Context(), keys(t), gtin, lot, uint64(size), func(done uint64) {
			if done <= last {
				t.Errorf("size %d: progress went from %d to %d", size, last, done)
			}
			last = done
		})
		if want := naiveRoot(units[:size]); string(root[:]) != string(want) || err != nil {
			t.Errorf("size %d: root %x, %v, want %x", size, root, err, want)
		}
		if last != uint64(size) {
			t.Errorf("size %d: progress ended at %d", size, last)
		}
	}
}

func TestRootRefuses(t *testing.T) {
	k := keys(t)
	if _, err := unitcode.Root(t.Context(), k, gtin, lot, 0, nil); reason(err) != "batch-size" {
		t.Errorf("size 0: %v", err)
	}
	k.Claim = nil
	if _, err := unitcode.Root(t.Context(), k, gtin, lot, 1, nil); !refusal.Is(err, refusal.Conflict) || reason(err) != "claim-key-missing" {
		t.Errorf("without the claim key: %v", err)
	}
}

func TestRootStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := unitcode.Root(ctx, keys(t), gtin, lot, trace.MaxSize, func(uint64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Root: %v", err)
	}
}

func TestUnitsInOrder(t *testing.T) {
	const size = 10_000
	coder := newCoder(t, size)
	for _, r := range [][2]uint64{{0, size}, {0, 0}, {size, size}, {2047, 2049}, {2048, 4096}, {1, 9_999}, {5000, 5001}} {
		next := r[0]
		for unit, err := range unitcode.Units(t.Context(), keys(t), gtin, lot, size, r[0], r[1]) {
			if want := coder.Unit(next); err != nil || unit != want {
				t.Fatalf("Units(%d, %d) yields %+v, %v, want %+v", r[0], r[1], unit, err, want)
			}
			next++
		}
		if next != r[1] {
			t.Errorf("Units(%d, %d) ended at %d", r[0], r[1], next)
		}
	}
}

func TestUnitsRefuses(t *testing.T) {
	for _, r := range [][2]uint64{{1, 0}, {0, 101}, {101, 101}, {1<<64 - 1, 0}} {
		n := 0
		for _, err := range unitcode.Units(t.Context(), keys(t), gtin, lot, 100, r[0], r[1]) {
			if n++; reason(err) != "unit-range" {
				t.Errorf("Units(%d, %d): %v", r[0], r[1], err)
			}
		}
		if n != 1 {
			t.Errorf("Units(%d, %d) yields %d times", r[0], r[1], n)
		}
	}
}

// A caller that stops, or whose context ends, leaves no goroutine behind.
func TestUnitsStop(t *testing.T) {
	before := runtime.NumGoroutine()
	for range unitcode.Units(t.Context(), keys(t), gtin, lot, trace.MaxSize, 0, trace.MaxSize) {
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for unit, err := range unitcode.Units(ctx, keys(t), gtin, lot, trace.MaxSize, 0, trace.MaxSize) {
		if unit.Index == 10_000 {
			cancel()
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("after cancel: %v", last)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, %d before", after, before)
	}
}

func BenchmarkRoot(b *testing.B) {
	for _, size := range []uint64{10_000, 100_000, 1_000_000} {
		b.Run(strconv.FormatUint(size, 10), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := unitcode.Root(b.Context(), keys(b), gtin, lot, size, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "units/s")
		})
	}
}

// Units written as the CSV of a label run.
func BenchmarkUnits(b *testing.B) {
	const size = 200_000
	b.ReportAllocs()
	for b.Loop() {
		out := bufio.NewWriter(io.Discard)
		for unit, err := range unitcode.Units(b.Context(), keys(b), gtin, lot, size, 0, size) {
			if err != nil {
				b.Fatal(err)
			}
			fmt.Fprintf(out, "%d,%s,%s,%x\n", unit.Index, unit.Serial, unit.ClaimSecret, unit.ClaimHash)
		}
	}
	b.ReportMetric(size*float64(b.N)/b.Elapsed().Seconds(), "units/s")
}
