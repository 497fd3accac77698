// Package embedded is a ledger in one process: the rules of package trace over
// SQL, in blocks that are chained by their hashes. It shows that nothing was
// changed afterwards, to whoever has kept a hash; it does not, as a ledger of
// several organisations does, keep its operator from writing another history.
package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/ledger"
)

const (
	// queueLength bounds the submits that wait to be committed. More wait for
	// a place in the queue, as long as their context lets them.
	queueLength = 1024

	// pageLength is how many events, or blocks, are read at a time.
	pageLength = 256

	// pollInterval is how soon events are seen that another process recorded.
	pollInterval = time.Second
)

// A Ledger records commands in a database. Its methods may be called from
// several goroutines, and several processes may open the same database.
type Ledger struct {
	db    *bun.DB
	clock func() time.Time

	queue   chan request
	closing chan struct{} // closed by Close: nothing new is taken
	stopped chan struct{} // closed when the committer has ended
	close   sync.Once

	mu    sync.Mutex
	grown chan struct{} // guarded by mu; closed, and replaced, at each commit
}

var _ ledger.Ledger = (*Ledger)(nil)

// Open opens the ledger in a database, creating its tables if need be. The
// clock gives the time of what is recorded. Close the ledger before the
// database.
func Open(ctx context.Context, db *bun.DB, clock func() time.Time) (*Ledger, error) {
	if err := database.Migrate(ctx, db, "ledger", files, "migrations"); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	l := &Ledger{
		db:      db,
		clock:   clock,
		queue:   make(chan request, queueLength),
		closing: make(chan struct{}),
		stopped: make(chan struct{}),
		grown:   make(chan struct{}),
	}
	go l.commitAll(context.WithoutCancel(ctx))
	return l, nil
}

// Close commits what is waiting and ends. What is submitted from then on is
// refused as Unavailable. It leaves the database open, and may be called again.
func (l *Ledger) Close() error {
	l.close.Do(func() { close(l.closing) })
	<-l.stopped
	return nil
}

// Submit runs a command and returns once its event is on disk. Submits that
// wait at the same time are committed together; a refused one does not disturb
// the others. A context that ends while the command waits does not take it
// back: it may be recorded still, and who wants to know submits it again.
//
// Besides what the rules refuse, it refuses as Unavailable, and has then
// recorded nothing: "clock-wrong" (the clock is before 2026; its time),
// "clock-behind" (it is more than five minutes before the last block; its
// time, the block's), "ledger-closed", "ledger-busy" (other processes are
// always faster), and what package database refuses. After
// "ledger-out-of-reach" nothing is known.
func (l *Ledger) Submit(ctx context.Context, as trace.Caller, cmd trace.Command) (ledger.Event, error) {
	command, err := json.Marshal(cmd)
	if err != nil {
		return ledger.Event{}, fmt.Errorf("encode command: %w", err)
	}
	r := request{as: as, name: cmd.Name(), command: command, answer: make(chan answer, 1)}
	if err := l.enqueue(ctx, r); err != nil {
		return ledger.Event{}, err
	}
	select {
	case a := <-r.answer:
		return a.event, a.err
	case <-ctx.Done():
		return ledger.Event{}, fmt.Errorf("submit: %w", ctx.Err())
	case <-l.stopped:
	}
	select {
	case a := <-r.answer:
		return a.event, a.err
	default: // it came into the queue behind the committer's back
		return ledger.Event{}, refusal.New(refusal.Unavailable, "ledger-closed")
	}
}

func (l *Ledger) enqueue(ctx context.Context, r request) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	select {
	case <-l.closing:
		return refusal.New(refusal.Unavailable, "ledger-closed")
	default:
	}
	select {
	case l.queue <- r:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("submit: %w", ctx.Err())
	case <-l.closing:
		return refusal.New(refusal.Unavailable, "ledger-closed")
	}
}

// Height returns the position of the last event, 0 if there is none.
// Positions have no gaps.
func (l *Ledger) Height(ctx context.Context) (uint64, error) {
	n, err := height(ctx, l.db)
	if err != nil {
		return 0, explain(ctx, err)
	}
	return n, nil
}

// Events yields what was committed after a position, in order, and then waits
// for more until the context ends, which is no error. It may be called any
// number of times, also on a closed ledger, which only stops growing.
func (l *Ledger) Events(ctx context.Context, after uint64) iter.Seq2[ledger.Event, error] {
	return func(yield func(ledger.Event, error) bool) {
		poll := time.NewTicker(pollInterval)
		defer poll.Stop()
		for ctx.Err() == nil {
			grown := l.growth() // before reading: a commit in between is seen
			page, err := l.page(ctx, after)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				yield(ledger.Event{}, err)
				return
			}
			for _, t := range page {
				if !yield(t.asEvent(), nil) || ctx.Err() != nil {
					return
				}
				after = t.Position
			}
			if len(page) < pageLength {
				wait(ctx, grown, poll.C)
			}
		}
	}
}

// wait returns when there may be more to read, or the context has ended.
func wait(ctx context.Context, grown <-chan struct{}, poll <-chan time.Time) {
	select {
	case <-grown:
	case <-poll:
	case <-ctx.Done():
	}
}

// page returns the next transactions after a position.
func (l *Ledger) page(ctx context.Context, after uint64) ([]transactionRow, error) {
	var rows []transactionRow
	err := l.db.NewSelect().Model(&rows).Column("position", "tx_id", "name", "event").
		Where("position > ?", after).Order("position").Limit(pageLength).Scan(ctx)
	if err != nil {
		return nil, explain(ctx, fmt.Errorf("read events: %w", err))
	}
	return rows, nil
}

// growth returns a channel that is closed at the next commit of this process.
func (l *Ledger) growth() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.grown
}

func (l *Ledger) announce() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.grown)
	l.grown = make(chan struct{})
}

// explain turns a database's error into a refusal. An error of the caller's
// own context is none of the ledger's.
func explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = database.Explain(err)
	if _, ok := refusal.Of(err); ok {
		return err
	}
	return errors.Join(refusal.New(refusal.Unavailable, "ledger-out-of-reach"), err)
}
