// Package policies says who may do what: a Casbin model and its rows. The
// rows are the whole truth; what no row allows is denied. What they come to,
// case by case, stands in testdata/matrix.csv.
package policies

import _ "embed" // for the model and the rows

//go:embed model.conf
var model string

//go:embed policy.csv
var rows string

// Model returns the Casbin model.
func Model() string { return model }

// Rows returns the Casbin rows, as comma separated values with comments.
func Rows() string { return rows }
