package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/product"
)

// A Model is a product model.
type Model struct {
	GTIN          string    `json:"gtin"`
	Model         string    `json:"model" doc:"Designation, as on the certificate"`
	Name          string    `json:"name"`
	Brand         string    `json:"brand"`
	Class         string    `json:"class"`
	Specification string    `json:"specification"`
	Photo         string    `json:"photo,omitempty" doc:"SHA-256 of the picture at /photo/{photo}"`
	Maker         string    `json:"maker"`
	RegisteredAt  time.Time `json:"registered_at"`
}

type modelInput struct {
	GTIN string `path:"gtin" maxLength:"14"`
}

type registerModel struct {
	Body struct {
		ID            string `json:"id" maxLength:"64" doc:"Your own name for this request"`
		GTIN          string `json:"gtin"`
		Model         string `json:"model"`
		Name          string `json:"name"`
		Brand         string `json:"brand"`
		Class         string `json:"class"`
		Specification string `json:"specification"`
		Photo         string `json:"photo,omitempty"`
	}
}

func (a *API) modelRoutes(h huma.API) {
	tags := []string{"models"}
	handle(a, h, huma.Operation{OperationID: "list-models", Method: http.MethodGet, Path: "/api/v1/models", Tags: tags,
		Summary: "List the models you may see"}, func(ctx context.Context, who Caller, in *Paging) (*List[Model], error) {
		rows, n, err := a.products.Models(ctx, who.Subject, in.page())
		return listOf(rows, n, newModel), err
	})
	handle(a, h, huma.Operation{OperationID: "get-model", Method: http.MethodGet, Path: "/api/v1/models/{gtin}", Tags: tags,
		Summary: "Get a model"}, func(ctx context.Context, who Caller, in *modelInput) (*One[Model], error) {
		m, err := a.products.Model(ctx, who.Subject, in.GTIN)
		return &One[Model]{newModel(m)}, err
	})
	handle(a, h, huma.Operation{OperationID: "register-model", Method: http.MethodPost, Path: "/api/v1/models", Tags: tags,
		Summary: "Register a model of your own", DefaultStatus: http.StatusNoContent}, func(ctx context.Context, who Caller, in *registerModel) (*Done, error) {
		b := in.Body
		return &Done{}, a.products.RegisterModel(ctx, who.Subject, trace.RegisterModel{Head: trace.Head{ID: b.ID}, GTIN: b.GTIN,
			Model: b.Model, ModelName: b.Name, Brand: b.Brand, Class: b.Class, Specification: b.Specification, Photo: b.Photo})
	})
}

func newModel(m product.Model) Model {
	return Model{m.GTIN, m.Model, m.Name, m.Brand, m.Class, m.Specification, m.Photo, m.Maker, m.RegisteredAt}
}
