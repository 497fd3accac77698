package authz

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write policies/testdata/matrix.csv anew")

// The matrix stands beside the rows it follows from, for a person to read.
const matrixFile = "../../policies/testdata/matrix.csv"

var header = []string{"kind", "role", "object", "act", "part", "decision"}

// subjects returns one subject for each kind and role there is, with nobody.
func subjects() []Subject {
	var all []Subject
	for _, kind := range Kinds() {
		for _, role := range Roles(kind) {
			all = append(all, Subject{Person: "p", Org: "ours", Kind: kind, Roles: []string{role}})
		}
	}
	return append(all, Subject{})
}

// objects returns the parts a subject can have in an object of that kind.
func objects(sub Subject, kind Kind) map[string]Object {
	all := map[string]Object{"other": {kind, "theirs"}, "public": {Kind: kind}}
	if sub.Org != "" {
		all["own"] = Object{kind, sub.Org}
	}
	return all
}

// matrix returns every decision there is.
func matrix(e *Enforcer) [][]string {
	rows := [][]string{header}
	for _, sub := range subjects() {
		kind, role := nobody, anyone
		if sub.Kind != "" {
			kind, role = sub.Kind, sub.Roles[0]
		}
		for _, object := range Objects() {
			for _, act := range Acts(object) {
				at := objects(sub, object)
				for _, part := range []string{"own", "other", "public"} {
					obj, ok := at[part]
					if !ok {
						continue
					}
					decision := "allow"
					if e.Check(sub, act, obj) != nil {
						decision = "deny"
					}
					rows = append(rows, []string{kind, role, string(object), string(act), part, decision})
				}
			}
		}
	}
	return rows
}

func TestMatrix(t *testing.T) {
	got := matrix(enforcer(t))
	if *update {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.WriteAll(got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(matrixFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	want, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range want[1:] {
		if !valid(row) {
			t.Errorf("%s: no valid combination", strings.Join(row, ","))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decisions differ from %s (-file +policy); if they should, run with -update:\n%s", matrixFile, diff)
	}
}

// valid reports whether a line of the matrix speaks of things there are.
func valid(row []string) bool {
	parts := []string{"own", "other", "public"}
	if row[0] == nobody {
		parts = parts[1:] // who has no organisation owns nothing
	}
	return known(row[0], row[1], Kind(row[2]), Act(row[3])) &&
		slices.Contains(parts, row[4]) && (row[5] == "allow" || row[5] == "deny")
}

// registered are the objects that stand on the ledger.
var registered = []Kind{Certificate, Model, Batch, Recall}

// A decision is a line of the matrix.
type decision struct {
	kind, role string
	object     Kind
	act        Act
	part       string
}

func (d decision) writes() bool { return d.act != Read && d.act != Verify && d.act != Find }

// laws state what no change of the rows may allow.
var laws = []struct {
	law    string
	breaks func(d decision) bool
}{
	{"a maker touches nothing that is not its own", func(d decision) bool { return d.kind == Maker && d.part != "own" && d.act != Verify }},
	{"market regulation alone decides on certificates", func(d decision) bool { return d.kind != Market && d.object == Certificate && d.writes() }},
	{"makers alone make", func(d decision) bool {
		return d.kind != Maker && (d.act == Register || d.act == Print || d.act == Rotate || d.act == Find)
	}},
	{"a secret is its maker's", func(d decision) bool { return d.object == Secret && d.part != "own" }},
	{"an auditor writes nothing", func(d decision) bool { return d.role == Auditor && d.writes() }},
	{"an auditor reads the trail and nothing else", func(d decision) bool { return d.role == Auditor && d.object != Audit && d.act != Verify }},
	{"nobody may only ask about a unit", func(d decision) bool { return d.kind == nobody && d.act != Verify }},
	{"the operator is no party to what is registered", func(d decision) bool { return d.kind == Operator && slices.Contains(registered, d.object) }},
	{"another's trail is the auditor's alone", func(d decision) bool { return d.object == Audit && d.part != "own" && d.role != Auditor }},
	{"the trail is only appended to, and by guard", func(d decision) bool { return d.object == Audit && d.writes() }},
	{"no one looks into another organisation's people", func(d decision) bool { return d.object == Person && d.act != Add && d.part != "own" }},
	{"people of others come from the administrator", func(d decision) bool {
		return d.object == Person && d.act == Add && d.part != "own" && d.role != Administrator
	}},
	{"people are the leader's business", func(d decision) bool { return d.object == Person && d.role != Leader(d.kind) }},
	{"the administrator admits organisations", func(d decision) bool { return d.object == Organisation && d.writes() && d.role != Administrator }},
	{"the system is the administrator's", func(d decision) bool { return d.object == System && d.role != Administrator }},
	{"a manager alone does no maker's or officer's work", func(d decision) bool {
		return d.role == Manager && (d.act == Register || d.act == Print || d.act == Begin || d.act == End || d.act == Record)
	}},
	{"a viewer writes nothing", func(d decision) bool { return d.role == Viewer && d.writes() }},
	{"the other authorities read", func(d decision) bool {
		return slices.Contains([]string{Fire, Police, Laboratory}, d.kind) && d.writes() && d.object != Person
	}},
}

func TestInvariants(t *testing.T) {
	for _, r := range matrix(enforcer(t))[1:] {
		d := decision{r[0], r[1], Kind(r[2]), Act(r[3]), r[4]}
		for _, l := range laws {
			if r[5] == "allow" && l.breaks(d) {
				t.Errorf("%+v is allowed: %s", d, l.law)
			}
		}
	}
}

// TestGrants states what each role is there for.
func TestGrants(t *testing.T) {
	e := enforcer(t)
	may := func(kind, role string, object Kind, want Reach, acts ...Act) {
		sub := Subject{Org: "ours", Kind: kind, Roles: []string{role}}
		for _, act := range acts {
			if got := e.Reach(sub, act, object); got != want {
				t.Errorf("%s %s, %s %s: reach %d, want %d", kind, role, act, object, got, want)
			}
		}
	}
	for _, kind := range Kinds() {
		for _, role := range Roles(kind) {
			may(kind, role, Unit, All, Verify)
			for _, object := range registered {
				switch kind {
				case Maker:
					may(kind, role, object, Own, Read)
				case Operator:
					may(kind, role, object, None, Read)
				default:
					may(kind, role, object, All, Read)
				}
			}
		}
		if kind != Operator {
			may(kind, Manager, Person, Own, Read, Add, Change, Remove)
			may(kind, Manager, Audit, Own, Read)
		}
	}
	may(Maker, Registrar, Model, Own, Register)
	may(Maker, Registrar, Batch, Own, Register)
	may(Maker, Printer, Batch, Own, Print)
	may(Maker, Quality, Recall, Own, Begin, End)
	may(Maker, Manager, Secret, Own, Rotate)
	may(Market, Officer, Certificate, All, Record, Change)
	may(Market, Officer, Recall, All, Begin, End)
	may(Operator, Administrator, Organisation, All, Read, Create, Change)
	may(Operator, Administrator, Person, All, Add)
	may(Operator, Administrator, Person, Own, Read, Change, Remove)
	may(Operator, Administrator, System, All, Read)
	may(Operator, Auditor, Audit, All, Read)
}
