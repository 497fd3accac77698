package text

// A Family is a set of keys that are put together at run time. A test holds
// the catalogue to it: every member has its messages, and there are no others.
type Family struct {
	Prefix  string
	Members []string
	Parts   []string // the messages of each member, or none for one of its own name
}

// Keys returns the keys of the family.
func (f Family) Keys() []string {
	var keys []string
	for _, m := range f.Members {
		if len(f.Parts) == 0 {
			keys = append(keys, f.Prefix+"."+m)
		}
		for _, part := range f.Parts {
			keys = append(keys, f.Prefix+"."+m+"."+part)
		}
	}
	return keys
}

// Families returns the families. The members of refusal given here are those
// whose reason is put together at run time; a test finds the others in the
// code that refuses.
func Families() []Family {
	standings := []string{"certificate-not-yet-valid", "certificate-expired", "certificate-suspended", "certificate-revoked"}
	return []Family{
		{Prefix: "verdict", Parts: []string{"word", "say", "note", "full"}, Members: []string{
			"genuine", "genuine_seen", "recalled", "not_certified", "unknown", "unreadable"}},
		{Prefix: "reason", Members: append([]string{"registered", "certificate-held", "first-scan", "scanned-before",
			"not-recalled", "recalled", "gtin-known", "gtin-unknown", "lot-known", "lot-unknown", "serial-unknown",
			"batch-number-unknown"}, standings...)},
		{Prefix: "refusal", Members: append([]string{
			"serial-too-long", "serial-too-short", "batch-number-too-long", "batch-number-too-short",
			"short-code-too-long", "short-code-too-short", "unit-missing", "secret-missing",
			"organisation-missing", "person-missing", "audit-missing", "system-missing",
			"cell-number-shortened", "cell-formula-error"}, standings...)},
		{Prefix: "standing", Members: append([]string{"valid"}, standings...)},
		{Prefix: "class", Members: []string{"ebike-lithium-battery", "ebike-lead-acid-battery", "ebike-charger",
			"portable-extinguisher", "wheeled-extinguisher", "smoke-detector", "fire-hose", "sprinkler", "fire-door",
			"emergency-light", "escape-respirator", "fire-blanket"}},
		{Prefix: "kind", Members: []string{"maker", "market", "fire", "police", "laboratory", "operator"}},
		{Prefix: "role", Members: []string{"manager", "registrar", "printer", "quality", "viewer", "officer",
			"administrator", "auditor"}},
		{Prefix: "object", Members: []string{"certificate", "model", "batch", "unit", "recall", "secret",
			"organisation", "person", "audit", "system"}},
		{Prefix: "act", Members: []string{"read", "record", "change", "register", "print", "verify", "find", "begin",
			"end", "rotate", "create", "add", "remove"}},
		{Prefix: "run", Members: []string{"waiting", "running", "paused", "cancelled", "done", "failed"}},
		{Prefix: "place", Members: []string{"batches", "models", "certificates", "recalls", "secret",
			"organisations", "people", "audit"}},
		{Prefix: "field", Members: []string{"brand", "by", "certificate", "class", "from", "gtin", "holder", "id", "key",
			"login", "lot", "model", "models", "name", "name_en", "number", "organisation", "plant", "prefixes",
			"produced_on", "reason", "size", "specification", "standards", "valid_from", "valid_to", "what_to_do"}},
		{Prefix: "code", Members: []string{"invalid", "not-found", "exists", "forbidden", "conflict", "unavailable"}},
		{Prefix: "month", Members: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}},
		{Prefix: "language", Members: []string{"zh", "en"}},
		{Prefix: "layout", Members: []string{"csv", "pdf-a4-24", "pdf-a4-10", "zpl-203", "zpl-300", "zpl-600"}},
		{Prefix: "notice", Members: []string{"batch-registered", "import-started", "model-registered", "recall-begun", "recall-ended",
			"run-cancelled", "run-paused", "run-resumed", "run-started"}},
		// consoles of agencies and of the platform
		{Prefix: "api-do", Members: []string{"ask-unit", "begin-recall", "change-certificate", "end-recall", "get-batch", "get-certificate",
			"get-model", "list-batches", "list-certificates", "list-models", "list-recalls",
			"record-certificate", "register-batch", "register-model"}},
		{Prefix: "api-field", Members: []string{"after", "batches.number", "begun_at", "brand", "by", "capacity", "certificate",
			"certificates.from", "certificates.number", "change", "class", "code", "count", "ended_at",
			"event", "first_at", "from", "gtin", "holder", "id", "items", "last_at", "limit", "lot",
			"maker", "model", "models", "name", "number", "ordered", "photo", "plant", "produced_on", "q",
			"reason", "reasons", "recall", "recalls.number", "recorded_at", "registered_at", "root",
			"scans", "serial", "since", "size", "specification", "standards", "standing", "suggestions",
			"text", "to", "total", "transaction", "unit", "units.lot", "units.maker", "valid_from",
			"valid_to", "verdict", "what_to_do"}},
		{Prefix: "api-group", Members: []string{"batches", "certificates", "models", "recalls", "units"}},
		{Prefix: "api-note", Members: []string{"ask-unit"}},
		{Prefix: "api-reply", Members: []string{"200", "201", "204", "default"}},
		{Prefix: "ask", Parts: []string{"title", "what", "text", "button"}, Members: []string{"remove", "reset"}},
		{Prefix: "audit-by", Members: []string{"act", "from", "id", "object", "outcome", "person", "to"}},
		{Prefix: "change", Members: []string{"restore", "revoke", "suspend"}},
		{Prefix: "confirm", Members: []string{"revoke", "suspend"}},
		{Prefix: "deed", Parts: []string{"name", "done", "tried"}, Members: []string{"add", "begin", "change", "change-password", "create", "end", "login", "logout", "print",
			"record", "register", "remove", "rotate"}},
		{Prefix: "effect-text", Members: []string{"revoke", "suspend"}},
		{Prefix: "event", Members: []string{"certificate-restored", "certificate-revoked", "certificate-suspended"}},
		{Prefix: "from-help", Members: []string{"revoke", "suspend"}},
		{Prefix: "in", Members: []string{"path", "query"}},
		{Prefix: "notice", Members: []string{"certificate-recorded", "certificate-restore", "certificate-revoke", "certificate-suspend",
			"organisation-changed", "organisation-created", "organisation-ended", "organisation-resumed",
			"password-changed", "person-removed", "roles-changed", "secret-rotated"}},
		{Prefix: "outcome", Members: []string{"done", "failed", "refused"}},
		{Prefix: "password-field", Members: []string{"again", "current", "next"}},
		{Prefix: "role-does", Members: []string{"administrator", "auditor", "manager", "market-officer", "officer", "printer", "quality",
			"registrar", "viewer"}},
		{Prefix: "standing-why", Members: []string{"certificate-expired", "certificate-not-yet-valid", "certificate-revoked",
			"certificate-suspended", "valid"}},
		{Prefix: "thing", Parts: []string{"one", "any"}, Members: []string{"audit", "batch", "certificate", "model", "organisation", "person", "recall", "secret",
			"system", "unit"}},
		{Prefix: "field", Members: []string{"name-en", "name-zh", "person-name"}},
		{Prefix: "place", Members: []string{"system"}},
		// end of those
	}
}

// ArgFamily names the family in which an argument of a refusal is looked up,
// the first argument being 0, or is empty: most are shown as they are.
func ArgFamily(reason string, arg int) string {
	families := map[string][]string{
		"date":                    {"field"},
		"text-missing":            {"field"},
		"text-too-long":           {"field"},
		"text-unprintable":        {"field"},
		"list-too-long":           {"field"},
		"list-repeats":            {"field"},
		"name-characters":         {"field"},
		"column-missing":          {"", "field"},
		"not-your-office":         {"kind"},
		"not-allowed":             {"act", "object"},
		"role-unknown":            {"role", "kind"},
		"organisation-kind":       {"kind"},
		"organisation-kind-stays": {"kind"},
		"class-unknown":           {"class"},
		"holder-unknown":          {"field"},
		"last-leader":             {"role"},
		"leader-only":             {"role"},
		"print-run-state":         {"run"},
		"print-run-unfinished":    {"run"},
	}[reason]
	if arg < len(families) {
		return families[arg]
	}
	return ""
}
