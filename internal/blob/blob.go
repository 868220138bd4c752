// Package blob keeps evidence bytes by their hash. A blob is written once and
// never changed; its name is its SHA-256, so a stranger can check it with
// sha256sum. Start with [Open].
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"diapason.dev/diapason"
)

// Dir is a folder of blobs: sha256/ab/abcd….
type Dir struct{ root *os.Root }

// Open opens the folder and makes it if it does not exist.
func Open(dir string) (*Dir, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open blobs: %w: %w", err, diapason.ErrIncomplete)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open blobs: %w: %w", err, diapason.ErrIncomplete)
	}
	return &Dir{root}, nil
}

// Close lets go of the folder.
func (d *Dir) Close() error { return d.root.Close() }

// Name is the place of a blob within the folder, for a hex SHA-256.
func Name(digest string) (string, error) {
	if b, err := hex.DecodeString(digest); err != nil || len(b) != sha256.Size {
		return "", fmt.Errorf("blob %q: not a SHA-256 in hex: %w", digest, diapason.ErrIncomplete)
	}
	return path.Join("sha256", digest[:2], digest), nil
}

// Put stores everything r has and returns its hex SHA-256 and its size in
// bytes. It writes to a temporary name, syncs and renames: a blob either is
// there whole or is not there. Putting the same bytes twice is one blob.
func (d *Dir) Put(ctx context.Context, r io.Reader) (digest string, size int64, err error) {
	temp := "tmp-" + rand.Text()
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", 0, failed(err)
	}
	defer func() {
		if err != nil {
			_ = d.root.Remove(temp)
		}
	}()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, sum), contextReader{ctx, r})
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", size, failed(err)
	}
	digest = hex.EncodeToString(sum.Sum(nil))
	name, err := Name(digest)
	if err != nil {
		return "", size, err
	}
	if err = d.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return "", size, failed(err)
	}
	if err = d.root.Rename(temp, name); err != nil {
		return "", size, failed(err)
	}
	return digest, size, nil
}

func failed(err error) error {
	return diapason.WithHint(fmt.Errorf("write blob: %w: %w", err, diapason.ErrIncomplete), "make room on the disk, or write the run elsewhere with --out")
}

// Get reads a blob whole and checks that it still has its name's hash. A blob
// that was changed gives an error that wraps [diapason.ErrAltered].
func (d *Dir) Get(ctx context.Context, digest string) ([]byte, error) {
	name, err := Name(digest)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := d.root.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w: %w", digest, err, diapason.ErrIncomplete)
	}
	if got := sha256.Sum256(b); hex.EncodeToString(got[:]) != digest {
		return nil, fmt.Errorf("read blob %s: its bytes have another hash: %w", digest, diapason.ErrAltered)
	}
	return b, nil
}

// Has tells whether the blob is there; it does not check its bytes.
func (d *Dir) Has(digest string) bool {
	name, err := Name(digest)
	if err != nil {
		return false
	}
	_, err = d.root.Stat(name)
	return err == nil
}

// List names every blob, in order.
func (d *Dir) List() ([]string, error) {
	var all []string
	err := fs.WalkDir(d.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && path.Dir(p) != "." {
			all = append(all, e.Name())
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list blobs: %w: %w", err, diapason.ErrIncomplete)
	}
	return all, nil
}

// contextReader ends a copy when the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
