package product_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/product/producttest"
)

const (
	lanbo, rival = "lanbo", "rival"
	cert         = "2025010914331762"
)

// open opens a kit with a certificate and a model of a maker.
func open(t *testing.T, db *bun.DB) (*producttest.Kit, string) {
	k, gtin := producttest.Open(t, db), producttest.GTIN(1)
	k.Certify(t, cert, lanbo, "LB-4824P")
	k.AddModel(t, lanbo, gtin, "LB-4824P")
	return k, gtin
}

func each(t *testing.T, test func(t *testing.T, k *producttest.Kit, gtin string)) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		k, gtin := open(t, db)
		test(t, k, gtin)
	})
}

func refused(t *testing.T, err error, code refusal.Code, reason string) {
	t.Helper()
	no, ok := refusal.Of(err)
	if !ok || no.Code != code || no.Reason != reason {
		t.Errorf("got %v, want %s: %s", err, code, reason)
	}
}

func TestRegisteredBatchIsRead(t *testing.T) {
	each(t, func(t *testing.T, k *producttest.Kit, gtin string) {
		b := k.AddBatch(t, lanbo, gtin, "L20261120a", 1000)
		got, err := k.Batch(t.Context(), producttest.Maker(lanbo), gtin, "l20261120A")
		if err != nil {
			t.Fatal(err)
		}
		if got.Lot != "L20261120a" || got.Size != 1000 || got.Certificate != cert || got.Root != b.Root || len(got.Event) == 0 {
			t.Errorf("got %+v", got)
		}
		used, err := k.Used(t.Context(), cert, "2026")
		if err != nil || used != 1000 {
			t.Errorf("used %d, %v, want 1000", used, err)
		}
		_, err = k.Batch(t.Context(), producttest.Maker(rival), gtin, "L20261120a")
		refused(t, err, refusal.NotFound, "batch-missing")
		if _, err := k.Batch(t.Context(), producttest.Market(), gtin, "L20261120a"); err != nil {
			t.Errorf("market regulation: %v", err)
		}
	})
}

