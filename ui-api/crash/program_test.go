// Package crash_test runs the program as it is built, kills it, fills its disk
// and sends it too much, and looks at what is left.
package crash_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// programFile names the variable with the path of the program under test.
const programFile = "FANWEI_TEST_PROGRAM"

// patience bounds how long a test waits for anything.
const patience = time.Minute

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "fanwei-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := 1
	if err := build(filepath.Join(dir, "fanwei")); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// build builds the program and says where it is.
func build(path string) error {
	if out, err := exec.Command("go", "build", "-o", path, "..").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return os.Setenv(programFile, path)
}

// A program is a running fanwei serve.
type program struct {
	cmd     *exec.Cmd
	address string
	errs    *buffer
	ended   chan error // one value, once it has ended
}

// A buffer may be read while a process writes to it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// launch runs the program on a data folder. It returns what it prints, line by
// line, until it ends.
func launch(t *testing.T, data string) (*program, <-chan string) {
	t.Helper()
	p := &program{errs: &buffer{}, ended: make(chan error, 1)}
	p.cmd = exec.Command(os.Getenv(programFile), "serve", "--demo", "--listen", "127.0.0.1:0", "--data", data)
	p.cmd.Stderr = p.errs
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	must(t, p.cmd.Start())
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
		p.ended <- p.cmd.Wait()
	}()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p, lines
}

// start runs the program on a data folder until it answers.
func start(t *testing.T, data string) *program {
	t.Helper()
	p, lines := launch(t, data)
	for {
		line := next(t, p, lines)
		if _, address, ok := strings.Cut(line, "http://"); ok {
			p.address = "http://" + address
			go func() {
				for range lines {
				}
			}()
			return p
		}
	}
}

// next returns the next line that the program prints.
func next(t *testing.T, p *program, lines <-chan string) string {
	t.Helper()
	select {
	case line, ok := <-lines:
		if !ok {
			t.Fatalf("the program ended: %v\n%s", <-p.ended, p.errs)
		}
		return line
	case <-time.After(patience):
		t.Fatalf("the program says nothing\n%s", p.errs)
	}
	return ""
}

// kill ends the program as a power cut does.
func (p *program) kill(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Signal(syscall.SIGKILL))
	p.wait(t)
}

// stop ends the program as an operator does.
func (p *program) stop(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	if err := p.wait(t); err != nil {
		t.Errorf("stopped with %v\n%s", err, p.errs)
	}
}

func (p *program) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.ended:
		return err
	case <-time.After(patience):
		t.Fatal("the program does not end")
	}
	return nil
}

// tool runs a command of the program to its end.
func tool(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(os.Getenv(programFile), args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// until asks again and again until something is so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(patience); !so(); <-again.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
