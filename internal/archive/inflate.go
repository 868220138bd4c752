package archive

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"slices"
)

// An inflated archive is one that lies packed inside another. It is unpacked
// as a stream, again from the start when an earlier place is asked for, and
// never as a whole: once for its size and end, where its directory is, once
// for the places of its members, and once for the members themselves.
type inflated struct {
	open func() (io.ReadCloser, error)
	size int64
	tail []byte // the last bytes, where a ZIP keeps its directory
	body io.ReadCloser
	at   int64  // bytes taken from body
	near []byte // the last bytes taken, which end at at
}

const (
	tailSize = 1 << 20
	nearSize = 64 << 10
)

// inflate measures a packed archive and keeps its end.
func (a *Archive) inflate(f *zip.File, name string) (*inflated, error) {
	i := &inflated{open: f.Open}
	body, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", a.title(name), Plain(err), ErrBroken)
	}
	defer body.Close()
	in := &counter{archive: a, name: name, packed: int64(f.CompressedSize64), in: body}
	block := make([]byte, nearSize)
	for {
		n, err := in.Read(block)
		i.size += int64(n)
		i.tail = append(i.tail, block[:n]...)
		if len(i.tail) > 2*tailSize {
			i.tail = append(i.tail[:0], i.tail[len(i.tail)-tailSize:]...)
		}
		switch {
		case errors.Is(err, io.EOF):
			return i, nil
		case a.tripped != nil:
			return nil, a.tripped
		case err != nil:
			return nil, fmt.Errorf("%s: %s: %w", a.title(name), Plain(err), ErrBroken)
		}
	}
}

// ReadAt reads forward; what lies behind the last 64 KiB costs another pass.
func (i *inflated) ReadAt(p []byte, off int64) (int, error) {
	if off >= i.size {
		return 0, io.EOF
	}
	if start := i.size - int64(len(i.tail)); off >= start {
		n := copy(p, i.tail[off-start:])
		if n < len(p) {
			return n, io.EOF
		}
		return n, nil
	}
	n := 0
	for n < len(p) && off < i.size {
		if err := i.reach(off); err != nil {
			return n, err
		}
		k := copy(p[n:], i.near[int64(len(i.near))-(i.at-off):])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// reach unpacks until the byte at off lies among the last ones taken.
func (i *inflated) reach(off int64) error {
	if i.body == nil || off < i.at-int64(len(i.near)) {
		i.Close()
		body, err := i.open()
		if err != nil {
			return err
		}
		i.body, i.at, i.near = body, 0, i.near[:0]
	}
	for off >= i.at {
		if len(i.near) > nearSize {
			i.near = append(i.near[:0], i.near[len(i.near)-nearSize:]...)
		}
		i.near = slices.Grow(i.near, nearSize)
		n, err := i.body.Read(i.near[len(i.near) : len(i.near)+nearSize])
		i.near, i.at = i.near[:len(i.near)+n], i.at+int64(n)
		if err != nil && off >= i.at {
			return err
		}
	}
	return nil
}

// Close ends the pass under way.
func (i *inflated) Close() error {
	if i.body == nil {
		return nil
	}
	err := i.body.Close()
	i.body = nil
	return err
}
