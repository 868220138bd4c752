// Package archive reads archives that strangers made, where they lie: a
// folder, a ZIP file, ZIP files inside ZIP files, or a single file.
//
// Start with [Open] and [Archive.Walk], which hands over one member after the
// other as a stream. Nothing is ever unpacked to disk, nothing is followed out
// of the archive, and every byte is counted as it comes out, not as the
// archive claims. What may not be read is told in [Archive.Refused] with the
// reason; when the archive as a whole is a trap, Walk ends with [ErrRefused].
//
// The package knows nothing of what members mean.
package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"diapason.dev/diapason"
)

// Limits bound what one archive may cost.
type Limits struct {
	Entries int   // entries in all its archives together
	Nesting int   // archives inside archives; 1 is an archive in no other
	Member  int64 // real bytes of one member
	Total   int64 // real bytes of all members together
	Ratio   int64 // real bytes for each packed byte, once Free bytes have come out
	Free    int64
}

// Usual are the limits for exports. The largest known exports are a few
// gigabytes; deflate packs no more than 1032:1, and text rarely over 20:1.
var Usual = Limits{Entries: 20_000, Nesting: 4, Member: 4 << 30, Total: 64 << 30, Ratio: 200, Free: 1 << 20}

// ErrRefused means that an archive is built as a trap, or larger than the
// limits, and is not read any further. It wraps [diapason.ErrIncomplete].
var ErrRefused = fmt.Errorf("archive refused (%w)", diapason.ErrIncomplete)

// ErrBroken means that an archive's directory cannot be read. It wraps
// [diapason.ErrIncomplete].
var ErrBroken = fmt.Errorf("archive broken (%w)", diapason.ErrIncomplete)

// An Archive is open for one walk.
type Archive struct {
	Name string // file name, without folders
	// Refused are the members that are not read. It is complete when Walk has returned.
	Refused []Refusal

	limits  Limits
	path    string
	file    *os.File // nil for a folder
	packed  int64    // bytes on disk
	entries int
	total   int64
	tripped error // why the whole archive is refused
}

// A Refusal is a member, or an archive inside, that is not read.
type Refusal struct {
	Name  string // printable
	Why   string // words that follow "is not read: "
	Bytes int64  // packed size
}

// A Member is one file. It is valid until the function that got it returns.
type Member struct {
	Name string // with the names of the archives around it, separated by /
	Size int64  // in bytes, unpacked, as the archive claims
	body *bufio.Reader
	read int64
}

// peekSize is how much of a member can be looked at before it is read: enough
// to tell its kind.
const peekSize = 64 << 10

// Peek returns the beginning of the member, up to 64 KiB, without reading past it.
func (m *Member) Peek() ([]byte, error) {
	b, err := m.body.Peek(peekSize)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b, err
}

// Read reads the member's bytes.
func (m *Member) Read(p []byte) (int, error) {
	n, err := m.body.Read(p)
	m.read += int64(n)
	return n, err
}

// Consumed is how many bytes were read so far.
func (m *Member) Consumed() int64 { return m.read }

// Open opens a folder or a file that lies on disk. What is not there, or
// cannot be read from any place in it, is an error that wraps
// [diapason.ErrUsage].
func Open(path string, l Limits) (*Archive, error) {
	name := filepath.Base(path)
	info, err := os.Stat(path)
	if err != nil {
		return nil, diapason.WithHint(fmt.Errorf("open export %s: %w (%w)", name, reason(err), diapason.ErrUsage),
			"check the name: it is the file that the service sent, or the folder with what was in it")
	}
	a := &Archive{Name: name, limits: l, path: path}
	if info.IsDir() {
		return a, nil
	}
	if !info.Mode().IsRegular() {
		return nil, diapason.WithHint(fmt.Errorf("open export %s: it is neither a file nor a folder (%w)", name, diapason.ErrUsage),
			"save it as a file first: an export is read from several places")
	}
	if a.file, err = os.Open(path); err != nil {
		return nil, fmt.Errorf("open export %s: %w (%w)", name, reason(err), diapason.ErrUsage)
	}
	a.packed = info.Size()
	return a, nil
}

// Close closes the archive.
func (a *Archive) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// Walk calls f for each member, archives inside archives in their place:
// folders in the order of names, ZIP files in the order of bytes. An error of
// f ends the walk and is returned.
func (a *Archive) Walk(f func(*Member) error) error {
	if a.file == nil {
		return a.walkFolder(f)
	}
	return a.visit(a.file, a.packed, "", 0, f)
}

// visit hands over a file on disk, or what is inside it.
func (a *Archive) visit(file io.ReaderAt, size int64, name string, depth int, f func(*Member) error) error {
	start := make([]byte, 4)
	n, err := file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w (%w)", a.title(name), reason(err), diapason.ErrIncomplete)
	}
	if isZIP(start[:n]) {
		return a.walkZIP(file, size, name, depth+1, f)
	}
	if name == "" {
		name = a.Name
	}
	return a.hand(&Member{Name: name, Size: size}, io.NewSectionReader(file, 0, size), size, f)
}

// hand gives one member to f, counting the bytes that come out.
func (a *Archive) hand(m *Member, r io.Reader, packed int64, f func(*Member) error) error {
	m.body = bufio.NewReaderSize(&counter{archive: a, name: m.Name, packed: packed, in: r}, peekSize)
	err := f(m)
	if a.tripped != nil {
		return a.tripped
	}
	return err
}

// refuse notes a member that is not read.
func (a *Archive) refuse(name, why string, bytes int64) {
	a.Refused = append(a.Refused, Refusal{Name: printable(name), Why: why, Bytes: bytes})
}

// trap ends the walk: the archive as a whole is refused.
func (a *Archive) trap(name, why string) error {
	if a.tripped == nil {
		a.tripped = fmt.Errorf("%s: %s: %w", a.title(name), why, ErrRefused)
	}
	return a.tripped
}

// title names a member in an error.
func (a *Archive) title(name string) string {
	if name == "" || name == a.Name {
		return printable(a.Name)
	}
	return printable(a.Name + "/" + name)
}

func isZIP(start []byte) bool {
	s := string(start)
	return s == "PK\x03\x04" || s == "PK\x05\x06"
}

// reason is what went wrong, without the name of the file and its folders.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
