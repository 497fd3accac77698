package web

// A BatchesView is the list of batches, and what was registered month by month.
type BatchesView struct {
	ListView
	Chart *Chart // nil where there is nothing to draw
}

// A Chart is bars over names, drawn by charts.js (part chart). The figures
// stand in the page as a table too.
type Chart struct {
	ID      string
	Note    string
	Finding string // what there is to see, in words
	Figures Table
	Data    ChartData
}

// ChartData is what charts.js reads.
type ChartData struct {
	Names  []string `json:"names"`
	Bars   []int64  `json:"bars"`
	Series string   `json:"series"` // what is counted
}
