package verify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/unitcode"
)

// remembered is how many batches' facts are kept in memory.
const remembered = 4096

// A Service answers questions about units. Anyone may ask.
type Service struct {
	products *product.Service
	makers   func(ctx context.Context, org string) (string, error)
	counter  *counter
	batches  *lru.Cache[lotKey, *file]
	clock    func() time.Time
}

// A Visit says how a question is asked.
type Visit int

const (
	Scan   Visit = iota // a person's question: counted
	Again               // the same browser asked within the last ten minutes: not counted again
	Glance              // a messenger's preview or a HEAD request: not counted
)

// Open starts a service. log is another SQLite file, for the scans that are not
// in db yet, or nil where several processes share db. makers gives an
// organisation's name.
func Open(ctx context.Context, db, log *bun.DB, products *product.Service, makers func(context.Context, string) (string, error), clock func() time.Time) (*Service, error) {
	cache, err := lru.New[lotKey, *file](remembered)
	if err != nil {
		return nil, fmt.Errorf("open verification: %w", err)
	}
	scans, err := openTally(ctx, db, log)
	if err != nil {
		return nil, err
	}
	return &Service{products: products, makers: makers, counter: startCounter(ctx, scans), batches: cache, clock: clock}, nil
}

func openTally(ctx context.Context, db, log *bun.DB) (tally, error) {
	t, err := openTable(ctx, db)
	if err != nil || log == nil {
		return t, err
	}
	return openJournal(ctx, t, log)
}

// Close stops counting. What was answered is counted.
func (s *Service) Close() error { return s.counter.close() }

// Ask answers a question about a unit by its code, as read from a link or
// typed. An error means that no answer could be found out, never that the
// answer is bad.
func (s *Service) Ask(ctx context.Context, asked gs1.Code, visit Visit) (Answer, error) {
	gtin, err := gs1.ParseGTIN(asked.GTIN)
	if no, ok := refusal.Of(err); ok {
		return s.unreadable(asked.GTIN, no), nil
	}
	if no, ok := refusal.Of(trace.CheckLot(asked.Lot)); ok {
		return s.unreadable(asked.Lot, no), nil
	}
	asked.GTIN = gtin
	serial, err := unitcode.Normalise(asked.Serial)
	no, refused := refusal.Of(err)
	if err != nil && !refused {
		return Answer{}, err
	}
	f, err := s.file(ctx, asked.GTIN, asked.Lot)
	if refusal.Is(err, refusal.NotFound) {
		return s.noLot(ctx, asked, serial, no)
	}
	if err != nil {
		return Answer{}, err
	}
	return s.ask(ctx, f, asked.Serial, serial, no, visit)
}

// AskShort answers a question by the short code on the label.
func (s *Service) AskShort(ctx context.Context, typed string, visit Visit) (Answer, error) {
	number, serial, err := unitcode.ParseShort(typed)
	if no, ok := refusal.Of(err); ok && number == "" {
		return s.unreadable(typed, no), nil
	}
	n, err := unitcode.ParseBatchNumber(number)
	if err != nil {
		return Answer{}, err // ParseShort found it right
	}
	b, err := s.products.BatchByNumber(ctx, n)
	if refusal.Is(err, refusal.NotFound) {
		return s.unknown(typed, nil, Reason{Code: "batch-number-unknown", Args: []string{number}}), nil
	}
	if err != nil {
		return Answer{}, err
	}
	return s.Ask(ctx, gs1.Code{GTIN: b.GTIN, Lot: b.Lot, Serial: serial}, visit)
}

// ask answers about a serial of a known batch. no is why it is no whole serial,
// if it is none.
func (s *Service) ask(ctx context.Context, f *file, asked, serial string, no *refusal.Error, visit Visit) (Answer, error) {
	if no != nil {
		a := s.unreadable(asked, no)
		a.Suggestions = f.near(asked)
		return a, nil
	}
	index, ok := f.index(serial)
	if !ok {
		return s.unknown(asked, f.near(asked), f.lotReasons()...), nil
	}
	now := s.clock()
	scans, err := s.scans(ctx, unitKey{f.Batch.Number, index}, visit, now)
	if err != nil {
		return Answer{}, err
	}
	return f.answer(index, serial, scans, visit, now), nil
}

