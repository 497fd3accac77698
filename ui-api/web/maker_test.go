package web

import (
	"io"
	"time"

	"github.com/fanwei/fanwei/ui-api/text"
)

// makerShots are the pages of what makers register.
func makerShots(p *Pages) []shot {
	return []shot{
		{"batches", func(w io.Writer, l text.Lang) error { return p.Batches.Render(w, desk(l, Batches), batches()) }},
		{"batches-none", func(w io.Writer, l text.Lang) error {
			v := desk(l, Batches)
			v.Notice, v.Query = &Notice{OK, "批次登记好了。"}, "L2099"
			return p.Batches.Render(w, v, BatchesView{ListView: nothing()})
		}},
		{"batch", func(w io.Writer, l text.Lang) error { return p.Batch.Render(w, desk(l, Batches), batch()) }},
		{"batch-read", func(w io.Writer, l text.Lang) error {
			v := batch()
			v.Runs, v.Print, v.Units, v.Gate, v.Head.Acts = nil, nil, nil, nil, nil
			v.Recalls.Rows = nil
			return p.Batch.Render(w, desk(l, Batches), v)
		}},
		{"progress.runs", func(w io.Writer, l text.Lang) error { return p.Runs.Render(w, desk(l, Batches), *batch().Runs) }},
		{"list-none", func(w io.Writer, l text.Lang) error { return p.List.Render(w, desk(l, Models), nothing()) }},
		{"form-refused", func(w io.Writer, l text.Lang) error { return p.Form.Render(w, desk(l, Batches), refused()) }},
		{"form-model", func(w io.Writer, l text.Lang) error { return p.Form.Render(w, desk(l, Models), modelForm()) }},
		{"import-preview", func(w io.Writer, l text.Lang) error { return p.Record.Render(w, desk(l, Batches), preview()) }},
		{"import-running", func(w io.Writer, l text.Lang) error {
			return p.Record.Render(w, desk(l, Batches), RecordView{Head: Head{Kicker: "从文件导入", Title: "11月批次.csv"}, Progress: &gallery().Progress[0]})
		}},
		{"recall-confirm", func(w io.Writer, l text.Lang) error { return p.Record.Render(w, desk(l, Recalls), confirm()) }},
		{"model", func(w io.Writer, l text.Lang) error { return p.Record.Render(w, desk(l, Models), model()) }},
		{"search-none", func(w io.Writer, l text.Lang) error {
			v := desk(l, "")
			v.Query = "<b>L2099"
			return p.Record.Render(w, v, RecordView{Head: Head{Title: "查找", Code: "<b>L2099"}, Panel: &Panel{Icon: "search", Title: "没有找到"}})
		}},
	}
}

func nothing() ListView {
	return ListView{Head: Head{Title: "批次"}, Search: &Search{Action: "/batches", Label: "批号、条码或型号", Value: "L2099"},
		Table: Table{Caption: "批次", Empty: &gallery().Panels[0]}}
}

func batches() BatchesView {
	total := int64(97)
	g := gallery()
	return BatchesView{
		ListView: ListView{Head: Head{Title: "批次", Acts: []Action{{Text: "从文件导入", Icon: "file", Href: "/batches/import"}, {Text: "登记批次", Icon: "plus", Href: "/batches/new", Primary: true}}},
			Search: &Search{Action: "/batches", Label: "批号、条码或型号", Keep: []Hidden{{"state", "open"}}},
			Chips:  &Tabs{"按状态看", []Tab{{Text: "全部", Href: "/batches", Current: true, Count: &total}, {Text: "召回中", Href: "/batches?state=recalled"}}},
			Table:  Table{Caption: "批次", Columns: g.Tables[0].Columns, Rows: g.Tables[0].Rows, Pager: &Pager{From: 1, To: 30, Total: &total, Next: "/batches?after=30"}}},
		Chart: &Chart{ID: "months", Note: "近2个月", Finding: "近2个月登记12,000件，最多的是2026年10月，12,000件",
			Figures: Table{Caption: "每月件数", Columns: []Column{{Label: "月份"}, {Label: "件数", Num: true}}, Rows: []Row{{Cells: []Value{{Text: "2026年10月"}, Count(12000)}}}},
			Data:    ChartData{Names: []string{"2026-10", "2026-11"}, Bars: []int64{12000, 0}, Series: "</script>件数"}},
	}
}

