package bench_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	startBatches = 1000
	startRounds  = 7
	mostStart    = time.Second
)

// BenchmarkStart runs the program on a data folder that has batches, until it
// answers with the first page.
func BenchmarkStart(b *testing.B) {
	program, data := filepath.Join(b.TempDir(), "fanwei"), filepath.Join(b.TempDir(), "data")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", program, "..").CombinedOutput(); err != nil {
		b.Fatalf("build the program: %v\n%s", err, out)
	}
	p, err := openPlatform(b.Context(), data)
	must(b, err)
	n := 0
	rate(b, 1, startBatches, func(ctx context.Context) error {
		n++
		_, err := p.register(ctx, fmt.Sprintf("L%d", n), 100)
		return err
	})
	must(b, p.Close())
	var times []time.Duration
	for range startRounds {
		times = append(times, firstPage(b, program, data))
	}
	took := median(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took.Seconds(), "s")
	record(b, "start", int64(startBatches), took)
	if took > mostStart {
		b.Errorf("%v to the first page, want at most %v", took, mostStart)
	}
}

// firstPage is how long it takes from running the program to its start page.
func firstPage(b *testing.B, program, data string) time.Duration {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, "serve", "--listen", "127.0.0.1:0", "--data", data)
	out, err := cmd.StdoutPipe()
	must(b, err)
	began := time.Now()
	must(b, cmd.Start())
	defer func() {
		must(b, cmd.Process.Signal(syscall.SIGTERM))
		must(b, cmd.Wait())
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		_, address, ok := strings.Cut(lines.Text(), "http://")
		if !ok {
			continue
		}
		resp, err := http.Get("http://" + address + "/")
		must(b, err)
		took := time.Since(began)
		must(b, resp.Body.Close())
		if resp.StatusCode != http.StatusOK {
			b.Fatalf("the start page has status %d", resp.StatusCode)
		}
		return took
	}
	b.Fatal("the program ended")
	return 0
}