func (s *Service) scans(ctx context.Context, key unitKey, visit Visit, now time.Time) (Scans, error) {
	if visit == Scan {
		return s.counter.count(ctx, key, now)
	}
	row, err := s.counter.look(ctx, key)
	if err == nil && visit == Again && row.Count == 0 { // a browser that says so, and is wrong
		return s.counter.count(ctx, key, now)
	}
	return row.scans(), err
}

func (s *Service) unreadable(asked string, no *refusal.Error) Answer {
	return Answer{Verdict: Unreadable, Asked: asked, At: s.clock(), Reasons: []Reason{{Code: no.Reason, Args: no.Args}}}
}

func (s *Service) unknown(asked string, near []Code, reasons ...Reason) Answer {
	return Answer{Verdict: Unknown, Asked: asked, At: s.clock(), Suggestions: near, Reasons: reasons}
}

// noLot answers about a lot that nobody registered under its GTIN.
func (s *Service) noLot(ctx context.Context, asked gs1.Code, serial string, no *refusal.Error) (Answer, error) {
	if no != nil {
		return s.unreadable(asked.Serial, no), nil
	}
	maker, err := s.products.Maker(ctx, asked.GTIN)
	if err != nil {
		return Answer{}, err
	}
	if maker == "" {
		return s.unknown(asked.Serial, nil, Reason{Code: "gtin-unknown", Args: []string{asked.GTIN}}), nil
	}
	name, err := s.makers(ctx, maker)
	if err != nil {
		return Answer{}, err
	}
	near, err := s.nearLots(ctx, asked, serial)
	if err != nil {
		return Answer{}, err
	}
	return s.unknown(asked.Serial, near,
		Reason{Code: "gtin-known", Good: true, Args: []string{asked.GTIN, name}},
		Reason{Code: "lot-unknown", Args: []string{asked.Lot}}), nil
}

// nearLots looks whether the serial belongs to a lot one typing slip away.
func (s *Service) nearLots(ctx context.Context, asked gs1.Code, serial string) ([]Code, error) {
	kin, err := s.products.Kin(ctx, asked.GTIN)
	if err != nil {
		return nil, err
	}
	var near []Code
	for _, b := range kin {
		if !oneSlip(asked.Lot, b.Lot) {
			continue
		}
		_, ok, err := s.products.Index(ctx, b, serial)
		if err != nil {
			return nil, err
		}
		if ok {
			near = append(near, Code{GTIN: b.GTIN, Lot: b.Lot, Serial: serial})
		}
	}
	return near, nil
}

// answer tells what is known of a unit that exists. What endangers a person
// comes before what is wrong on paper.
func (f *file) answer(index uint64, serial string, scans Scans, visit Visit, now time.Time) Answer {
	a := Answer{Unit: f.unit(index, serial), Scans: scans, Asked: serial, At: now, Verdict: GenuineSeen}
	recall := f.recall(int64(index))
	standing := f.Certificate.State.StandingOn(f.Batch.ProducedOn)
	before := scans.Count
	if visit != Glance {
		before-- // this visit's own scan
	}
	switch {
	case recall != nil:
		a.Verdict, a.Recall = Recalled, recall
	case standing != trace.Holds:
		a.Verdict = NotCertified
	case before <= 0:
		a.Verdict = Genuine
	}
	a.Reasons = []Reason{f.registered(), f.certified(standing), seen(before, scans), recalled(recall, now)}
	return a
}

func (f *file) registered() Reason {
	return Reason{Code: "registered", Good: true, Args: []string{f.maker, f.Batch.Lot, string(trace.DateOf(f.Batch.RegisteredAt))}}
}

func (f *file) certified(standing trace.Standing) Reason {
	c := f.Certificate
	args := []string{c.Number, string(f.Batch.ProducedOn), string(c.ValidTo)}
	if standing == trace.Holds {
		return Reason{Code: "certificate-held", Good: true, Args: args}
	}
	return Reason{Code: string(standing), Args: args}
}

func seen(before int64, scans Scans) Reason {
	if before <= 0 {
		return Reason{Code: "first-scan", Good: true}
	}
	return Reason{Code: "scanned-before", Good: true, Args: []string{
		strconv.FormatInt(before, 10), scans.FirstAt.Format(time.RFC3339)}}
}

func recalled(r *Recall, now time.Time) Reason {
	if r == nil {
		return Reason{Code: "not-recalled", Good: true, Args: []string{now.Format(time.RFC3339)}}
	}
	return Reason{Code: "recalled", Args: []string{r.Number, r.By}}
}
