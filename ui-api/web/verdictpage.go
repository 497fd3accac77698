package web

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/fanwei/fanwei/services/verify"
	"github.com/fanwei/fanwei/ui-api/text"
)

// formsKept is how many forms of the verdict page are kept: one for each batch,
// verdict and language that is asked about, of some ten kilobytes.
const formsKept = 1024

// A VerdictPage is the page about one unit. All but a little of it is the same
// for each unit of a batch, and a template takes a quarter of a millisecond. So
// the template is rendered once with marks where the unit's own values stand,
// and that form is filled in for the others.
type VerdictPage struct {
	Page[VerdictView]
	engine *engine
	forms  *lru.Cache[formKey, *form]
}

func newVerdictPage(e *engine) *VerdictPage {
	forms, err := lru.New[formKey, *form](formsKept)
	if err != nil {
		e.errs = append(e.errs, err)
	}
	return &VerdictPage{newPage[VerdictView](e, phone, "verdict"), e, forms}
}

// Render writes the page, whole or not at all: the same bytes as the template.
func (p *VerdictPage) Render(w io.Writer, visit Visit, view VerdictView) error {
	if !common(visit, view) {
		return p.Page.Render(w, visit, view)
	}
	key := keyOf(visit, view)
	f, ok := p.forms.Get(key)
	if !ok {
		var err error
		if f, err = p.form(visit, view); err != nil {
			return err
		}
		p.forms.Add(key, f)
	}
	if f == nil {
		return p.Page.Render(w, visit, view)
	}
	return f.fill(w, p.own(visit, view))
}

// common reports whether a page is one that many get: about a unit that there
// is, for somebody who has not logged in, at an address that stands in HTML as
// it is.
func common(visit Visit, view VerdictView) bool {
	anybody := visit.Person == nil && visit.Notice == nil && visit.Nav == nil && visit.At == "" && visit.Query == ""
	return anybody && view.Unit != nil && view.Unit.Short != "" && !view.Long() && view.Suggestions == nil && plainPath(visit.Here)
}

// plainPath reports whether an address is a path of characters that are the
// same in HTML and in a link.
func plainPath(s string) bool {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._~-"
	return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && strings.Trim(s, plain) == ""
}

// A formKey is all that a page shows but what is the unit's own, which is zero.
type formKey struct {
	lang    text.Lang
	theme   Theme
	verdict verify.Verdict
	unit    verify.Unit
	recall  verify.Recall
	called  bool // there is a recall
	reasons string
	once    bool // it was asked about once: a number that has words of its own
}

func keyOf(visit Visit, view VerdictView) formKey {
	k := formKey{lang: visit.lang(), theme: visit.Theme, verdict: view.Verdict, unit: *view.Unit, called: view.Recall != nil,
		once: view.Scans.Count == 1}
	k.unit.Index, k.unit.Serial, k.unit.Short = 0, "", ""
	if k.called {
		k.recall = *view.Recall
	}
	var b []byte
	for _, r := range view.Reasons {
		b = append(append(b, r.Code...), '\n')
		if r.Good {
			b = append(b, '+')
		}
		for i, arg := range r.Args {
			if !ownArg(r, i) {
				b = append(append(b, arg...), 0)
			}
		}
	}
	k.reasons = string(b)
	return k
}

// ownArg reports whether an argument of a reason is the unit's own. A count of
// one is not: it has words of its own.
func ownArg(r verify.Reason, i int) bool {
	return r.Code == "not-recalled" || r.Code == "scanned-before" && (i != 0 || r.Args[i] != "1")
}

// A form is a rendered page, cut where a unit's own values stand.
type form struct {
	pieces [][]byte // one more than slots
	slots  []int    // which of the values of own
}

