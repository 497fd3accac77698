package bench_test

import (
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// conns is how many keep-alive connections ask at the same time.
const conns = 256

// serve has an app answer on a port of its own until the benchmark ends, and
// returns its address.
func serve(b *testing.B, web *fiber.App) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	served := make(chan error, 1)
	go func() { served <- web.Listener(l) }()
	b.Cleanup(func() {
		if err := web.Shutdown(); err != nil {
			b.Error(err)
		}
		<-served
	})
	return l.Addr().String()
}

// A figure is what a load of requests came to.
type figure struct {
	rate float64 // requests a second
	p99  time.Duration
	cpu  time.Duration // of server and client, for one request
}

// load asks for each path once over all connections, as a phone's browser that
// comes for the first time does. Every answer must have status 200.
func load(b *testing.B, address, accept string, paths []string) figure {
	b.Helper()
	client := &fasthttp.HostClient{Addr: address, MaxConns: conns, ReadTimeout: time.Minute}
	defer client.CloseIdleConnections()
	times := make([]time.Duration, len(paths))
	var next atomic.Int64
	var all sync.WaitGroup
	worked := processorTime(b)
	began := time.Now()
	for range conns {
		all.Go(func() {
			req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(resp)
			for i := next.Add(1) - 1; i < int64(len(paths)); i = next.Add(1) - 1 {
				began := time.Now()
				if err := ask(client, req, resp, address, accept, paths[i]); err != nil {
					b.Error(err)
					return
				}
				times[i] = time.Since(began)
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	slices.Sort(times)
	worked = processorTime(b) - worked
	return figure{float64(len(paths)) / took.Seconds(), times[len(times)*99/100], worked / time.Duration(len(paths))}
}

// processorTime is how long processors have worked for this process.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func ask(client *fasthttp.HostClient, req *fasthttp.Request, resp *fasthttp.Response, address, accept, path string) error {
	req.Reset()
	req.SetRequestURI("http://" + address + path)
	req.Header.Set("Accept", accept)
	req.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")
	req.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 14; ALN-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36")
	if err := client.Do(req, resp); err != nil {
		return err
	}
	if resp.StatusCode() != fiber.StatusOK {
		return fmt.Errorf("%s: status %d: %.200s", path, resp.StatusCode(), resp.Body())
	}
	return nil
}

// A header is one line of an answer's head.
type header struct{ name, value string }

// sample asks once and returns what came: the head's lines and the body.
func sample(b *testing.B, address, accept, path string) ([]header, []byte) {
	b.Helper()
	client := &fasthttp.HostClient{Addr: address}
	defer client.CloseIdleConnections()
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	must(b, ask(client, req, resp, address, accept, path))
	var head []header
	for name, value := range resp.Header.All() {
		switch string(name) {
		case fiber.HeaderDate, fiber.HeaderContentLength, fiber.HeaderServer: // the server's own
		default:
			head = append(head, header{string(name), string(value)})
		}
	}
	return head, slices.Clone(resp.Body())
}

// baseline is Fiber with a given answer in memory.
func baseline(head []header, body []byte) *fiber.App {
	web := fiber.New(fiber.Config{DisableStartupMessage: true})
	web.Get("/*", func(c *fiber.Ctx) error {
		for _, h := range head {
			c.Set(h.name, h.value)
		}
		return c.Send(body)
	})
	return web
}
