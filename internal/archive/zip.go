package archive

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
)

// walkZIP reads one ZIP file. name is empty for the outermost.
func (a *Archive) walkZIP(in io.ReaderAt, size int64, name string, depth int, f func(*Member) error) error {
	if depth > a.limits.Nesting {
		return a.trap(name, fmt.Sprintf("archives lie more than %d deep inside each other", a.limits.Nesting))
	}
	entries, err := a.directory(in, size, name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := a.entry(in, e, join(name, e.Name), depth, f); err != nil {
			return err
		}
	}
	return nil
}

// entry hands over one entry, or walks it if it is an archive itself.
func (a *Archive) entry(in io.ReaderAt, e entry, name string, depth int, f func(*Member) error) error {
	body, err := e.Open()
	if err != nil {
		a.refuse(name, "it cannot be opened: "+Plain(err), int64(e.CompressedSize64))
		return nil
	}
	defer body.Close()
	packed := int64(e.CompressedSize64)
	m := &Member{Name: name, Size: int64(e.UncompressedSize64)}
	return a.hand(m, body, packed, func(m *Member) error {
		start, err := m.body.Peek(4)
		if err != nil || !isZIP(start) {
			return f(m)
		}
		if e.Method == zip.Store {
			inner := io.NewSectionReader(in, e.offset, packed)
			return a.inner(name, packed, a.walkZIP(inner, packed, name, depth+1, f))
		}
		inner, err := a.inflate(e.File, name)
		if err != nil {
			return a.inner(name, packed, err)
		}
		defer inner.Close()
		return a.inner(name, packed, a.walkZIP(inner, inner.size, name, depth+1, f))
	})
}

// inner turns the failure of an archive inside the archive into a refusal of
// that one: the rest is read. A trap ends everything.
func (a *Archive) inner(name string, packed int64, err error) error {
	if errors.Is(err, ErrBroken) {
		a.refuse(name, Plain(err), packed)
		return nil
	}
	return err
}

// join is the name of an entry with the names of the archives around it.
func join(archive, name string) string {
	if archive == "" {
		return name
	}
	return archive + "/" + name
}

// An entry is one file of a ZIP's directory and where its bytes begin.
type entry struct {
	*zip.File
	offset int64
}

// directory reads a ZIP's directory and checks it before anything is unpacked.
// The entries come in the order of their bytes.
func (a *Archive) directory(in io.ReaderAt, size int64, name string) ([]entry, error) {
	// A directory that is larger than any honest one is not even held in memory.
	most := int64(a.limits.Entries)*1024 + 1<<17
	dir := &bounded{in: in, left: most}
	z, err := zip.NewReader(dir, size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, a.trap(name, fmt.Sprintf("it has more than %d entries", a.limits.Entries))
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, fmt.Errorf("%s: its directory cannot be read, as after a download that was cut off: %w", a.title(name), ErrBroken)
	}
	if a.entries += len(z.File); a.entries > a.limits.Entries {
		return nil, a.trap(name, fmt.Sprintf("it has more than %d entries", a.limits.Entries))
	}
	dir.left = math.MaxInt64 // members are counted on their own
	var entries []entry
	seen := map[string]bool{}
	for _, file := range z.File {
		e, why := a.check(file, seen)
		if why != "" {
			a.refuse(join(name, file.Name), why, int64(file.CompressedSize64))
		}
		if e.File != nil {
			entries = append(entries, e)
		}
	}
	return a.inOrder(entries, name)
}

// check looks at one entry. Folders yield nothing.
func (a *Archive) check(f *zip.File, seen map[string]bool) (entry, string) {
	if f.FileInfo().IsDir() && f.UncompressedSize64 == 0 && unsafeName(f.Name) == "" {
		return entry{}, ""
	}
	if why := unsafeName(f.Name); why != "" {
		return entry{}, why
	}
	if key := folded(f.Name); seen[key] {
		return entry{}, "another member has the same name"
	} else {
		seen[key] = true
	}
	switch {
	case f.Mode()&fs.ModeType != 0:
		return entry{}, "it is a link or a device"
	case f.Flags&1 != 0:
		return entry{}, "it is encrypted"
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return entry{}, fmt.Sprintf("it is packed with method %d, which is not read", f.Method)
	}
	offset, err := f.DataOffset()
	if err != nil {
		return entry{}, "its place in the archive cannot be read"
	}
	return entry{f, offset}, ""
}

// localHeader is the length of an entry's header without its name.
const localHeader = 30

// inOrder sorts the entries by place and refuses an archive in which they
// overlap, which is how small archives unpack to enormous ones.
func (a *Archive) inOrder(entries []entry, name string) ([]entry, error) {
	slices.SortStableFunc(entries, func(x, y entry) int { return int(min(max(x.offset-y.offset, -1), 1)) })
	for i, e := range entries {
		packed, real := int64(e.CompressedSize64), int64(e.UncompressedSize64)
		if packed < 0 || real < 0 {
			return nil, a.trap(name, "it states sizes that no file has")
		}
		if i+1 < len(entries) && e.offset+packed > entries[i+1].offset-localHeader {
			return nil, a.trap(name, "its entries overlap, as only a trap's do")
		}
		if real > a.limits.Free && real/a.limits.Ratio > packed {
			return nil, a.trap(join(name, e.Name), fmt.Sprintf("it unpacks to more than %d times its size, as only a trap does", a.limits.Ratio))
		}
	}
	return entries, nil
}

var errDirectory = errors.New("directory too large")

// bounded lets a directory be read only up to a size.
type bounded struct {
	in   io.ReaderAt
	left int64
}

func (b *bounded) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errDirectory
	}
	return b.in.ReadAt(p, off)
}

// Plain says why something could not be read to its end, in words that hold
// nothing of its contents.
func Plain(err error) string {
	switch {
	case errors.Is(err, zip.ErrChecksum):
		return "its checksum does not fit"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	case errors.Is(err, ErrBroken):
		return "its directory cannot be read, as after a download that was cut off"
	}
	return "its packing is broken"
}
