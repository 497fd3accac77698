package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/product"
	"github.com/fanwei/fanwei/services/unitcode"
)

// A Batch is a registered batch with its receipt.
type Batch struct {
	GTIN         string    `json:"gtin"`
	Lot          string    `json:"lot"`
	Number       string    `json:"number" doc:"Batch number, printed before a short code's serial"`
	Size         int64     `json:"size"`
	Root         string    `json:"root" doc:"Merkle root of the units, base64"`
	Model        string    `json:"model"`
	Certificate  string    `json:"certificate"`
	Plant        string    `json:"plant"`
	ProducedOn   string    `json:"produced_on"`
	Maker        string    `json:"maker"`
	Transaction  string    `json:"transaction"`
	Event        []byte    `json:"event,omitempty" doc:"Exact bytes of the registration on the ledger, base64"`
	RegisteredAt time.Time `json:"registered_at"`
}

type batchInput struct {
	GTIN string `path:"gtin" maxLength:"14"`
	Lot  string `path:"lot" maxLength:"60"`
}

type registerBatch struct {
	Body struct {
		ID          string `json:"id" maxLength:"64" doc:"Your own name for this request"`
		GTIN        string `json:"gtin"`
		Lot         string `json:"lot"`
		Size        int64  `json:"size"`
		Plant       string `json:"plant"`
		ProducedOn  string `json:"produced_on"`
		Certificate string `json:"certificate,omitempty" doc:"The one that covers the model, if not given"`
	}
}

func (a *API) batchRoutes(h huma.API) {
	tags := []string{"batches"}
	handle(a, h, huma.Operation{OperationID: "list-batches", Method: http.MethodGet, Path: "/api/v1/batches", Tags: tags,
		Summary: "List the batches you may see"}, func(ctx context.Context, who Caller, in *Paging) (*List[Batch], error) {
		rows, n, err := a.products.Batches(ctx, who.Subject, in.page())
		return listOf(rows, n, newBatch), err
	})
	handle(a, h, huma.Operation{OperationID: "get-batch", Method: http.MethodGet, Path: "/api/v1/batches/{gtin}/{lot}", Tags: tags,
		Summary: "Get a batch and its receipt"}, func(ctx context.Context, who Caller, in *batchInput) (*One[Batch], error) {
		b, err := a.products.Batch(ctx, who.Subject, in.GTIN, plain(in.Lot))
		return &One[Batch]{newBatch(b)}, err
	})
	handle(a, h, huma.Operation{OperationID: "register-batch", Method: http.MethodPost, Path: "/api/v1/batches", Tags: tags,
		Summary: "Register a batch of your own", DefaultStatus: http.StatusCreated}, func(ctx context.Context, who Caller, in *registerBatch) (*One[Batch], error) {
		b := in.Body
		batch, err := a.products.RegisterBatch(ctx, who.Subject, product.NewBatch{ID: b.ID, GTIN: b.GTIN, Lot: b.Lot, Size: b.Size,
			Plant: b.Plant, ProducedOn: trace.Date(b.ProducedOn), Certificate: b.Certificate})
		return &One[Batch]{newBatch(batch)}, err
	})
}

func newBatch(b product.Batch) Batch {
	number, err := unitcode.BatchNumber(b.Number)
	if err != nil {
		number = "" // more than 2^30 batches: no short code
	}
	return Batch{b.GTIN, b.Lot, number, b.Size, b.Root, b.Model, b.Certificate, b.Plant, string(b.ProducedOn), b.Maker,
		b.TxID, b.Event, b.RegisteredAt}
}
