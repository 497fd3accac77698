package product

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/fanwei/fanwei/chaincode/trace"
)

// A Certificate is a certificate as the ledger's events left it.
type Certificate struct {
	bun.BaseModel `bun:"table:product_certificates"`

	Number     string            `bun:"number,pk"`
	Holder     string            `bun:"holder"` // organisation id of the maker
	Class      string            `bun:"class"`
	ValidFrom  trace.Date        `bun:"valid_from"`
	ValidTo    trace.Date        `bun:"valid_to"`
	Capacity   int64             `bun:"capacity"` // units a calendar year
	State      trace.Certificate `bun:"state,type:text"`
	RecordedAt time.Time         `bun:"recorded_at"`
	Position   uint64            `bun:"position"`
}

// A Change is one suspension, restoration or revocation of a certificate.
type Change struct {
	bun.BaseModel `bun:"table:product_certificate_changes"`

	Position uint64     `bun:"position,pk"`
	Number   string     `bun:"number"`
	Type     string     `bun:"type"` // the event's type
	From     trace.Date `bun:"from_day"`
	Reason   string     `bun:"reason"`
	By       string     `bun:"by_org"`
	At       time.Time  `bun:"at"`
}

// A Model is a product model.
type Model struct {
	bun.BaseModel `bun:"table:product_models"`

	GTIN          string    `bun:"gtin,pk"`
	Model         string    `bun:"model"` // designation
	Name          string    `bun:"name"`
	Brand         string    `bun:"brand"`
	Class         string    `bun:"class"`
	Specification string    `bun:"specification"`
	Photo         string    `bun:"photo"` // SHA-256, hex, or empty
	Maker         string    `bun:"maker"` // organisation id
	RegisteredAt  time.Time `bun:"registered_at"`
	Position      uint64    `bun:"position"`
}

// A Batch is a registered batch with its receipt.
type Batch struct {
	bun.BaseModel `bun:"table:product_batches"`

	GTIN         string     `bun:"gtin,pk"`
	LotKey       string     `bun:"lot_key,pk"` // the lot in capitals
	Lot          string     `bun:"lot"`
	Number       uint64     `bun:"number"` // it is the n-th batch on the ledger, from 0
	Size         int64      `bun:"size"`
	Root         string     `bun:"root"` // base64
	Model        string     `bun:"model"`
	Certificate  string     `bun:"certificate"`
	Plant        string     `bun:"plant"`
	ProducedOn   trace.Date `bun:"produced_on"`
	Key          string     `bun:"key_version"` // of the maker's secret
	Maker        string     `bun:"maker"`
	Command      string     `bun:"command"`
	TxID         string     `bun:"tx"`
	Event        []byte     `bun:"event"` // exact bytes of the registration
	RegisteredAt time.Time  `bun:"registered_at"`
	Position     uint64     `bun:"position"`
}

// A capacity is what the batches made in a year have taken of a certificate's.
type capacity struct {
	bun.BaseModel `bun:"table:product_capacity"`

	Certificate string `bun:"certificate,pk"`
	Year        string `bun:"year,pk"`
	Used        int64  `bun:"used"`
}

// A Recall is a recall, running or ended.
type Recall struct {
	bun.BaseModel `bun:"table:product_recalls"`

	By        string     `bun:"by_org,pk"` // organisation that began it
	Number    string     `bun:"number,pk"`
	GTIN      string     `bun:"gtin"`
	LotKey    string     `bun:"lot_key"`
	Lot       string     `bun:"lot"`
	Maker     string     `bun:"maker"`
	From      int64      `bun:"from_unit"` // first unit's index
	To        int64      `bun:"to_unit"`   // last unit's index
	Reason    string     `bun:"reason"`
	Advice    string     `bun:"advice"`
	Ordered   bool       `bun:"ordered"` // by market regulation
	BegunAt   time.Time  `bun:"begun_at"`
	EndedAt   *time.Time `bun:"ended_at"`
	EndReason string     `bun:"end_reason"`
	Position  uint64     `bun:"position"`
}
