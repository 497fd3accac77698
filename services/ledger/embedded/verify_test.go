package embedded_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/ledger/embedded"
)

// TestVerifyFinds changes, removes and exchanges rows behind the ledger's back.
func TestVerifyFinds(t *testing.T) {
	tests := []struct {
		name  string
		wrong string // SQL
		block uint64
	}{
		{"changed event", `UPDATE ledger_transaction SET event = command WHERE position = 3`, 3},
		{"changed command", `UPDATE ledger_transaction SET command = event WHERE position = 3`, 3},
		{"changed caller", `UPDATE ledger_transaction SET org = 'M9' WHERE position = 3`, 3},
		{"changed transaction id", `UPDATE ledger_transaction SET tx_id = 'x' WHERE position = 3`, 3},
		{"changed position", `UPDATE ledger_transaction SET position = 9 WHERE position = 5`, 5},
		{"changed time", `UPDATE ledger_block SET made_at = made_at + 1 WHERE number = 3`, 3},
		{"changed hash", `UPDATE ledger_block SET hash = (SELECT command FROM ledger_transaction WHERE position = 3) WHERE number = 3`, 3},
		{"missing transaction", `DELETE FROM ledger_transaction WHERE position = 3`, 3},
		{"missing block", `UPDATE ledger_transaction SET block = 2 WHERE block = 3; DELETE FROM ledger_block WHERE number = 3`, 2},
		{"missing last block", `UPDATE ledger_transaction SET block = 4 WHERE block = 5; DELETE FROM ledger_block WHERE number = 5`, 4},
		{"missing last", `DELETE FROM ledger_transaction WHERE block = 5; DELETE FROM ledger_block WHERE number = 5`, 5},
		{"exchanged transactions", `UPDATE ledger_transaction SET block = 6 - block WHERE block IN (2, 4)`, 2},
		{"exchanged content", `UPDATE ledger_transaction SET event = (SELECT event FROM ledger_transaction AS other WHERE other.position = 6 - ledger_transaction.position) WHERE position IN (2, 4)`, 2},
		{"changed state", `UPDATE ledger_state SET value = (SELECT value FROM ledger_state WHERE state_key = 'certificate/C-1') WHERE state_key = 'certificate/C-4'`, 4},
		{"changed version", `UPDATE ledger_state SET version = 1 WHERE state_key = 'certificate/C-4'`, 4},
		{"missing state", `DELETE FROM ledger_state WHERE state_key = 'certificate/C-2'`, 2},
		{"stray state", `INSERT INTO ledger_state SELECT 'certificate/X', value, version FROM ledger_state WHERE state_key = 'certificate/C-3'`, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *bun.DB) {
				l := open(t, db, time.Now)
				for i := range 5 {
					submit(t, l, record(i+1)) // one block each
				}
				verify(t, l)
				for _, statement := range strings.Split(tt.wrong, "; ") {
					if _, err := db.ExecContext(t.Context(), statement); err != nil {
						t.Fatal(err)
					}
				}
				var broken *embedded.BrokenError
				if err := l.Verify(t.Context()); !errors.As(err, &broken) || broken.Block != tt.block {
					t.Errorf("got %v, want block %d", err, tt.block)
				}
			})
		})
	}
}

// TestVerifyRules rewrites history with hashes that agree: what the rules would
// never have admitted is found all the same.
func TestVerifyRules(t *testing.T) {
	db := databasetest.SQLite(t)
	l := open(t, db, time.Now)
	submit(t, l, record(1))
	if err := embedded.Rewrite(t.Context(), db, []byte(`"M1"`), []byte(`"M2"`)); err != nil {
		t.Fatal(err)
	}
	var broken *embedded.BrokenError
	if err := l.Verify(t.Context()); !errors.As(err, &broken) || !strings.Contains(broken.Problem, "transaction 1") {
		t.Errorf("got %v", err)
	}
}
