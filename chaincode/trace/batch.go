package trace

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// MaxSize is the most units a batch may have: a unit index is 36 bits.
const MaxSize = 1 << 36

// How far a batch's day of production may lie from the day it is registered:
// labels are printed a little ahead, and nobody may fit a batch under a
// certificate by dating it back for years.
const (
	maxDaysAhead  = 90
	maxDaysBehind = 365
)

// A Model is a product model, known by its GTIN.
type Model struct {
	GTIN          string `json:"gtin"`
	Model         string `json:"model"` // designation, as on the certificate and the name plate
	Name          string `json:"name"`
	Brand         string `json:"brand"`
	Class         string `json:"class"`
	Specification string `json:"specification"`
	Photo         string `json:"photo,omitempty"` // SHA-256 of the picture, hex
	Maker         string `json:"maker"`
}

// A Batch is a production lot whose units are committed to by a Merkle root.
type Batch struct {
	GTIN        string `json:"gtin"`
	Lot         string `json:"lot"`
	Size        int64  `json:"size"`
	Root        string `json:"root"` // base64 of 32 bytes
	Model       string `json:"model"`
	Certificate string `json:"certificate"`
	Plant       string `json:"plant"`
	ProducedOn  Date   `json:"produced_on"`
	Key         string `json:"key"` // version of the maker's secret
	Maker       string `json:"maker"`
}

func modelKey(gtin string) string { return "model/" + gtin }

// batchKey folds the lot's case: a label's code is printed in capitals, so two
// lots that differ by case alone could not be told apart.
func batchKey(gtin, lot string) string { return "batch/" + gtin + "/" + strings.ToUpper(lot) }

// RegisterModel records a maker's model under its GTIN.
type RegisterModel struct {
	Head
	GTIN          string `json:"gtin"`
	Model         string `json:"model"`
	ModelName     string `json:"name"`
	Brand         string `json:"brand"`
	Class         string `json:"class"`
	Specification string `json:"specification"`
	Photo         string `json:"photo,omitempty"`
}

// ModelRegistered is its event.
type ModelRegistered struct {
	EventHead
	Model
}

func (RegisterModel) Name() string { return "register-model" }

func (c RegisterModel) apply(tx Tx) (any, error) {
	if err := only(tx, Maker); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	var before Model
	found, err := load(tx, modelKey(c.GTIN), &before)
	if err != nil {
		return nil, err
	}
	if found {
		return nil, refusal.New(refusal.Exists, "model-exists", c.GTIN)
	}
	model := Model{GTIN: c.GTIN, Model: c.Model, Name: c.ModelName, Brand: c.Brand, Class: c.Class,
		Specification: c.Specification, Photo: c.Photo, Maker: tx.Caller().Org}
	return ModelRegistered{head(tx, "model-registered", c), model}, store(tx, modelKey(c.GTIN), model)
}

func (c RegisterModel) check() error {
	for _, err := range []error{
		CheckGTIN(c.GTIN),
		checkText("model", c.Model, 1, 80),
		checkText("name", c.ModelName, 1, 120),
		checkText("brand", c.Brand, 1, 80),
		checkName("class", c.Class, 64),
		checkText("specification", c.Specification, 1, 400),
	} {
		if err != nil {
			return err
		}
	}
	if c.Photo != "" && (len(c.Photo) != 64 || strings.Trim(c.Photo, "0123456789abcdef") != "") {
		return refusal.New(refusal.Invalid, "photo-digest")
	}
	return nil
}

// RegisterBatch records a batch: the issuance gate.
type RegisterBatch struct {
	Head
	GTIN        string `json:"gtin"`
	Lot         string `json:"lot"`
	Size        int64  `json:"size"`
	Root        string `json:"root"`
	Certificate string `json:"certificate"`
	Plant       string `json:"plant"`
	ProducedOn  Date   `json:"produced_on"`
	Key         string `json:"key"`
}

