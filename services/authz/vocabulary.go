package authz

import "slices"

// The kinds of organisation, as they stand in a Subject.
const (
	Maker      = "maker"      // manufacturer of batteries or fire products
	Market     = "market"     // market regulation (市场监管)
	Fire       = "fire"       // fire and rescue (消防)
	Police     = "police"     // police (公安)
	Laboratory = "laboratory" // inspection body (检验机构)
	Operator   = "operator"   // who runs the platform
)

// The roles of a person. Which of them a kind of organisation has, Roles says.
const (
	Manager       = "manager"       // looks after the organisation's people
	Registrar     = "registrar"     // registers models and batches
	Printer       = "printer"       // prints the codes of batches
	Quality       = "quality"       // begins and ends recalls
	Viewer        = "viewer"        // reads
	Officer       = "officer"       // does an authority's or a laboratory's work
	Administrator = "administrator" // admits organisations
	Auditor       = "auditor"       // reads the audit trail
)

// Who is not logged in, in the rows.
const (
	nobody = "nobody"
	anyone = "anyone"
)

// A Kind is the kind of an object.
type Kind string

// The kinds of object.
const (
	Certificate  Kind = "certificate"
	Model        Kind = "model"
	Batch        Kind = "batch"
	Unit         Kind = "unit"
	Recall       Kind = "recall"
	Secret       Kind = "secret"       // the maker's secret that unit codes come from
	Organisation Kind = "organisation" // its owner is itself
	Person       Kind = "person"
	Audit        Kind = "audit"  // lines of the audit trail; the owner is the organisation that acted
	System       Kind = "system" // the state of the platform
)

// An Act is what a subject does to an object.
type Act string

// The acts. Acts says which of them an object knows.
const (
	Read     Act = "read"
	Record   Act = "record"
	Change   Act = "change"
	Register Act = "register"
	Print    Act = "print"
	Verify   Act = "verify" // ask about a unit
	Find     Act = "find"   // search a serial
	Begin    Act = "begin"
	End      Act = "end"
	Rotate   Act = "rotate"
	Create   Act = "create"
	Add      Act = "add"
	Remove   Act = "remove"
)

// Kinds returns the kinds of organisation.
func Kinds() []string {
	return []string{Maker, Market, Fire, Police, Laboratory, Operator}
}

// Roles returns the roles that a person can have in an organisation of that
// kind, the leading one first; none if there is no such kind.
func Roles(kind string) []string {
	switch kind {
	case Maker:
		return []string{Manager, Registrar, Printer, Quality, Viewer}
	case Market, Fire, Police, Laboratory:
		return []string{Manager, Officer, Viewer}
	case Operator:
		return []string{Administrator, Auditor}
	}
	return nil
}

// Leader returns the role that looks after an organisation of that kind. An
// organisation with people has someone in it.
func Leader(kind string) string {
	if roles := Roles(kind); len(roles) > 0 {
		return roles[0]
	}
	return ""
}

// Objects returns the kinds of object.
func Objects() []Kind {
	return []Kind{Certificate, Model, Batch, Unit, Recall, Secret, Organisation, Person, Audit, System}
}

// Acts returns what can be done to an object of that kind.
func Acts(object Kind) []Act {
	switch object {
	case Certificate:
		return []Act{Read, Record, Change}
	case Model:
		return []Act{Read, Register}
	case Batch:
		return []Act{Read, Register, Print}
	case Unit:
		return []Act{Verify, Find}
	case Recall:
		return []Act{Read, Begin, End}
	case Secret:
		return []Act{Rotate}
	case Organisation:
		return []Act{Read, Create, Change}
	case Person:
		return []Act{Read, Add, Change, Remove}
	case Audit, System:
		return []Act{Read}
	}
	return nil
}

// rolesOf is Roles, with those who are not logged in.
func rolesOf(kind string) []string {
	if kind == nobody {
		return []string{anyone}
	}
	return Roles(kind)
}

// known reports whether a row or request speaks of things there are.
func known(kind, role string, object Kind, act Act) bool {
	return slices.Contains(rolesOf(kind), role) && slices.Contains(Acts(object), act)
}