func TestSameRequestRegistersOnce(t *testing.T) {
	each(t, func(t *testing.T, k *producttest.Kit, gtin string) {
		n := product.NewBatch{ID: uuid.NewString(), GTIN: gtin, Lot: "L1", Size: 10, Plant: "云溪工厂", ProducedOn: k.Today()}
		first, err := k.RegisterBatch(t.Context(), producttest.Maker(lanbo), n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := k.RegisterBatch(t.Context(), producttest.Maker(lanbo), n)
		if err != nil || again.TxID != first.TxID {
			t.Errorf("got %s, %v, want %s", again.TxID, err, first.TxID)
		}
		n.ID = uuid.NewString()
		_, err = k.RegisterBatch(t.Context(), producttest.Maker(lanbo), n)
		refused(t, err, refusal.Exists, "batch-exists")
	})
}

func TestIssuanceGateSaysWhy(t *testing.T) {
	k, gtin := open(t, databasetest.SQLite(t))
	maker := producttest.Maker(lanbo)
	other := producttest.GTIN(2)
	k.AddModel(t, lanbo, other, "LB-9999X")
	good := product.NewBatch{GTIN: gtin, Lot: "L1", Size: 10, Plant: "云溪工厂", ProducedOn: k.Today()}
	for name, c := range map[string]struct {
		change func(*product.NewBatch)
		code   refusal.Code
		reason string
	}{
		"GTIN of nobody":       {func(n *product.NewBatch) { n.GTIN = producttest.GTIN(9) }, refusal.NotFound, "model-missing"},
		"GTIN mistyped":        {func(n *product.NewBatch) { n.GTIN = "06901234567890" }, refusal.Invalid, "gtin-check-digit"},
		"model not covered":    {func(n *product.NewBatch) { n.GTIN = other }, refusal.Conflict, "no-certificate-covers"},
		"certificate unknown":  {func(n *product.NewBatch) { n.Certificate = "X1" }, refusal.NotFound, "certificate-missing"},
		"none":                 {func(n *product.NewBatch) { n.Size = 0 }, refusal.Invalid, "batch-size"},
		"2^36 + 1":             {func(n *product.NewBatch) { n.Size = trace.MaxSize + 1 }, refusal.Invalid, "batch-size"},
		"more than are served": {func(n *product.NewBatch) { n.Size = 1<<20 + 1 }, refusal.Invalid, "batch-larger-than-served"},
		"more than capacity":   {func(n *product.NewBatch) { n.Size = 1_000_001 }, refusal.Conflict, "capacity-used-up"},
		"control character":    {func(n *product.NewBatch) { n.Lot = "L\x01" }, refusal.Invalid, "lot"},
		"made in a year":       {func(n *product.NewBatch) { n.ProducedOn = "2027-11-20" }, refusal.Invalid, "produced-on-range"},
	} {
		t.Run(name, func(t *testing.T) {
			n := good
			n.ID = uuid.NewString()
			c.change(&n)
			_, err := k.RegisterBatch(t.Context(), maker, n)
			refused(t, err, c.code, c.reason)
		})
	}
	change := trace.SuspendCertificate{Head: producttest.ID(), Number: cert, From: k.Today(), Reason: "监督抽查不合格"}
	if err := k.ChangeCertificate(t.Context(), producttest.Market(), cert, change); err != nil {
		t.Fatal(err)
	}
	good.ID = uuid.NewString()
	_, err := k.RegisterBatch(t.Context(), maker, good)
	refused(t, err, refusal.Conflict, "certificate-suspended")
}

func TestRightsAreAsked(t *testing.T) {
	k, gtin := open(t, databasetest.SQLite(t))
	b := k.AddBatch(t, lanbo, gtin, "L1", 10)
	viewer := producttest.Maker(lanbo)
	viewer.Roles = []string{authz.Viewer}
	_, err := k.RegisterBatch(t.Context(), viewer, product.NewBatch{ID: "1", GTIN: gtin, Lot: "L2", Size: 1, ProducedOn: k.Today()})
	refused(t, err, refusal.Forbidden, "not-allowed")
	err = k.RecordCertificate(t.Context(), producttest.Maker(lanbo), trace.RecordCertificate{Head: producttest.ID()})
	refused(t, err, refusal.Forbidden, "not-allowed")
	err = k.BeginRecall(t.Context(), producttest.Maker(rival), trace.Recall{Head: producttest.ID(), Number: "R1", GTIN: gtin, Lot: "L1", To: 1})
	refused(t, err, refusal.NotFound, "batch-missing")
	rows, n, err := k.Batches(t.Context(), producttest.Maker(rival), product.Page{})
	if err != nil || n != 0 || len(rows) != 0 {
		t.Errorf("the rival sees %d batches, %v", n, err)
	}
	_, _, err = k.Batches(t.Context(), authz.Subject{}, product.Page{})
	refused(t, err, refusal.NotFound, "no-such-page")
	if _, err := k.Find(t.Context(), producttest.Maker(rival), k.Serial(t, b, 3)); !refusal.Is(err, refusal.NotFound) {
		t.Errorf("the rival finds a serial: %v", err)
	}
}

func TestFindBySerial(t *testing.T) {
	k, gtin := open(t, databasetest.SQLite(t))
	k.AddBatch(t, lanbo, gtin, "L1", 100)
	b := k.AddBatch(t, lanbo, gtin, "L2", 100)
	u, err := k.Find(t.Context(), producttest.Maker(lanbo), " "+k.Serial(t, b, 42))
	if err != nil || u.Batch.Lot != "L2" || u.Index != 42 {
		t.Errorf("got lot %q unit %d, %v", u.Batch.Lot, u.Index, err)
	}
}

func TestListsSearchAndPage(t *testing.T) {
	each(t, func(t *testing.T, k *producttest.Kit, gtin string) {
		for _, lot := range []string{"A_1", "AX1", "B%2", "B2"} {
			k.AddBatch(t, lanbo, gtin, lot, 1)
		}
		for query, want := range map[string]int{"": 4, "a": 2, "a_": 1, "%": 1, "b2": 1, gtin[:8]: 4, "zzz": 0, "LB-48": 4} {
			rows, n, err := k.Batches(t.Context(), producttest.Maker(lanbo), product.Page{Query: query})
			if err != nil || n != want || len(rows) != want {
				t.Errorf("%q: %d rows of %d, %v, want %d", query, len(rows), n, err, want)
			}
		}
		rows, n, err := k.Batches(t.Context(), producttest.Maker(lanbo), product.Page{After: 1, Limit: 2})
		if err != nil || n != 4 || len(rows) != 2 || rows[0].Lot != "B%2" {
			t.Errorf("second page: %v of %d, %v", rows, n, err)
		}
	})
}

func TestMonthsAreFilled(t *testing.T) {
	each(t, func(t *testing.T, k *producttest.Kit, gtin string) {
		k.AddBatch(t, lanbo, gtin, "L1", 7)
		months, err := k.Months(t.Context(), producttest.Maker(lanbo), 12)
		if err != nil || len(months) != 12 {
			t.Fatalf("got %v, %v", months, err)
		}
		if months[0].Month != "2025-12" || months[0].Units != 0 || months[11] != (product.MonthCount{Month: "2026-11", Batches: 1, Units: 7}) {
			t.Errorf("got %v", months)
		}
	})
}

func TestRecallBeginsAndEnds(t *testing.T) {
	each(t, func(t *testing.T, k *producttest.Kit, gtin string) {
		k.AddBatch(t, lanbo, gtin, "L1", 100)
		recall := trace.Recall{Head: producttest.ID(), Number: "RC-2026-04", GTIN: gtin, Lot: "L1", From: 10, To: 19, Reason: "虚焊", Advice: "停止使用"}
		if err := k.BeginRecall(t.Context(), producttest.Maker(lanbo), recall); err != nil {
			t.Fatal(err)
		}
		d, err := k.Dossier(t.Context(), gtin, "l1")
		if err != nil || len(d.Recalls) != 1 || d.Recalls[0].To != 19 {
			t.Fatalf("got %+v, %v", d.Recalls, err)
		}
		k.Clock.Add(time.Hour)
		end := trace.EndRecall{Head: producttest.ID(), By: lanbo, Number: "RC-2026-04", Reason: "全部换完"}
		if err := k.EndRecall(t.Context(), producttest.Maker(lanbo), end); err != nil {
			t.Fatal(err)
		}
		r, err := k.Recall(t.Context(), producttest.Maker(lanbo), lanbo, "RC-2026-04")
		if err != nil || r.EndedAt == nil || r.EndReason != "全部换完" {
			t.Errorf("got %+v, %v", r, err)
		}
		if d, err = k.Dossier(t.Context(), gtin, "L1"); err != nil || len(d.Recalls) != 0 {
			t.Errorf("still recalled: %+v, %v", d.Recalls, err)
		}
	})
}

func TestSecretIsReplacedForLaterBatchesOnly(t *testing.T) {
	each(t, func(t *testing.T, k *producttest.Kit, gtin string) {
		old := k.AddBatch(t, lanbo, gtin, "L1", 10)
		serial := k.Serial(t, old, 3)
		version, err := k.RotateSecret(t.Context(), producttest.Maker(lanbo))
		if err != nil || version == old.Key {
			t.Fatalf("got version %q, %v", version, err)
		}
		if b := k.AddBatch(t, lanbo, gtin, "L2", 20); b.Key != version {
			t.Errorf("a later batch stands on version %s, want %s", b.Key, version)
		}
		if k.Serial(t, old, 3) != serial {
			t.Error("a printed code changed")
		}
		current, uses, err := k.Secrets(t.Context(), producttest.Maker(lanbo))
		if err != nil || current != version || len(uses) != 2 || uses[0] != (product.KeyUse{Key: version, Batches: 1, Units: 20}) {
			t.Errorf("got %s, %v, %v", current, uses, err)
		}
		viewer := producttest.Maker(lanbo)
		viewer.Roles = []string{authz.Viewer}
		_, err = k.RotateSecret(t.Context(), viewer)
		refused(t, err, refusal.Forbidden, "not-allowed")
		if _, _, err := k.Secrets(t.Context(), viewer); !refusal.Is(err, refusal.NotFound) {
			t.Errorf("a viewer sees the secrets: %v", err)
		}
	})
}
