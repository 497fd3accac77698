package bench_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/app"
)

const (
	gtin        = "06901234567892"
	certificate = "2025010914331762"
)

// A platform is the whole program, opened on a data folder of its own.
type platform struct {
	*app.App
	web *fiber.App
}

// openPlatform opens the program and records a certificate and a model.
func openPlatform(ctx context.Context, dir string) (*platform, error) {
	c := app.Config{Listen: "127.0.0.1:0", Host: "fw.example.com", Data: dir, MaxBatch: 10_000_000}
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	p := &platform{App: a}
	if p.web, err = a.Start(ctx, io.Discard); err != nil {
		return nil, err
	}
	if err := a.Products.RecordCertificate(ctx, subject(authz.Market), trace.RecordCertificate{Head: newHead(), Number: certificate,
		Holder: authz.Maker + "-1", Class: "ebike-lithium-battery", Models: []string{"LB-4824P"}, Standards: []string{"GB 43854-2024"},
		ValidFrom: "2025-01-01", ValidTo: "2099-12-31", Capacity: trace.MaxSize}); err != nil {
		return nil, err
	}
	return p, a.Products.RegisterModel(ctx, subject(authz.Maker), trace.RegisterModel{Head: newHead(), GTIN: gtin, Model: "LB-4824P",
		ModelName: "岚泊48 V 24 Ah电动自行车锂离子电池组", Brand: "岚泊", Class: "ebike-lithium-battery",
		Specification: "48 V 24 Ah，磷酸铁锂，15串2并，带BMS与蓝牙，IPX6，≤10.4 kg"})
}

func newPlatform(b *testing.B) *platform {
	b.Helper()
	p, err := openPlatform(b.Context(), b.TempDir())
	must(b, err)
	b.Cleanup(func() {
		if err := p.Close(); err != nil {
			b.Error(err)
		}
	})
	return p
}

func newHead() trace.Head { return trace.Head{ID: uuid.NewString()} }

// subject is somebody who may do everything for an organisation of a kind.
func subject(kind string) authz.Subject {
	return authz.Subject{Person: "bench", Name: "bench", Org: kind + "-1", OrgName: kind, Kind: kind, Roles: authz.Roles(kind)}
}

// register registers a batch made today.
func (p *platform) register(ctx context.Context, lot string, size int64) (product.Batch, error) {
	return p.Products.RegisterBatch(ctx, subject(authz.Maker), product.NewBatch{ID: uuid.NewString(), GTIN: gtin, Lot: lot, Size: size,
		Plant: "云溪工厂", ProducedOn: p.Products.Today(), Certificate: certificate})
}

// codes returns the paths of units of several new batches, in turn.
func (p *platform) codes(b *testing.B, format, lots string, batches, each int) []string {
	b.Helper()
	paths := make([]string, batches*each)
	for n := range batches {
		batch, err := p.register(b.Context(), fmt.Sprintf("%s-%d", lots, n), int64(each))
		must(b, err)
		coder, err := p.Products.Coder(b.Context(), batch)
		must(b, err)
		for i := range each {
			paths[i*batches+n] = fmt.Sprintf(format, batch.GTIN, batch.Lot, coder.Serial(uint64(i)))
		}
	}
	return paths
}
