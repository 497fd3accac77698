package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/fanwei/fanwei/ingest"
	"github.com/fanwei/fanwei/services/job"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/ui-api/api"
	"github.com/fanwei/fanwei/ui-api/site"
)

const (
	// maxBody bounds a request. The largest thing people send is a file of
	// batches or a photo.
	maxBody = 12 << 20
	// downloadTime bounds how long an answer may take to send: labels of ten
	// million units on a slow line.
	downloadTime = time.Hour
	// stopTime is how long running requests and jobs may take to end.
	stopTime = 15 * time.Second
)

// Serve opens the platform, answers until the context ends, and closes it.
// Where it can be reached, and how far a long start has come, is written to out.
func Serve(ctx context.Context, c Config, log *slog.Logger, out io.Writer) error {
	a, err := Open(ctx, c, log)
	if err != nil {
		return err
	}
	web, err := a.Start(ctx, out)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	l, err := a.listen()
	if err != nil {
		return errors.Join(err, a.Close())
	}
	fmt.Fprintf(out, "反伪 Fanwei: %s\n", a.address(l))
	served := make(chan error, 1)
	go func() { served <- web.Listener(l) }()
	select {
	case err = <-served:
	case <-ctx.Done():
		err = errors.Join(web.ShutdownWithTimeout(stopTime), <-served)
	}
	return errors.Join(err, a.Close())
}

// Start makes an opened platform work: tables follow the ledger, jobs run, a
// demonstration is filled. It returns the app that answers requests.
func (a *App) Start(ctx context.Context, out io.Writer) (*fiber.App, error) {
	height, err := a.Ledger.Height(ctx)
	if err != nil {
		return nil, err
	}
	if err := ingest.CatchUp(ctx, a.Ledger, a.Projection, height, progress(out, "tables")); err != nil {
		return nil, err
	}
	a.follow(context.WithoutCancel(ctx))
	if err := a.startJobs(ctx); err != nil {
		return nil, err
	}
	if a.Config.Demo {
		if err := a.demonstrate(ctx, height, out); err != nil {
			return nil, err
		}
	}
	return a.Web()
}

// progress writes how far long work has come: each tenth of it.
func progress(out io.Writer, what string) func(done, all uint64) {
	tenth := uint64(0)
	return func(done, all uint64) {
		if all < 100 || done*10/all == tenth {
			return
		}
		tenth = done * 10 / all
		fmt.Fprintf(out, "%s: %d of %d\n", what, done, all)
	}
}

// demonstrate fills the platform unless that is done already.
func (a *App) demonstrate(ctx context.Context, height uint64, out io.Writer) error {
	var err error
	if a.demo, err = LoadDemo(); err != nil {
		return err
	}
	if height >= uint64(a.demo.steps()) {
		return nil
	}
	report := progress(out, "demonstration")
	return a.Seed(ctx, a.demo, func(done, all int) { report(uint64(done), uint64(all)) })
}

// startJobs runs what is to be done in the background, from here on and what
// an earlier process left.
func (a *App) startJobs(ctx context.Context) error {
	handlers := a.Runs.Handlers()
	handlers[product.ImportJob] = a.Products.RunImport
	handlers[sweepJob] = func(ctx context.Context, _ []byte) error { return a.Accounts.Sweep(ctx) }
	a.closing(func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		return a.Jobs.Stop(ctx)
	})
	return a.Jobs.Start(ctx, handlers, append(a.Runs.Periodic(), job.Periodic{Kind: sweepJob, Every: time.Hour})...)
}

// sweepJob clears away sessions and failed logins that are over.
const sweepJob = "account-sweep"

// Web returns the app that answers pages and API.
func (a *App) Web() (*fiber.App, error) {
	programs := api.New(a.Products, a.Units, a.log)
	parts := site.Parts{Accounts: a.Accounts, Products: a.Products, Units: a.Units, Runs: a.Runs, Guard: a.Guard, Enqueue: a.Jobs.Enqueue,
		Text: a.Text, Clock: a.Clock, Log: a.log, Host: a.Config.Host, Secure: a.Config.Secure(),
		System: a.system, Reference: programs.Reference}
	if a.Config.Demo {
		parts.Demo = a.demoView
	}
	pages, err := site.New(parts)
	if err != nil {
		return nil, err
	}
	app := fiber.New(fiber.Config{
		AppName: "Fanwei", DisableStartupMessage: true, Immutable: true, BodyLimit: maxBody,
		ReadTimeout: time.Minute, WriteTimeout: downloadTime, IdleTimeout: 2 * time.Minute, ReadBufferSize: 16 << 10,
		EnableTrustedProxyCheck: true, TrustedProxies: a.Config.Proxies, ProxyHeader: proxyHeader(a.Config.Proxies),
		ErrorHandler: pages.Fail,
	})
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	app.Get("/readyz", a.ready)
	pages.Prepare(app)
	programs.Register(app)
	pages.Register(app)
	return app, nil
}

func proxyHeader(proxies []string) string {
	if len(proxies) == 0 {
		return ""
	}
	return fiber.HeaderXForwardedFor
}

// ready answers whether requests can be served: the database answers and the
// tables follow the ledger.
func (a *App) ready(c *fiber.Ctx) error {
	height, err := a.Ledger.Height(c.UserContext())
	if err != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("the ledger does not answer\n")
	}
	at, err := a.Projection.Checkpoint(c.UserContext())
	if err != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("the database does not answer\n")
	}
	if behind := int64(height) - int64(at); behind > mostBehind {
		return c.Status(fiber.StatusServiceUnavailable).SendString(fmt.Sprintf("tables are %d events behind the ledger\n", behind))
	}
	return c.SendString("ready\n")
}

// mostBehind is how many events the tables may lag while requests are served.
const mostBehind = 1000

// listen opens the address to answer on.
func (a *App) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w; name another address with --listen", err)
	}
	if a.Config.TLSCert == "" {
		return l, nil
	}
	cert, err := tls.LoadX509KeyPair(a.Config.TLSCert, a.Config.TLSKey)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("tls_cert, tls_key: %w", err), l.Close())
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}), nil
}

func (a *App) address(l net.Listener) string {
	if a.Config.TLSCert != "" {
		return "https://" + l.Addr().String()
	}
	return "http://" + l.Addr().String()
}
