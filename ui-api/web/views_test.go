package web

import (
	"time"

	"github.com/fanwei/fanwei/services/verify"
)

func unit(class string) *verify.Unit {
	u := verify.Unit{
		Code:  verify.Code{GTIN: "06901234510409", Lot: "L20260918A", Serial: "HQ3R7YH28D652F6KCWQH"},
		Short: "7K3QZ0V-HQ3R7-YH28D-652F6-KCWQH", Model: "LB-4824P", Name: "48 V 24 Ah电动自行车锂离子电池组", Brand: "岚泊",
		Class: class, Specification: "48 V 24 Ah，磷酸铁锂，15串2并，带BMS与蓝牙，IPX6，≤10.4 kg",
		Maker: "浙江岚泊动力科技有限公司", Plant: "云溪工厂", ProducedOn: "2026-09-18",
		RegisteredAt: time.Date(2026, 9, 18, 1, 41, 6, 0, time.UTC), Certificate: "2025010914331762", ValidTo: "2030-06-17",
	}
	if class == "portable-extinguisher" {
		u.Model, u.Name, u.Brand, u.Maker = "MFZ/ABC4", "手提式干粉灭火器", "霁川", "江苏霁川消防器材有限公司"
		u.Specification, u.Plant, u.Certificate, u.ValidTo = "ABC干粉4 kg，20 s，-20 ℃至55 ℃", "常平工厂", "2023081810000417", "2028-08-31"
		u.Lot, u.GTIN = "X20260612C", "06901234520101"
	}
	return &u
}

func good(certificate string) []verify.Reason {
	return []verify.Reason{
		{Code: "registered", Good: true, Args: []string{"浙江岚泊动力科技有限公司", "L20260918A", "2026-09-18"}},
		{Code: "certificate-held", Good: true, Args: []string{certificate, "2026-09-18", "2030-06-17"}},
		{Code: "first-scan", Good: true},
		{Code: "not-recalled", Good: true, Args: []string{"2026-11-20T10:32:07Z"}},
	}
}

// answers is one answer or more of each verdict.
func answers() map[string]verify.Answer {
	first := time.Date(2026, 11, 18, 1, 12, 0, 0, time.UTC)
	genuine := verify.Answer{Verdict: verify.Genuine, Unit: unit("ebike-lithium-battery"), Asked: "HQ3R7YH28D652F6KCWQH", At: now(),
		Reasons: good("2025010914331762"), Scans: verify.Scans{Count: 1, FirstAt: now(), LastAt: now()}}

	seen := genuine
	seen.Verdict, seen.Unit = verify.GenuineSeen, unit("portable-extinguisher")
	seen.Scans = verify.Scans{Count: 3, FirstAt: first, LastAt: now()}
	seen.Reasons = good("2023081810000417")
	seen.Reasons[2] = verify.Reason{Code: "scanned-before", Good: true, Args: []string{"2", "2026-11-18T01:12:00Z"}}

	photo := genuine
	photo.Unit = unit("smoke-detector")
	photo.Unit.Photo = "a3f1c2d4e5b60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90"

	recalled := genuine
	recalled.Verdict = verify.Recalled
	recalled.Reasons = append(good("2025010914331762")[:3], verify.Reason{Code: "recalled", Args: []string{"RC-2026-04", "浙江岚泊动力科技有限公司"}})
	recalled.Recall = &verify.Recall{Number: "RC-2026-04", Reason: "3号线点焊机9月19日参数漂移，极端情况下电池会起火。",
		Advice: "停止充电，把电池拆下来放到室外。\n打400-800-1234，免费换新，上门取件。", By: "浙江岚泊动力科技有限公司",
		Since: time.Date(2026, 11, 12, 2, 0, 0, 0, time.UTC)}

	ordered := recalled
	ordered.Unit = unit("portable-extinguisher")
	recall := *recalled.Recall
	recall.By, recall.Ordered, recall.Advice = "云溪县市场监督管理局", true, "换下来送回购买的店，免费换新。"
	ordered.Recall = &recall

	bare := genuine
	bare.Verdict, bare.Unit = verify.NotCertified, unit("ebike-lead-acid-battery")
	bare.Reasons = good("2025010914331762")
	bare.Reasons[1] = verify.Reason{Code: "certificate-expired", Args: []string{"2024010914288105", "2026-09-18", "2026-08-31"}}

	return map[string]verify.Answer{
		"genuine": genuine, "genuine_seen": seen, "genuine-photo": photo, "recalled": recalled,
		"recalled-ordered": ordered, "not_certified": bare,
		"unknown": {Verdict: verify.Unknown, Asked: "HQ3R7YH28D652F6KCWQA", At: now(),
			Suggestions: []verify.Code{{GTIN: "06901234510409", Lot: "L2026/0918A", Serial: "HQ3R7YH28D652F6KCWQH"}},
			Reasons: []verify.Reason{
				{Code: "gtin-known", Good: true, Args: []string{"06901234510409", "浙江岚泊动力科技有限公司"}},
				{Code: "lot-known", Good: true, Args: []string{"L20260918A"}},
				{Code: "serial-unknown"}}},
		"unreadable": {Verdict: verify.Unreadable, Asked: "https://example.com/01/06901234510409/10/<script>alert(1)</script>", At: now(),
			Reasons: []verify.Reason{{Code: "link-incomplete"}}},
	}
}

