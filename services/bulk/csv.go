package bulk

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// readCSV reads comma-separated values (RFC 4180), or values separated by
// semicolons or tabs, into a builder.
func readCSV(ctx context.Context, data []byte, b *builder) error {
	text, err := decodeText(data)
	if err != nil {
		return err
	}
	comma := separator(text)
	if line := crowded(text, byte(comma)); line > 0 {
		return refusal.New(refusal.Invalid, "table-too-many-columns", strconv.Itoa(line), strconv.Itoa(b.limits.Columns))
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = comma
	r.FieldsPerRecord = -1 // the builder knows better what to say
	r.ReuseRecord = true
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return refusal.New(refusal.Invalid, "row-quotes", strconv.Itoa(wrong.StartLine))
		}
		if err != nil {
			return fmt.Errorf("read CSV: %w", err)
		}
		line, _ := r.FieldPos(0)
		if err := b.add(line, cells); err != nil {
			return err
		}
	}
}

// separator returns the character that occurs most, outside quotes, in the first
// line that is not blank.
func separator(text []byte) rune {
	counts := map[byte]int{}
	quoted := false
	for _, c := range bytes.TrimLeft(text, "\r\n") {
		if c == '\n' && !quoted {
			break
		}
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}

// mostCells is how many cells a line may have, blank ones at its end included:
// as many as a sheet of Excel has columns.
const mostCells = 1 << 14

// crowded returns the first line with more separators than that, 0 for none. The
// CSV reader takes many times a line's bytes for its cells.
func crowded(text []byte, comma byte) int {
	line, count := 1, 0
	for _, c := range text {
		switch c {
		case '\n':
			line, count = line+1, 0
		case comma:
			if count++; count > mostCells {
				return line
			}
		}
	}
	return 0
}

// decodeText returns text as UTF-8 without a byte order mark. What is not UTF-8
// is taken for GB18030, as Chinese spreadsheets write it, unless it is UTF-8
// with a flaw, which GB18030 would turn into wrong characters without a word.
func decodeText(data []byte) ([]byte, error) {
	text, marked := bytes.CutPrefix(data, []byte("\uFEFF"))
	if bytes.IndexByte(text, 0) >= 0 { // UTF-16, or no text
		return nil, refusal.New(refusal.Invalid, "file-encoding", "1")
	}
	flaw, whole := inspect(text)
	if flaw < 0 {
		return text, nil
	}
	refuse := refusal.New(refusal.Invalid, "file-encoding", strconv.Itoa(1+bytes.Count(text[:flaw], []byte("\n"))))
	if marked || whole {
		return nil, refuse
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
	if err != nil {
		return nil, refuse
	}
	if bad := bytes.IndexRune(decoded, utf8.RuneError); bad >= 0 {
		return nil, refusal.New(refusal.Invalid, "file-encoding", strconv.Itoa(1+bytes.Count(decoded[:bad], []byte("\n"))))
	}
	return decoded, nil
}

// inspect returns where text is first not UTF-8, or −1, and whether most of its
// other characters are whole UTF-8 all the same. Chinese text in GB18030 hardly
// ever looks like that: three bytes of UTF-8 follow a narrow pattern.
func inspect(text []byte) (flaw int, whole bool) {
	flaw = -1
	good, bad := 0, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			if flaw < 0 {
				flaw = i
			}
			bad++
		case size >= 3:
			good++
		}
		i += size
	}
	return flaw, good > bad
}
