package web

// A BatchView is a batch: what it is, the ledger's receipt, its labels, units
// and recalls, and on what it was allowed.
type BatchView struct {
	Head    Head
	Gate    *Aside // nil where the certificate is not shown to the reader
	Receipt Receipt
	Facts   Aside
	Runs    *Runs     // nil for those who may not print
	Print   *FormView // nil likewise
	Units   *Units    // nil for those who may not see codes
	Recalls Table
}

// Runs are a batch's print runs (part runs). While Poll is set, the browser
// asks there for the part again every two seconds.
type Runs struct {
	Poll  string
	Again string // where to go for the same without script
	Table Table
}

// Units are some units of a batch and the way to the others.
type Units struct {
	Table Table
	Jump  Search // asks for the number of a unit
	Last  string // the largest number
}

// A Receipt is what the ledger holds of a batch (part receipt).
type Receipt struct {
	Facts       []Fact
	Transaction Digest
	Root        Digest
	Event       string // where the exact bytes are
}

// A Digest is shown shortened and copied whole.
type Digest string

// Short returns the first twelve characters and the last four, or all if there
// are not more.
func (d Digest) Short() string {
	const head, tail = 12, 4
	if len(d) <= head+tail {
		return string(d)
	}
	return string(d[:head]) + "…" + string(d[len(d)-tail:])
}
