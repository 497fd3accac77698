package ledgertest

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/ledger"
)

// testEvents reads the same events from every position on, in one go and with
// a stop after every one.
func testEvents(t *testing.T, s *site) {
	before := s.height()
	want := s.withModel(1000)
	for i := range 8 {
		want = append(want, s.submit(maker(), s.registerBatch("L"+strconv.Itoa(i), 1)))
	}
	after := before
	for i := range want {
		if diff := cmp.Diff(want[i:], s.events(after, len(want)-i)); diff != "" {
			t.Errorf("after %d: %s", after, diff)
		}
		if want[i].Position <= after {
			t.Errorf("position %d after %d", want[i].Position, after)
		}
		if diff := cmp.Diff(want[i:i+1], s.events(after, 1)); diff != "" {
			t.Error(diff)
		}
		after = want[i].Position
	}
}

// testFollow reads while others write: nothing is lost, doubled or misplaced.
func testFollow(t *testing.T, s *site) {
	const batches = 40
	before := s.height()
	followed := make(chan []ledger.Event, 1)
	go func() { followed <- s.events(before, batches+2) }()
	s.withModel(batches)
	made := map[uint64]ledger.Event{}
	for _, o := range s.together(batches, maker(), func(i int) trace.Command {
		return s.registerBatch("L"+strconv.Itoa(i), 1)
	}) {
		if o.err != nil {
			t.Fatal(o.err)
		}
		made[o.event.Position] = o.event
	}
	got := <-followed
	if diff := cmp.Diff(got, s.events(before, len(got))); diff != "" || len(got) != batches+2 {
		t.Errorf("%d events were followed, want %d; read again: %s", len(got), batches+2, diff)
	}
	last := before
	for i, e := range got {
		if e.Position <= last {
			t.Errorf("position %d after %d", e.Position, last)
		}
		last = e.Position
		if want, ok := made[e.Position]; i >= 2 && (!ok || !cmp.Equal(want, e)) {
			t.Errorf("event %+v was never acknowledged", e)
		}
	}
}

func testCancel(t *testing.T, s *site) {
	s.withModel(1)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	after := s.height()
	ended := make(chan error, 1)
	go func() {
		for _, err := range s.Events(ctx, after-1) { // one event, and then a wait
			if err != nil {
				ended <- err
				return
			}
			cancel()
		}
		ended <- nil
	}()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("got %v, want an end without an error", err)
		}
	case <-s.ctx.Done():
		t.Error("events go on")
	}
	for _, err := range s.Events(ctx, 0) {
		t.Error("an event after the end of the context", err)
	}
}

func testHeight(t *testing.T, s *site) {
	before := s.height()
	for _, e := range s.withModel(1) {
		if e.Position <= before {
			t.Errorf("position %d, height was %d", e.Position, before)
		}
		before = e.Position
	}
	if _, err := s.Submit(s.ctx, maker(), s.registerBatch("L1", 2)); err == nil {
		t.Error("the capacity is one")
	}
	if got := s.height(); got != before {
		t.Errorf("got %d, want %d: a refusal is no event", got, before)
	}
}

func testRefusals(t *testing.T, s *site) {
	s.withModel(10)
	submit := func(as trace.Caller, cmd trace.Command) error {
		_, err := s.Submit(s.ctx, as, cmd)
		return err
	}
	batch := s.registerBatch("L1", 11)
	year := batch.ProducedOn.Year()
	wantRefusal(t, submit(maker(), batch), refusal.New(refusal.Conflict, "capacity-used-up", s.certificate, year, "10", "11"))
	wantRefusal(t, submit(market(), batch), refusal.New(refusal.Forbidden, "not-your-office", "market"))
	wantRefusal(t, submit(maker(), s.registerModel()), refusal.New(refusal.Exists, "model-exists", s.gtin))
	batch.Certificate = "无"
	wantRefusal(t, submit(maker(), batch), refusal.New(refusal.Invalid, "name-characters", "certificate", "无"))
	batch.Certificate = s.certificate + "-2"
	wantRefusal(t, submit(maker(), batch), refusal.New(refusal.NotFound, "certificate-missing", batch.Certificate))
	batch.Plant = "\x00"
	wantRefusal(t, submit(maker(), batch), refusal.New(refusal.Invalid, "text-unprintable", "plant"))
	batch.Plant = string(make([]byte, trace.MaxPayload))
	wantRefusal(t, submit(maker(), batch), refusal.New(refusal.Invalid, "payload-too-large", strconv.Itoa(trace.MaxPayload)))
}

