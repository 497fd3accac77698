package label

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// dpi is the resolution of a PNG.
const dpi = 300

// PNG writes one label of the usual size at 300 dots an inch, the open part
// only unless covert is set.
func PNG(w io.Writer, l Label, words Words, covert bool) error {
	l, d, err := single(l, words, covert)
	if err != nil {
		return err
	}
	r := &raster{faces: d.faces, img: image.NewGray(image.Rect(0, 0, dots(d.width), dots(d.height)))}
	draw.Draw(r.img, r.img.Bounds(), image.White, image.Point{}, draw.Src)
	if err := d.draw(r, &l); err != nil {
		return err
	}
	if r.err != nil {
		return fmt.Errorf("draw PNG: %w", r.err)
	}
	if err := png.Encode(w, r.img); err != nil {
		return fmt.Errorf("write PNG: %w", err)
	}
	return nil
}

func dots(mm float64) int { return int(math.Round(mm * dpi / 25.4)) }

// A raster is the canvas of a PNG. The first error stays.
type raster struct {
	img   *image.Gray
	faces *faces
	err   error
}

func (r *raster) text(x, y, em float64, s style, text string) {
	for _, part := range r.faces.spans(s, text) {
		face, err := opentype.NewFace(r.faces.fonts[part.style], &opentype.FaceOptions{
			Size: em * points, DPI: dpi, Hinting: font.HintingNone,
		})
		if err != nil {
			r.err = err
			return
		}
		drawer := font.Drawer{Dst: r.img, Src: image.Black, Face: face,
			Dot: fixed.P(dots(x+part.at*em), dots(y))}
		drawer.DrawString(part.text)
		if err := face.Close(); err != nil {
			r.err = err
		}
	}
}

func (r *raster) code(x, y, side float64, m *matrix, _ string) {
	n := m.size + 2*quiet
	module := dots(side) / n // whole dots, so that edges are sharp
	left := dots(x) + (dots(side)-n*module)/2 + quiet*module
	top := dots(y) + (dots(side)-n*module)/2 + quiet*module
	m.runs(func(x, y, length int) {
		r.fill(image.Rect(0, 0, length*module, module).Add(image.Pt(left+x*module, top+y*module)))
	})
}

func (r *raster) cut(x, y1, y2 float64) {
	for y := y1; y < y2; y += 2 {
		r.fill(image.Rect(dots(x), dots(y), dots(x)+2, dots(y+1)))
	}
}

func (r *raster) fill(area image.Rectangle) {
	draw.Draw(r.img, area, image.Black, image.Point{}, draw.Src)
}
