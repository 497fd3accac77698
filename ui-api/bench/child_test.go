package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/printrun"
)

// A registration is what one batch took, in a process of its own.
type registration struct {
	Took   time.Duration // until the batch was durable and visible
	Peak   int64         // bytes of memory that were resident at most
	Labels time.Duration // until the file of labels was durable; 0 if none was drawn
}

// runChild does what its parent measures: register a batch of so many units,
// and draw its labels if asked to.
func runChild(task string, out io.Writer) (err error) {
	what, size, _ := strings.Cut(task, " ")
	units, err := strconv.ParseInt(size, 10, 64)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "fanwei-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := openPlatform(context.Background(), dir)
	if err != nil {
		return err
	}
	defer func() {
		if closed := p.Close(); err == nil {
			err = closed
		}
	}()
	r, err := p.measure(units, what == "print")
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(r)
}

func (p *platform) measure(units int64, labels bool) (r registration, err error) {
	ctx := context.Background()
	began := time.Now()
	if _, err := p.register(ctx, "L1", units); err != nil {
		return r, err
	}
	r.Took = time.Since(began)
	if r.Peak, err = peak(); err != nil || !labels {
		return r, err
	}
	began = time.Now()
	id, err := uuid.NewV7()
	if err != nil {
		return r, err
	}
	run, err := p.Runs.Start(ctx, subject(authz.Maker), printrun.Request{ID: id.String(), GTIN: gtin, Lot: "L1", Format: printrun.CSV,
		Language: "zh", To: uint64(units - 1)})
	if err != nil {
		return r, err
	}
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for run.State != printrun.Done {
		<-look.C
		if run, err = p.Runs.Get(ctx, subject(authz.Maker), run.ID); err != nil {
			return r, err
		}
		if run.State == printrun.Failed {
			return r, fmt.Errorf("print run failed: %s", run.Error)
		}
	}
	r.Labels = time.Since(began)
	return r, nil
}

// peak is the most memory of this process that was resident.
func peak() (int64, error) {
	kb, err := strconv.ParseInt(strings.TrimSuffix(field("/proc/self/status", "VmHWM"), " kB"), 10, 64)
	return kb << 10, err
}

// child measures a task in a process of its own.
func child(b *testing.B, task string) registration {
	b.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childTask+"="+task)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v\n%s", task, err, errs.String())
	}
	var r registration
	must(b, json.Unmarshal(out.Bytes(), &r))
	return r
}
