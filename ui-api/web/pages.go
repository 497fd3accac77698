package web

import (
	"time"

	"github.com/fanwei/fanwei/ui-api/text"
)

// Pages is every page there is. It never changes and is safe for concurrent
// use.
type Pages struct {
	Assets *Assets

	Start   Page[StartView]
	Verdict *VerdictPage
	Login   Page[LoginView]
	Failure Page[FailureView] // for those who have not logged in

	ConsoleFailure Page[FailureView]
	Parts          Page[PartsView] // each part in each state

	List    Page[ListView]
	Form    Page[FormView]
	Record  Page[RecordView]
	Batches Page[BatchesView]
	Batch   Page[BatchView]
	Runs    Part[Runs]

	Certificate Page[CertificateView]
	Password    Page[PasswordView]
	Audit       Page[AuditView]
	System      Page[SystemView]
	Reference   Page[ReferenceView]

	Progress Part[Progress]
	State    Part[SystemView] // of page System

	cat *text.Catalogue
}

// Options are what pages need to know of the world.
type Options struct {
	Now func() time.Time // the clock: what counts as today
}

// New parses every template. It fails if one is missing, wrong, or unused.
func New(cat *text.Catalogue, opts Options) (*Pages, error) {
	assets, err := newAssets()
	if err != nil {
		return nil, err
	}
	e, err := newEngine(cat, assets, opts.Now)
	if err != nil {
		return nil, err
	}
	p := &Pages{
		Assets:         assets,
		cat:            cat,
		Start:          newPage[StartView](e, phone, "start"),
		Verdict:        newVerdictPage(e),
		Login:          newPage[LoginView](e, phone, "login"),
		Failure:        newPage[FailureView](e, phone, "failure"),
		ConsoleFailure: newPage[FailureView](e, console, "console-failure"),
		Parts:          newPage[PartsView](e, console, "parts"),
		List:           newPage[ListView](e, console, "list"),
		Form:           newPage[FormView](e, console, "form"),
		Record:         newPage[RecordView](e, console, "record"),
		Batches:        newPage[BatchesView](e, console, "batches"),
		Batch:          newPage[BatchView](e, console, "batch"),
		Runs:           newPart[Runs](e, "runs"),
		Certificate:    newPage[CertificateView](e, console, "certificate"),
		Password:       newPage[PasswordView](e, console, "password"),
		Audit:          newPage[AuditView](e, console, "audit"),
		System:         newPage[SystemView](e, console, "system"),
		Reference:      newPage[ReferenceView](e, console, "reference"),
		State:          newPart[SystemView](e, "state"),
		Progress:       newPart[Progress](e, "progress"),
	}
	return p, e.finish()
}

// Text returns the printer of a language, for the texts in views.
func (p *Pages) Text(lang text.Lang) text.Printer { return p.cat.Printer(lang) }
