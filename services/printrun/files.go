package printrun

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"gocloud.dev/blob"

	"github.com/fanwei/fanwei/chaincode/refusal"
)

// key is the name of a part in the bucket.
func (r *Run) key(part uint64) string {
	return fmt.Sprintf("%s-%06d.%s", r.ID, part, r.Format)
}

// A sink takes one part. Nothing shows under the part's name before commit.
type sink struct {
	*bufio.Writer
	ctx    context.Context
	cancel context.CancelFunc
	blob   *blob.Writer
	file   *os.File // under the blob, if it is one
	crc    hash.Hash32
	size   uint64
}

func (s *Service) create(ctx context.Context, key string) (*sink, error) {
	k := &sink{crc: crc32.NewIEEE()}
	k.ctx, k.cancel = context.WithCancel(ctx)
	var err error
	k.blob, err = s.Files.NewWriter(k.ctx, key, &blob.WriterOptions{
		ContentType: "application/octet-stream", // so that nothing is held back to guess it
		BeforeWrite: func(as func(any) bool) error { as(&k.file); return nil },
	})
	if err != nil {
		k.cancel()
		return nil, fmt.Errorf("create part: %w", outOfSpace(err))
	}
	k.Writer = bufio.NewWriterSize(counted{k}, 256<<10)
	return k, nil
}

type counted struct{ *sink }

func (c counted) Write(p []byte) (int, error) {
	n, err := c.blob.Write(p)
	_, _ = c.crc.Write(p[:n]) // never fails
	c.size += uint64(n)
	return n, err
}

// commit makes the part durable under its name.
func (k *sink) commit() error {
	defer k.cancel()
	if err := k.Flush(); err != nil {
		return k.abandon(err)
	}
	if k.file != nil {
		if err := k.file.Sync(); err != nil {
			return k.abandon(err)
		}
	}
	if err := k.blob.Close(); err != nil {
		return fmt.Errorf("write part: %w", outOfSpace(err))
	}
	if k.file != nil {
		return syncFolder(filepath.Dir(k.file.Name()))
	}
	return nil
}

// abandon drops the part and returns the cause.
func (k *sink) abandon(cause error) error {
	k.cancel() // the blob is not kept by a Close after this
	_ = k.blob.Close()
	return outOfSpace(cause)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("write part: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// outOfSpace turns a full disk into a refusal.
func outOfSpace(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errors.Join(refusal.New(refusal.Unavailable, "disk-full"), err)
	}
	return err
}

// remove deletes all files of a run, whole or left over from a crash.
func (s *Service) remove(ctx context.Context, id string) error {
	var failed []error
	list := s.Files.List(&blob.ListOptions{Prefix: id + "-"})
	for {
		file, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("delete print run: %w", err)
		}
		failed = append(failed, s.Files.Delete(ctx, file.Key))
	}
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("delete print run: %w", err)
	}
	return nil
}

// clear is remove for where a failure is mended later, by sweep.
func (s *Service) clear(ctx context.Context, id string) {
	if err := s.remove(ctx, id); err != nil {
		s.Log.WarnContext(ctx, "files of a cancelled print run are left for later", "run", id, "error", err)
	}
}
