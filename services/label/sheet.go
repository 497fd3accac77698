package label

// A Sheet is a sheet of labels; lengths are millimetres.
type Sheet struct {
	Name          string
	PaperWidth    float64
	PaperHeight   float64
	Columns, Rows int
	Width, Height float64 // of one label
	Left, Top     float64 // of the first label
}

// Sheets returns the sheets there are, all A4. The first is the usual one.
func Sheets() []Sheet {
	return []Sheet{
		{Name: "a4-24", PaperWidth: 210, PaperHeight: 297, Columns: 3, Rows: 8, Width: 70, Height: 37, Top: 0.5},
		{Name: "a4-10", PaperWidth: 210, PaperHeight: 297, Columns: 2, Rows: 5, Width: 105, Height: 57, Top: 6},
	}
}

// Labels returns the number of labels on a sheet.
func (s Sheet) Labels() int { return s.Columns * s.Rows }

// place returns the corner of the i-th label of a sheet.
func (s Sheet) place(i int) (x, y float64) {
	return s.Left + float64(i%s.Columns)*s.Width, s.Top + float64(i/s.Columns)*s.Height
}
