package product

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/ledger"
)

// apply writes what one event changed. batches counts the batches so far.
func apply(ctx context.Context, tx bun.Tx, e ledger.Event, batches *uint64) error {
	var head trace.EventHead
	if err := json.Unmarshal(e.Payload, &head); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, head.Time)
	if err != nil {
		return err
	}
	s := step{tx: tx, event: e, head: head, at: at.UTC()}
	switch head.Type {
	case "certificate-recorded":
		return s.certificate(ctx)
	case "certificate-suspended", "certificate-restored", "certificate-revoked":
		return s.change(ctx)
	case "model-registered":
		return s.model(ctx)
	case "batch-registered":
		*batches++
		return s.batch(ctx, *batches-1)
	case "recall-begun":
		return s.recall(ctx)
	case "recall-ended":
		return s.endRecall(ctx)
	}
	return fmt.Errorf("no projection for events of type %q", head.Type)
}

// A step is one event on its way into the tables.
type step struct {
	tx    bun.Tx
	event ledger.Event
	head  trace.EventHead
	at    time.Time
}

func (s step) decode(v any) error { return json.Unmarshal(s.event.Payload, v) }

func (s step) insert(ctx context.Context, row any) error {
	_, err := s.tx.NewInsert().Model(row).Exec(ctx)
	return err
}

func (s step) certificate(ctx context.Context) error {
	var e trace.CertificateRecorded
	if err := s.decode(&e); err != nil {
		return err
	}
	return s.insert(ctx, &Certificate{Number: e.Number, Holder: e.Holder, Class: e.Class, ValidFrom: e.ValidFrom,
		ValidTo: e.ValidTo, Capacity: e.Capacity, State: e.Certificate, RecordedAt: s.at, Position: s.event.Position})
}

func (s step) change(ctx context.Context) error {
	var e trace.CertificateChanged
	if err := s.decode(&e); err != nil {
		return err
	}
	cert := Certificate{Number: e.Number}
	if err := s.tx.NewSelect().Model(&cert).WherePK().Scan(ctx); err != nil {
		return err
	}
	cert.State = cert.State.After(e)
	if _, err := s.tx.NewUpdate().Model(&cert).Column("state").WherePK().Exec(ctx); err != nil {
		return err
	}
	return s.insert(ctx, &Change{Position: s.event.Position, Number: e.Number, Type: e.Type, From: e.From,
		Reason: e.Reason, By: e.By, At: s.at})
}

func (s step) model(ctx context.Context) error {
	var e trace.ModelRegistered
	if err := s.decode(&e); err != nil {
		return err
	}
	m := e.Model
	return s.insert(ctx, &Model{GTIN: m.GTIN, Model: m.Model, Name: m.Name, Brand: m.Brand, Class: m.Class,
		Specification: m.Specification, Photo: m.Photo, Maker: m.Maker, RegisteredAt: s.at, Position: s.event.Position})
}

func (s step) batch(ctx context.Context, number uint64) error {
	var e trace.BatchRegistered
	if err := s.decode(&e); err != nil {
		return err
	}
	b := e.Batch
	taken := capacity{Certificate: b.Certificate, Year: string(b.ProducedOn)[:4], Used: b.Size}
	if _, err := s.tx.NewInsert().Model(&taken).On("CONFLICT (certificate, year) DO UPDATE").
		Set("used = capacity.used + EXCLUDED.used").Exec(ctx); err != nil {
		return err
	}
	return s.insert(ctx, &Batch{GTIN: b.GTIN, LotKey: strings.ToUpper(b.Lot), Lot: b.Lot, Number: number, Size: b.Size,
		Root: b.Root, Model: b.Model, Certificate: b.Certificate, Plant: b.Plant, ProducedOn: b.ProducedOn, Key: b.Key,
		Maker: b.Maker, Command: e.ID, TxID: s.event.TxID, Event: s.event.Payload, RegisteredAt: s.at, Position: s.event.Position})
}

func (s step) recall(ctx context.Context) error {
	var e trace.RecallBegun
	if err := s.decode(&e); err != nil {
		return err
	}
	batch := Batch{GTIN: e.GTIN, LotKey: strings.ToUpper(e.Lot)}
	if err := s.tx.NewSelect().Model(&batch).WherePK().Scan(ctx); err != nil {
		return err
	}
	return s.insert(ctx, &Recall{By: e.By, Number: e.Number, GTIN: e.GTIN, LotKey: batch.LotKey, Lot: e.Lot,
		Maker: batch.Maker, From: e.From, To: e.To, Reason: e.Reason, Advice: e.Advice, Ordered: e.Ordered,
		BegunAt: s.at, Position: s.event.Position})
}

func (s step) endRecall(ctx context.Context) error {
	var e trace.RecallEnded
	if err := s.decode(&e); err != nil {
		return err
	}
	_, err := s.tx.NewUpdate().Model(&Recall{By: e.Begun, Number: e.Number, EndedAt: &s.at, EndReason: e.Reason}).
		Column("ended_at", "end_reason").WherePK().Exec(ctx)
	return err
}
