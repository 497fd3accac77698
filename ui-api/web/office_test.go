package web

import (
	"io"
	"time"

	"github.com/fanwei/fanwei/ui-api/api"
	"github.com/fanwei/fanwei/ui-api/text"
)

// officer is what pages of agencies and of the platform are asked with.
func officer(lang text.Lang, at Place) Visit {
	return Visit{Lang: lang, Here: "/" + string(at), At: at,
		Person: &Person{Name: "许南乔", Organisation: "云溪县市场监督管理局", Role: "管理员、办事员"},
		Nav:    []Place{Batches, Models, Certificates, Recalls, People, AuditTrail, System}}
}

// officeShots is the pages of agencies and of the platform.
func officeShots(p *Pages) []shot {
	return []shot{
		{"certificate", func(w io.Writer, l text.Lang) error {
			return p.Certificate.Render(w, officer(l, Certificates), suspendedCertificate())
		}},
		{"certificate-revoke", func(w io.Writer, l text.Lang) error {
			return p.Form.Render(w, officer(l, Certificates), revocation())
		}},
		{"person", func(w io.Writer, l text.Lang) error { return p.Form.Render(w, officer(l, People), roles()) }},
		{"password", func(w io.Writer, l text.Lang) error {
			return p.Password.Render(w, officer(l, People), PasswordView{Head: Head{Title: "程砚添加好了"}, Password: "K7QZ-4MPA-XW2C-9DRT",
				Facts: []Fact{{"姓名", Value{Text: "程砚"}}, {"登录名", Value{Plain: "chengyan"}}},
				Next:  Action{Text: "记下了，回人员列表", Icon: "back", Href: "/people"}})
		}},
		{"audit", func(w io.Writer, l text.Lang) error { return p.Audit.Render(w, officer(l, AuditTrail), trail()) }},
		{"audit-none", func(w io.Writer, l text.Lang) error {
			return p.Audit.Render(w, officer(l, AuditTrail), AuditView{Head: Head{Title: "审计"}, Action: "/audit", Clear: "/audit",
				Empty: Panel{Icon: "list", Title: "没有这样的记录", Text: "换个条件，或者清除条件再看。"}})
		}},
		{"system", func(w io.Writer, l text.Lang) error { return p.System.Render(w, officer(l, System), health()) }},
		{"reference", func(w io.Writer, l text.Lang) error { return p.Reference.Render(w, visit(l), reference()) }},
	}
}

func suspendedCertificate() CertificateView {
	yes, no := Tag{OK, "check", "有效"}, Tag{Doubt, "pause", "已暂停"}
	return CertificateView{
		Head: Head{Kicker: "浙江岚泊动力科技有限公司，电动自行车锂电池", Title: "证书", Code: "2025010914331762", Acts: []Action{
			{Text: "恢复证书", Icon: "play", Href: "/certificates/2025010914331762/restore"},
			{Text: "撤销证书", Icon: "ban", Href: "/certificates/2025010914331762/revoke", Danger: true}}},
		Standing: no, Why: "2026-11-18起暂停，恢复前生产的都不算有证",
		Line: []Event{
			{State: Doubt, Icon: "pause", Text: "暂停，从2026-11-18起", At: now().Add(-time.Hour), Small: "云溪县市场监督管理局：抽检不合格"},
			{State: OK, Icon: "stamp", Text: "录入", At: now().AddDate(-1, 0, 0)}},
		Batches: Table{Caption: "用这张证书登记的批次", Columns: []Column{{Label: "批号"}, {Label: "生产日期"}, {Label: "生产时"}, {Label: "件数", Num: true}},
			Rows: []Row{
				{Cells: []Value{{Plain: "L20261119A", Href: "/batches/06901234510409/L20261119A", Small: "LB-4824P"}, {Day: "2026-11-19"}, {Tag: &no}, Count(1200)}},
				{Cells: []Value{{Plain: "L20260918A", Href: "/batches/06901234510409/L20260918A", Small: "LB-4824P"}, {Day: "2026-09-18"}, {Tag: &yes}, Count(20000)}}}},
		Asides: []Aside{
			{Title: "2026年产能", Facts: []Fact{{"已用", Count(860000)}, {"还能发", Count(40000)}, {"申报", Count(900000)}},
				Meter: &Meter{State: Doubt, Label: "已用", Done: 860000, Total: 900000}, Note: "剩下的不到一成。厂家再登记前，要先增产能。"},
			{Title: "证书内容", Facts: []Fact{{"型号", Value{Text: "LB-4824P、LB-4820P"}}, {"到期日", Value{Day: "2030-06-17"}}}}},
	}
}