// form renders the template with marks, and cuts it at them. It returns nil if
// the form filled in is not, byte by byte, what the template gives.
func (p *VerdictPage) form(visit Visit, view VerdictView) (*form, error) {
	var want, marked bytes.Buffer
	if err := p.Page.Render(&want, visit, view); err != nil {
		return nil, err
	}
	markedVisit, markedView := marks(visit, view)
	if err := p.Page.Render(&marked, markedVisit, markedView); err != nil {
		return nil, err
	}
	f := cut(marked.Bytes(), p.own(markedVisit, markedView))
	var got bytes.Buffer
	if err := f.fill(&got, p.own(visit, view)); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
		return nil, err
	}
	return f, nil
}

// marks puts values into a page that stand nowhere else in it.
func marks(visit Visit, view VerdictView) (Visit, VerdictView) {
	visit.Here = "/here.mark"
	at, first := time.Date(9871, 5, 4, 3, 2, 1, 0, time.UTC), time.Date(9872, 6, 5, 4, 3, 2, 0, time.UTC)
	unit := *view.Unit
	unit.Index, unit.Serial, unit.Short = 987654321012, "SERIAL-MARK", "MARK.1-MARK.2-MARK.3-MARK.4-MARK.5"
	view.Unit, view.Asked, view.At = &unit, "ASKED-MARK", at
	view.Scans.FirstAt, view.Scans.LastAt = first, at
	if view.Scans.Count != 1 {
		view.Scans.Count = 987654321013
	}
	reasons := make([]verify.Reason, len(view.Reasons))
	for i, r := range view.Reasons {
		args := append([]string(nil), r.Args...)
		for n := range args {
			switch {
			case !ownArg(r, n):
			case r.Code == "not-recalled":
				args[n] = at.Format(time.RFC3339)
			case n == 0:
				args[n] = "987654321014"
			default:
				args[n] = first.Format(time.RFC3339)
			}
		}
		reasons[i] = verify.Reason{Code: r.Code, Good: r.Good, Args: args}
	}
	view.Reasons = reasons
	return visit, view
}

// own returns what of a page is the unit's own, as it stands in HTML: the
// values that contain others come before them.
func (p *VerdictPage) own(visit Visit, view VerdictView) [ownValues]string {
	say := p.engine.cat.Printer(visit.lang())
	printed := view.Printed()
	at := view.At
	own := [ownValues]string{
		visit.Here + "?lang=" + string(visit.lang().Other()), visit.Here,
		string(codeTag(printed)), string(codeSpan("", ending(printed))),
		string(timeTag(say, at, say.Stamp(at))), say.Stamp(at),
	}
	if view.Verdict == verify.GenuineSeen {
		first := view.Scans.FirstAt
		own[6] = string(timeTag(say, first, say.When(p.engine.now(), first)))
		if view.Scans.Count != 1 {
			own[7] = say.Int(view.Scans.Count)
		}
	}
	for _, r := range view.Reasons {
		if r.Code != "scanned-before" {
			continue
		}
		if n, err := strconv.ParseInt(r.Args[0], 10, 64); err == nil && ownArg(r, 0) {
			own[8] = say.Int(n)
		}
		if first, err := time.Parse(time.RFC3339, r.Args[1]); err == nil {
			own[9] = say.Stamp(first)
		}
	}
	return own
}

// ownValues is how many values are a unit's own.
const ownValues = 10

// cut cuts a page at each of the values, at the longest where several begin.
func cut(page []byte, values [ownValues]string) *form {
	f := &form{}
	for {
		at, slot := len(page), -1
		for i, v := range values {
			if v == "" {
				continue
			}
			n := bytes.Index(page, []byte(v))
			if n >= 0 && (n < at || n == at && len(v) > len(values[slot])) {
				at, slot = n, i
			}
		}
		f.pieces = append(f.pieces, page[:at:at])
		if slot < 0 {
			return f
		}
		f.slots, page = append(f.slots, slot), page[at+len(values[slot]):]
	}
}

// fill writes the pieces with values between them. Nothing but w can fail.
func (f *form) fill(w io.Writer, values [ownValues]string) error {
	for i, piece := range f.pieces {
		if _, err := w.Write(piece); err != nil {
			return err
		}
		if i == len(f.slots) {
			break
		}
		if _, err := io.WriteString(w, values[f.slots[i]]); err != nil {
			return err
		}
	}
	return nil
}
