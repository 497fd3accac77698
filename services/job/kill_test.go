package job_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/fanwei/fanwei/services/database"
	"github.com/fanwei/fanwei/services/database/databasetest"
	"github.com/fanwei/fanwei/services/job"
)

// victim names the environment variable that makes this test binary the
// process to be killed; its value is the database.
const victim = "FANWEI_TEST_JOB_VICTIM"

// TestVictim is the process that TestKilled kills.
func TestVictim(t *testing.T) {
	address := os.Getenv(victim)
	if address == "" {
		return
	}
	db, err := database.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	q := open(t, db)
	add(t, db, q, 1, "", nil)
	start(t, q, func(context.Context, []byte) error {
		fmt.Fprintln(os.Stdout, "running")
		select {} // until killed
	})
	select {}
}

func TestKilled(t *testing.T) {
	address := filepath.Join(t.TempDir(), "test.db")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), victim+"="+address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "running"; {
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the victim ended by itself")
	}

	db, err := database.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	q := open(t, db)
	ran := make(chan int, 1)
	start(t, q, func(ctx context.Context, _ []byte) error {
		n, _ := job.Attempt(ctx)
		ran <- n
		return nil
	})
	if n := next(t, ran); n != 1 {
		t.Errorf("attempt %d, want 1: to be killed is no failure", n)
	}
	stop(t, q)
}

// TestReleasesOwnOnly checks on PostgreSQL that jobs of another instance stay.
func TestReleasesOwnOnly(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *bun.DB) {
		q := open(t, db)
		add(t, db, q, "mine", "", nil)
		add(t, db, q, "other's", "", nil)
		by, not := `'["test"]'`, `'["test"]'` // SQLite: whoever it was, the process is dead
		if db.Dialect().Name() == dialect.PG {
			by, not = "ARRAY['test']", "ARRAY['another']"
		}
		for i, who := range []string{by, not} {
			if _, err := db.ExecContext(t.Context(), fmt.Sprintf(
				"UPDATE river_job SET state = 'running', attempt = 1, attempted_at = CURRENT_TIMESTAMP, attempted_by = %s WHERE id = %d", who, i+1)); err != nil {
				t.Fatal(err)
			}
		}
		ran := make(chan string, 2)
		start(t, q, func(_ context.Context, payload []byte) error { ran <- string(payload); return nil })
		next(t, ran)
		stop(t, q)
		want := int64(0)
		if by != not {
			want = 1
		} else {
			next(t, ran)
		}
		if n, err := db.NewSelect().Table("river_job").Where("state = 'running'").Count(t.Context()); err != nil || n != want {
			t.Errorf("%d running, want %d; %v", n, want, err)
		}
	})
}