func revocation() FormView {
	tag := Tag{OK, "check", "有效"}
	return FormView{Head: Head{Kicker: "证书2025010914331762", Title: "撤销证书"}, ID: "3f1c9a52", Hidden: []Hidden{{"confirmed", "2026-09-01"}},
		Problem: &Panel{State: Bad, Icon: "alert", Title: "2026-09-01以后生产的14批，共103,800件，会失去认证", Text: "撤销不能恢复。", Alert: true},
		Submit:  "确认撤销", Danger: true, Cancel: "/certificates/2025010914331762",
		Fields: []Field{{Name: "from", Label: "从哪天起", Type: "date", Value: "2026-09-01", Max: "2026-11-20", Required: true},
			{Name: "reason", Label: "原因", Type: "textarea", Value: "冒用检验报告", Required: true}},
		Asides: []Aside{{Title: "证书内容", Tag: &tag, Facts: []Fact{{"持证厂家", Value{Text: "浙江岚泊动力科技有限公司", Small: "lanbo"}}}}}}
}

func roles() FormView {
	tag := Tag{Doubt, "key", "还没换密码"}
	return FormView{Head: Head{Kicker: "云溪县市场监督管理局", Title: "程砚", Tag: &tag}, Submit: "保存", Cancel: "/people",
		Fields: []Field{{Name: "roles", Label: "角色", Type: "checks", Required: true, Error: "还没选角色。至少选一个。", Help: "可以有几个",
			Options: []Option{{"manager", "管理员：管本单位的人员", false}, {"officer", "办事员：录入证书", true}}}},
		Asides: []Aside{{Title: "这个人", Facts: []Fact{{"登录名", Value{Plain: "chengyan"}}}, Acts: []Action{
			{Text: "重设密码", Icon: "key", Href: "/people/1/password"}, {Text: "移除", Icon: "ban", Danger: true, Href: "/people/1/remove"}}}}}
}

func trail() AuditView {
	return AuditView{Head: Head{Kicker: "云溪县市场监督管理局", Title: "审计"}, Action: "/audit", Clear: "/audit", Newest: "/audit?act=record",
		Older: "/audit?act=record&before=01", Fields: []Field{
			{Name: "act", Label: "做了什么", Type: "select", Options: []Option{{"", "全部", false}, {"record", "录入", true}}},
			{Name: "id", Label: "对象的编号", Value: "2025"}, {Name: "from", Label: "从哪天", Type: "date", Value: "2026-11-01"}},
		Lines: []AuditLine{
			{Event: Event{State: OK, Icon: "check", Text: "许南乔录入了证书T1", Href: "/certificates/T1", At: now(), Small: "从10.0.0.7来"}},
			{Event: Event{State: Doubt, Icon: "ban", Text: "许南乔想录入证书T2", At: now().Add(-time.Hour)},
				Outcome: &Tag{Doubt, "ban", "没让办"}, Told: "证书…已经录入。"}}}
}

func health() SystemView {
	return SystemView{State: Doubt, Icon: "alert", Title: "2个后台任务试了多次没做成", Text: "原因在程序的日志里。", Poll: "/system/state",
		Asides: []Aside{{Title: "账本", Facts: []Fact{{"账本共", Count(51077)}, {"还差", Count(0)}}},
			{Title: "存储", Facts: []Fact{{"剩余空间", Value{Text: "72.4 GB"}}}, Meter: &Meter{Label: "已用空间", Done: 180, Total: 252}}}}
}

func reference() ReferenceView {
	return ReferenceView{Host: "https://fw.example.com", Groups: []api.Group{{Tag: "certificates", Title: "证书", Operations: []api.Operation{
		{ID: "record-certificate", Method: "POST", Path: "/api/v1/certificates", Summary: "录入证书", Description: "写进账本。", Tag: "certificates", Session: true,
			Body: []api.Field{{Name: "capacity", Leaf: "capacity", Type: "integer", Doc: "一个日历年的申报件数", Required: true},
				{Name: "id", Leaf: "id", Type: "string", Limits: []string{"≤64"}}},
			Replies: []api.Reply{{Code: "204", Text: "办好了"}, {Code: "default", Text: "没办成"}},
			Example: api.Example{Path: "/api/v1/certificates", Body: `{"capacity": 900000}`}},
		{ID: "list-certificates", Method: "GET", Path: "/api/v1/certificates", Summary: "列出证书", Tag: "certificates",
			Parameters: []api.Field{{Name: "limit", Leaf: "limit", Type: "integer", In: "query", Limits: []string{"1…200"}}},
			Answer: []api.Field{{Name: "items", Leaf: "items", Type: "object[]", Required: true},
				{Name: "items[].photo", Leaf: "photo", Type: "string", Doc: "照片"}},
			Replies: []api.Reply{{Code: "200", Text: "有结果"}}, Example: api.Example{Path: "/api/v1/certificates"}},
	}}}}
}
