// Package text is the catalogue of what Fanwei says to people, in Chinese and
// in English: no sentence stands in code.
//
// zh.yaml and en.yaml map a key to a message. A message has verbs of two kinds:
// %s for text, and %d for a count, which is written with thousands separated.
// Verbs may be numbered (%[2]s). English may give {one: …, other: …}; the first
// %d of other chooses. Both files have the same keys with the same verbs.
//
// Keys are used in four ways, and a test finds each of them:
//
//	{{t "login.title"}}         a template
//	p.T("login.title")          Go, or any literal in ui-api equal to a key
//	refusal.New(c, "reason")    anywhere: refusal.<reason>
//	{{of "verdict" .Verdict}}   a member of a family, listed in families.go
//
// A reason of a verdict has its headline in the first line of its message and
// what was found in the second.
package text
