package site

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/audit"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/ui-api/text"
	"github.com/fanwei/fanwei/ui-api/web"
)

// machineName is who stands in the trail where no person acted.
const machineName = "fanwei"

// A teller puts lines of the trail into sentences.
type teller struct {
	text    text.Printer
	persons map[string]string      // name by id
	orgs    func(id string) string // name
	all     bool                   // lines of more than one organisation are shown
	opens   func(authz.Kind) bool  // whether the reader may see objects of a kind
}

// teller knows the names that lines speak of: of the people that the reader
// may see, and of those who acted.
func (r *request) teller(lines []audit.Line) (teller, error) {
	t := teller{text: r.text, persons: map[string]string{}, all: r.reachesAll(authz.Audit),
		opens: func(kind authz.Kind) bool { return r.site.Guard.Reach(r.subject(), authz.Read, kind) != authz.None }}
	var orgs []string
	for _, l := range lines {
		if orgs = append(orgs, l.Org); l.Person != "" {
			t.persons[l.Person] = l.Name
		}
	}
	people, err := r.site.Accounts.People(r.UserContext(), r.subject(), r.session.Org)
	if err != nil && !refusal.Is(err, refusal.NotFound) {
		return t, err
	}
	for _, p := range people {
		t.persons[p.ID] = p.Name
	}
	t.orgs, err = r.orgNames(orgs...)
	return t, err
}

// people are those whose lines can be asked for.
func (t teller) people() []web.Option {
	list := make([]web.Option, 0, len(t.persons))
	for id, name := range t.persons {
		list = append(list, web.Option{Value: id, Text: name})
	}
	slices.SortFunc(list, func(a, b web.Option) int { return strings.Compare(a.Text+a.Value, b.Text+b.Value) })
	return list
}

// tell puts a line into a sentence: who did what to what, or tried to.
func (t teller) tell(l audit.Line) web.AuditLine {
	how, look := "done", web.Tag{State: web.OK, Icon: "check", Text: t.text.Of("outcome", string(l.Outcome))}
	switch l.Outcome {
	case audit.Refused:
		how, look.State, look.Icon = "tried", web.Doubt, "ban"
	case audit.Failed:
		how, look.State, look.Icon = "tried", web.Bad, "alert"
	case audit.Done:
	}
	line := web.AuditLine{Event: web.Event{State: look.State, Icon: look.Icon, At: l.At, Small: t.note(l),
		Text: t.text.Of("deed", l.Act+"."+how, t.who(l), t.what(l))}}
	if l.Outcome == audit.Done {
		line.Href = t.where(l)
	} else {
		line.Outcome = &look
	}
	if l.Reason != "" {
		line.Told = t.told(l)
	}
	return line
}

// where is the page of a line's object, or empty.
func (t teller) where(l audit.Line) string {
	if !t.opens(authz.Kind(l.Object)) {
		return ""
	}
	switch authz.Kind(l.Object) {
	case authz.Certificate:
		return certificatePath(l.ObjectID)
	case authz.Batch:
		if gtin, lot, ok := strings.Cut(l.ObjectID, "/"); ok && gtin != "import" {
			return batchPath(gtin, lot)
		}
	case authz.Model:
		if l.ObjectID != "photo" {
			return segments("/models", l.ObjectID)
		}
	}
	return ""
}

func (t teller) who(l audit.Line) string {
	_, err := uuid.Parse(l.Person)
	switch {
	case l.Name == "":
		return t.text.T("audit.nobody")
	case err != nil && l.Name == machineName:
		return t.text.T("audit.machine")
	}
	return l.Name
}

// what names the object of a line.
func (t teller) what(l audit.Line) string {
	id := l.ObjectID
	switch {
	case strings.HasPrefix(id, "import/"):
		return t.text.T("audit.import")
	case id == "photo":
		return t.text.T("audit.photo")
	case l.Object == string(authz.Person):
		id = t.persons[id]
	case l.Object == string(authz.Organisation):
		if name := t.orgs(id); name != "" {
			id = name
		}
	}
	if id == "" {
		return t.text.Of("thing", l.Object+".any")
	}
	return t.text.Of("thing", l.Object+".one", id)
}

// told is the answer that was given. The trail keeps its reason without what
// it named; a right that was missing is told by the line itself.
func (t teller) told(l audit.Line) string {
	switch l.Reason {
	case "not-allowed":
		return t.text.Refusal(refusal.New(refusal.Forbidden, l.Reason, l.Act, l.Object)).Text
	case "fault":
		return t.text.T("fault.title")
	}
	return t.text.Gist(l.Reason)
}

// note is what more a line says: the detail, whose line it is, from where.
func (t teller) note(l audit.Line) string {
	var parts []string
	if d := t.detail(l.Detail); d != "" {
		parts = append(parts, d)
	}
	if t.all && l.Org != "" {
		parts = append(parts, t.orgs(l.Org))
	}
	if l.Address != "" {
		parts = append(parts, t.text.T("audit.address", l.Address))
	}
	return strings.Join(parts, t.text.T("comma"))
}

// detail puts the details that services/account and services/product write
// into words; others are shown as they are.
func (t teller) detail(d string) string {
	switch d {
	case "password reset":
		return t.text.T("audit.reset")
	case "for demonstration":
		return t.text.T("audit.demo")
	}
	if name, ok := strings.CutPrefix(d, "active true, "); ok {
		return t.text.T("audit.active", name)
	}
	if name, ok := strings.CutPrefix(d, "active false, "); ok {
		return t.text.T("audit.inactive", name)
	}
	if what, ok := strings.CutSuffix(d, "-certificate"); ok {
		return t.text.Of("change", what)
	}
	before, list, ok := strings.Cut(d, ": ")
	switch {
	case !ok, list == "first administrator":
		return d
	case list == "":
		return ""
	}
	roles := strings.Split(list, ", ")
	for i, role := range roles {
		roles[i] = t.text.Of("role", role)
	}
	words := strings.Join(roles, t.text.T("list.and"))
	if before == "roles" {
		return t.text.T("audit.roles", words)
	}
	return t.text.T("audit.added", before, words)
}
