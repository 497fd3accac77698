package product

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/gs1"
	"github.com/fanwei/fanwei/services/unitcode"
)

// A NewBatch is what a maker says of a batch. Without a certificate the
// platform names the one that covers the model.
type NewBatch struct {
	ID          string // the request's own name: submitting twice registers once
	GTIN        string
	Lot         string
	Size        int64
	Plant       string
	ProducedOn  trace.Date
	Certificate string
}

// RegisterBatch computes the codes' root and registers the batch on the
// ledger. When it returns the batch is durable and visible to reads.
func (s *Service) RegisterBatch(ctx context.Context, sub authz.Subject, n NewBatch) (Batch, error) {
	own := authz.Object{Kind: authz.Batch, Owner: sub.Org}
	var batch Batch
	err := s.guard.Do(ctx, sub, authz.Register, own, n.GTIN+"/"+n.Lot, func(ctx context.Context) error {
		var err error
		batch, err = s.registerBatch(ctx, sub, n)
		return err
	})
	return batch, err
}

func (s *Service) registerBatch(ctx context.Context, sub authz.Subject, n NewBatch) (Batch, error) {
	if before, err := s.batch(ctx, n.GTIN, n.Lot); err == nil && before.Maker == sub.Org && before.Command == n.ID {
		return before, nil // the answer to the first request was lost on its way
	}
	cmd, err := s.command(ctx, sub, n)
	if err != nil {
		return Batch{}, err
	}
	// The law says no before a million codes are computed for nothing.
	if err := trace.NewPreview(s.facts(ctx), s.clock(), caller(sub)).Try(cmd); err != nil {
		return Batch{}, err
	}
	keys, err := s.vault.Keys(ctx, sub.Org, cmd.Key, cmd.GTIN, cmd.Lot)
	if err != nil {
		return Batch{}, err
	}
	root, err := unitcode.Root(ctx, keys, cmd.GTIN, cmd.Lot, uint64(cmd.Size), nil)
	if err != nil {
		return Batch{}, fmt.Errorf("compute codes: %w", err)
	}
	cmd.Root = base64.StdEncoding.EncodeToString(root[:])
	if err := s.submit(ctx, sub, cmd); err != nil {
		return Batch{}, err
	}
	return s.batch(ctx, cmd.GTIN, cmd.Lot)
}

// command fills in what the maker left to the platform. Its root is not
// computed yet.
func (s *Service) command(ctx context.Context, sub authz.Subject, n NewBatch) (trace.RegisterBatch, error) {
	gtin, err := gs1.ParseGTIN(n.GTIN)
	if err != nil {
		return trace.RegisterBatch{}, err
	}
	if n.Size > s.maxBatch && n.Size <= trace.MaxSize {
		return trace.RegisterBatch{}, refusal.New(refusal.Invalid, "batch-larger-than-served", strconv.FormatInt(s.maxBatch, 10))
	}
	cert := strings.TrimSpace(n.Certificate)
	if cert == "" {
		m, err := s.model(ctx, gtin)
		if err != nil || m.Maker != sub.Org {
			return trace.RegisterBatch{}, refusal.New(refusal.NotFound, "model-missing", gtin)
		}
		if cert, err = s.covering(ctx, sub.Org, m, n.ProducedOn); err != nil {
			return trace.RegisterBatch{}, err
		}
	}
	key, err := s.vault.Current(ctx, sub.Org)
	if err != nil {
		return trace.RegisterBatch{}, err
	}
	return trace.RegisterBatch{Head: trace.Head{ID: n.ID}, GTIN: gtin, Lot: n.Lot, Size: n.Size, Root: noRoot,
		Certificate: cert, Plant: n.Plant, ProducedOn: n.ProducedOn, Key: key}, nil
}

// noRoot stands where a root will be once it is computed.
var noRoot = base64.StdEncoding.EncodeToString(make([]byte, 32))

// Batches lists the batches a subject may see, newest first, and counts them
// all. The query is part of a lot or a GTIN.
func (s *Service) Batches(ctx context.Context, sub authz.Subject, page Page) ([]Batch, int, error) {
	var rows []Batch
	q := s.db.NewSelect().Model(&rows).ExcludeColumn("event")
	if p := like(page.Query); page.Query != "" {
		q = q.Where("lower(lot_key) LIKE ?0 ESCAPE '!' OR gtin LIKE ?0 ESCAPE '!' OR lower(model) LIKE ?0 ESCAPE '!'", p)
	}
	n, err := s.list(ctx, sub, authz.Batch, "maker", page, q)
	return rows, n, err
}

// BatchesOf lists the newest batches that stand on a certificate or a model.
func (s *Service) BatchesOf(ctx context.Context, sub authz.Subject, column, value string, limit int) ([]Batch, int, error) {
	var rows []Batch
	if column != "certificate" && column != "gtin" {
		return nil, 0, fmt.Errorf("list batches by %q", column)
	}
	q := s.db.NewSelect().Model(&rows).ExcludeColumn("event").Where("?0 = ?1", bun.Ident(column), value)
	n, err := s.list(ctx, sub, authz.Batch, "maker", Page{Limit: limit}, q)
	return rows, n, err
}

