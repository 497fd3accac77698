package embedded

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/ledger"
)

const (
	// A block has at most so many transactions, and no more is taken into it
	// once their commands have so many bytes.
	blockLength = 256
	blockBytes  = 1 << 20

	// raceLimit is how often a block is made again because another process
	// was faster.
	raceLimit = 32

	// maxBehind is how far the clock may fall back before nothing is recorded
	// any more. Until then blocks get the time of the last one.
	maxBehind = 5 * time.Minute
)

// errRaced says that another process has made a block with this number.
var errRaced = errors.New("another process made this block")

// request is a submit that waits. The committer sends one answer and never
// waits for it to be received.
type request struct {
	as      trace.Caller
	name    string
	command []byte
	answer  chan answer
}

type answer struct {
	event ledger.Event
	err   error
}

// commitAll is the one goroutine of a ledger that writes.
func (l *Ledger) commitAll(ctx context.Context) {
	defer close(l.stopped)
	for {
		select {
		case r := <-l.queue:
			l.commit(ctx, l.gather(r))
		case <-l.closing:
			for {
				select {
				case r := <-l.queue:
					l.commit(ctx, l.gather(r))
				default:
					return
				}
			}
		}
	}
}

// gather returns a request with those that wait behind it.
func (l *Ledger) gather(first request) []request {
	block, size := []request{first}, len(first.command)
	for len(block) < blockLength && size < blockBytes {
		select {
		case r := <-l.queue:
			block, size = append(block, r), size+len(r.command)
		default:
			return block
		}
	}
	return block
}

// commit records requests in one block and answers each.
func (l *Ledger) commit(ctx context.Context, requests []request) {
	answers, grew, err := l.record(ctx, requests)
	for i, r := range requests {
		if err != nil {
			r.answer <- answer{err: err}
			continue
		}
		r.answer <- answers[i]
	}
	if err == nil && grew {
		l.announce()
	}
}

// record makes a block of requests, again if another process was faster. On an
// error none is recorded, unless it is one of the connection.
func (l *Ledger) record(ctx context.Context, requests []request) (answers []answer, grew bool, err error) {
	for range raceLimit {
		err = l.db.RunInTx(ctx, database.OneMoment(l.db), func(ctx context.Context, tx bun.Tx) error {
			last, err := readHead(ctx, tx)
			if err != nil {
				return err
			}
			now, err := timeAfter(last, l.clock())
			if err != nil {
				return err
			}
			b := newBlock(last, now, reader(ctx, tx))
			if answers, err = b.addAll(ctx, tx, requests); err != nil {
				return err
			}
			grew = len(b.txs) > 0
			return b.write(ctx, tx)
		})
		if err == nil {
			return answers, grew, nil
		}
		if !errors.Is(err, errRaced) && !database.Raced(err) {
			return nil, false, explain(ctx, err)
		}
	}
	return nil, false, refusal.New(refusal.Unavailable, "ledger-busy")
}

// timeAfter returns the time of a block, which never goes back.
func timeAfter(last head, now time.Time) (time.Time, error) {
	now = now.UTC().Truncate(time.Millisecond)
	if now.Year() < 2026 {
		return now, refusal.New(refusal.Unavailable, "clock-wrong", now.Format(time.RFC3339))
	}
	if last.number > 0 && now.Before(last.time) {
		if last.time.Sub(now) > maxBehind {
			return now, refusal.New(refusal.Unavailable, "clock-behind",
				now.Format(time.RFC3339), last.time.Format(time.RFC3339))
		}
		return last.time, nil
	}
	return now, nil
}