func batch() BatchView {
	last := int64(20000)
	running := Tag{Brand, "print", "正在打印"}
	return BatchView{
		Head: Head{Kicker: "岚泊LB-4824P电动自行车锂电池", Title: "批次", Code: "A/B%1", Tag: &Tag{Recall, "back", "部分召回"},
			Acts: []Action{{Text: "发起召回", Icon: "back", Danger: true, Href: "/recalls/new?gtin=06901234510409&lot=A%2FB%251"}}},
		Gate: &Aside{Title: "放行依据", Tag: &Tag{OK, "check", "有效"}, Note: "还能发34,000件。用完后再发码，账本会拒绝。",
			Facts: []Fact{{"证书", Value{Plain: "2025010914331762", Href: "/certificates/2025010914331762"}}}, Meter: &Meter{Label: "产能已用", Done: 86000, Total: 120000}},
		Receipt: Receipt{Facts: []Fact{{"登记", Value{Text: "2026-09-18 09:41"}}}, Transaction: "aa89fe924f438f164ae6ecd074fa0de162ff4ba59c48f6fe30d28089b1f3f443",
			Root: "SBNJTRN+FjG7AAAAAAAAAAAAAAAAAAAAAAAAAAAAd7I=", Event: "/batches/06901234510409/A%2FB%251/event"},
		Facts: Aside{Title: "这一批", Facts: []Fact{{"件数", Count(20000)}, {"型号", Value{Text: "LB-4824P", Href: "/models/06901234510409"}}}},
		Runs: &Runs{Poll: "/batches/06901234510409/A%2FB%251/runs", Again: "/batches/06901234510409/A%2FB%251#runs", Table: Table{Caption: "标签",
			Columns: []Column{{Label: "格式"}, {Label: "状态"}, {Label: "开始"}},
			Rows: []Row{{Cells: []Value{{Text: "PDF，A4一页24枚", Small: "第1到20,000件"}, {Tag: &running, Small: "13,600 / 20,000枚，还要约2分钟", Meter: &Meter{Label: "已生成", Done: 13600, Total: 20000}}, {At: now().Add(-time.Hour)}},
				Acts: []Action{{Text: "暂停", Icon: "pause", Post: "/print-runs/1/pause", Small: true}, {Text: "取消", Icon: "x", Post: "/print-runs/1/cancel", Small: true, Danger: true}}}}}},
		Print: &FormView{Head: Head{Title: "打印标签"}, Action: "/batches/06901234510409/A%2FB%251/print", Submit: "生成文件", Icon: "print", Compact: true,
			Problem: &Panel{State: Bad, Icon: "alert", Title: "填的有一处要改", Alert: true},
			Fields:  []Field{{Name: "layout", Label: "格式", Type: "select", Required: true, Options: []Option{{"pdf-a4-24", "PDF", true}}}, {Name: "first", Label: "从第几件", Type: "number", Min: "1", Max: "20000", Value: "0", Required: true, Error: "从1数起。"}}},
		Units: &Units{Last: "20000", Jump: Search{Action: "/batches/06901234510409/A%2FB%251", Label: "从第几件看", Value: "60"},
			Table: Table{Caption: "单件", Columns: []Column{{Label: "编码"}, {Label: "序号", Num: true}}, Pager: &Pager{From: 51, To: 100, Total: &last, Prev: "?unit=1#units", Next: "?unit=101#units"},
				Rows: []Row{{Cells: []Value{{Code: "HQ3R7YH28D652F6KCWQH", Href: "/01/1"}, Count(60)}, Current: true, Acts: []Action{{Text: "SVG标签", Small: true, Href: "/label.svg"}}}}}},
		Recalls: Table{Caption: "召回", Columns: []Column{{Label: "编号"}}, Rows: []Row{{Cells: []Value{{Plain: "RC-2026-04", Href: "/recalls/lanbo/RC-2026-04"}}}},
			Empty: &Panel{Icon: "check", Title: "没有召回"}},
	}
}

