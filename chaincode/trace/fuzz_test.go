package trace_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/chaincode/trace"
)

// FuzzDecode checks that no payload breaks the decoder, that what it
// understood survives another encoding, and that the rules then give an event
// or a refusal, without a fault.
func FuzzDecode(f *testing.F) {
	for _, cmd := range []trace.Command{certificate("C1", 1), model(), batch("L1", 1),
		trace.SuspendCertificate{}, trace.RestoreCertificate{}, trace.RevokeCertificate{}, trace.Recall{}, trace.EndRecall{}} {
		f.Add(cmd.Name(), encode(f, cmd))
	}
	f.Add("recall", []byte(`{"reason":"\ud800","From":1}`))
	f.Fuzz(func(t *testing.T, name string, payload []byte) {
		first, err := trace.Decode(name, payload)
		if err != nil {
			return
		}
		encoded := encode(t, first)
		second, err := trace.Decode(name, encoded)
		if errors.Is(err, refusal.New(refusal.Invalid, "payload-too-large")) {
			return // escapes make an encoding longer
		}
		if err != nil {
			t.Fatalf("decoded, but its encoding is refused: %v", err)
		}
		if again := encode(t, second); string(again) != string(encoded) {
			t.Errorf("%s\n%s", encoded, again)
		}
		for _, as := range []trace.Caller{market, maker} {
			wantAnswer(t, as, first)
		}
	})
}

// wantAnswer runs a command on an empty ledger. It may be refused, not fail.
func wantAnswer(t *testing.T, as trace.Caller, cmd trace.Command) {
	t.Helper()
	out, puts, err := newBare(t, noon).try(as, cmd)
	if _, ok := refusal.Of(err); err != nil && !ok {
		t.Errorf("%+v: %v", cmd, err)
	}
	if err == nil && (!json.Valid(out.Event) || len(puts) == 0) {
		t.Errorf("%+v: %s", cmd, out.Event)
	}
}

func encode(t testing.TB, cmd trace.Command) []byte {
	t.Helper()
	b, err := json.Marshal(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
