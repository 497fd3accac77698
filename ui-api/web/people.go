package web

// A PasswordView shows a password once: to hand over, or to write down (page
// Password). It is shown in the answer to the request that made it, and kept
// nowhere.
type PasswordView struct {
	Head     Head
	Facts    []Fact // whose it is
	Password string
	Next     Action
}
