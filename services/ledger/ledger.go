// Package ledger records what happened to products on a ledger that no one
// organisation controls, and reads it back.
package ledger

import (
	"context"
	"iter"

	"github.com/fanwei/fanwei/chaincode/trace"
)

// A Ledger is a ledger that runs package trace. Its refusals are
// *refusal.Error: those of the rules, and Unavailable when it cannot be
// reached or written; then nothing is known to be recorded, and the same
// command may be submitted again.
type Ledger interface {
	// Submit runs a command and returns once its event is durable. A command
	// that was recorded before returns the first event again.
	Submit(ctx context.Context, as trace.Caller, cmd trace.Command) (Event, error)

	// Events yields what was committed after a position, in order, and then
	// waits for more until the context ends, which is no error.
	Events(ctx context.Context, after uint64) iter.Seq2[Event, error]

	// Height returns the position of the last event, 0 if there is none.
	Height(ctx context.Context) (uint64, error)
}

// An Event is one committed command.
type Event struct {
	Position uint64 // 1 is the first; positions grow, and may have gaps
	TxID     string // the transaction, as the ledger names it
	Name     string // the command's name
	Payload  []byte // the exact bytes that anyone hashes later
}
