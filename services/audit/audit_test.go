package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/database/databasetest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("", 8*3600))

func trail(t *testing.T, test func(t *testing.T, db *bun.DB)) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		if err := audit.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		test(t, db)
	})
}

func write(t *testing.T, db bun.IDB, lines ...audit.Line) {
	t.Helper()
	for _, l := range lines {
		if err := audit.Write(t.Context(), db, l); err != nil {
			t.Fatal(err)
		}
	}
}

func list(t *testing.T, db bun.IDB, f audit.Filter, p audit.Page) []audit.Line {
	t.Helper()
	lines, err := audit.List(t.Context(), db, f, p)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestWrite(t *testing.T) {
	trail(t, func(t *testing.T, db *bun.DB) {
		ctx := audit.WithOrigin(t.Context(), audit.Origin{Address: "192.0.2.7", Request: "r1"})
		want := audit.Line{At: noon, Person: "p1", Name: "王芳", Org: "M001", Act: "register", Object: "batch",
			ObjectID: "b1", Outcome: audit.Refused, Reason: "certificate-expired"}
		if err := audit.Write(audit.WithDetail(ctx, "10000 units"), db, want); err != nil {
			t.Fatal(err)
		}
		got := list(t, db, audit.Filter{}, audit.Page{})[0]
		want.ID, want.Address, want.Request, want.Detail = got.ID, "192.0.2.7", "r1", "10000 units"
		want.At = noon.UTC().Truncate(time.Microsecond)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestWriteRefusesHalfLines(t *testing.T) {
	trail(t, func(t *testing.T, db *bun.DB) {
		for _, l := range []audit.Line{{Outcome: audit.Done}, {At: noon}, {At: noon, Outcome: "fine"}} {
			if err := audit.Write(t.Context(), db, l); err == nil {
				t.Errorf("%+v: written", l)
			}
		}
	})
}

// TestBounds checks that no text a caller controls can stop a line from being
// written, or break it in two.
func TestBounds(t *testing.T) {
	trail(t, func(t *testing.T, db *bun.DB) {
		long := strings.Repeat("电", 1000)
		write(t, db, audit.Line{At: noon, Outcome: audit.Done, Person: long, Name: "a\x00b\nc", Org: "\xff", ObjectID: "a" + long})
		got := list(t, db, audit.Filter{}, audit.Page{})[0]
		for _, s := range []string{got.Person, got.ObjectID} {
			if len(s) > audit.MaxField || !utf8.ValidString(s) || !strings.HasSuffix(s, "电…") {
				t.Errorf("%q", s)
			}
		}
		if got.Name != "a b c" || got.Org != "?" {
			t.Errorf("name %q, org %q", got.Name, got.Org)
		}
	})
}

func TestList(t *testing.T) {
	trail(t, func(t *testing.T, db *bun.DB) {
		for i := range 10 {
			write(t, db, audit.Line{At: noon.Add(time.Duration(i) * time.Second / 4), Org: fmt.Sprintf("M%03d", i%2),
				Person: fmt.Sprint("p", i%3), Act: "read", Object: "batch", ObjectID: fmt.Sprint(i), Outcome: audit.Done})
		}
		ids := func(f audit.Filter, p audit.Page) string {
			var s []string
			for _, l := range list(t, db, f, p) {
				s = append(s, l.ObjectID)
			}
			return strings.Join(s, " ")
		}
		fifth := list(t, db, audit.Filter{ObjectID: "5"}, audit.Page{})[0]
		for _, c := range []struct {
			f    audit.Filter
			p    audit.Page
			want string
		}{
			{want: "9 8 7 6 5 4 3 2 1 0"},
			{p: audit.Page{Limit: 3}, want: "9 8 7"},
			{p: audit.Page{Limit: 3, Before: fifth.ID}, want: "4 3 2"},
			{f: audit.Filter{Org: "M001"}, want: "9 7 5 3 1"},
			{f: audit.Filter{Org: "M001", Person: "p0"}, want: "9 3"},
			{f: audit.Filter{Outcome: audit.Failed}, want: ""},
			{f: audit.Filter{From: fifth.At}, want: "9 8 7 6 5"},
			{f: audit.Filter{To: fifth.At}, want: "4 3 2 1 0"},
			{f: audit.Filter{Object: "batch", ObjectID: "7", Act: "read"}, want: "7"},
		} {
			if got := ids(c.f, c.p); got != c.want {
				t.Errorf("%+v %+v: %q, want %q", c.f, c.p, got, c.want)
			}
		}
	})
}

// TestTransaction checks that a line goes with the work it tells of.
func TestTransaction(t *testing.T) {
	trail(t, func(t *testing.T, db *bun.DB) {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		write(t, tx, audit.Line{At: noon, Outcome: audit.Done})
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		if lines := list(t, db, audit.Filter{}, audit.Page{}); len(lines) != 0 {
			t.Errorf("%d lines of work undone", len(lines))
		}
	})
}
