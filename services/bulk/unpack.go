package bulk

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// Bounds of what excelize takes into memory. It needs some hundred bytes for
// each element of a part, however short, so elements are what must be counted.
const (
	maxParts     = 1_000
	listElements = 5_000   // of a part that lists others: excelize joins lists, each with each
	partElements = 200_000 // of another part that is not made of cells
	cellElements = 8       // that a cell may take in its sheet, the strings and the chain
)

// unpack reads a whole archive once, keeps nothing, and refuses what is damaged
// or would take too much memory. Sizes in an archive's directory may lie, and
// excelize takes a sheet that breaks off in the middle for one that ends there.
func unpack(ctx context.Context, data []byte, limits Limits) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return refusal.New(refusal.Invalid, "file-broken")
	}
	tooLarge := refusal.New(refusal.Invalid, "file-unpacks-too-large", strconv.FormatInt(limits.Unpacked, 10))
	if len(archive.File) > maxParts {
		return tooLarge
	}
	if !slices.ContainsFunc(archive.File, func(f *zip.File) bool { return strings.HasPrefix(partName(f), "xl/") }) {
		return refusal.New(refusal.Invalid, "file-type", "application/zip")
	}
	left, cells := limits.Unpacked, (limits.Rows+1)*limits.Columns*cellElements+partElements
	for _, part := range archive.File {
		name := partName(part)
		m := meter{ctx: ctx, left: left}
		elements := 0
		if err := m.measure(part, isRead(name), &elements); err != nil {
			return err
		}
		left = m.left
		if holdsCells(name) {
			cells -= elements
			elements = 0
		}
		if left < 0 || cells < 0 || elements > most(name) {
			return tooLarge
		}
	}
	return nil
}

// partName returns a part's name as excelize compares it.
func partName(part *zip.File) string {
	return strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
}

// isRead reports whether excelize may read a part's XML. Others, such as
// pictures, only take their bytes.
func isRead(name string) bool {
	return (strings.HasPrefix(name, "xl/") || strings.HasPrefix(name, "[content_types]")) &&
		(strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels"))
}

func holdsCells(name string) bool {
	return strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml" || name == "xl/calcchain.xml"
}

// most returns how many elements a part may have that holds no cells.
func most(name string) int {
	if strings.HasSuffix(name, ".rels") || name == "xl/workbook.xml" || name == "[content_types].xml" {
		return listElements
	}
	return partElements
}

// A meter reads parts and counts down the bytes that are left. One byte too many
// leaves −1, and looks like the part's end.
type meter struct {
	ctx  context.Context
	from io.Reader
	left int64
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	if m.left < 0 {
		return 0, io.EOF
	}
	n, err := m.from.Read(p[:min(int64(len(p)), m.left+1)])
	m.left -= int64(n)
	return n, err
}

// measure reads a part to its end, or to the byte too many, and adds up the
// elements of its XML.
func (m *meter) measure(part *zip.File, isXML bool, elements *int) error {
	r, err := part.Open()
	if err != nil {
		return refusal.New(refusal.Invalid, "file-broken")
	}
	defer func() { _ = r.Close() }() // only read
	m.from = r
	if isXML {
		*elements, err = count(m)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, m) // checks the sum of a part that XML ends early
	}
	switch {
	case m.ctx.Err() != nil:
		return m.ctx.Err()
	case err != nil && m.left >= 0:
		return refusal.New(refusal.Invalid, "file-broken")
	}
	return nil
}

// count returns how many elements an XML document in UTF-8 has.
func count(r io.Reader) (elements int, err error) {
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements, nil
		}
		if err != nil {
			return elements, err
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
}
