package crash_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// tooLarge is the sentence of a request that is refused for its size, in the
// caller's language as far as the head was read.
func tooLarge() []string { return []string{"This is too large", "提交的内容太大"} }

// TestTooLarge sends two gigabytes, once announced and once not: both are
// refused with a sentence, at once, and leave the memory as it was.
func TestTooLarge(t *testing.T) {
	p := start(t, t.TempDir())
	maker := login(t, p.address, "shen")
	before := p.memory(t)
	for _, path := range []string{"/batches/import", "/api/v1/batches"} {
		for name, head := range map[string]string{"announced": "Content-Length: 2147483648", "endless": "Transfer-Encoding: chunked"} {
			t.Run(name+path, func(t *testing.T) {
				a := flood(t, p, path, head, maker.session)
				if a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, tooLarge()[0]) && !strings.Contains(a.body, tooLarge()[1]) {
					t.Errorf("status %d: %s", a.status, said(a.body))
				}
			})
		}
	}
	if grown := p.memory(t) - before; grown > 100<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
	maker.get(t, "/batches")
	p.stop(t)
}

// flood sends a body until it is answered, at most 256 MB.
func flood(t *testing.T, p *program, path, head string, session *http.Cookie) answer {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.address, "http://"))
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: fanwei\r\nAccept-Language: en\r\nContent-Type: application/json\r\nCookie: fw_session=%s\r\n%s\r\n\r\n",
		path, session.Value, head)
	must(t, err)
	go func() { // ends when the connection is closed
		chunk := bytes.Repeat([]byte{'0'}, 1<<16)
		if strings.Contains(head, "chunked") {
			chunk = append(append([]byte("10000\r\n"), chunk...), "\r\n"...)
		}
		for range 4096 {
			if _, err := conn.Write(chunk); err != nil {
				return
			}
		}
	}()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil && len(b) == 0 {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

// memory is the most memory that the program has had.
func (p *program) memory(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	must(t, err)
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	must(t, err)
	return kb << 10
}

// TestASecondProcess is kept out of a data folder that one works on.
func TestASecondProcess(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"rebuild"}, {"ledger", "verify"}} {
		_, errs, status := tool(t, append(args, "--data", data)...)
		if status != 1 || !strings.Contains(errs, "another fanwei works on the folder "+data) {
			t.Errorf("%v: status %d: %s", args, status, errs)
		}
	}
	p.stop(t)
	if _, errs, status := tool(t, "ledger", "verify", "--data", data); status != 0 {
		t.Errorf("after it has ended: status %d: %s", status, errs)
	}
}

// TestFullDisk takes the disk away under a running program: it refuses with a
// sentence, and when there is space again all is as it was.
func TestFullDisk(t *testing.T) {
	t.Run("no file may grow", func(t *testing.T) {
		data := t.TempDir()
		p := start(t, data)
		refuseThenWork(t, p, data, func() { p.limitFiles(t, 1) }, func() { p.limitFiles(t, ^uint64(0)) })
	})
	t.Run("no space left", func(t *testing.T) {
		data := t.TempDir()
		if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=64m"); err != nil {
			t.Skipf("mounting a small disk takes an administrator: %v", err)
		}
		t.Cleanup(func() { must(t, syscall.Unmount(data, syscall.MNT_DETACH)) })
		p := start(t, data)
		filler := filepath.Join(data, "filler")
		refuseThenWork(t, p, data, func() { fill(t, filler) }, func() { must(t, os.Remove(filler)) })
	})
}

// limitFiles sets how large a file the program may write to can be. The hard
// limit stays, so it can be lifted again.
func (p *program) limitFiles(t *testing.T, most uint64) {
	t.Helper()
	var limit, hard syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &hard))
	limit.Cur, limit.Max = min(most, hard.Max), hard.Max
	if _, _, no := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.cmd.Process.Pid), syscall.RLIMIT_FSIZE,
		uintptr(unsafe.Pointer(&limit)), 0, 0, 0); no != 0 {
		t.Fatal(no)
	}
}

// fill writes until there is no space left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else {
			must(t, err)
		}
	}
}

// refuseThenWork registers and scans with and without a disk.
func refuseThenWork(t *testing.T, p *program, data string, takeAway, giveBack func()) {
	t.Helper()
	w, maker, consumer := newWork(), login(t, p.address, "shen"), newClient(p.address)
	w.register(t, maker)
	w.prepareUnits(t, maker)
	before := len(maker.list(t, "/api/v1/batches"))
	registered := len(w.lots)

	takeAway()
	refused := w.untilRefused(t, "register", func(n int) (answer, error) {
		return maker.postJSON("/api/v1/batches", w.batch(fmt.Sprintf("FULL-%d", n)))
	})
	scanned := w.untilRefused(t, "scan", func(n int) (answer, error) { return consumer.do(http.MethodGet, w.units[n], "", nil) })
	w.want(t, maker) // what is there can be read
	giveBack()

	for n := refused; n < refused+3; n++ {
		until(t, "a batch with space again", func() bool {
			a, err := maker.postJSON("/api/v1/batches", w.batch(fmt.Sprintf("FULL-%d", n)))
			must(t, err)
			return a.status == http.StatusCreated
		})
	}
	for n := range scanned + 3 {
		want := `"count":1`
		if n < scanned {
			want = `"count":2`
		}
		if a := consumer.get(t, w.units[n]); !strings.Contains(a.body, want) {
			t.Errorf("scan %d, want %s: %s", n, want, a.body)
		}
	}
	if got, want := len(maker.list(t, "/api/v1/batches")), before+refused+3; got != want {
		t.Errorf("%d batches, want %d: %d before, %d while there was space", got, want, registered, refused)
	}
	p.stop(t)
	verifyLedger(t, data)
}

// untilRefused does something again and again until it is refused for want of
// a disk, three times in a row, and returns how often it was done before.
func (w *work) untilRefused(t *testing.T, what string, do func(n int) (answer, error)) int {
	t.Helper()
	done, refused := 0, 0
	for n := 0; refused < 3; n++ {
		a, err := do(n)
		must(t, err)
		switch {
		case a.status == http.StatusServiceUnavailable && strings.Contains(a.body, "nothing saved"):
			refused++
		case (a.status == http.StatusCreated || a.status == http.StatusOK) && refused == 0:
			done++
		default:
			t.Fatalf("%s %d: status %d: %s", what, n, a.status, a.body)
		}
	}
	return done
}
