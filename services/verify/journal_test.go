package verify

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database"
)

// opened is a journal on the files of a folder. It is left as a killed process
// leaves it: its files are closed, nothing more.
func opened(t *testing.T, dir string) *journal {
	t.Helper()
	var dbs [2]*bun.DB
	for i, name := range []string{"fanwei.db", "scans.db"} {
		db, err := database.Open(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		dbs[i] = db
	}
	table, err := openTable(t.Context(), dbs[0])
	if err != nil {
		t.Fatal(err)
	}
	j, err := openJournal(t.Context(), table, dbs[1])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.stop(); j.folder.Wait() })
	return j
}

// kill stops what a process does by itself, and folds nothing.
func (j *journal) kill(t *testing.T) {
	t.Helper()
	j.stop()
	j.folder.Wait()
	if err := j.db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.log.Close(); err != nil {
		t.Fatal(err)
	}
}

func (j *journal) scan(t *testing.T, asks ...ask) map[unitKey]scanRow {
	t.Helper()
	rows, err := j.add(t.Context(), asks)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestEveryScanIsCountedOnce scans at random, folds now and then, and is killed
// now and then at each of the moments that matter.
func TestEveryScanIsCountedOnce(t *testing.T) {
	dir, want := t.TempDir(), map[unitKey]scanRow{}
	j := opened(t, dir)
	for at := range int64(400) {
		asks := make([]ask, 1+rand.IntN(8))
		for i := range asks {
			asks[i] = ask{key: unitKey{rand.Uint64N(3), rand.Uint64N(20) << 30}, at: at}
		}
		want = added(want, asks)
		for key, got := range j.scan(t, asks...) {
			if got != want[key] {
				t.Fatalf("%v: got %+v, want %+v", key, got, want[key])
			}
		}
		switch rand.IntN(40) {
		case 0:
			if err := j.fold(t.Context()); err != nil {
				t.Fatal(err)
			}
		case 1: // before anything is folded
			j.kill(t)
			j = opened(t, dir)
		case 2: // between the table and the journal
			j.one.Lock()
			err := j.write(t.Context(), j.fresh, j.last)
			j.one.Unlock()
			if err != nil {
				t.Fatal(err)
			}
			j.kill(t)
			j = opened(t, dir)
		}
	}
	for key, row := range want {
		if got, err := j.look(t.Context(), key); err != nil || got != row {
			t.Errorf("%v: got %+v, %v, want %+v", key, got, err, row)
		}
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	wantTable(t, j, want)
}

// wantTable checks that the table has all there is, and the journal nothing.
func wantTable(t *testing.T, j *journal, want map[unitKey]scanRow) {
	t.Helper()
	var rows []scanRow
	if err := j.db.NewSelect().Model(&rows).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[unitKey]scanRow{}
	for _, r := range rows {
		got[r.key()] = r
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(scanRow{}, "BaseModel")); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if n, err := j.log.NewSelect().Table("verify_lines").Count(t.Context()); err != nil || n != 0 {
		t.Errorf("%d lines are left in the journal, %v", n, err)
	}
}

// TestAFoldThatFailsLosesNothing takes the table away for a while.
func TestAFoldThatFailsLosesNothing(t *testing.T) {
	j := opened(t, t.TempDir())
	key := unitKey{1, 1<<unitBits - 1}
	j.scan(t, ask{key: key, at: 1})
	if _, err := j.db.ExecContext(t.Context(), "ALTER TABLE verify_folded RENAME TO elsewhere"); err != nil {
		t.Fatal(err)
	}
	if err := j.fold(t.Context()); err == nil {
		t.Fatal("folded into a table that is not there")
	}
	if got := j.scan(t, ask{key: key, at: 2})[key]; got.Count != 2 || got.FirstAt != 1 {
		t.Errorf("got %+v", got)
	}
	if _, err := j.db.ExecContext(t.Context(), "ALTER TABLE elsewhere RENAME TO verify_folded"); err != nil {
		t.Fatal(err)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	wantTable(t, j, map[unitKey]scanRow{key: {Batch: 1, Unit: 1<<unitBits - 1, Count: 2, FirstAt: 1, LastAt: 2}})
	for _, key := range []unitKey{{1 << 27, 0}, {0, 1 << unitBits}} {
		if _, err := j.add(t.Context(), []ask{{key: key}}); err == nil {
			t.Errorf("%v was counted", key)
		}
	}
}
