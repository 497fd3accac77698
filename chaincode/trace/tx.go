// Package trace is the law of the ledger: what each organisation may record
// about certificates, models, batches and recalls, and when. The Fabric
// chaincode and the embedded ledger run this same code, so a rule is written,
// and tested, once.
//
// A rule must give every peer the same answer: no clock, no randomness, no map
// iteration into a value that is stored, no network, no read of its own writes.
package trace

import "time"

// A Tx is what a rule may see of the ledger while it runs.
type Tx interface {
	// ID is the transaction's identifier, unique on the ledger.
	ID() string

	// Time is when the client says it made the transaction. It is the same on
	// every peer, and is not to be trusted as a time-stamp.
	Time() time.Time

	// Caller is who signed the transaction.
	Caller() Caller

	// Get returns the committed value of a key, or nil if it has none. It does
	// not see what this transaction has put.
	Get(key string) ([]byte, error)

	// Put sets the value of a key when the transaction commits.
	Put(key string, value []byte) error
}

// A Kind is what sort of organisation signs.
type Kind string

const (
	Maker  Kind = "maker"  // manufacturer of batteries or fire products
	Market Kind = "market" // market regulation (市场监管)
	Fire   Kind = "fire"   // fire and rescue (消防)
	Police Kind = "police" // police (公安)
)

// A Caller is the organisation that signed. On Fabric the kind is the member
// service provider and Org an attribute of the certificate, so that makers
// which share one provider cannot sign for one another.
type Caller struct {
	Kind Kind
	Org  string
}
