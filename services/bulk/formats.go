package bulk

import (
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// plain is a number format that excelize does not know: it then shows a number
// as it is.
const plain = -1

// plainFormats changes the workbook's number formats, in memory, so that dates
// show as 2006-01-02, zeros in front stay, and all other numbers are plain
// decimals, without thousands, percent or exponent.
func plainFormats(f *excelize.File) error {
	code := "yyyy-mm-dd"
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
	if err != nil {
		return err
	}
	day := *f.Styles.CellXfs.Xf[style].NumFmtID
	codes := formatCodes(f)
	kept := map[string]int{code: day}
	for i := range f.Styles.CellXfs.Xf {
		xf := &f.Styles.CellXfs.Xf[i]
		id, show := 0, plain
		if xf.NumFmtID != nil {
			id = *xf.NumFmtID
		}
		switch code := codes[id]; {
		case isDay(id, code):
			show = day
		case zeros.MatchString(code):
			if _, found := kept[code]; !found {
				kept[code] = id
			}
			show = kept[code]
		}
		xf.NumFmtID = &show
	}
	keepFormats(f, kept)
	return nil
}

// formatCodes returns the workbook's own number formats by their numbers. Of two
// with one number the first counts, as for excelize.
func formatCodes(f *excelize.File) map[int]string {
	codes := map[int]string{}
	for _, format := range f.Styles.NumFmts.NumFmt {
		if _, found := codes[format.NumFmtID]; !found {
			codes[format.NumFmtID] = format.FormatCode
		}
	}
	return codes
}

// keepFormats drops all number formats but some: for each cell excelize
// searches the list from its start.
func keepFormats(f *excelize.File, kept map[string]int) {
	formats := f.Styles.NumFmts.NumFmt[:0]
	for _, format := range f.Styles.NumFmts.NumFmt {
		if id, wanted := kept[format.FormatCode]; wanted && id == format.NumFmtID {
			delete(kept, format.FormatCode) // so that it is kept once
			formats = append(formats, format)
		}
	}
	f.Styles.NumFmts.NumFmt = formats
}

// zeros is a format that pads a number with zeros, such as a GTIN's.
var zeros = regexp.MustCompile(`^0{1,20}$`)

// aside are the parts of a format code that are shown as they stand, or are
// colours, conditions and languages.
var aside = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|[_*].`)

// isDay reports whether a number format shows a calendar day: a built-in one
// (ECMA-376 part 1, section 18.8.30, with those of Chinese), or one with a year
// or a day in it.
func isDay(id int, code string) bool {
	switch {
	case code != "":
		return strings.ContainsAny(aside.ReplaceAllString(code, ""), "yYdD")
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return true
	}
	return false
}
