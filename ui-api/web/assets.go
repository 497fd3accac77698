package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

//go:embed static
var static embed.FS

// Assets are the static files, under names that change with their content.
type Assets struct {
	urls  map[string]string // by plain name
	files map[string]*Asset // by name with hash
}

// An Asset is one static file.
type Asset struct {
	Type string // media type
	Body []byte
	gz   func() []byte
	br   func() []byte
}

// mediaTypes are the types of the files that are served; others are not.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return ""
}

// newAssets reads the embedded files. Style sheets come last: the pictures
// they name are replaced by their names with hash.
func newAssets() (*Assets, error) {
	a := &Assets{map[string]string{}, map[string]*Asset{}}
	for _, styles := range []bool{false, true} {
		err := fs.WalkDir(static, "static", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || mediaType(p) == "" || styles != (path.Ext(p) == ".css") {
				return err
			}
			body, err := static.ReadFile(p)
			if err != nil {
				return err
			}
			return a.add(path.Base(p), body)
		})
		if err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Assets) add(name string, body []byte) error {
	if a.urls[name] != "" {
		return fmt.Errorf("static: two files are named %s", name)
	}
	if path.Ext(name) == ".css" {
		for plain, address := range a.urls {
			body = bytes.ReplaceAll(body, []byte(`url("`+plain+`")`), []byte(`url("`+path.Base(address)+`")`))
		}
	}
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.urls[name] = "/static/" + hashed
	a.files[hashed] = &Asset{
		Type: mediaType(name),
		Body: body,
		gz:   sync.OnceValue(func() []byte { return gzipped(body) }),
		br:   sync.OnceValue(func() []byte { return brotlied(body) }),
	}
	return nil
}

// URL returns the address of a file by its plain name.
func (a *Assets) URL(name string) (string, error) {
	u, ok := a.urls[name]
	if !ok {
		return "", fmt.Errorf("static file %q is not there", name)
	}
	return u, nil
}

// Get returns a file by its name with hash.
func (a *Assets) Get(hashed string) (*Asset, bool) {
	f, ok := a.files[hashed]
	return f, ok
}

// Encoded returns the body in the best coding that the request accepts, and
// the coding's name, which is empty for the body as it is. It compresses once.
func (f *Asset) Encoded(acceptEncoding string) ([]byte, string) {
	offers := func(coding string) bool {
		for offer := range strings.SplitSeq(acceptEncoding, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(offer), ";")
			if name == coding && strings.TrimSpace(weight) != "q=0" {
				return true
			}
		}
		return false
	}
	switch {
	case offers("br"):
		return f.br(), "br"
	case offers("gzip"):
		return f.gz(), "gzip"
	}
	return f.Body, ""
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b) // writing to memory never fails
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

func brotlied(body []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, 6) // writing to memory never fails
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}
