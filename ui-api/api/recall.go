package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/product"
)

// A RecallRecord is a recall, running or ended.
type RecallRecord struct {
	By       string     `json:"by" doc:"Organisation that began it"`
	Number   string     `json:"number"`
	GTIN     string     `json:"gtin"`
	Lot      string     `json:"lot"`
	From     int64      `json:"from" doc:"First unit's index"`
	To       int64      `json:"to" doc:"Last unit's index"`
	Reason   string     `json:"reason"`
	WhatToDo string     `json:"what_to_do"`
	Ordered  bool       `json:"ordered" doc:"By market regulation"`
	BegunAt  time.Time  `json:"begun_at"`
	EndedAt  *time.Time `json:"ended_at,omitempty"`
}

type beginRecall struct {
	Body struct {
		ID       string `json:"id" maxLength:"64" doc:"Your own name for this request"`
		Number   string `json:"number"`
		GTIN     string `json:"gtin"`
		Lot      string `json:"lot"`
		From     int64  `json:"from" doc:"First unit's index, from 0"`
		To       int64  `json:"to" doc:"Last unit's index"`
		Reason   string `json:"reason"`
		WhatToDo string `json:"what_to_do"`
	}
}

type endRecall struct {
	By     string `path:"by" maxLength:"64"`
	Number string `path:"number" maxLength:"40"`
	Body   struct {
		ID     string `json:"id" maxLength:"64" doc:"Your own name for this request"`
		Reason string `json:"reason"`
	}
}

func (a *API) recallRoutes(h huma.API) {
	tags := []string{"recalls"}
	handle(a, h, huma.Operation{OperationID: "list-recalls", Method: http.MethodGet, Path: "/api/v1/recalls", Tags: tags,
		Summary: "List the recalls you may see"}, func(ctx context.Context, who Caller, in *Paging) (*List[RecallRecord], error) {
		rows, n, err := a.products.Recalls(ctx, who.Subject, in.page())
		return listOf(rows, n, newRecall), err
	})
	handle(a, h, huma.Operation{OperationID: "begin-recall", Method: http.MethodPost, Path: "/api/v1/recalls", Tags: tags,
		Summary: "Recall a batch or a range of its units", DefaultStatus: http.StatusNoContent}, func(ctx context.Context, who Caller, in *beginRecall) (*Done, error) {
		b := in.Body
		return &Done{}, a.products.BeginRecall(ctx, who.Subject, trace.Recall{Head: trace.Head{ID: b.ID}, Number: b.Number,
			GTIN: b.GTIN, Lot: b.Lot, From: b.From, To: b.To, Reason: b.Reason, Advice: b.WhatToDo})
	})
	handle(a, h, huma.Operation{OperationID: "end-recall", Method: http.MethodPost, Path: "/api/v1/recalls/{by}/{number}/end", Tags: tags,
		Summary: "End a recall", DefaultStatus: http.StatusNoContent}, func(ctx context.Context, who Caller, in *endRecall) (*Done, error) {
		return &Done{}, a.products.EndRecall(ctx, who.Subject, trace.EndRecall{Head: trace.Head{ID: in.Body.ID}, By: in.By,
			Number: in.Number, Reason: in.Body.Reason})
	})
}

func newRecall(r product.Recall) RecallRecord {
	return RecallRecord{r.By, r.Number, r.GTIN, r.Lot, r.From, r.To, r.Reason, r.Advice, r.Ordered, r.BegunAt, r.EndedAt}
}
