package label

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/go-pdf/fpdf"
)

// points is the number of PDF units in a millimetre.
const points = 72 / 25.4

// PDF writes sheets of labels. Codes are vectors and fonts are embedded as
// subsets; the same labels give the same bytes. The whole file is in memory
// before it is written, about 5 kB a label: callers write volumes. It stops
// at the first error of seq, which it returns, with nothing written.
func PDF(w io.Writer, seq iter.Seq2[Label, error], sheet Sheet, words Words) error {
	d, err := newDrawer(words, sheet.Width, sheet.Height)
	if err != nil {
		return err
	}
	p := newPaper(d.faces, sheet)
	n := 0
	for l, err := range seq {
		if err != nil {
			return err
		}
		if n%sheet.Labels() == 0 {
			p.doc.AddPage()
		}
		p.left, p.top = sheet.place(n % sheet.Labels())
		if err := d.draw(p, &l); err != nil {
			return fmt.Errorf("label %s: %w", l.Serial, err)
		}
		n++
	}
	if err := p.doc.Output(w); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}

// A paper is the canvas of a PDF.
type paper struct {
	doc       *fpdf.Fpdf
	faces     *faces
	left, top float64 // of the label
	height    float64
	buf       []byte
}

func newPaper(f *faces, sheet Sheet) *paper {
	doc := fpdf.NewCustom(&fpdf.InitType{
		UnitStr: "mm",
		Size:    fpdf.SizeType{Wd: sheet.PaperWidth, Ht: sheet.PaperHeight},
	})
	long := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // any, but always the same
	doc.SetCreationDate(long)
	doc.SetModificationDate(long)
	doc.SetCatalogSort(true)
	doc.SetAutoPageBreak(false, 0)
	doc.SetMargins(0, 0, 0)
	doc.SetLineWidth(0.15)
	for s, name := range families {
		doc.AddUTF8FontFromBytes(name, "", ttf(style(s)))
	}
	return &paper{doc: doc, faces: f, height: sheet.PaperHeight}
}

func (p *paper) text(x, y, em float64, s style, text string) {
	for _, part := range p.faces.spans(s, text) {
		p.doc.SetFont(families[part.style], "", em*points)
		p.doc.Text(p.left+x+part.at*em, p.top+y, part.text)
	}
}

func (p *paper) code(x, y, side float64, m *matrix, _ string) {
	module := side / float64(m.size+2*quiet)
	x, y = p.left+x+quiet*module, p.top+y+quiet*module
	b := append(p.buf[:0], "q "...)
	for _, v := range []float64{module, 0, 0, -module, x, p.height - y} {
		b = strconv.AppendFloat(b, v*points, 'f', 4, 64)
		b = append(b, ' ')
	}
	b = append(b, "cm\n"...)
	m.runs(func(x, y, length int) {
		for _, v := range []int{x, y, length, 1} {
			b = strconv.AppendInt(b, int64(v), 10)
			b = append(b, ' ')
		}
		b = append(b, "re\n"...)
	})
	p.buf = append(b, "f Q"...)
	p.doc.RawWriteStr(string(p.buf))
}

func (p *paper) cut(x, y1, y2 float64) {
	p.doc.SetDashPattern([]float64{1, 1}, 0)
	p.doc.Line(p.left+x, p.top+y1, p.left+x, p.top+y2)
	p.doc.SetDashPattern(nil, 0)
}
