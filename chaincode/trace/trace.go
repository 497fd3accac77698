package trace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// MaxPayload bounds a command's encoding, in bytes.
const MaxPayload = 64 << 10

// A Command is one thing that may be asked of the ledger.
type Command interface {
	// Name is the command's name on the wire. It must never change.
	Name() string

	// CommandID is the caller's own name for this request. The same id with
	// the same content records once; with another content it is refused.
	CommandID() string

	// apply checks the rules and records the outcome. What it returns is
	// published as the transaction's one event.
	apply(Tx) (any, error)
}

// An Outcome is what became of a command.
type Outcome struct {
	Event    []byte // the exact bytes that anyone hashes later
	TxID     string // the transaction that recorded it
	Repeated bool   // it had been recorded before; nothing was put
}

// Head names a command. Every command embeds it.
type Head struct {
	ID string `json:"id"`
}

// CommandID returns the request's own name.
func (h Head) CommandID() string { return h.ID }

// EventHead is what every event says of itself.
type EventHead struct {
	Type string `json:"type"`
	ID   string `json:"id"`   // of the command
	Time string `json:"time"` // RFC 3339, UTC, as the client said
	By   string `json:"by"`   // organisation that signed
}

// newCommand returns an empty command of that name, or nil.
func newCommand(name string) Command {
	switch name {
	case "record-certificate":
		return new(RecordCertificate)
	case "suspend-certificate":
		return new(SuspendCertificate)
	case "restore-certificate":
		return new(RestoreCertificate)
	case "revoke-certificate":
		return new(RevokeCertificate)
	case "register-model":
		return new(RegisterModel)
	case "register-batch":
		return new(RegisterBatch)
	case "recall":
		return new(Recall)
	case "end-recall":
		return new(EndRecall)
	}
	return nil
}

// Decode returns the named command with its payload. Unknown fields and
// trailing bytes are refused: what is recorded is exactly what was understood.
func Decode(name string, payload []byte) (Command, error) {
	cmd := newCommand(name)
	if cmd == nil {
		return nil, refusal.New(refusal.Invalid, "unknown-command", name)
	}
	if len(payload) > MaxPayload {
		return nil, refusal.New(refusal.Invalid, "payload-too-large", fmt.Sprint(MaxPayload))
	}
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.DisallowUnknownFields()
	if err := dec.Decode(cmd); err != nil {
		return nil, refusal.New(refusal.Invalid, "payload", err.Error())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, refusal.New(refusal.Invalid, "payload", "more than one value")
	}
	return cmd, nil
}

// done is what the ledger keeps of a command, to answer it again.
type done struct {
	Digest string          `json:"digest"`
	TxID   string          `json:"tx"`
	Event  json.RawMessage `json:"event"`
}

// Apply runs a command. A command whose id the same organisation has used
// before is answered with the first event if the content is the same, and
// refused otherwise.
func Apply(tx Tx, cmd Command) (Outcome, error) {
	as := tx.Caller()
	if checkName("organisation", as.Org, 64) != nil {
		return Outcome{}, refusal.New(refusal.Forbidden, "not-your-office", string(as.Kind))
	}
	if err := checkName("id", cmd.CommandID(), 64); err != nil {
		return Outcome{}, err
	}
	digest, err := digestOf(cmd)
	if err != nil {
		return Outcome{}, err
	}
	// With the kind: two that share a name must not answer for each other.
	key := "command/" + string(as.Kind) + "/" + as.Org + "/" + cmd.CommandID()
	var before done
	found, err := load(tx, key, &before)
	if err != nil {
		return Outcome{}, err
	}
	if found && before.Digest != digest {
		return Outcome{}, refusal.New(refusal.Conflict, "command-id-reused", cmd.CommandID())
	}
	if found {
		return Outcome{Event: before.Event, TxID: before.TxID, Repeated: true}, nil
	}
	event, err := cmd.apply(tx)
	if err != nil {
		return Outcome{}, err
	}
	payload, err := json.Marshal(event)
	if err != nil {
		return Outcome{}, fmt.Errorf("encode event: %w", err)
	}
	out := Outcome{Event: payload, TxID: tx.ID()}
	return out, store(tx, key, done{digest, tx.ID(), payload})
}

// digestOf hashes a command's canonical encoding, name included.
func digestOf(cmd Command) (string, error) {
	b, err := json.Marshal(cmd)
	if err != nil {
		return "", fmt.Errorf("encode command: %w", err)
	}
	sum := sha256.Sum256(append([]byte(cmd.Name()+"\n"), b...))
	return hex.EncodeToString(sum[:]), nil
}

// head returns the head of the event that a command causes.
func head(tx Tx, kind string, cmd Command) EventHead {
	return EventHead{
		Type: kind,
		ID:   cmd.CommandID(),
		Time: tx.Time().UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		By:   tx.Caller().Org,
	}
}

// load reads a key into v and reports whether it had a value.
func load(tx Tx, key string, v any) (bool, error) {
	b, err := tx.Get(key)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", key, err)
	}
	if b == nil {
		return false, nil
	}
	if err := json.Unmarshal(b, v); err != nil {
		return false, fmt.Errorf("read %s: %w", key, err)
	}
	return true, nil
}

// store writes v under a key.
func store(tx Tx, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", key, err)
	}
	return tx.Put(key, b)
}

// only refuses callers of another kind.
func only(tx Tx, kinds ...Kind) error {
	for _, k := range kinds {
		if tx.Caller().Kind == k {
			return nil
		}
	}
	return refusal.New(refusal.Forbidden, "not-your-office", string(tx.Caller().Kind))
}

// today is the day on which the transaction was made.
func today(tx Tx) Date { return DateOf(tx.Time()) }
