// Package ledgertest holds the tests that every ledger.Ledger must pass.
package ledgertest

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/chaincode/trace/tracetest"
	"github.com/fanwei/fanwei/services/ledger"
)

// patience is how long a test waits for what must come.
const patience = 2 * time.Minute

// Run runs the tests, each on a ledger that open returns: a new one or one
// with a past, on which nobody else records meanwhile. It must know the
// callers market, fire, police, maker:M1 and maker:M2.
func Run(t *testing.T, open func(*testing.T) ledger.Ledger) {
	t.Run("law", func(t *testing.T) {
		tracetest.Run(t, func(t *testing.T) tracetest.Do { return do(t, open(t)) })
	})
	for name, test := range map[string]func(*testing.T, *site){
		"events come in order and resume anywhere":      testEvents,
		"events come while they are recorded":           testFollow,
		"the end of the context ends events":            testCancel,
		"height is the last position":                   testHeight,
		"refusals have code, reason and arguments":      testRefusals,
		"one of two on one key wins":                    testRace,
		"one command from many records once":            testSameCommand,
		"writers on different keys do not disturb":      testWriters,
		"capacity is exact under parallel writers":      testCapacity,
		"a retry after a fault records once":            testFaults,
		"a submit whose context has ended is not tried": testEnded,
	} {
		t.Run(name, func(t *testing.T) { test(t, newSite(t, open(t))) })
	}
}

// do submits what a script says.
func do(t *testing.T, l ledger.Ledger) tracetest.Do {
	return func(as trace.Caller, name string, payload []byte) ([]byte, error) {
		cmd, err := trace.Decode(name, payload)
		if err != nil {
			return nil, err
		}
		e, err := l.Submit(t.Context(), as, cmd)
		if err == nil && (e.Name != name || e.TxID == "" || e.Position == 0) {
			t.Errorf("%s: got %+v", name, e)
		}
		return e.Payload, err
	}
}

// site is a ledger with names that no other test has used.
type site struct {
	ledger.Ledger
	t           *testing.T
	ctx         context.Context // ends when the patience does
	certificate string
	gtin        string
}

func newSite(t *testing.T, l ledger.Ledger) *site {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return &site{Ledger: l, t: t, ctx: ctx, certificate: rand.Text(), gtin: tracetest.GTIN()}
}

func market() trace.Caller { return trace.Caller{Kind: trace.Market, Org: "market"} }
func maker() trace.Caller  { return trace.Caller{Kind: trace.Maker, Org: "M1"} }

// submit submits a command that must be recorded.
func (s *site) submit(as trace.Caller, cmd trace.Command) ledger.Event {
	s.t.Helper()
	e, err := s.Submit(s.ctx, as, cmd)
	if err != nil {
		s.t.Fatal(err)
	}
	return e
}

func (s *site) recordCertificate(capacity int64) trace.RecordCertificate {
	today := trace.DateOf(time.Now())
	return trace.RecordCertificate{Head: newHead(), Number: s.certificate, Holder: "M1", Class: "battery",
		Models: []string{"NX-48"}, Standards: []string{"GB 43854-2024"},
		ValidFrom: today, ValidTo: "2099-12-31", Capacity: capacity}
}

func (s *site) registerModel() trace.RegisterModel {
	return trace.RegisterModel{Head: newHead(), GTIN: s.gtin, Model: "NX-48", ModelName: "48 V 电池",
		Brand: "南星", Class: "battery", Specification: "48 V 20 Ah"}
}

func (s *site) registerBatch(lot string, size int64) trace.RegisterBatch {
	return trace.RegisterBatch{Head: newHead(), GTIN: s.gtin, Lot: lot, Size: size,
		Root: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Certificate: s.certificate,
		Plant: "Plant 1", ProducedOn: trace.DateOf(time.Now()), Key: "k1"}
}

func newHead() trace.Head { return trace.Head{ID: rand.Text()} }

// withModel records the certificate and the model that batches need.
func (s *site) withModel(capacity int64) []ledger.Event {
	s.t.Helper()
	return []ledger.Event{
		s.submit(market(), s.recordCertificate(capacity)),
		s.submit(maker(), s.registerModel()),
	}
}

// events reads n events after a position.
func (s *site) events(after uint64, n int) []ledger.Event {
	s.t.Helper()
	var got []ledger.Event
	for e, err := range s.Events(s.ctx, after) {
		if err != nil {
			s.t.Error(err) // not Fatal: it may run on a goroutine of its own
			break
		}
		if got = append(got, e); len(got) == n {
			break
		}
	}
	if len(got) < n {
		s.t.Errorf("%d events came after %d, want %d", len(got), after, n)
	}
	return got
}

func (s *site) height() uint64 {
	s.t.Helper()
	n, err := s.Height(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// outcome is what became of one of several submits.
type outcome struct {
	event ledger.Event
	err   error
}

// together submits n commands at once.
func (s *site) together(n int, as trace.Caller, cmd func(i int) trace.Command) []outcome {
	got := make([]outcome, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			got[i].event, got[i].err = s.Submit(s.ctx, as, cmd(i))
		})
	}
	close(start)
	wg.Wait()
	return got
}

// wantRefusal compares all of a refusal.
func wantRefusal(t *testing.T, err error, want *refusal.Error) {
	t.Helper()
	var got *refusal.Error
	if !errors.As(err, &got) {
		t.Errorf("got %v, want %v", err, want)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
