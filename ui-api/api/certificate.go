package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/product"
)

// A Certificate is a certificate and how it stands today.
type Certificate struct {
	Number     string    `json:"number"`
	Holder     string    `json:"holder" doc:"Organisation"`
	Class      string    `json:"class"`
	Models     []string  `json:"models"`
	Standards  []string  `json:"standards"`
	ValidFrom  string    `json:"valid_from"`
	ValidTo    string    `json:"valid_to"`
	Capacity   int64     `json:"capacity" doc:"Declared units a calendar year"`
	Standing   string    `json:"standing" doc:"valid, or why not"`
	RecordedAt time.Time `json:"recorded_at"`
}

type certificateInput struct {
	Number string `path:"number" maxLength:"40"`
}

type recordCertificate struct {
	Body struct {
		ID        string   `json:"id" maxLength:"64" doc:"Your own name for this request"`
		Number    string   `json:"number"`
		Holder    string   `json:"holder"`
		Class     string   `json:"class"`
		Models    []string `json:"models"`
		Standards []string `json:"standards"`
		ValidFrom string   `json:"valid_from"`
		ValidTo   string   `json:"valid_to"`
		Capacity  int64    `json:"capacity"`
	}
}

type changeCertificate struct {
	Number string `path:"number" maxLength:"40"`
	Body   struct {
		ID     string `json:"id" maxLength:"64" doc:"Your own name for this request"`
		Change string `json:"change" enum:"suspend,restore,revoke"`
		From   string `json:"from,omitempty" doc:"First day without effect; today if not given. Not for restore."`
		Reason string `json:"reason"`
	}
}

func (a *API) certificateRoutes(h huma.API) {
	tags := []string{"certificates"}
	handle(a, h, huma.Operation{OperationID: "list-certificates", Method: http.MethodGet, Path: "/api/v1/certificates", Tags: tags,
		Summary: "List the certificates you may see"}, func(ctx context.Context, who Caller, in *Paging) (*List[Certificate], error) {
		rows, n, err := a.products.Certificates(ctx, who.Subject, in.page())
		return listOf(rows, n, a.certificate), err
	})
	handle(a, h, huma.Operation{OperationID: "get-certificate", Method: http.MethodGet, Path: "/api/v1/certificates/{number}", Tags: tags,
		Summary: "Get a certificate"}, func(ctx context.Context, who Caller, in *certificateInput) (*One[Certificate], error) {
		c, _, err := a.products.Certificate(ctx, who.Subject, in.Number)
		return &One[Certificate]{a.certificate(c)}, err
	})
	handle(a, h, huma.Operation{OperationID: "record-certificate", Method: http.MethodPost, Path: "/api/v1/certificates", Tags: tags,
		Summary: "Record a certificate", DefaultStatus: http.StatusNoContent}, func(ctx context.Context, who Caller, in *recordCertificate) (*Done, error) {
		b := in.Body
		return &Done{}, a.products.RecordCertificate(ctx, who.Subject, trace.RecordCertificate{Head: trace.Head{ID: b.ID},
			Number: b.Number, Holder: b.Holder, Class: b.Class, Models: b.Models, Standards: b.Standards,
			ValidFrom: trace.Date(b.ValidFrom), ValidTo: trace.Date(b.ValidTo), Capacity: b.Capacity})
	})
	handle(a, h, huma.Operation{OperationID: "change-certificate", Method: http.MethodPost, Path: "/api/v1/certificates/{number}/changes", Tags: tags,
		Summary: "Suspend, restore or revoke a certificate", DefaultStatus: http.StatusNoContent}, a.changeCertificate)
}

func (a *API) changeCertificate(ctx context.Context, who Caller, in *changeCertificate) (*Done, error) {
	b, id := in.Body, trace.Head{ID: in.Body.ID}
	from := trace.Date(b.From)
	if from == "" {
		from = a.products.Today()
	}
	var cmd trace.Command
	switch b.Change {
	case "suspend":
		cmd = trace.SuspendCertificate{Head: id, Number: in.Number, From: from, Reason: b.Reason}
	case "restore":
		cmd = trace.RestoreCertificate{Head: id, Number: in.Number, Reason: b.Reason}
	default: // the schema admits three
		cmd = trace.RevokeCertificate{Head: id, Number: in.Number, From: from, Reason: b.Reason}
	}
	return &Done{}, a.products.ChangeCertificate(ctx, who.Subject, in.Number, cmd)
}

func (a *API) certificate(c product.Certificate) Certificate {
	s := c.State
	return Certificate{c.Number, c.Holder, c.Class, s.Models, s.Standards, string(c.ValidFrom), string(c.ValidTo),
		c.Capacity, string(s.StandingOn(a.products.Today())), c.RecordedAt}
}
