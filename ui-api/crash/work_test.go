package crash_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// lead is a model of the demonstration's maker that batches are made of.
const lead = "06901234510607"

// A registration is one batch and what was answered when it was registered.
type registration struct {
	body    map[string]any
	receipt receipt
}

// A receipt is what may never change of a batch.
type receipt struct {
	GTIN, Lot, Number, Root, Transaction, Event string
	Size                                        int64
}

// Work is what clients do, and what of it was acknowledged. It lives through
// all rounds.
type work struct {
	today string
	units []string // paths of codes to scan

	mu     sync.Mutex // guards what follows
	names  int        // used for lots and models
	asked  map[string]int
	scans  map[string]int // acknowledged, by path
	lots   map[string]registration
	models map[string]string // body of each, by GTIN
	done   int               // acknowledgements of this round
}

func newWork() *work {
	return &work{today: time.Now().In(time.FixedZone("", 8*60*60)).Format(time.DateOnly), asked: map[string]int{},
		scans: map[string]int{}, lots: map[string]registration{}, models: map[string]string{}}
}

// acknowledged notes an acknowledgement.
func (w *work) acknowledged(note func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	note()
	w.done++
}

func (w *work) name() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names++
	return w.names
}

// run has clients work until the program is killed after so many
// acknowledgements.
func (w *work) run(t *testing.T, p *program, maker *client, after int) {
	t.Helper()
	w.mu.Lock()
	w.done = 0
	w.mu.Unlock()
	stop := make(chan struct{})
	var all sync.WaitGroup
	for _, act := range []func(*testing.T, *client) bool{w.register, w.register, w.register, w.model, w.scan, w.scan, w.scan, w.scan} {
		c := newClient(p.address)
		c.session = maker.session
		all.Go(func() {
			for act(t, c) {
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	until(t, "acknowledgements", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.done >= after || t.Failed()
	})
	p.kill(t)
	close(stop)
	all.Wait()
}

// register registers a batch. It reports whether to go on: not when the
// program does not answer any more.
func (w *work) register(t *testing.T, c *client) bool {
	lot := fmt.Sprintf("CRASH-%d", w.name())
	body := w.batch(lot)
	a, err := c.postJSON("/api/v1/batches", body)
	if err != nil {
		return false
	}
	var r receipt
	if err := json.Unmarshal([]byte(a.body), &r); err != nil || a.status != http.StatusCreated {
		t.Errorf("register %s: status %d: %.300s", lot, a.status, a.body)
		return false
	}
	w.acknowledged(func() { w.lots[lot] = registration{body, r} })
	return true
}

// batch is what is sent to register a batch.
func (w *work) batch(lot string) map[string]any {
	return map[string]any{"id": "id-" + lot, "gtin": lead, "lot": lot, "size": 1 + rand.IntN(200), "plant": "云溪工厂", "produced_on": w.today}
}

// model registers a model.
func (w *work) model(t *testing.T, c *client) bool {
	n := w.name()
	gtin := gtinOf(n)
	a, err := c.postJSON("/api/v1/models", map[string]any{"id": fmt.Sprintf("model-%d", n), "gtin": gtin, "model": fmt.Sprintf("T-%d", n),
		"name": "试验电池", "brand": "岚泊", "class": "ebike-lead-acid-battery", "specification": "48 V"})
	if err != nil {
		return false
	}
	if a.status != http.StatusNoContent {
		t.Errorf("register model %s: status %d: %.300s", gtin, a.status, a.body)
		return false
	}
	w.acknowledged(func() { w.models[gtin] = fmt.Sprintf("T-%d", n) })
	return true
}

// gtinOf returns the n-th GTIN-14 of a prefix that the demonstration leaves free.
func gtinOf(n int) string {
	body, sum := fmt.Sprintf("0697%09d", n), 0
	for i, c := range body {
		sum += int(c-'0') * (3 - i%2*2)
	}
	return body + fmt.Sprint((10-sum%10)%10)
}

// scan asks about a unit as somebody who never came before.
func (w *work) scan(t *testing.T, c *client) bool {
	c.session = nil
	unit := w.units[rand.IntN(500)]
	w.mu.Lock()
	w.asked[unit]++
	w.mu.Unlock()
	a, err := c.do(http.MethodGet, unit, "", nil)
	if err != nil {
		return false
	}
	if a.status != http.StatusOK || !strings.Contains(a.body, `"verdict":"genuine`) {
		t.Errorf("scan %s: status %d: %.300s", unit, a.status, a.body)
		return false
	}
	w.acknowledged(func() { w.scans[unit]++ })
	return true
}

// want checks that everything that was ever acknowledged is there.
func (w *work) want(t *testing.T, c *client) {
	t.Helper()
	for lot, reg := range w.lots {
		var got receipt
		must(t, json.Unmarshal([]byte(c.get(t, "/api/v1/batches/"+lead+"/"+lot).body), &got))
		if got != reg.receipt {
			t.Errorf("%s: acknowledged %+v, now %+v", lot, reg.receipt, got)
		}
	}
	for gtin, model := range w.models {
		if a := c.get(t, "/api/v1/models/"+gtin); !strings.Contains(a.body, `"model":"`+model+`"`) {
			t.Errorf("model %s: %s", gtin, a.body)
		}
	}
	for unit, n := range w.scans {
		if got := glance(t, c, unit); got < n || got > w.asked[unit] {
			t.Errorf("%s: %d scans, of %d that were acknowledged and %d that were sent", unit, got, n, w.asked[unit])
		}
	}
}

// again submits a batch of each round a second time: the receipt is the same.
func (w *work) again(t *testing.T, c *client, most int) {
	t.Helper()
	for lot, reg := range w.lots {
		if most--; most < 0 {
			return
		}
		a, err := c.postJSON("/api/v1/batches", reg.body)
		must(t, err)
		var got receipt
		must(t, json.Unmarshal([]byte(a.body), &got))
		if got != reg.receipt || a.status != http.StatusCreated {
			t.Errorf("%s again: status %d, %+v, want %+v", lot, a.status, got, reg.receipt)
		}
	}
}

// glance returns how often a unit was scanned, as a messenger's preview that is
// not counted.
func glance(t *testing.T, c *client, unit string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.address+unit, nil)
	must(t, err)
	req.Header.Set("User-Agent", "WhatsApp/2")
	req.Header.Set("Accept", "application/json")
	a, err := c.send(req)
	must(t, err)
	var got struct{ Scans struct{ Count int } }
	must(t, json.Unmarshal([]byte(a.body), &got))
	return got.Scans.Count
}