func demo() *Demo {
	return &Demo{
		People: []DemoPerson{
			{"沈知微", "浙江岚泊动力科技有限公司", "管理员、登记员", "shen", "fanwei-demo-2026"},
			{"许南乔", "云溪县市场监督管理局", "办事员", "xu", "fanwei-demo-2026"},
		},
		Samples: []Sample{
			{Text: "真品，首次查验", Short: "7K3QZ0V-HQ3R7-YH28D-652F6-KCWQH", Href: "/01/06901234510409/10/L20260918A/21/HQ3R7YH28D652F6KCWQH",
				Link: "HTTPS://FW.EXAMPLE.COM/01/06901234510409/10/L20260918A/21/HQ3R7YH28D652F6KCWQH"},
			{Text: "召回", Href: "/01/06901234510409/10/L20260919A/21/HQ3R7YH28D652F6KCWQH"},
		},
	}
}

// gallery shows each part in each of its states.
func gallery() PartsView {
	total, some := int64(20000), int64(3)
	ok := Tag{OK, "check", "已登记"}
	rows := []Row{
		{Cells: []Value{{Plain: "L20260918A", Href: "/batches/1", Small: "LB-4824P"}, {Tag: &ok}, Count(20000), {At: now().Add(-time.Hour)}}},
		{Cells: []Value{{Plain: "L20260817B", Href: "/batches/2"}, {Tag: &Tag{Recall, "back", "召回中"}}, Count(0), {At: now().AddDate(0, 0, -3)}}, Current: true},
		{Cells: []Value{{Code: "HQ3R7YH28D652F6KCWQH"}, {Text: "打印中", Meter: &Meter{Label: "已打印", Done: 2, Total: 3}}, {}, {Day: "2025-06-17"}}},
	}
	columns := []Column{{Label: "批次"}, {Label: "状态"}, {Label: "件数", Num: true}, {Label: "登记"}}
	return PartsView{
		Head: Head{Kicker: "每个部件的每种样子", Title: "批次", Code: "L20260918A", Tag: &ok, Acts: []Action{
			{Text: "导出编码", Icon: "get", Href: "/export"}, {Text: "打印标签", Icon: "print", Post: "/print", Primary: true,
				Fields: []Hidden{{"id", "1"}}}}},
		Tabs:    Tabs{"这个批次", []Tab{{Text: "概览", Href: "?", Current: true}, {Text: "召回", Href: "?tab=recalls", Count: &some}, {Text: "副卷", Href: "?tab=sealed", Locked: true}}},
		Notices: []Notice{{OK, "批次L20260918A登记好了。"}, {Bad, "没有登记，看看下面标红的地方。"}},
		Tags:    []Tag{ok, {Mute, "pause", "已暂停"}, {Doubt, "help", "存疑"}, {Bad, "x", "已撤销"}, {Claim, "key", "已激活"}, {Brand, "", "新"}},
		Actions: []Action{{Text: "看", Href: "/"}, {Text: "发起召回", Danger: true, Post: "/recall", Small: true},
			{ID: "wait", Text: "发布召回", Danger: true, Why: "要两个人签。还差质量负责人韩砚秋。"}},
		Facts: []Fact{{"证书", Value{Plain: "2025010914331762", Href: "/certificates/2025010914331762"}}, {"有效到", Value{Day: "2030-06-17"}},
			{"申报产能", Value{Count: &total, Small: "已用86,000件", Meter: &Meter{Label: "产能已用", Done: 717, Total: 1000}}}, {"备注", Value{}}},
		Fields: []Field{
			{Name: "lot", Label: "批号", Value: "L1", Required: true, Code: true, Help: "1到20个字母或数字", Error: "批号L1已经登记。换一个。"},
			{Name: "gtin", Label: "型号", Type: "select", Required: true, Options: []Option{{"1", "LB-4824P", false}, {"2", "LB-4820P", true}}},
			{Name: "plant", Label: "工厂", Suggest: []string{"云溪工厂", "云溪工厂二期"}},
			{Name: "produced_on", Label: "生产日期", Type: "date", Value: "2026-09-18", Min: "2025-09-18", Max: "2026-12-18", Required: true},
			{Name: "file", Label: "表格", Type: "file", Accept: ".csv,.xlsx"},
			{Name: "note", Label: "备注", Type: "textarea", Value: "第一行\n第二行"},
			{Name: "secret", Label: "密码", Type: "password", Value: "never shown", Complete: "new-password"},
		},
		Tables: []Table{
			{Caption: "批次", Columns: columns, Rows: rows, Pager: &Pager{From: 1, To: 3, Total: &total, Next: "?after=3"}},
			{Caption: "召回", Columns: columns[:1], Rows: []Row{{Cells: []Value{{Text: "RC-2026-04"}}, Acts: []Action{{Text: "结束", Small: true, Href: "/end"}}}},
				Pager: &Pager{From: 1, To: 1, Prev: "?"}},
			{Caption: "打印", Columns: columns, Empty: &Panel{Icon: "print", Title: "还没有打印", Text: "批次登记好就能打印。",
				Acts: []Action{{Text: "去打印", Icon: "plus", Href: "/print", Small: true}}}},
		},
		Panels: []Panel{
			{Icon: "search", Title: "没有找到“L2099”", Text: "看看批号有没有抄错。"},
			{State: Bad, Icon: "alert", Title: "账本连不上，没有登记", Text: "刚才填的都还在。过一会儿再按“登记”，不会登记两次。",
				Acts: []Action{{Text: "再试", Icon: "again", Href: "", Small: true}}, Number: "7F3K-20", Alert: true},
		},
		Progress: []Progress{{ID: "labels", Title: "标签", Text: "正在画第13,600枚，还要约27分钟。可以先做别的。",
			Meter: Meter{Label: "打印", Done: 13600, Total: 20000}, Poll: "/print-runs/1/progress", Again: "/print-runs/1",
			Acts: []Action{{Text: "暂停", Icon: "pause", Post: "/print-runs/1/pause", Small: true}}}},
		Timeline: []Event{
			{State: OK, Icon: "check", Text: "登记", At: now().AddDate(0, -2, -2), Small: "沈知微"},
			{Icon: "print", Text: "打印完20,000枚", Href: "/print-runs/1", At: now().Add(-2 * time.Hour)},
		},
	}
}
