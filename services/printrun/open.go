package printrun

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"strings"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
	"github.com/fanwei/fanwei/services/database"
)

// Open returns the file of a run that is done, its name and its media type:
// one CSV or ZPL file, one PDF, or a ZIP of several PDFs. It writes a line into
// the audit trail, for the file holds secrets. Reading fails if the file is
// not as it was written. The caller closes it; ctx holds as long.
//
// Refusals: as Get; Forbidden "not-allowed"; Conflict "print-run-unfinished"
// (state); NotFound "print-run-expired".
func (s *Service) Open(ctx context.Context, sub authz.Subject, id string) (r io.ReadCloser, name, contentType string, err error) {
	run, err := s.Get(ctx, sub, id)
	if err != nil {
		return nil, "", "", err
	}
	var pieces []piece
	err = s.Guard.Do(ctx, sub, authz.Print, object(run.Org), id, func(ctx context.Context) error {
		if run.State != Done {
			return refusal.New(refusal.Conflict, "print-run-unfinished", string(run.State))
		}
		err := s.DB.NewSelect().Model(&pieces).Where("run = ?", id).Order("part").Scan(ctx)
		if err == nil && len(pieces) == 0 {
			return refusal.New(refusal.NotFound, "print-run-expired")
		}
		return database.Explain(err)
	})
	if err != nil {
		return nil, "", "", fmt.Errorf("open print run: %w", err)
	}
	name = run.name()
	switch {
	case run.Format == PDF && len(pieces) > 1:
		return s.zip(ctx, run, pieces), name + ".zip", "application/zip", nil
	case run.Format == PDF:
		contentType = "application/pdf"
	case run.Format == CSV:
		contentType = "text/csv; charset=utf-8"
	default:
		contentType = "application/octet-stream"
	}
	return &chain{ctx: ctx, service: s, run: run, rest: pieces}, name + "." + string(run.Format), contentType, nil
}

// name is a file name without extension, of harmless characters only.
func (r *Run) name() string {
	lot := strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return '_'
	}, r.Lot)
	return fmt.Sprintf("fanwei-%s-%s-%d-%d", r.GTIN, lot, r.From, r.To)
}

// errDamaged is returned when a part is not as it was written.
var errDamaged = errors.New("a part of the print run is damaged")

// A chain reads parts one after the other.
type chain struct {
	ctx     context.Context
	service *Service
	run     Run
	rest    []piece
	now     *checked // nil between parts
}

// Read implements io.Reader.
func (c *chain) Read(p []byte) (int, error) {
	for {
		if c.now == nil {
			if len(c.rest) == 0 {
				return 0, io.EOF
			}
			part, err := c.service.openPart(c.ctx, c.run, c.rest[0])
			if err != nil {
				return 0, err
			}
			c.now, c.rest = part, c.rest[1:]
		}
		n, err := c.now.Read(p)
		if errors.Is(err, io.EOF) {
			err = c.Close()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// Close implements io.Closer.
func (c *chain) Close() error {
	if c.now == nil {
		return nil
	}
	part := c.now
	c.now = nil
	return part.Close()
}

// A checked reads one part, and fails at its end if it is not as written.
type checked struct {
	io.ReadCloser
	want piece
	crc  hash.Hash32
	size uint64
}

func (s *Service) openPart(ctx context.Context, run Run, p piece) (*checked, error) {
	r, err := s.Files.NewReader(ctx, run.key(p.Part), nil)
	if err != nil {
		return nil, fmt.Errorf("read print run: %w", err)
	}
	return &checked{ReadCloser: r, want: p, crc: crc32.NewIEEE()}, nil
}

// Read implements io.Reader.
func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	_, _ = c.crc.Write(p[:n]) // never fails
	c.size += uint64(n)
	if errors.Is(err, io.EOF) && (c.size != c.want.Bytes || c.crc.Sum32() != c.want.CRC) {
		return n, errDamaged
	}
	return n, err
}

// zip packs parts, uncompressed as PDFs already are.
func (s *Service) zip(ctx context.Context, run Run, pieces []piece) io.ReadCloser {
	r, w := io.Pipe()
	go func() { w.CloseWithError(s.pack(ctx, w, run, pieces)) }() // ends when r is closed
	return r
}

func (s *Service) pack(ctx context.Context, w io.Writer, run Run, pieces []piece) error {
	z := zip.NewWriter(w)
	for _, p := range pieces {
		// Sizes are known, so they stand before the data: some programs
		// cannot read stored files otherwise.
		out, err := z.CreateRaw(&zip.FileHeader{
			Name: fmt.Sprintf("%s-%04d.%s", run.name(), p.Part+1, run.Format), Method: zip.Store, Modified: run.CreatedAt,
			CRC32: p.CRC, CompressedSize64: p.Bytes, UncompressedSize64: p.Bytes,
		})
		if err != nil {
			return err
		}
		part, err := s.openPart(ctx, run, p)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, part)
		if err := errors.Join(err, part.Close()); err != nil {
			return err
		}
	}
	return z.Close()
}
