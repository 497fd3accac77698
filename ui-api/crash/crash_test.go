package crash_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	rounds   = 4       // of work, each ended by a kill
	most     = 250     // acknowledgements a round
	runUnits = 250_000 // of the print run that lives through the rounds: three parts
	imported = 100     // batches of the import
)

// TestKilled kills the program at random moments while a maker registers,
// prints and imports and people scan. What was acknowledged is there, and what
// was begun goes on to its end.
func TestKilled(t *testing.T) {
	data, w := t.TempDir(), newWork()
	killWhileSeeding(t, data)

	p := start(t, data)
	maker := login(t, p.address, "shen")
	w.prepare(t, maker)
	run := startRun(t, maker, "BIG", runUnits)
	imports := startImport(t, maker, w.today)
	for range rounds {
		w.run(t, p, maker, 1+rand.IntN(most))
		verifyLedger(t, data)
		p = start(t, data)
		maker.address = p.address
		w.want(t, maker)
		w.again(t, maker, 10)
		if t.Failed() {
			t.FailNow()
		}
	}
	wantCodes(t, download(t, maker, "BIG", run), runUnits)
	wantImported(t, maker, imports)

	before := rows(t, maker, p.address)
	p.stop(t)
	verifyLedger(t, data)
	if out, errs, status := tool(t, "rebuild", "--data", data); status != 0 || !strings.Contains(out, "rebuilt from") {
		t.Fatalf("rebuild: status %d\n%s%s", status, out, errs)
	}
	p = start(t, data)
	maker.address = p.address
	if diff := cmp.Diff(before, rows(t, maker, p.address)); diff != "" {
		t.Errorf("rows before and after rebuild:\n%s", diff)
	}
	w.want(t, maker)
	p.stop(t)
}

// killWhileSeeding kills the first start somewhere in its demonstration.
func killWhileSeeding(t *testing.T, data string) {
	t.Helper()
	p, lines := launch(t, data)
	for range 1 + rand.IntN(5) {
		if line := next(t, p, lines); !strings.HasPrefix(line, "demonstration: ") {
			t.Fatalf("the program says %q", line)
		}
	}
	p.kill(t)
}

func verifyLedger(t *testing.T, data string) {
	t.Helper()
	if out, errs, status := tool(t, "ledger", "verify", "--data", data); status != 0 || !strings.Contains(out, "the ledger holds") {
		t.Fatalf("verify: status %d\n%s%s", status, out, errs)
	}
}

// rows is every record that the maker and the market officer see.
func rows(t *testing.T, maker *client, address string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for who, c := range map[string]*client{"maker": maker, "officer": login(t, address, "xunan")} {
		for _, kind := range []string{"certificates", "models", "batches", "recalls"} {
			all[who+" "+kind] = c.list(t, "/api/v1/"+kind)
		}
	}
	if n := len(all["maker batches"]); n < imported {
		t.Fatalf("the maker has %d batches", n)
	}
	return all
}

// prepare registers a large batch to print, and units to scan.
func (w *work) prepare(t *testing.T, c *client) {
	t.Helper()
	big := w.batch("BIG")
	big["size"] = runUnits
	a, err := c.postJSON("/api/v1/batches", big)
	must(t, err)
	if a.status != http.StatusCreated {
		t.Fatalf("BIG: status %d: %s", a.status, a.body)
	}
	w.prepareUnits(t, c)
}

// prepareUnits registers a batch and prints its codes, to be scanned.
func (w *work) prepareUnits(t *testing.T, c *client) {
	t.Helper()
	const units = 2000
	batch := w.batch("SCAN")
	batch["size"] = units
	a, err := c.postJSON("/api/v1/batches", batch)
	must(t, err)
	if a.status != http.StatusCreated {
		t.Fatalf("SCAN: status %d: %s", a.status, a.body)
	}
	w.units = wantCodes(t, download(t, c, "SCAN", startRun(t, c, "SCAN", units)), units)
}

// startRun begins a print run of all of a batch, twice with one id, and returns
// its address.
func startRun(t *testing.T, c *client, lot string, size int) string {
	t.Helper()
	batch := "/batches/" + lead + "/" + lot
	id := hidden(t, c.get(t, batch).body, "id")
	for range 2 {
		c.postForm(t, batch+"/print", url.Values{"id": {id}, "layout": {"csv"}, "language": {"zh"}, "first": {"1"}, "last": {fmt.Sprint(size)}})
	}
	return "/print-runs/" + id
}

// download waits until a print run is done and returns its file.
func download(t *testing.T, c *client, lot, run string) string {
	t.Helper()
	until(t, "print run of "+lot, func() bool {
		return strings.Contains(c.get(t, "/batches/"+lead+"/"+lot+"/runs").body, run+"/file")
	})
	return c.get(t, run+"/file").body
}

// wantCodes checks that a file of labels has each unit once and returns the
// paths of their links.
func wantCodes(t *testing.T, file string, want int) []string {
	t.Helper()
	table := csv.NewReader(strings.NewReader(file))
	head, err := table.Read()
	must(t, err)
	serial, link := slices.Index(head, "serial"), slices.Index(head, "link")
	seen := make(map[string]bool, want)
	var paths []string
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if seen[row[serial]] {
			t.Fatalf("serial %s stands twice in the file", row[serial])
		}
		seen[row[serial]] = true
		u, err := url.Parse(row[link])
		must(t, err)
		paths = append(paths, u.EscapedPath())
	}
	if len(paths) != want {
		t.Fatalf("the file has %d labels, want %d", len(paths), want)
	}
	return paths
}

// startImport begins an import of a file and returns its address.
func startImport(t *testing.T, c *client, today string) string {
	t.Helper()
	var file strings.Builder
	file.WriteString("gtin,lot,size,plant,produced_on\n")
	for i := range imported {
		fmt.Fprintf(&file, "%s,IMPORT-%d,%d,云溪工厂,%s\n", lead, i, 1+i, today)
	}
	preview := c.postParts(t, "/batches/import", "batches.csv", file.String(), nil)
	return c.postParts(t, "/imports", "", "", map[string]string{"id": hidden(t, preview.body, "id"),
		"name": hidden(t, preview.body, "name"), "lines": hidden(t, preview.body, "lines")}).location(t, "/imports")
}

// wantImported waits until an import is done: each batch is there, once.
func wantImported(t *testing.T, c *client, run string) {
	t.Helper()
	until(t, "import", func() bool { return c.get(t, run+"/progress").header.Get("HX-Refresh") == "true" })
	if page := c.get(t, run).body; !strings.Contains(page, fmt.Sprintf("%d batches registered", imported)) {
		t.Errorf("the import ended otherwise: %s", said(page))
	}
	for i := range imported {
		c.get(t, fmt.Sprintf("/api/v1/batches/%s/IMPORT-%d", lead, i))
	}
}
