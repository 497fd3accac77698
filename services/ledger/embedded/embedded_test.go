package embedded_test

import (
	"context"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/ledger"
	"github.com/fanwei/fanwei/services/ledger/embedded"
	"github.com/fanwei/fanwei/services/ledger/ledgertest"
)

// open opens a ledger that is verified and closed at the end of the test.
func open(t testing.TB, db *bun.DB, clock func() time.Time) *embedded.Ledger {
	l, err := embedded.Open(t.Context(), db, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestConformance(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		ledgertest.Run(t, func(t *testing.T) ledger.Ledger {
			l := open(t, db, time.Now)
			t.Cleanup(func() { verify(t, l) })
			return l
		})
	})
}

func verify(t testing.TB, l *embedded.Ledger) {
	t.Helper()
	if err := l.Verify(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}
