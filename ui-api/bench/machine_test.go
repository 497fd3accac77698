package bench_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// machine says on what was measured, and when.
func machine() []row {
	line := func(name, value string) row { return row{"machine", []string{name, value}} }
	return []row{
		line("day", time.Now().Format(time.DateOnly)),
		line("processor", field("/proc/cpuinfo", "model name")),
		line("cores", fmt.Sprint(runtime.NumCPU())),
		line("memory", field("/proc/meminfo", "MemTotal")),
		line("Go", runtime.Version()+" "+runtime.GOOS+"/"+runtime.GOARCH),
		line("disk, write of 4 KiB and sync", syncTime()),
	}
}

// field reads one value of a file of the kernel.
func field(path, name string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// syncTime is how long a small durable write takes where the data are kept: at
// the end of a file that grows, as a log does.
func syncTime() string {
	f, err := os.CreateTemp("", "fanwei-sync-")
	if err != nil {
		return err.Error()
	}
	defer os.Remove(f.Name())
	defer f.Close()
	times := make([]time.Duration, 200)
	for i := range times {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return err.Error()
		}
		if err := f.Sync(); err != nil {
			return err.Error()
		}
		times[i] = time.Since(began)
	}
	return "median " + cell(median(times))
}
