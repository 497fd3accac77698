package policies_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fanwei/fanwei/policies"
)

// TestRows checks the form of the rows. What they come to is tested where
// they are read, in services/authz.
func TestRows(t *testing.T) {
	seen := make(map[string]bool)
	for line := range strings.Lines(policies.Rows()) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, ", ")
		if len(fields) != 6 || fields[0] != "p" {
			t.Errorf("%s: want p and five fields", line)
			continue
		}
		if slices.ContainsFunc(fields, func(f string) bool { return strings.ContainsAny(f, "*$. ") || f == "" }) {
			t.Errorf("%s: a field is empty or has a wildcard", line)
		}
		if part := fields[5]; part != "own" && part != "any" {
			t.Errorf("%s: part %q: a list can only reach own or any", line, part)
		}
		if slices.Contains(fields[1:5], "any") {
			t.Errorf("%s: only the part may be any", line)
		}
		if seen[line] {
			t.Errorf("%s: stands twice", line)
		}
		seen[line] = true
	}
	if len(seen) == 0 {
		t.Error("no rows")
	}
}

// TestModel checks that the model allows by a row alone, and never by the
// lack of one that denies.
func TestModel(t *testing.T) {
	if !strings.Contains(policies.Model(), "e = some(where (p.eft == allow))\n") {
		t.Error("the model must deny by default")
	}
}
