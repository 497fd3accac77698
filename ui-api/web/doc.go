// Package web is the pages: templates, static files, and the views they show.
//
// A template never sees more than a Visit (who asks, and how) and its page's
// own view, a struct. Views hold plain values; texts in them are already in the
// reader's language (Pages.Text), the fixed words of a page stand in its
// template as {{t "key"}}.
//
// # To add a page
//
//  1. Put templates/pages/<name>.html with {{define "title"}} and
//     {{define "main"}} (and {{define "scripts"}} if it needs any); the dot is a frame: .View is the view, and .Lang, .Here,
//     .Person … are the Visit's. Parts are used as {{template "table" .View.T}};
//     what a page uses of templates/parts is found by itself.
//  2. Declare type <Name>View struct, and a field of Pages (pages.go):
//     Batches Page[BatchesView], made in New with
//     newPage[BatchesView](e, console, "batches").
//  3. Put the texts into ui-api/text/{zh,en}.yaml.
//  4. Add views to show to goldens_test.go, run go test ./ui-api/web -update,
//     and read testdata.
//
// Most pages of the consoles need no template of their own: a list is ListView,
// a form FormView, one thing with what belongs to it RecordView (console.go).
//
// A handler then does: visit := …; pages.Batches.Render(w, visit, view). What
// htmx swaps alone is declared as a Part: newPart[Progress](e, "progress").
// A template file that no page declares or uses fails New, as does one that is
// used and not there.
//
// # In templates
//
//	t "key" args…            a text          of "family" .Member   a member's text
//	gap         a space between words, none in Chinese
//	also "key"               the same in the other language
//	icon "check"             an icon of templates/icons.svg, inline
//	asset "fanwei.css"       the address of a static file
//	when .At  stamp .At      a time, short or to the minute; day .Date   a date
//	num .Count  code .Lot    a number; a code in groups (plain "…" ungrouped)
//	unitpath .Code           the address of a unit's page
package web
