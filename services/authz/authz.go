// Package authz answers one question: may this subject do this act on this
// object? The answer is Casbin's, from the rows of package policies, and this
// is the only package that names Casbin.
//
// The questions are finitely many, so New asks Casbin every one of them and
// keeps the answers: an Enforcer never changes, and no answer grows old.
package authz

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/policies"
)

// A Subject is who asks. The zero Subject is a person who is not logged in.
type Subject struct {
	Person  string // id
	Name    string // as shown
	Org     string // id
	OrgName string // as shown
	Kind    string // of the organisation
	Roles   []string
}

// An Object is what is asked about. Owner is the organisation it belongs to,
// empty if it belongs to none.
type Object struct {
	Kind  Kind
	Owner string
}

// A Reach is how far a list may show objects of one kind.
type Reach int

// The reaches, from nothing to everything.
const (
	None Reach = iota // no object
	Own               // the objects of the subject's own organisation
	All               // every object
)

// An Enforcer decides. It is safe for concurrent use.
type Enforcer struct {
	allowed map[question]parts // written by New alone
}

// A question is a request without its part.
type question struct {
	kind, role string
	object     Kind
	act        Act
}

// parts is a set of the parts that an organisation can have in an object.
type parts uint8

const (
	own parts = 1 << iota
	other
	public
)

// New reads the policy. It fails on a row that is no valid combination, and
// on rows that a list could not follow.
func New() (*Enforcer, error) {
	return compile(policies.Model(), policies.Rows())
}

func compile(text, rows string) (*Enforcer, error) {
	byKind, err := parse(rows)
	if err != nil {
		return nil, err
	}
	e := &Enforcer{allowed: make(map[question]parts)}
	for kind, rows := range byKind {
		m, err := model.NewModelFromString(text)
		if err != nil {
			return nil, fmt.Errorf("policy model: %w", err)
		}
		c, err := casbin.NewEnforcer(m)
		if err != nil {
			return nil, fmt.Errorf("policy model: %w", err)
		}
		if _, err := c.AddPolicies(rows); err != nil {
			return nil, fmt.Errorf("policy rows of %s: %w", kind, err)
		}
		if err := e.ask(c, kind); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// parse reads the rows, by the kind of organisation: an enforcer takes time
// for each row it has.
func parse(rows string) (map[string][][]string, error) {
	r := csv.NewReader(strings.NewReader(rows))
	r.Comment, r.TrimLeadingSpace, r.FieldsPerRecord = '#', true, 6
	records, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("policy rows: %w", err)
	}
	byKind := make(map[string][][]string)
	for _, rec := range records {
		p := rec[1:]
		if rec[0] != "p" || !known(p[0], p[1], Kind(p[2]), Act(p[3])) || (p[4] != "own" && p[4] != "any") {
			return nil, fmt.Errorf("policy row %q is no valid combination", strings.Join(rec, ", "))
		}
		if slices.ContainsFunc(byKind[p[0]], func(q []string) bool { return slices.Equal(p, q) }) {
			return nil, fmt.Errorf("policy row %q stands twice", strings.Join(rec, ", "))
		}
		byKind[p[0]] = append(byKind[p[0]], p)
	}
	return byKind, nil
}

// ask puts every question about one kind of organisation to Casbin.
func (e *Enforcer) ask(c *casbin.Enforcer, kind string) error {
	names := map[parts]string{own: "own", other: "other", public: "public"}
	for _, role := range rolesOf(kind) {
		for _, object := range Objects() {
			for _, act := range Acts(object) {
				q := question{kind, role, object, act}
				for part, name := range names {
					ok, err := c.Enforce(kind, role, string(object), string(act), name)
					if err != nil {
						return fmt.Errorf("policy: %w", err)
					}
					if ok {
						e.allowed[q] |= part
					}
				}
			}
		}
	}
	return nil
}

// Check returns nil if the subject may do the act on the object, and otherwise
// the refusal Forbidden "not-allowed" with the act and the kind of object. A
// service that was asked to read turns it into NotFound.
func (e *Enforcer) Check(sub Subject, act Act, obj Object) error {
	if e.parts(sub, act, obj.Kind)&partOf(sub, obj) != 0 {
		return nil
	}
	return refusal.New(refusal.Forbidden, "not-allowed", string(act), string(obj.Kind))
}

// Reach returns which objects of a kind the subject may do the act on. It is
// equal to Check on every object.
func (e *Enforcer) Reach(sub Subject, act Act, kind Kind) Reach {
	switch p := e.parts(sub, act, kind); {
	case p == own|other|public:
		return All
	case p&own != 0 && sub.Org != "":
		return Own
	}
	return None
}

// parts returns in which parts of its objects the subject may do the act: by
// any of its roles, and by what everybody may.
func (e *Enforcer) parts(sub Subject, act Act, kind Kind) parts {
	p := e.allowed[question{nobody, anyone, kind, act}]
	if sub.Kind == nobody {
		return p // a row for nobody is no role that a person has
	}
	for _, role := range sub.Roles {
		p |= e.allowed[question{sub.Kind, role, kind, act}]
	}
	return p
}

// partOf returns the part that the subject's organisation has in the object.
func partOf(sub Subject, obj Object) parts {
	switch obj.Owner {
	case "":
		return public
	case sub.Org:
		return own
	}
	return other
}
