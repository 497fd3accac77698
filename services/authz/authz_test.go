package authz

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"
	"pgregory.net/rapid"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/policies"
)

func enforcer(t testing.TB) *Enforcer {
	t.Helper()
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// requests draws subjects and objects, most of them sensible, some not.
type requests struct{ kind, role, org, act, object, owner *rapid.Generator[string] }

func newRequests() requests {
	var roles, acts, objects []string
	for _, k := range Kinds() {
		roles = append(roles, Roles(k)...)
	}
	for _, o := range Objects() {
		objects = append(objects, string(o))
		for _, a := range Acts(o) {
			acts = append(acts, string(a))
		}
	}
	of := func(list []string, odd ...string) *rapid.Generator[string] {
		return rapid.SampledFrom(slices.Compact(slices.Sorted(slices.Values(append(list, odd...)))))
	}
	return requests{
		kind: of(Kinds(), "", nobody, "any", "*"), role: of(roles, "", anyone, "*"), org: of([]string{"M001", "M002", "", "own"}),
		act: of(acts, "", "*", "any"), object: of(objects, "", "*"), owner: of([]string{"M001", "M002", "M003", "", "any"}),
	}
}

func (r requests) subject(t *rapid.T) Subject {
	return Subject{
		Kind: r.kind.Draw(t, "kind"), Org: r.org.Draw(t, "org"),
		Roles: rapid.SliceOfN(r.role, 0, 4).Draw(t, "roles"),
	}
}

// TestReach checks, 200 lists of 100 objects, that a list shows exactly what
// Check allows one by one.
func TestReach(t *testing.T) {
	e, r := enforcer(t), newRequests()
	rapid.Check(t, func(t *rapid.T) {
		for range 200 {
			sub, act, kind := r.subject(t), Act(r.act.Draw(t, "act")), Kind(r.object.Draw(t, "object"))
			reach := e.Reach(sub, act, kind)
			obj := Object{kind, r.owner.Draw(t, "owner")}
			listed := reach == All || reach == Own && obj.Owner == sub.Org
			if checked := e.Check(sub, act, obj) == nil; listed != checked {
				t.Fatalf("%+v %s %+v: Reach says %v, Check says %v", sub, act, obj, listed, checked)
			}
		}
	})
}

// TestTruth checks that an Enforcer answers as Casbin itself does, one role
// after the other, with all rows in one enforcer.
func TestTruth(t *testing.T) {
	e, r := enforcer(t), newRequests()
	m, err := model.NewModelFromString(policies.Model())
	if err != nil {
		t.Fatal(err)
	}
	truth, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(policies.Rows()))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			sub, act := r.subject(t), Act(r.act.Draw(t, "act"))
			obj := Object{Kind(r.object.Draw(t, "object")), r.owner.Draw(t, "owner")}
			want, err := ask(truth, sub, act, obj)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Check(sub, act, obj) == nil; got != want {
				t.Fatalf("%+v %s %+v: %v, Casbin says %v", sub, act, obj, got, want)
			}
		}
	})
}

func ask(truth *casbin.Enforcer, sub Subject, act Act, obj Object) (bool, error) {
	part := "other"
	switch obj.Owner {
	case "":
		part = "public"
	case sub.Org:
		part = "own"
	}
	who := [][2]string{{nobody, anyone}}
	for _, role := range sub.Roles {
		if sub.Kind != nobody {
			who = append(who, [2]string{sub.Kind, role})
		}
	}
	var errs error
	for _, w := range who {
		ok, err := truth.Enforce(w[0], w[1], string(obj.Kind), string(act), part)
		if ok {
			return true, nil
		}
		errs = errors.Join(errs, err)
	}
	return false, errs
}

func TestRefusal(t *testing.T) {
	err := enforcer(t).Check(Subject{}, Register, Object{Batch, "M001"})
	r, ok := refusal.Of(err)
	if !ok || r.Code != refusal.Forbidden || r.Reason != "not-allowed" || !slices.Equal(r.Args, []string{"register", "batch"}) {
		t.Errorf("got %v", err)
	}
}

func TestRolesAddUp(t *testing.T) {
	e := enforcer(t)
	sub := Subject{Org: "M001", Kind: Maker, Roles: []string{Manager, Registrar}}
	batch, person := Object{Batch, "M001"}, Object{Person, "M001"}
	if e.Check(sub, Register, batch) != nil || e.Check(sub, Add, person) != nil {
		t.Error("a manager who is registrar as well may do both")
	}
	sub.Roles = []string{Officer}
	sub.Org = "M001"
	if e.Check(sub, Read, batch) == nil {
		t.Error("a role of another kind of organisation counts for nothing")
	}
}

// TestBadPolicy checks that New stops at rows that mean nothing, rather than
// leaving them without effect.
func TestBadPolicy(t *testing.T) {
	good := "p, maker, viewer, batch, read, own\n"
	if _, err := compile(policies.Model(), good); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []string{
		"p, maker, officer, batch, read, own",  // makers have no officers
		"p, maker, viewer, batch, rotate, own", // nothing rotates a batch
		"p, maker, viewer, batch, read, *",     // no wildcard but any
		"p, maker, viewer, batch, read, other", // no list could follow it
		"p, *, viewer, batch, read, own",
		"p, maker, viewer, batch, read",
		"q, maker, viewer, batch, read, own",
		"p, nobody, viewer, unit, verify, any",
		good + good,
	} {
		if _, err := compile(policies.Model(), rows); err == nil {
			t.Errorf("accepted:\n%s", rows)
		}
	}
}

func TestConcurrent(t *testing.T) {
	e := enforcer(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			sub := Subject{Org: fmt.Sprint(i), Kind: Maker, Roles: []string{Viewer}}
			for range 1000 {
				if e.Check(sub, Read, Object{Batch, sub.Org}) != nil || e.Check(sub, Read, Object{Batch, "x"}) == nil {
					t.Error("wrong answer")
					return
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkCheck(b *testing.B) {
	e := enforcer(b)
	sub := Subject{Org: "M001", Kind: Maker, Roles: []string{Manager, Registrar, Printer, Quality}}
	for b.Loop() {
		if e.Check(sub, Register, Object{Batch, "M002"}) == nil {
			b.Fatal("allowed")
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}
