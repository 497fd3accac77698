// Command fanwei is the platform: pages, JSON API, and the tools that belong
// to them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/fanwei/fanwei/ui-api/app"
)

type commands struct {
	Serve   serve   `cmd:"" help:"Answer pages and API."`
	Init    initial `cmd:"" help:"Make the first administrator of a new installation."`
	Rebuild rebuild `cmd:"" help:"Make the tables anew from the ledger."`
	Codes   codes   `cmd:"" help:"Work with unit codes."`
	Ledger  ledgers `cmd:"" help:"Look after the ledger."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// errUsage is a wrong argument or an input that cannot be read.
var errUsage = errors.New("usage")

// run carries out one command and returns its exit status: 0 done, 1 failed,
// 2 wrong arguments or unreadable input.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	status := -1
	parser, err := kong.New(&commands{}, kong.Name("fanwei"), kong.Writers(out, errs),
		kong.Description("Fanwei (反伪): makers, consumers and agencies against counterfeits."),
		kong.Exit(func(code int) { status = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(streams{out, errs}))
	if err != nil {
		fmt.Fprintln(errs, "fanwei:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if status >= 0 { // help was asked for
		return status
	}
	if err != nil {
		fmt.Fprintln(errs, "fanwei:", err)
		return 2
	}
	err = command.Run()
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(errs, "fanwei:", err)
		return 2
	}
	fmt.Fprintln(errs, "fanwei:", err)
	return 1
}

// streams are what a command prints to.
type streams struct{ out, errs io.Writer }

// log writes what an operator should know to standard error.
func (s streams) log() *slog.Logger { return slog.New(slog.NewTextHandler(s.errs, nil)) }

// settings are the flags that choose a configuration.
type settings struct {
	Config string `help:"Configuration file (YAML)." type:"existingfile"`
	Data   string `help:"Folder that holds everything." placeholder:"DIR"`
}

func (s settings) load() (app.Config, error) {
	c, err := app.LoadConfig(s.Config, os.Environ())
	if s.Data != "" {
		c.Data = s.Data
	}
	return c, err
}

type serve struct {
	settings
	Listen string `help:"Address and port to answer on." placeholder:"HOST:PORT"`
	Demo   bool   `help:"Fill an empty folder with a demonstration; loopback only."`
}

func (s serve) Run(ctx context.Context, io streams) error {
	c, err := s.load()
	if err != nil {
		return err
	}
	if s.Listen != "" {
		c.Listen = s.Listen
	}
	c.Demo = c.Demo || s.Demo
	return app.Serve(ctx, c, io.log(), io.out)
}

type initial struct {
	settings
	Login        string `required:"" help:"The administrator's login name."`
	Name         string `required:"" help:"The administrator's name."`
	Organisation string `required:"" help:"Name of the organisation that operates the platform."`
}

func (i initial) Run(ctx context.Context, io streams) error {
	c, err := i.load()
	if err != nil {
		return err
	}
	return app.Init(ctx, c, app.First{Login: i.Login, Name: i.Name, Organisation: i.Organisation}, io.log(), io.out)
}

type rebuild struct{ settings }

func (r rebuild) Run(ctx context.Context, io streams) error {
	c, err := r.load()
	if err != nil {
		return err
	}
	return app.Rebuild(ctx, c, io.log(), io.out)
}

type ledgers struct {
	Verify verifyLedger `cmd:"" help:"Check every block, hash and rule of the ledger."`
}

type verifyLedger struct{ settings }

func (v verifyLedger) Run(ctx context.Context, io streams) error {
	c, err := v.load()
	if err != nil {
		return err
	}
	return app.VerifyLedger(ctx, c, io.log(), io.out)
}
