package web

// A CertificateView is one certificate: how it stands today, what was made
// under it, and what has happened to it (page Certificate).
type CertificateView struct {
	Head     Head
	Standing Tag    // today
	Why      string // it stands so
	Batches  Table
	Line     []Event
	Asides   []Aside
}