func refused() FormView {
	g := gallery()
	return FormView{Head: Head{Kicker: "批次", Title: "登记批次"}, ID: "5f0c", Action: "/batches/new", Submit: "登记这一批", Icon: "ledger", Cancel: "/batches",
		Problem: &Panel{State: Bad, Icon: "alert", Title: "现在还不能办", Text: "证书2025010914331762在2026年还能发34,000件，这批要40,000件。改小，或者先增产能。", Alert: true, Number: "7F3K-20"},
		Fields:  g.Fields[:5], Asides: []Aside{{Title: "还能发的件数", Facts: g.Facts[:3], Note: "按证书上申报的年产能算。"}}}
}

func modelForm() FormView {
	return FormView{Head: Head{Title: "登记型号"}, Multipart: true, Hidden: []Hidden{{"stored", "a3f1"}}, Submit: "登记这个型号",
		Fields: []Field{{Name: "photo", Label: "照片", Type: "file", Accept: "image/jpeg", Help: "照片传好了，不用再选。"}}}
}

func preview() RecordView {
	return RecordView{Head: Head{Kicker: "从文件导入", Title: "11月批次.csv"},
		Panel: &Panel{State: Bad, Icon: "alert", Title: "2行里有1行要改", Alert: true, Acts: []Action{{Text: "改好再传", Icon: "up", Href: "/batches/import"}}},
		Tables: []Table{
			{Caption: "要改的行", Columns: []Column{{Label: "行"}, {Label: "原因"}}, Rows: []Row{{Cells: []Value{{Text: "第3行"}, {Text: "批次IMP1已经登记。换一个批号。"}}}}},
			{Caption: "没有问题的行", Columns: []Column{{Label: "行"}, {Label: "批号"}}, Rows: []Row{{Cells: []Value{{Text: "第2行"}, {Plain: "IMP1"}}}}},
		}}
}

func confirm() RecordView {
	return RecordView{Head: Head{Kicker: "发起召回", Title: "核对以后再发布"},
		Facts:    &Aside{Title: "召回多少", Facts: []Fact{{"件数", Count(500)}}, Meter: &Meter{State: Recall, Label: "件数", Done: 500, Total: 12000}, Note: "发布以后马上公开。"},
		Passages: []Passage{{"原因", "可能漏液。"}, {"处理办法", "停止使用。\n联系厂家。"}},
		Form: &FormView{Head: Head{Title: "发布后马上公开"}, Action: "/recalls", ID: "5f0c", Submit: "发布召回，500件", Icon: "back", Danger: true, Back: "/recalls/new",
			Hidden: []Hidden{{"reason", "可能“漏液”。\n<b>"}}}}
}

func model() RecordView {
	return RecordView{Head: Head{Kicker: "岚泊新电池", Title: "型号", Code: "LB-X1", Acts: []Action{{Text: "登记批次", Icon: "plus", Href: "/batches/new?gtin=1", Primary: true}}},
		Photo:  &Photo{"/photo/a3f1", "岚泊新电池", "消费者看到的照片"},
		Tables: []Table{{Caption: "包括这个型号的证书", Empty: &Panel{State: Doubt, Icon: "alert", Title: "没有证书包括这个型号"}}},
		Asides: []Aside{{Title: "登记的内容", Facts: []Fact{{"条码", Value{Plain: "06901234519990"}}}, Acts: []Action{{Text: "看", Href: "/"}}}}}
}
