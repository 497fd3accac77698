package tracetest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
)

// run is one run of one script.
type run struct {
	do    Do
	words words
	usual map[string]map[string]json.RawMessage // by command
	wrong []string

	asked   int // line of the last step, 0 once its outcome was checked
	receipt []byte
	err     error
	before  []byte // the last receipt that was given
}

func newRun(do Do, day trace.Date) *run {
	return &run{do: do, words: words{day, map[string]string{}}, usual: map[string]map[string]json.RawMessage{}}
}

func (r *run) failf(line int, format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
}

// unchecked complains of a step whose outcome nothing looked at.
func (r *run) unchecked() {
	if r.asked > 0 {
		r.failf(r.asked, "no line says what must come of it")
	}
	r.asked = 0
}

func (r *run) line(n int, text string) {
	mark, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if mark == "" || strings.HasPrefix(mark, "#") {
		return
	}
	rest, err := r.words.expand(rest)
	if err != nil {
		r.failf(n, "%v", err)
		return
	}
	switch mark {
	case ">":
		r.asked = 0
		r.wantEvent(n, rest)
	case "=":
		r.asked = 0
		if r.err != nil || !bytes.Equal(r.receipt, r.before) {
			r.failf(n, "got %s, %v, want the receipt before: %s", r.receipt, r.err, r.before)
		}
	case "!":
		r.asked = 0
		r.wantRefusal(n, strings.Fields(rest))
	default:
		r.unchecked()
		r.step(n, mark, rest)
	}
}

// step submits a command, or notes what is usual.
func (r *run) step(n int, who, rest string) {
	name, text, _ := strings.Cut(rest, " ")
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		r.failf(n, "payload: %v", err)
		return
	}
	if who == "usual" {
		r.usual[name] = fields
		return
	}
	all := map[string]json.RawMessage{"id": json.RawMessage(`"` + rand.Text() + `"`)}
	maps.Copy(all, r.usual[name])
	maps.Copy(all, fields)
	payload, err := json.Marshal(all)
	if err != nil {
		r.failf(n, "payload: %v", err)
		return
	}
	kind, org, ok := strings.Cut(who, ":")
	if !ok {
		org = kind
	}
	r.asked = n
	r.receipt, r.err = r.do(trace.Caller{Kind: trace.Kind(kind), Org: org}, name, payload)
}

func (r *run) wantEvent(n int, text string) {
	if r.err != nil {
		r.failf(n, "got %v, want %s", r.err, text)
		return
	}
	r.before = r.receipt
	want, err := parse([]byte(text))
	if err != nil {
		r.failf(n, "expectation: %v", err)
		return
	}
	got, err := parse(r.receipt)
	if err != nil {
		r.failf(n, "receipt %s: %v", r.receipt, err)
		return
	}
	for _, field := range slices.Sorted(maps.Keys(want)) {
		if !reflect.DeepEqual(got[field], want[field]) {
			r.failf(n, "%s: got %v, want %v", field, got[field], want[field])
		}
	}
}

// parse keeps numbers as they are written: a size does not fit every float.
func parse(b []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v map[string]any
	err := dec.Decode(&v)
	return v, err
}

func (r *run) wantRefusal(n int, want []string) {
	if len(want) < 2 {
		r.failf(n, "a refusal is a code and a reason")
		return
	}
	got, ok := refusal.Of(r.err)
	if !ok || string(got.Code) != want[0] || got.Reason != want[1] {
		r.failf(n, "got %s, %v, want %v", r.receipt, r.err, want)
		return
	}
	args := want[2:]
	same := func(got, want string) bool { return want == "*" || got == want }
	if len(args) > 0 && !slices.EqualFunc(got.Args, args, same) {
		r.failf(n, "got %v, want arguments %v", got, args)
	}
}
