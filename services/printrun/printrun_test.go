package printrun_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/guard"
	"github.com/fanwei/fanwei/services/label"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/unitcode"
)

const (
	gtin = "06901234567892"
	lot  = "L20261121A"
	size = 5000
)

func printer() authz.Subject {
	return authz.Subject{Person: "p1", Name: "王芳", Org: "M001", Kind: authz.Maker, Roles: []string{authz.Printer}}
}

func keys(t testing.TB) unitcode.Keys {
	t.Helper()
	secret := make([]byte, unitcode.SecretSize)
	for i := range secret {
		secret[i] = byte(i)
	}
	k, err := unitcode.Derive(secret, gtin, lot)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A clock goes on by a step whenever it is looked at.
type clock struct {
	mu   sync.Mutex
	t    time.Time
	step time.Duration
	look func(n int) // called with the number of the look, if set
	n    int
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	c.t = c.t.Add(c.step)
	c.n++
	now, look, n := c.t, c.look, c.n
	c.mu.Unlock()
	if look != nil {
		look(n)
	}
	return now
}

// watch has f called at each look from now on, with its number from 1.
func (c *clock) watch(f func(n int)) {
	c.mu.Lock()
	c.look, c.n = f, 0
	c.mu.Unlock()
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	c.t = c.t.Add(d)
	c.mu.Unlock()
}

type fixture struct {
	*printrun.Service
	db      *bun.DB
	files   *blob.Bucket
	dir     string
	clock   *clock
	config  printrun.Config
	mu      sync.Mutex
	tickets *[]string // enqueued payloads; under mu while there are several writers
	unit    unitcode.Keys
	refuse  *error // what the batch function answers, if set
}

func words(string) label.Words {
	return label.Words{Model: "型号", Lot: "批号", Date: "生产日期", Maker: "制造商", Serial: "序列号", Scratch: "刮开后扫码"}
}

func newFixture(t testing.TB, db *bun.DB, dir string) *fixture {
	t.Helper()
	for _, migrate := range []func(context.Context, *bun.DB) error{audit.Migrate, printrun.Migrate} {
		if err := migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	}
	rights, err := authz.New()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{db: db, dir: dir, tickets: new([]string), refuse: new(error), unit: keys(t),
		clock: &clock{t: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC), step: time.Millisecond}}
	if f.files, err = fileblob.OpenBucket(f.dir, &fileblob.Options{CreateDir: true, NoTempDir: true, Metadata: fileblob.MetadataDontWrite}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.files.Close() })
	f.config = printrun.Config{
		DB: db, Files: f.files, Guard: guard.New(rights, db, f.clock.Now), Batch: f.batch,
		Host: "fanwei.example", Words: words, Enqueue: f.enqueue, Now: f.clock.Now,
		Log:  slog.New(slog.DiscardHandler),
		Part: map[printrun.Format]int{printrun.PDF: 24, printrun.CSV: 20, printrun.ZPL: 15},
	}
	f.Service = printrun.New(f.config)
	return f
}

func (f *fixture) batch(_ context.Context, g, l string) (printrun.Batch, unitcode.Keys, error) {
	if *f.refuse != nil {
		return printrun.Batch{}, unitcode.Keys{}, *f.refuse
	}
	if g != gtin || l != lot {
		return printrun.Batch{}, unitcode.Keys{}, guard.Missing(authz.Batch, g, l)
	}
	return printrun.Batch{Org: "M001", Brand: "平安", Name: "磷酸铁锂电池组", Model: "PA-48V20Ah", Maker: "平安电池",
		ProducedOn: "2026-11-21", Size: size, Number: "ABC123X"}, f.unit, nil
}

func (f *fixture) enqueue(_ context.Context, _ bun.Tx, kind string, payload any, unique string) error {
	raw, err := json.Marshal(payload)
	if err != nil || kind != "print-run" || unique == "" {
		return refusal.New(refusal.Invalid, "test")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	*f.tickets = append(*f.tickets, string(raw))
	return nil
}

// each runs a test on every engine.
func each(t *testing.T, test func(t *testing.T, f *fixture)) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) { test(t, newFixture(t, db, t.TempDir())) })
}

func newID(t testing.TB) string {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

// start begins a run.
func (f *fixture) start(t testing.TB, req printrun.Request) printrun.Run {
	t.Helper()
	req.ID, req.GTIN, req.Lot = newID(t), gtin, lot
	run, err := f.Start(t.Context(), printer(), req)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// work does the job of the last ticket.
func (f *fixture) work(ctx context.Context) error {
	return f.Handlers()["print-run"](ctx, []byte((*f.tickets)[len(*f.tickets)-1]))
}

func (f *fixture) get(t testing.TB, id string) printrun.Run {
	t.Helper()
	run, err := f.Get(t.Context(), printer(), id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// read fetches the file of a run.
func (f *fixture) read(t testing.TB, id string) (content []byte, name, contentType string) {
	t.Helper()
	r, name, contentType, err := f.Open(t.Context(), printer(), id)
	if err != nil {
		t.Fatal(err)
	}
	content, err = io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return content, name, contentType
}

// keysOf returns the names of the files there are.
func (f *fixture) keysOf(t testing.TB) []string {
	t.Helper()
	names := []string{}
	for list := f.files.List(nil); ; {
		file, err := list.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, file.Key)
	}
}
