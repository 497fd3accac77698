package ledgertest

import (
	"context"
	"sync"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/ledger"
)

// A Fault is what happens to a submit on its way.
type Fault int

const (
	Pass       Fault = iota // it goes through
	FailBefore              // it fails, and was not recorded
	FailAfter               // it fails, but was recorded
)

// A Flaky is a ledger whose submits fail as told.
type Flaky struct {
	ledger.Ledger

	mu     sync.Mutex
	faults []Fault // guarded by mu; what the next submits meet
}

// NewFlaky returns a ledger over another whose next submits meet the faults,
// one each. Those after pass.
func NewFlaky(l ledger.Ledger, faults ...Fault) *Flaky {
	return &Flaky{Ledger: l, faults: faults}
}

// Submit submits a command to the ledger below, or fails as
// Unavailable "ledger-out-of-reach".
func (f *Flaky) Submit(ctx context.Context, as trace.Caller, cmd trace.Command) (ledger.Event, error) {
	fault := f.next()
	if fault == FailBefore {
		return ledger.Event{}, refusal.New(refusal.Unavailable, "ledger-out-of-reach")
	}
	e, err := f.Ledger.Submit(ctx, as, cmd)
	if err == nil && fault == FailAfter {
		return ledger.Event{}, refusal.New(refusal.Unavailable, "ledger-out-of-reach")
	}
	return e, err
}

func (f *Flaky) next() Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.faults) == 0 {
		return Pass
	}
	fault := f.faults[0]
	f.faults = f.faults[1:]
	return fault
}
