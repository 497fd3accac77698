package trace

import (
	"strconv"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// A Recalled is a recall of a batch or of a range of its units, by their
// index, both ends included.
type Recalled struct {
	Number  string `json:"number"`
	GTIN    string `json:"gtin"`
	Lot     string `json:"lot"`
	From    int64  `json:"from"`
	To      int64  `json:"to"`
	Reason  string `json:"reason"`
	Advice  string `json:"what_to_do"`
	Ordered bool   `json:"ordered"` // by market regulation, not by the maker
	Ended   bool   `json:"ended,omitempty"`
}

func recallKey(org, number string) string { return "recall/" + org + "/" + number }

// Recall calls back a batch, or a range of its units. Its maker may, and
// market regulation may order it (缺陷产品召回).
type Recall struct {
	Head
	Number string `json:"number"`
	GTIN   string `json:"gtin"`
	Lot    string `json:"lot"`
	From   int64  `json:"from"`
	To     int64  `json:"to"`
	Reason string `json:"reason"`
	Advice string `json:"what_to_do"`
}

// RecallBegun is its event.
type RecallBegun struct {
	EventHead
	Recalled
}

func (Recall) Name() string { return "recall" }

func (c Recall) apply(tx Tx) (any, error) {
	if err := only(tx, Maker, Market); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	batch, err := c.batch(tx)
	if err != nil {
		return nil, err
	}
	key := recallKey(tx.Caller().Org, c.Number)
	var before Recalled
	found, err := load(tx, key, &before)
	if err != nil {
		return nil, err
	}
	if found {
		return nil, refusal.New(refusal.Exists, "recall-exists", c.Number)
	}
	recall := Recalled{Number: c.Number, GTIN: batch.GTIN, Lot: batch.Lot, From: c.From, To: c.To,
		Reason: c.Reason, Advice: c.Advice, Ordered: tx.Caller().Kind == Market}
	return RecallBegun{head(tx, "recall-begun", c), recall}, store(tx, key, recall)
}

// batch returns the batch that is called back, which must be the caller's own
// unless it is market regulation, and must have the units named.
func (c Recall) batch(tx Tx) (Batch, error) {
	var batch Batch
	found, err := load(tx, batchKey(c.GTIN, c.Lot), &batch)
	if err != nil {
		return batch, err
	}
	if !found || (tx.Caller().Kind == Maker && batch.Maker != tx.Caller().Org) {
		return batch, refusal.New(refusal.NotFound, "batch-missing", c.GTIN, c.Lot)
	}
	if c.From < 0 || c.To < c.From || c.To >= batch.Size {
		return batch, refusal.New(refusal.Invalid, "recall-range", strconv.FormatInt(batch.Size, 10))
	}
	return batch, nil
}

func (c Recall) check() error {
	for _, err := range []error{
		checkName("number", c.Number, 40),
		CheckGTIN(c.GTIN),
		CheckLot(c.Lot),
		checkParagraph("reason", c.Reason, 1, 1000),
		checkParagraph("what_to_do", c.Advice, 1, 1000),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// EndRecall ends a recall. Whoever began it may; By names that organisation
// when market regulation ends a maker's. A maker cannot end what was ordered.
type EndRecall struct {
	Head
	By     string `json:"by"`
	Number string `json:"number"`
	Reason string `json:"reason"`
}

// RecallEnded is its event. Begun names the organisation that began it.
type RecallEnded struct {
	EventHead
	Begun  string `json:"begun_by"`
	Number string `json:"number"`
	Reason string `json:"reason"`
}

func (EndRecall) Name() string { return "end-recall" }

func (c EndRecall) apply(tx Tx) (any, error) {
	if err := only(tx, Maker, Market); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	recall, err := c.recall(tx)
	if err != nil {
		return nil, err
	}
	recall.Ended = true
	event := RecallEnded{head(tx, "recall-ended", c), c.By, c.Number, c.Reason}
	return event, store(tx, recallKey(c.By, c.Number), recall)
}

// recall returns the recall that is to end, which the caller must be free to end.
func (c EndRecall) recall(tx Tx) (Recalled, error) {
	var recall Recalled
	found, err := load(tx, recallKey(c.By, c.Number), &recall)
	maker := tx.Caller().Kind == Maker
	switch {
	case err != nil:
		return recall, err
	case recall.Ordered && maker:
		return recall, refusal.New(refusal.Forbidden, "recall-ordered", c.Number)
	case !found, maker && c.By != tx.Caller().Org:
		return recall, refusal.New(refusal.NotFound, "recall-missing", c.Number)
	case recall.Ended:
		return recall, refusal.New(refusal.Conflict, "recall-ended-already", c.Number)
	}
	return recall, nil
}

func (c EndRecall) check() error {
	for _, err := range []error{
		checkName("by", c.By, 64),
		checkName("number", c.Number, 40),
		checkParagraph("reason", c.Reason, 1, 1000),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
