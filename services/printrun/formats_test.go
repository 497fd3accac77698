package printrun_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fanwei/fanwei/services/label"
	"github.com/fanwei/fanwei/services/printrun"
	"github.com/fanwei/fanwei/services/unitcode"
)

// checkCSV checks that a file has the units from, …, to, each once, in order.
func (f *fixture) checkCSV(t *testing.T, content []byte, from, to uint64) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(label.Columns(), rows[0]); diff != "" {
		t.Errorf("header:\n%s", diff)
	}
	var want, got [][2]string
	for unit, err := range unitcode.Units(t.Context(), f.unit, gtin, lot, size, from, to+1) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, [2]string{unit.Serial, unit.ClaimSecret})
	}
	for _, row := range rows[1:] {
		got = append(got, [2]string{row[0], row[4]})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("units -want +got:\n%s", diff)
	}
}

func TestCSV(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.start(t, printrun.Request{Format: printrun.CSV, From: 7, To: 107})
		if run.State != printrun.Waiting || run.Total != 101 {
			t.Errorf("started as %+v", run)
		}
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		content, name, kind := f.read(t, run.ID)
		if name != "fanwei-06901234567892-L20261121A-7-107.csv" || kind != "text/csv; charset=utf-8" {
			t.Errorf("%s, %s", name, kind)
		}
		f.checkCSV(t, content, 7, 107)
		run = f.get(t, run.ID)
		if run.State != printrun.Done || run.Done != 101 || run.Drawn != 101 || run.Parts != 6 || run.Bytes != uint64(len(content)) {
			t.Errorf("ended as %+v with %d bytes", run, len(content))
		}
	})
}

func TestZPL(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.start(t, printrun.Request{Format: printrun.ZPL, Layout: "300", To: 49})
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		content, name, _ := f.read(t, run.ID)
		if n := strings.Count(string(content), "^XA"); n != 50 || !strings.HasSuffix(name, "-0-49.zpl") {
			t.Errorf("%d labels in %s", n, name)
		}
	})
}

func TestPDF(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		one := f.start(t, printrun.Request{Format: printrun.PDF, To: 9})
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		content, name, kind := f.read(t, one.ID)
		if !bytes.HasPrefix(content, []byte("%PDF-")) || !strings.HasSuffix(name, ".pdf") || kind != "application/pdf" {
			t.Errorf("%s, %s: %.10q", name, kind, content)
		}

		several := f.start(t, printrun.Request{Format: printrun.PDF, Layout: "a4-10", To: 49})
		if several.PartSize != 20 {
			t.Errorf("a volume of %d labels does not end with a full sheet", several.PartSize)
		}
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		content, name, kind = f.read(t, several.ID)
		if !strings.HasSuffix(name, ".zip") || kind != "application/zip" {
			t.Errorf("%s, %s", name, kind)
		}
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		for i, file := range z.File {
			r, err := file.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(r) // checks the CRC
			if err != nil || !bytes.HasPrefix(content, []byte("%PDF-")) {
				t.Errorf("%s: %v, %.10q", file.Name, err, content)
			}
			if want := fmt.Sprintf("fanwei-06901234567892-L20261121A-0-49-%04d.pdf", i+1); file.Name != want {
				t.Errorf("%s, want %s", file.Name, want)
			}
		}
		if len(z.File) != 3 {
			t.Errorf("%d volumes, want 3", len(z.File))
		}
	})
}

// TestClaimKeyKept checks the labels of a maker who keeps the claim key.
func TestClaimKeyKept(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		f.unit.Claim = nil
		run := f.start(t, printrun.Request{Format: printrun.CSV, To: 30})
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		content, _, _ := f.read(t, run.ID)
		f.checkCSV(t, content, 0, 30) // no unit has a secret
		if bytes.Contains(content, []byte("/C/")) {
			t.Error("there is a covert link")
		}
	})
}

func TestDamagedPart(t *testing.T) {
	each(t, func(t *testing.T, f *fixture) {
		run := f.start(t, printrun.Request{Format: printrun.CSV, To: 30})
		if err := f.work(t.Context()); err != nil {
			t.Fatal(err)
		}
		key := f.keysOf(t)[1]
		content, err := f.files.ReadAll(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		content[3] ^= 1
		if err := f.files.WriteAll(t.Context(), key, content, nil); err != nil {
			t.Fatal(err)
		}
		r, _, _, err := f.Open(t.Context(), printer(), run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); err == nil {
			t.Error("read without an error")
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}