// BatchRegistered is its event.
type BatchRegistered struct {
	EventHead
	Batch
}

func (RegisterBatch) Name() string { return "register-batch" }

func (c RegisterBatch) apply(tx Tx) (any, error) {
	if err := only(tx, Maker); err != nil {
		return nil, err
	}
	if err := c.check(today(tx)); err != nil {
		return nil, err
	}
	model, err := c.model(tx)
	if err != nil {
		return nil, err
	}
	// Before the gate: who registers a lot again is not to read that the
	// capacity is used up, by that very lot.
	var before Batch
	found, err := load(tx, batchKey(c.GTIN, c.Lot), &before)
	if err != nil {
		return nil, err
	}
	if found {
		return nil, refusal.New(refusal.Exists, "batch-exists", c.GTIN, before.Lot)
	}
	if err := c.gate(tx, model); err != nil {
		return nil, err
	}
	batch := Batch{GTIN: c.GTIN, Lot: c.Lot, Size: c.Size, Root: c.Root, Model: model.Model,
		Certificate: c.Certificate, Plant: c.Plant, ProducedOn: c.ProducedOn, Key: c.Key, Maker: tx.Caller().Org}
	return BatchRegistered{head(tx, "batch-registered", c), batch}, store(tx, batchKey(c.GTIN, c.Lot), batch)
}

func (c RegisterBatch) check(day Date) error {
	for _, err := range []error{
		CheckGTIN(c.GTIN),
		CheckLot(c.Lot),
		checkName("certificate", c.Certificate, 40),
		checkText("plant", c.Plant, 1, 120),
		checkDate("produced_on", c.ProducedOn),
		checkName("key", c.Key, 32),
	} {
		if err != nil {
			return err
		}
	}
	if c.Size < 1 || c.Size > MaxSize {
		return refusal.New(refusal.Invalid, "batch-size", strconv.FormatInt(c.Size, 10))
	}
	// The decoder skips line breaks, so the length is checked on both sides.
	root, err := base64.StdEncoding.Strict().DecodeString(c.Root)
	if err != nil || len(root) != 32 || len(c.Root) != base64.StdEncoding.EncodedLen(32) {
		return refusal.New(refusal.Invalid, "batch-root")
	}
	if c.ProducedOn > day.addDays(maxDaysAhead) || c.ProducedOn < day.addDays(-maxDaysBehind) {
		return refusal.New(refusal.Invalid, "produced-on-range", string(c.ProducedOn), string(day))
	}
	return nil
}

// model returns the batch's model, which must be the caller's own.
func (c RegisterBatch) model(tx Tx) (Model, error) {
	var model Model
	found, err := load(tx, modelKey(c.GTIN), &model)
	if err != nil {
		return model, err
	}
	if !found || model.Maker != tx.Caller().Org {
		return model, refusal.New(refusal.NotFound, "model-missing", c.GTIN)
	}
	return model, nil
}

// gate refuses a batch whose certificate does not carry it.
func (c RegisterBatch) gate(tx Tx, model Model) error {
	cert, err := getCertificate(tx, c.Certificate)
	if err != nil {
		return err
	}
	if cert.Holder != tx.Caller().Org {
		return refusal.New(refusal.Forbidden, "certificate-not-yours", c.Certificate)
	}
	if !cert.Covers(model.Class, model.Model) {
		return refusal.New(refusal.Conflict, "certificate-does-not-cover", c.Certificate, model.Model)
	}
	// It must hold on the day the units are made, and on the day codes are
	// asked for: a suspended or expired certificate issues nothing.
	for _, day := range []Date{today(tx), c.ProducedOn} {
		if s := cert.StandingOn(day); s != Holds {
			return refusal.New(refusal.Conflict, string(s), c.Certificate, string(day), string(cert.ValidFrom), string(cert.ValidTo))
		}
	}
	return take(tx, cert, c.ProducedOn.Year(), c.Size, c.ID)
}
