package web

// An AuditView is a part of the audit trail with what narrows it down (page
// Audit).
type AuditView struct {
	Head   Head
	Action string // where the trail is
	Fields []Field
	Clear  string // where nothing narrows it down, or empty if nothing does
	Lines  []AuditLine
	Empty  Panel
	Newest string // where the newest lines are, or empty if these are
	Older  string // where older ones are, or empty
}

// An AuditLine tells in a sentence who did what to what, and how it ended.
type AuditLine struct {
	Event
	Outcome *Tag   // where it was no, or failed
	Told    string // the answer that was given, where it was no
}
