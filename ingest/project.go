// Package ingest brings what others write, first of all the ledger's events,
// into the services' own tables.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/fanwei/fanwei/services/ledger"
	"github.com/fanwei/fanwei/services/product"
)

// most is how many events one transaction applies at most.
const most = 256

// pause is how long Follow waits after a failure before it tries again.
const pause = time.Second

// Follow applies the ledger's events to a projection until the context ends,
// starting where the checkpoint stands. After a failure it starts again from
// the checkpoint, so nothing is lost and nothing applied twice.
func Follow(ctx context.Context, l ledger.Ledger, p *product.Projection, log *slog.Logger) {
	for ctx.Err() == nil {
		err := follow(ctx, l, p, 0)
		if ctx.Err() != nil || errors.Is(err, product.ErrRaced) {
			continue
		}
		log.Error("projection stopped, trying again", "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// Rebuild empties a projection and applies all of the ledger's events again.
// progress is told how many of them are applied, of how many.
func Rebuild(ctx context.Context, l ledger.Ledger, p *product.Projection, progress func(done, all uint64)) error {
	height, err := l.Height(ctx)
	if err != nil {
		return err
	}
	if err := p.Clear(ctx); err != nil {
		return err
	}
	return CatchUp(ctx, l, p, height, progress)
}

// CatchUp applies events until the one at height is applied.
func CatchUp(ctx context.Context, l ledger.Ledger, p *product.Projection, height uint64, progress func(done, all uint64)) error {
	for {
		at, err := p.Checkpoint(ctx)
		if err != nil {
			return err
		}
		progress(at, height)
		if at >= height {
			return nil
		}
		if err := follow(ctx, l, p, min(height, at+100*most)); err != nil && !errors.Is(err, product.ErrRaced) {
			return err
		}
	}
}

// errEnded says that the ledger stopped yielding events without saying why.
var errEnded = errors.New("the ledger's events ended")

// follow applies events from the checkpoint to the one at the position until,
// or for ever if that is 0. It returns nil only when it got there.
func follow(ctx context.Context, l ledger.Ledger, p *product.Projection, until uint64) error {
	after, err := p.Checkpoint(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for events, err := range batches(ctx, l, after) {
		if err != nil {
			return fmt.Errorf("read ledger: %w", err)
		}
		if err := p.Apply(ctx, after, events); err != nil {
			return err
		}
		after = events[len(events)-1].Position
		if until > 0 && after >= until {
			return nil
		}
	}
	return errEnded
}

// item is one step of a ledger's events.
type item struct {
	event ledger.Event
	err   error
}

// batches yields the events after a position, as many together as have come,
// so that a busy ledger costs one flush for many.
func batches(ctx context.Context, l ledger.Ledger, after uint64) func(yield func([]ledger.Event, error) bool) {
	items := make(chan item, most)
	go func() {
		defer close(items)
		for e, err := range l.Events(ctx, after) {
			select {
			case items <- item{e, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func(yield func([]ledger.Event, error) bool) {
		for first := range items {
			if first.err != nil {
				yield(nil, first.err)
				return
			}
			if !yield(drain(first.event, items), nil) {
				return
			}
		}
	}
}

// drain returns the first event and those that wait behind it. An error among
// them is left for the next call.
func drain(first ledger.Event, items chan item) []ledger.Event {
	events := []ledger.Event{first}
	for len(events) < most {
		select {
		case next, ok := <-items:
			if !ok || next.err != nil {
				return events // the ledger says it again when asked again
			}
			events = append(events, next.event)
		default:
			return events
		}
	}
	return events
}
