package product

import (
	"context"
	"strconv"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/bulk"
)

// A Line is one batch of a file, as read, with what the law would say.
type Line struct {
	Number  int      `json:"number"` // in the file, the heading is 1
	Batch   NewBatch `json:"batch"`
	Refused string   `json:"refused,omitempty"` // a refusal, as text that refusal.Parse reads
}

// columns are the headings of a file of batches, in any order: the name the
// template has, then what else people write.
var columns = []struct {
	field    string
	headings []string
	required bool
}{
	{"gtin", []string{"gtin", "商品条码", "条码", "gtin-14"}, true},
	{"lot", []string{"lot", "批号", "批次", "批次号"}, true},
	{"size", []string{"size", "数量", "件数", "quantity"}, true},
	{"plant", []string{"plant", "工厂", "生产工厂", "产地"}, true},
	{"produced_on", []string{"produced_on", "生产日期", "日期", "produced on"}, true},
	{"certificate", []string{"certificate", "证书编号", "证书", "ccc"}, false},
}

// Preview reads batches from a file's rows and tries each against the law, in
// order, as if those before it were registered. Nothing is recorded.
func (s *Service) Preview(ctx context.Context, sub authz.Subject, table bulk.Table) ([]Line, error) {
	if err := s.guard.See(sub, authz.Register, authz.Object{Kind: authz.Batch, Owner: sub.Org}); err != nil {
		return nil, err
	}
	at, err := locate(table.Header)
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(table.Rows))
	for i, row := range table.Rows {
		lines[i] = readLine(row, at)
	}
	return lines, s.judge(ctx, sub, lines)
}

// judge tries the lines against the law and notes what it refuses.
func (s *Service) judge(ctx context.Context, sub authz.Subject, lines []Line) error {
	preview := trace.NewPreview(s.facts(ctx), s.clock(), caller(sub))
	for i := range lines {
		if lines[i].Refused != "" {
			continue
		}
		lines[i].Batch.ID = "preview-" + strconv.Itoa(i)
		cmd, err := s.command(ctx, sub, lines[i].Batch)
		if err == nil {
			err = preview.Try(cmd)
		}
		if no, ok := refusal.Of(err); ok {
			lines[i].Refused = no.Error()
		} else if err != nil {
			return err
		}
	}
	return nil
}

// locate finds each field's column.
func locate(header []string) (map[string]int, error) {
	at := map[string]int{}
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		for _, c := range columns {
			for _, name := range c.headings {
				if h == name {
					at[c.field] = i
				}
			}
		}
	}
	for _, c := range columns {
		if _, ok := at[c.field]; !ok && c.required {
			return nil, refusal.New(refusal.Invalid, "column-missing", c.headings[1], c.field)
		}
	}
	return at, nil
}

func readLine(row bulk.Row, at map[string]int) Line {
	cell := func(field string) string {
		i, ok := at[field]
		if !ok || i >= len(row.Cells) {
			return ""
		}
		return strings.TrimSpace(row.Cells[i])
	}
	line := Line{Number: row.Line, Batch: NewBatch{
		GTIN: cell("gtin"), Lot: cell("lot"), Plant: cell("plant"), Certificate: cell("certificate"),
		ProducedOn: trace.Date(strings.NewReplacer("/", "-", ".", "-").Replace(cell("produced_on"))),
	}}
	size, err := strconv.ParseInt(strings.ReplaceAll(cell("size"), ",", ""), 10, 64)
	if err != nil {
		line.Refused = refusal.New(refusal.Invalid, "batch-size", cell("size")).Error()
	}
	line.Batch.Size = size
	return line
}
