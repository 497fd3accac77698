package product_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/bulk"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/product/producttest"
)

func table(rows ...[]string) bulk.Table {
	t := bulk.Table{Header: []string{"商品条码", "批号", "数量", "生产工厂", "生产日期"}}
	for i, r := range rows {
		t.Rows = append(t.Rows, bulk.Row{Line: i + 2, Cells: r})
	}
	return t
}

func TestPreviewJudgesLinesInOrder(t *testing.T) {
	k, gtin := open(t, databasetest.SQLite(t))
	k.AddBatch(t, lanbo, gtin, "OLD", 10)
	lines, err := k.Preview(t.Context(), producttest.Maker(lanbo), table(
		[]string{gtin, "L1", "600,000", "云溪工厂", "2026/11/20"},
		[]string{gtin, "L2", "600000", "云溪工厂", "2026-11-20"}, // with L1 above what is declared
		[]string{gtin, "L3", "10", "云溪工厂", "2026-11-20"},
		[]string{gtin, "l3", "10", "云溪工厂", "2026-11-20"},    // twice in the file
		[]string{gtin, "OLD", "10", "云溪工厂", "2026-11-20"},   // registered
		[]string{gtin, "L5", "many", "云溪工厂", "2026-11-20"},  // no number
		[]string{gtin, "L6", "10", "", "2026-11-20"},        // no plant
		[]string{gtin, "L7", "10", "云溪工厂", "20. November"},  // no date
		[]string{"12345", "L8", "10", "云溪工厂", "2026-11-20"}, // no GTIN
	))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"", "capacity-used-up", "", "batch-exists", "batch-exists", "batch-size", "text-missing", "date", "gtin"}
	for i, l := range lines {
		got := ""
		if no := refusal.Parse(l.Refused); no != nil {
			got = no.Reason
		}
		if got != want[i] || l.Number != i+2 {
			t.Errorf("line %d: refused %q, want %q", l.Number, l.Refused, want[i])
		}
	}
	if _, n, err := k.Batches(t.Context(), producttest.Maker(lanbo), product.Page{}); err != nil || n != 1 {
		t.Errorf("a preview registered something: %d, %v", n, err)
	}
	_, err = k.Preview(t.Context(), producttest.Maker(lanbo), bulk.Table{Header: []string{"批号"}})
	refused(t, err, refusal.Invalid, "column-missing")
}

// enqueue keeps jobs instead of running them.
type enqueue struct{ payloads [][]byte }

func (e *enqueue) add(_ context.Context, _ bun.Tx, _ string, payload any, _ string) error {
	b, err := json.Marshal(payload)
	e.payloads = append(e.payloads, b)
	return err
}

func TestImportIsAllOrNothingAndResumes(t *testing.T) {
	each(t, func(t *testing.T, k *producttest.Kit, gtin string) {
		maker := producttest.Maker(lanbo)
		lines, err := k.Preview(t.Context(), maker, table(
			[]string{gtin, "L1", "10", "云溪工厂", "2026-11-20"},
			[]string{gtin, "L2", "20", "云溪工厂", "2026-11-20"},
			[]string{gtin, "L3", "30", "云溪工厂", "2026-11-20"},
		))
		if err != nil {
			t.Fatal(err)
		}
		bad := append([]product.Line{}, lines...)
		bad[1].Batch.Size = 0
		var jobs enqueue
		_, err = k.StartImport(t.Context(), maker, uuid.NewString(), "batches.csv", bad, jobs.add)
		refused(t, err, refusal.Conflict, "import-has-bad-lines")
		if len(jobs.payloads) != 0 {
			t.Fatal("a bad file was accepted")
		}
		for i := range lines {
			lines[i].Refused = ""
		}
		id := uuid.NewString()
		for range 2 { // a form sent twice
			if _, err := k.StartImport(t.Context(), maker, id, "batches.csv", lines, jobs.add); err != nil {
				t.Fatal(err)
			}
		}
		if len(jobs.payloads) != 1 {
			t.Fatalf("%d jobs, want 1", len(jobs.payloads))
		}
		// Somebody suspends the certificate between the first line and the rest:
		// those are refused and named, and nothing is registered twice.
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := k.RunImport(ctx, jobs.payloads[0]); err == nil {
			t.Fatal("a job that was cut off says it is done")
		}
		if err := k.RunImport(t.Context(), jobs.payloads[0]); err != nil {
			t.Fatal(err)
		}
		run, err := k.Import(t.Context(), maker, id)
		if err != nil || run.State != product.ImportDone || run.Done != 3 || len(run.Refused()) != 0 {
			t.Errorf("got %+v, %v", run, err)
		}
		_, n, err := k.Batches(t.Context(), maker, product.Page{})
		if err != nil || n != 3 {
			t.Errorf("%d batches, %v, want 3", n, err)
		}
		_, err = k.Import(t.Context(), producttest.Maker(rival), id)
		refused(t, err, refusal.NotFound, "import-missing")
	})
}

func TestImportNamesLinesRefusedAfterAll(t *testing.T) {
	k, gtin := open(t, databasetest.SQLite(t))
	maker := producttest.Maker(lanbo)
	lines := []product.Line{{Number: 2, Batch: product.NewBatch{GTIN: gtin, Lot: "L1", Size: 1, Plant: "云溪工厂", ProducedOn: k.Today()}}}
	var jobs enqueue
	run, err := k.StartImport(t.Context(), maker, uuid.NewString(), "x.csv", lines, jobs.add)
	if err != nil {
		t.Fatal(err)
	}
	change := trace.RevokeCertificate{Head: producttest.ID(), Number: cert, From: k.Today(), Reason: "提供虚假材料"}
	if err := k.ChangeCertificate(t.Context(), producttest.Market(), cert, change); err != nil {
		t.Fatal(err)
	}
	if err := k.RunImport(t.Context(), jobs.payloads[0]); err != nil {
		t.Fatal(err)
	}
	if run, err = k.Import(t.Context(), maker, run.ID); err != nil || len(run.Refused()) != 1 {
		t.Fatalf("got %+v, %v", run, err)
	}
	if no := refusal.Parse(run.Refused()[0].Refused); no == nil || no.Reason != "certificate-revoked" {
		t.Errorf("refused: %s", run.Refused()[0].Refused)
	}
}
