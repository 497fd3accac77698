package product

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // makers send these three
	"io"

	"github.com/gabriel-vasile/mimetype"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"github.com/fanwei/fanwei/chaincode/refusal"
	"github.com/fanwei/fanwei/services/authz"
)

// Bounds of a picture that is sent.
const (
	MaxPhotoBytes  = 8 << 20
	maxPhotoPixels = 40_000_000
	photoSide      = 1280 // longest side as kept, in pixels
)

// StorePhoto keeps a picture of a model and returns its name, the SHA-256 of
// what is kept. The picture is drawn anew, so neither a place from a phone's
// camera nor anything else hidden in the file survives.
func (s *Service) StorePhoto(ctx context.Context, sub authz.Subject, file []byte) (string, error) {
	var name string
	own := authz.Object{Kind: authz.Model, Owner: sub.Org}
	err := s.guard.Do(ctx, sub, authz.Register, own, "photo", func(ctx context.Context) error {
		clean, err := redraw(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(clean)
		name = hex.EncodeToString(sum[:])
		if err := s.photos.WriteAll(ctx, name, clean, &blob.WriterOptions{ContentType: "image/jpeg"}); err != nil {
			return fmt.Errorf("store photo: %w", err)
		}
		return nil
	})
	return name, err
}

// redraw checks a picture and encodes it again, at most photoSide wide or high.
func redraw(file []byte) ([]byte, error) {
	if len(file) > MaxPhotoBytes {
		return nil, refusal.New(refusal.Invalid, "photo-too-large")
	}
	if !mimetype.EqualsAny(mimetype.Detect(file).String(), "image/jpeg", "image/png", "image/webp") {
		return nil, refusal.New(refusal.Invalid, "photo-type")
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, refusal.New(refusal.Invalid, "photo-broken")
	}
	if size.Width*size.Height > maxPhotoPixels {
		return nil, refusal.New(refusal.Invalid, "photo-too-large")
	}
	src, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, refusal.New(refusal.Invalid, "photo-broken")
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, scaled(src), &jpeg.Options{Quality: 82}); err != nil {
		return nil, fmt.Errorf("encode photo: %w", err)
	}
	return out.Bytes(), nil
}

// scaled draws a picture on white, no larger than photoSide.
func scaled(src image.Image) image.Image {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if long := max(w, h); long > photoSide {
		w, h = max(1, w*photoSide/long), max(1, h*photoSide/long)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Over, nil)
	return dst
}

// photoStored refuses a picture's name under which nothing is kept.
func (s *Service) photoStored(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	ok, err := s.photos.Exists(ctx, name)
	if err == nil && !ok {
		err = refusal.New(refusal.Invalid, "photo-missing")
	}
	return err
}

// OpenPhoto returns a model's picture, a JPEG. It is public.
func (s *Service) OpenPhoto(ctx context.Context, name string) (io.ReadCloser, error) {
	if raw, err := hex.DecodeString(name); err != nil || len(raw) != sha256.Size {
		return nil, refusal.New(refusal.NotFound, "photo-missing")
	}
	r, err := s.photos.NewReader(ctx, name, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, refusal.New(refusal.NotFound, "photo-missing")
	}
	if err != nil {
		return nil, fmt.Errorf("open photo: %w", err)
	}
	return r, nil
}