func testRace(t *testing.T, s *site) {
	won := 0
	for _, o := range s.together(2, maker(), func(int) trace.Command { return s.registerModel() }) {
		if o.err == nil {
			won++
			continue
		}
		wantRefusal(t, o.err, refusal.New(refusal.Exists, "model-exists", s.gtin))
	}
	if won != 1 {
		t.Errorf("%d of two won", won)
	}
}

func testSameCommand(t *testing.T, s *site) {
	before := s.height()
	cmd := s.registerModel()
	got := s.together(16, maker(), func(int) trace.Command { return cmd })
	for _, o := range got {
		if diff := cmp.Diff(got[0].event, o.event); diff != "" || o.err != nil {
			t.Errorf("%v %s", o.err, diff)
		}
	}
	again := s.submit(maker(), cmd)
	if diff := cmp.Diff(s.events(before, 1), []ledger.Event{again}); diff != "" {
		t.Error(diff)
	}
	if got := s.height(); got != again.Position {
		t.Errorf("height %d, want %d", got, again.Position)
	}
}

func testWriters(t *testing.T, s *site) {
	const writers, each = 64, 3
	s.withModel(writers * each)
	before := s.height()
	seen := map[uint64]bool{}
	for range each {
		for _, o := range s.together(writers, maker(), func(int) trace.Command {
			cmd := s.registerBatch("", 1)
			cmd.Lot = cmd.ID[:20]
			return cmd
		}) {
			if o.err != nil || seen[o.event.Position] {
				t.Errorf("position %d: %v", o.event.Position, o.err)
			}
			seen[o.event.Position] = true
		}
	}
	for _, e := range s.events(before, writers*each) {
		if !seen[e.Position] {
			t.Errorf("position %d was never acknowledged", e.Position)
		}
	}
}

func testCapacity(t *testing.T, s *site) {
	const writers, size, capacity = 64, 3, 100
	s.withModel(capacity)
	recorded := 0
	for _, o := range s.together(writers, maker(), func(i int) trace.Command {
		return s.registerBatch("L"+strconv.Itoa(i), size)
	}) {
		switch {
		case o.err == nil:
			recorded++
		case !errors.Is(o.err, refusal.New(refusal.Conflict, "capacity-used-up")):
			t.Error(o.err)
		}
	}
	if want := capacity / size; recorded != want {
		t.Errorf("%d batches were recorded, want %d", recorded, want)
	}
	s.submit(maker(), s.registerBatch("rest", capacity%size))
	_, err := s.Submit(s.ctx, maker(), s.registerBatch("more", 1))
	wantRefusal(t, err, refusal.New(refusal.Conflict, "capacity-used-up", s.certificate,
		s.registerBatch("", 1).ProducedOn.Year(), "0", "1"))
}

// testFaults loses requests and answers: the same command again is recorded
// once, and a retry gives the first event.
func testFaults(t *testing.T, s *site) {
	s.withModel(10)
	before := s.height()
	flaky := NewFlaky(s.Ledger, FailBefore, FailAfter, FailAfter, Pass)
	cmd := s.registerBatch("L1", 10)
	heights := []uint64{before}
	var got ledger.Event
	for {
		var err error
		got, err = flaky.Submit(s.ctx, maker(), cmd)
		heights = append(heights, s.height())
		if err == nil {
			break
		}
		wantRefusal(t, err, refusal.New(refusal.Unavailable, "ledger-out-of-reach"))
	}
	if want := []uint64{before, before, got.Position, got.Position, got.Position}; !cmp.Equal(heights, want) {
		t.Errorf("heights %v, want %v", heights, want)
	}
	if diff := cmp.Diff(s.events(before, 1), []ledger.Event{got}); diff != "" {
		t.Error(diff)
	}
}

func testEnded(t *testing.T, s *site) {
	before := s.height()
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := s.Submit(ctx, maker(), s.registerModel()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := s.height(); got != before {
		t.Errorf("height %d, want %d", got, before)
	}
	if _, err := s.Height(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
