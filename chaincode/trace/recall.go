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
	var batch Batch
	found, err := load(tx, batchKey(c.GTIN, c.Lot), &batch)
	if err != nil {
		return nil, err
	}
	ordered := tx.Caller().Kind == Market
	if !found || (!ordered && batch.Maker != tx.Caller().Org) {
		return nil, refusal.New(refusal.NotFound, "batch-missing", c.GTIN, c.Lot)
	}
	if c.From < 0 || c.To < c.From || c.To >= batch.Size {
		return nil, refusal.New(refusal.Invalid, "recall-range", strconv.FormatInt(batch.Size, 10))
	}
	key := recallKey(tx.Caller().Org, c.Number)
	var before Recalled
	if found, err = load(tx, key, &before); err != nil {
		return nil, err
	}
	if found {
		return nil, refusal.New(refusal.Exists, "recall-exists", c.Number)
	}
	recall := Recalled{Number: c.Number, GTIN: batch.GTIN, Lot: batch.Lot, From: c.From, To: c.To,
		Reason: c.Reason, Advice: c.Advice, Ordered: ordered}
	return RecallBegun{head(tx, "recall-begun", c), recall}, store(tx, key, recall)
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
	if err := checkParagraph("reason", c.Reason, 1, 1000); err != nil {
		return nil, err
	}
	var recall Recalled
	key := recallKey(c.By, c.Number)
	found, err := load(tx, key, &recall)
	if err != nil {
		return nil, err
	}
	if !found || (tx.Caller().Kind == Maker && c.By != tx.Caller().Org) {
		return nil, refusal.New(refusal.NotFound, "recall-missing", c.Number)
	}
	if recall.Ended {
		return nil, refusal.New(refusal.Conflict, "recall-ended-already", c.Number)
	}
	recall.Ended = true
	return RecallEnded{head(tx, "recall-ended", c), c.By, c.Number, c.Reason}, store(tx, key, recall)
}
