package site

import (
	"slices"
	"strings"

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
}

// teller knows the names that lines speak of: of the people that the reader
// may see, and of those who acted.
func (r *request) teller(lines []audit.Line) (teller, error) {
	t := teller{text: r.text, persons: map[string]string{}, all: r.reachesAll(authz.Audit)}
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
	line := web.AuditLine{Outcome: web.Tag{State: web.OK, Icon: "check", Text: t.text.Of("outcome", string(l.Outcome))}}
	how := "done"
	switch l.Outcome {
	case audit.Refused:
		how, line.Outcome.State, line.Outcome.Icon = "tried", web.Doubt, "ban"
	case audit.Failed:
		how, line.Outcome.State, line.Outcome.Icon = "tried", web.Bad, "alert"
	case audit.Done:
	}
	line.Event = web.Event{State: line.Outcome.State, Icon: line.Outcome.Icon, At: l.At,
		Text: t.text.Of("deed", l.Act+"."+how, t.who(l), t.what(l))}
	if l.Person != "" {
		line.Href = "/audit?person=" + l.Person
	}
	if l.Reason != "" {
		line.Told = t.told(l)
	}
	line.Notes = t.notes(l)
	return line
}

func (t teller) who(l audit.Line) string {
	switch {
	case l.Name == "":
		return t.text.T("audit.nobody")
	case l.Person == "" && l.Name == machineName:
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
	return t.text.T("audit.thing", t.text.Of("object", l.Object), id)
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

// notes is what more a line says: the detail, whose line it is, from where.
func (t teller) notes(l audit.Line) []string {
	var notes []string
	if d := t.detail(l.Detail); d != "" {
		notes = append(notes, d)
	}
	if t.all && l.Org != "" {
		notes = append(notes, t.orgs(l.Org))
	}
	if l.Address != "" {
		notes = append(notes, t.text.T("audit.address", l.Address))
	}
	return notes
}

// detail puts the details that services/account writes into words; others are
// shown as they are.
func (t teller) detail(d string) string {
	switch {
	case d == "password reset":
		return t.text.T("audit.reset")
	case d == "for demonstration":
		return t.text.T("audit.demo")
	}
	if name, ok := strings.CutPrefix(d, "active true, "); ok {
		return t.text.T("audit.active", name)
	}
	if name, ok := strings.CutPrefix(d, "active false, "); ok {
		return t.text.T("audit.inactive", name)
	}
	before, list, ok := strings.Cut(d, ": ")
	if !ok || list == "first administrator" {
		return d
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
