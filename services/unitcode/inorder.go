package unitcode

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// chunks yields [from, to) in pieces of size units; the first piece ends, as
// all others begin and end, at a multiple of size.
func chunks(from, to, size uint64) iter.Seq2[uint64, uint64] {
	return func(yield func(uint64, uint64) bool) {
		for from < to {
			end := min(to, from-from%size+size)
			if !yield(from, end) {
				return
			}
			from = end
		}
	}
}

// inOrder runs work on each chunk, on all cores, each with a coder of its own,
// and yields what comes out in the chunks' order. Two results a core are in
// work or wait for the caller, never more. It ends with the first error, which
// is that of ctx when ctx ends, and leaves no goroutine behind.
func inOrder[T any](ctx context.Context, chunks iter.Seq2[uint64, uint64], coder *Coder,
	work func(c *Coder, from, to uint64) (T, error)) iter.Seq2[T, error] {
	type result struct {
		value T
		err   error
	}
	return func(yield func(T, error) bool) {
		var running sync.WaitGroup
		defer running.Wait() // each ends within its chunk
		next, stop := iter.Pull2(chunks)
		defer stop()

		ahead := 2 * runtime.GOMAXPROCS(0)
		waiting := make([]chan result, 0, ahead)
		for {
			for len(waiting) < ahead {
				from, to, ok := next()
				if !ok {
					break
				}
				out := make(chan result, 1)
				waiting = append(waiting, out)
				running.Go(func() {
					value, err := work(coder.Clone(), from, to)
					out <- result{value, err}
				})
			}
			if len(waiting) == 0 {
				return
			}
			r := <-waiting[0]
			waiting = append(waiting[:0], waiting[1:]...)
			if r.err == nil {
				r.err = ctx.Err()
			}
			if !yield(r.value, r.err) || r.err != nil {
				return
			}
		}
	}
}
