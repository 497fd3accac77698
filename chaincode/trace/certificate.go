package trace

import (
	"slices"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// A Certificate is a product certification as the market regulator recorded
// it, with all that has happened to it since.
type Certificate struct {
	Number      string       `json:"number"`
	Holder      string       `json:"holder"` // the maker's organisation
	Class       string       `json:"class"`  // product class
	Models      []string     `json:"models"` // designations covered
	Standards   []string     `json:"standards"`
	ValidFrom   Date         `json:"valid_from"`
	ValidTo     Date         `json:"valid_to"`
	Capacity    int64        `json:"capacity"` // declared units a calendar year
	Suspensions []Suspension `json:"suspensions,omitempty"`
	RevokedFrom Date         `json:"revoked_from,omitempty"`
}

// A Suspension is a time in which a certificate did not hold: from its first
// day to the day before it was restored.
type Suspension struct {
	From     Date `json:"from"`
	Restored Date `json:"restored,omitempty"`
}

// A Standing is why a certificate does or does not hold on a day.
type Standing string

const (
	Holds     Standing = "valid"
	NotYet    Standing = "certificate-not-yet-valid"
	Expired   Standing = "certificate-expired"
	Suspended Standing = "certificate-suspended"
	Revoked   Standing = "certificate-revoked"
)

// StandingOn says whether the certificate holds on a day.
func (c Certificate) StandingOn(day Date) Standing {
	switch {
	case c.RevokedFrom != "" && day >= c.RevokedFrom:
		return Revoked
	case slices.ContainsFunc(c.Suspensions, func(s Suspension) bool { return s.covers(day) }):
		return Suspended
	case day < c.ValidFrom:
		return NotYet
	case day > c.ValidTo:
		return Expired
	}
	return Holds
}

func (s Suspension) covers(day Date) bool {
	return day >= s.From && (s.Restored == "" || day < s.Restored)
}

// Covers reports whether the certificate was issued for a model of a class.
func (c Certificate) Covers(class, model string) bool {
	return c.Class == class && slices.Contains(c.Models, model)
}

// suspended reports whether a suspension is open, whatever day it is.
func (c Certificate) suspended() bool {
	return slices.ContainsFunc(c.Suspensions, func(s Suspension) bool { return s.Restored == "" })
}

func certificateKey(number string) string { return "certificate/" + number }

// getCertificate returns a certificate that must exist.
func getCertificate(tx Tx, number string) (Certificate, error) {
	var c Certificate
	found, err := load(tx, certificateKey(number), &c)
	if err == nil && !found {
		err = refusal.New(refusal.NotFound, "certificate-missing", number)
	}
	return c, err
}

// RecordCertificate records a certificate. Market regulation alone may.
type RecordCertificate struct {
	Head
	Number    string   `json:"number"`
	Holder    string   `json:"holder"`
	Class     string   `json:"class"`
	Models    []string `json:"models"`
	Standards []string `json:"standards"`
	ValidFrom Date     `json:"valid_from"`
	ValidTo   Date     `json:"valid_to"`
	Capacity  int64    `json:"capacity"`
}

// CertificateRecorded is its event.
type CertificateRecorded struct {
	EventHead
	Certificate
}

func (RecordCertificate) Name() string { return "record-certificate" }

func (c RecordCertificate) apply(tx Tx) (any, error) {
	if err := only(tx, Market); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	var before Certificate
	found, err := load(tx, certificateKey(c.Number), &before)
	if err != nil {
		return nil, err
	}
	if found {
		return nil, refusal.New(refusal.Exists, "certificate-exists", c.Number)
	}
	cert := Certificate{Number: c.Number, Holder: c.Holder, Class: c.Class, Models: c.Models,
		Standards: c.Standards, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo, Capacity: c.Capacity}
	event := CertificateRecorded{head(tx, "certificate-recorded", c), cert}
	return event, store(tx, certificateKey(c.Number), cert)
}

func (c RecordCertificate) check() error {
	for _, err := range []error{
		checkName("number", c.Number, 40),
		checkName("holder", c.Holder, 64),
		checkName("class", c.Class, 64),
		checkList("models", c.Models, 200),
		checkList("standards", c.Standards, 50),
		checkDate("valid_from", c.ValidFrom),
		checkDate("valid_to", c.ValidTo),
	} {
		if err != nil {
			return err
		}
	}
	if c.ValidTo < c.ValidFrom {
		return refusal.New(refusal.Invalid, "dates-reversed", string(c.ValidFrom), string(c.ValidTo))
	}
	if c.Capacity < 1 || c.Capacity > MaxSize {
		return refusal.New(refusal.Invalid, "capacity-range")
	}
	return nil
}

// SuspendCertificate stops a certificate from a day on, which may lie in the
// past: what was made since then is no longer certified.
type SuspendCertificate struct {
	Head
	Number string `json:"number"`
	From   Date   `json:"from"`
	Reason string `json:"reason"`
}

// RestoreCertificate lets a suspended certificate hold again from today.
type RestoreCertificate struct {
	Head
	Number string `json:"number"`
	Reason string `json:"reason"`
}

// RevokeCertificate ends a certificate for good from a day on, which may lie
// in the past when it should never have been issued.
type RevokeCertificate struct {
	Head
	Number string `json:"number"`
	From   Date   `json:"from"`
	Reason string `json:"reason"`
}

// CertificateChanged is the event of all three: certificate-suspended,
// certificate-restored and certificate-revoked. From is the first day of the
// change.
type CertificateChanged struct {
	EventHead
	Number string `json:"number"`
	From   Date   `json:"from"`
	Reason string `json:"reason"`
}

func (SuspendCertificate) Name() string { return "suspend-certificate" }
func (RestoreCertificate) Name() string { return "restore-certificate" }
func (RevokeCertificate) Name() string  { return "revoke-certificate" }

func (c SuspendCertificate) apply(tx Tx) (any, error) {
	return changeCertificate(tx, c, CertificateChanged{head(tx, certificateSuspended, c), c.Number, c.From, c.Reason})
}

func (c RestoreCertificate) apply(tx Tx) (any, error) {
	return changeCertificate(tx, c, CertificateChanged{head(tx, certificateRestored, c), c.Number, today(tx), c.Reason})
}

func (c RevokeCertificate) apply(tx Tx) (any, error) {
	return changeCertificate(tx, c, CertificateChanged{head(tx, certificateRevoked, c), c.Number, c.From, c.Reason})
}

// The types of a CertificateChanged.
const (
	certificateSuspended = "certificate-suspended"
	certificateRestored  = "certificate-restored"
	certificateRevoked   = "certificate-revoked"
)

// changeCertificate is what the three changes have in common.
func changeCertificate(tx Tx, cmd Command, event CertificateChanged) (any, error) {
	if err := only(tx, Market); err != nil {
		return nil, err
	}
	if err := event.check(); err != nil {
		return nil, err
	}
	cert, err := getCertificate(tx, event.Number)
	if err != nil {
		return nil, err
	}
	if event.From > today(tx) {
		return nil, refusal.New(refusal.Invalid, "date-in-future", string(event.From))
	}
	if err := cert.allows(event.Type); err != nil {
		return nil, err
	}
	return event, store(tx, certificateKey(event.Number), cert.After(event))
}

func (e CertificateChanged) check() error {
	for _, err := range []error{
		checkName("number", e.Number, 40),
		checkDate("from", e.From),
		checkParagraph("reason", e.Reason, 1, 1000),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// allows refuses a change that the certificate's state does not admit.
func (c Certificate) allows(change string) error {
	switch {
	case c.RevokedFrom != "":
		return refusal.New(refusal.Conflict, "certificate-revoked-already", c.Number, string(c.RevokedFrom))
	case change == certificateSuspended && c.suspended():
		return refusal.New(refusal.Conflict, "certificate-suspended-already", c.Number)
	case change == certificateRestored && !c.suspended():
		return refusal.New(refusal.Conflict, "certificate-not-suspended", c.Number)
	}
	return nil
}

// After returns the certificate as a change leaves it. Who keeps a copy of the
// ledger's certificates folds the events with it.
func (c Certificate) After(e CertificateChanged) Certificate {
	c.Suspensions = slices.Clone(c.Suspensions)
	switch e.Type {
	case certificateSuspended:
		c.Suspensions = append(c.Suspensions, Suspension{From: e.From})
	case certificateRestored:
		if n := len(c.Suspensions); n > 0 {
			c.Suspensions[n-1].Restored = e.From
		}
	case certificateRevoked:
		c.RevokedFrom = e.From
	}
	return c
}