// Batch returns one batch; the lot's case does not matter.
func (s *Service) Batch(ctx context.Context, sub authz.Subject, gtin, lot string) (Batch, error) {
	b, err := s.batch(ctx, gtin, lot)
	if err != nil {
		return b, err
	}
	if err := s.guard.See(sub, authz.Read, authz.Object{Kind: authz.Batch, Owner: b.Maker}, gtin, lot); err != nil {
		return Batch{}, err
	}
	return b, nil
}

func (s *Service) batch(ctx context.Context, gtin, lot string) (Batch, error) {
	b := Batch{GTIN: gtin, LotKey: strings.ToUpper(lot)}
	err := s.db.NewSelect().Model(&b).WherePK().Scan(ctx)
	return b, found(err, "batch-missing", gtin, lot)
}

// A Unit is one unit found by its serial.
type Unit struct {
	Batch  Batch
	Index  uint64
	Serial string
}

// Find returns the unit of a serial among the batches a subject may see. A
// serial does not name its batch, so each is asked; that costs microseconds.
func (s *Service) Find(ctx context.Context, sub authz.Subject, serial string) (Unit, error) {
	if err := s.guard.See(sub, authz.Find, authz.Object{Kind: authz.Unit, Owner: sub.Org}); err != nil {
		return Unit{}, err
	}
	serial, err := unitcode.Normalise(serial)
	if err != nil {
		return Unit{}, err
	}
	var batches []Batch
	err = s.db.NewSelect().Model(&batches).ExcludeColumn("event").Where("maker = ?", sub.Org).OrderExpr("position DESC").Scan(ctx)
	if err != nil {
		return Unit{}, fmt.Errorf("find serial: %w", err)
	}
	for _, b := range batches {
		index, ok, err := s.Index(ctx, b, serial)
		if err != nil {
			return Unit{}, err
		}
		if ok {
			return Unit{b, index, serial}, nil
		}
	}
	return Unit{}, refusal.New(refusal.NotFound, "serial-missing", serial)
}

// Keys returns the keys from which a batch's codes come. They are secret.
func (s *Service) Keys(ctx context.Context, b Batch) (unitcode.Keys, error) {
	return s.vault.Keys(ctx, b.Maker, b.Key, b.GTIN, b.Lot)
}

// Coder returns a coder of a batch. One is not safe for two at once: clone it.
func (s *Service) Coder(ctx context.Context, b Batch) (*unitcode.Coder, error) {
	keys, err := s.Keys(ctx, b)
	if err != nil {
		return nil, err
	}
	return unitcode.NewCoder(keys, b.GTIN, b.Lot, uint64(b.Size))
}

// Index returns the unit index of a serial in a batch, and whether it is one
// of its codes.
func (s *Service) Index(ctx context.Context, b Batch, serial string) (uint64, bool, error) {
	coder, err := s.Coder(ctx, b)
	if err != nil {
		return 0, false, err
	}
	index, ok := coder.Index(serial)
	return index, ok, nil
}

// A MonthCount is what was made in a month.
type MonthCount struct {
	Month   string // 2006-01
	Batches int
	Units   int64
}

// Months sums what a subject's organisation registered in each of the last n
// months, oldest first.
func (s *Service) Months(ctx context.Context, sub authz.Subject, n int) ([]MonthCount, error) {
	since := s.clock().AddDate(0, -n+1, 0)
	var rows []MonthCount
	q := s.db.NewSelect().Model((*Batch)(nil)).
		ColumnExpr("substr(produced_on, 1, 7) AS month, count(*) AS batches, sum(size) AS units").
		Where("produced_on >= ?", since.Format("2006-01")+"-01").GroupExpr("substr(produced_on, 1, 7)").OrderExpr("month")
	switch s.guard.Reach(sub, authz.Read, authz.Batch) {
	case authz.All:
	case authz.Own:
		q = q.Where("maker = ?", sub.Org)
	default:
		return nil, refusal.New(refusal.NotFound, "no-such-page")
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("sum months: %w", err)
	}
	return filled(rows, since, n), nil
}

// filled puts the months without a batch where they belong.
func filled(rows []MonthCount, since time.Time, n int) []MonthCount {
	byMonth := make(map[string]MonthCount, len(rows))
	for _, r := range rows {
		byMonth[r.Month] = r
	}
	first := time.Date(since.Year(), since.Month(), 1, 0, 0, 0, 0, time.UTC)
	all := make([]MonthCount, n)
	for i := range all {
		month := first.AddDate(0, i, 0).Format("2006-01")
		all[i] = byMonth[month]
		all[i].Month = month
	}
	return all
}
