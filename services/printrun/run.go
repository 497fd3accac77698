// Package printrun draws the labels of a batch in the background: runs with
// progress that can be paused, resumed and cancelled, and that go on after a
// crash where the last whole part ended.
//
// The files of a run hold the units' covert secrets. They lie in a bucket of
// their own, are handed out only to those who may print the batch, with a line
// in the audit trail, and are deleted when the run is cancelled, or Keep after
// it ended.
package printrun

import (
	"context"
	"embed"
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/database"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the tables of print runs up to date.
func Migrate(ctx context.Context, db *bun.DB) error {
	return database.Migrate(ctx, db, "printrun", migrations, "migrations")
}

// A State is where a run stands.
type State string

// The states. Waiting, Running and Paused runs are unfinished.
const (
	Waiting   State = "waiting"   // for its turn
	Running   State = "running"   // or about to be tried again, if Error is set
	Paused    State = "paused"    // Resume goes on
	Cancelled State = "cancelled" // for good; the files are deleted
	Done      State = "done"      // the files can be fetched
	Failed    State = "failed"    // Resume tries again; Keep later the run is cancelled
)

// A Format is a kind of file.
type Format string

// The formats.
const (
	PDF Format = "pdf" // sheets of paper
	CSV Format = "csv" // for a printing house
	ZPL Format = "zpl" // for a label printer
)

// A Request asks for the labels of units From to To of a batch.
type Request struct {
	ID        string // the request's own name, UUID version 7: sent twice, it starts once
	GTIN, Lot string
	Format    Format
	Layout    string // one of Layouts; empty: the first
	Language  string // of the words on the label, as Config.Words takes it
	From, To  uint64 // indexes of units, To included
}

// A Run is one print run.
type Run struct {
	bun.BaseModel `bun:"table:print_runs"`

	ID        string `bun:",pk"`
	Org       string // the maker
	GTIN      string `bun:"gtin"`
	Lot       string
	Format    Format
	Layout    string
	Language  string
	From      uint64 `bun:"first_unit"`
	To        uint64 `bun:"last_unit"` // included
	PartSize  uint64 // units a part
	State     State
	Round     int64
	Total     uint64 // units
	Drawn     uint64 // units drawn, for a bar of progress; it may fall back
	Done      uint64 // units in whole parts, which no crash takes back
	Parts     uint64 // whole parts
	Bytes     uint64 // of whole parts
	Error     string // the last refusal, as refusal.Parse reads it; empty if all is well
	Swept     bool   // the files have been deleted: Keep is over
	CreatedAt time.Time
	CreatedBy string // a person's id
	UpdatedAt time.Time
}

// partCount returns the number of parts of the whole run.
func (r *Run) partCount() uint64 { return (r.Total + r.PartSize - 1) / r.PartSize }

// span returns the units of a part: from, …, to − 1.
func (r *Run) span(part uint64) (from, to uint64) {
	from = r.From + part*r.PartSize
	return from, min(from+r.PartSize, r.To+1)
}

// A piece is a whole part of a run's file.
type piece struct {
	bun.BaseModel `bun:"table:print_parts"`

	Run   string `bun:",pk"`
	Part  uint64 `bun:",pk"`
	Bytes uint64
	CRC   uint32 `bun:"crc"`
}

// missing is the refusal of a run that there is not, or that is not shown.
func missing(id string) error { return refusal.New(refusal.NotFound, "print-run-missing", id) }
