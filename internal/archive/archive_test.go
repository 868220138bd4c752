package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// file is one member of an archive that a test builds.
type file struct {
	name    string
	content string
	stored  bool
	mode    fs.FileMode
	flags   uint16
	method  uint16
}

func build(t *testing.T, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Flags: f.flags}
		if f.stored {
			h.Method = zip.Store
		}
		if f.mode != 0 {
			h.SetMode(f.mode)
		}
		if f.method != 0 {
			h.Method = f.method
			h.CompressedSize64, h.UncompressedSize64 = uint64(len(f.content)), uint64(len(f.content))
			w, err := z.CreateRaw(h)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, f.content)
			continue
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func save(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// walk reads everything and returns the contents by name.
func walk(t *testing.T, path string, l Limits) (map[string]string, []string, *Archive, error) {
	t.Helper()
	a, err := Open(path, l)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	contents, order := map[string]string{}, []string{}
	err = a.Walk(func(m *Member) error {
		b, err := io.ReadAll(m)
		if err != nil {
			b = append(b, ("!" + Plain(err))...)
		}
		contents[m.Name] = string(b)
		order = append(order, m.Name)
		return nil
	})
	return contents, order, a, err
}

func TestEveryFormIsReadInPlace(t *testing.T) {
	var noise, lines strings.Builder // each longer than the end that is kept
	for i := range 500_000 {
		fmt.Fprintf(&noise, "%x,", uint32(i)*2654435761)
		fmt.Fprintf(&lines, "play %d\n", i)
	}
	long := lines.String()
	inner := build(t, file{name: "first.json", content: noise.String()}, file{name: "second.json", content: long}, file{name: "third.json", content: "[3]", stored: true})
	deep := build(t, file{name: "in/inner.zip", content: string(inner)}, file{name: "z.json", content: "{}"})
	want := map[string]string{"first.json": noise.String(), "second.json": long, "third.json": "[3]"}
	prefixed := func(prefix string, more ...string) map[string]string {
		m := map[string]string{}
		for k, v := range want {
			m[prefix+k] = v
		}
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	folder := t.TempDir()
	for name, content := range map[string][]byte{"a.json": []byte("[1]"), "sub/b.json": []byte("[2]"), "c.zip": inner} {
		os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700)
		os.WriteFile(filepath.Join(folder, name), content, 0o600)
	}
	for _, c := range []struct {
		name string
		path string
		want map[string]string
	}{
		{"a single file", save(t, "one.json", []byte("[1]")), map[string]string{"one.json": "[1]"}},
		{"a ZIP", save(t, "x.zip", inner), want},
		{"a stored ZIP in a ZIP", save(t, "x.zip", build(t, file{name: "i.zip", content: string(inner), stored: true})), prefixed("i.zip/")},
		{"a packed ZIP in a ZIP", save(t, "x.zip", build(t, file{name: "i.zip", content: string(inner)})), prefixed("i.zip/")},
		{"a packed ZIP in a packed ZIP in a ZIP", save(t, "x.zip", build(t, file{name: "d.zip", content: string(deep)})), prefixed("d.zip/in/inner.zip/", "d.zip/z.json", "{}")},
		{"a ZIP under another name", save(t, "x.zip", build(t, file{name: "data.bin", content: string(inner)})), prefixed("data.bin/")},
		{"a folder with a ZIP", folder, prefixed("c.zip/", "a.json", "[1]", "sub/b.json", "[2]")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, order, a, err := walk(t, c.path, Usual)
			if err != nil || len(a.Refused) > 0 {
				t.Fatalf("walk: %v, refused %v", err, a.Refused)
			}
			if len(got) != len(c.want) {
				t.Errorf("members %v", order)
			}
			for name, content := range c.want {
				if got[name] != content {
					t.Errorf("%s: %d bytes, want %d", name, len(got[name]), len(content))
				}
			}
			_, again, _, _ := walk(t, c.path, Usual)
			if !slices.Equal(order, again) {
				t.Errorf("order %v, then %v", order, again)
			}
		})
	}
}

func TestAMemberThatCouldDoHarmIsRefusedAndTheRestIsRead(t *testing.T) {
	for _, c := range []struct {
		name string
		bad  file
		why  string
	}{
		{"parent folder", file{name: "../evil.json"}, "leads out"},
		{"parent folder inside", file{name: "a/../../evil.json"}, "leads out"},
		{"absolute", file{name: "/etc/evil.json"}, "absolute"},
		{"drive", file{name: "C:evil.json"}, "absolute"},
		{"backslash", file{name: `a\evil.json`}, "backslash"},
		{"zero byte", file{name: "a\x00.json"}, "zero byte"},
		{"link", file{name: "link", mode: fs.ModeSymlink | 0o777, content: "/etc/passwd"}, "link"},
		{"device", file{name: "dev", mode: fs.ModeDevice | 0o600}, "device"},
		{"encrypted", file{name: "secret.json", flags: 1}, "encrypted"},
		{"unknown method", file{name: "odd.json", method: 98, content: "?"}, "method 98"},
		{"same name", file{name: "good.json"}, "same name"},
		{"same name in another case", file{name: "GOOD.JSON"}, "same name"},
		{"same name in another composition", file{name: "gru\u0308n.json"}, "same name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.bad.content == "" {
				c.bad.content = "[666]"
			}
			path := save(t, "x.zip", build(t, file{name: "good.json", content: "[1]"}, file{name: "gr\u00fcn.json", content: "[2]"}, c.bad, file{name: "last.json", content: "[3]"}))
			got, _, a, err := walk(t, path, Usual)
			if err != nil {
				t.Fatal(err)
			}
			if got["good.json"] != "[1]" || got["gr\u00fcn.json"] != "[2]" || got["last.json"] != "[3]" || len(got) != 3 {
				t.Errorf("read %v", got)
			}
			if len(a.Refused) != 1 || !strings.Contains(a.Refused[0].Why, c.why) {
				t.Fatalf("refused %v, want one that says %q", a.Refused, c.why)
			}
			if strings.ContainsFunc(a.Refused[0].Name, func(r rune) bool { return r < ' ' }) {
				t.Errorf("name %q cannot be printed", a.Refused[0].Name)
			}
		})
	}
}

func TestATrapIsRefusedAsAWhole(t *testing.T) {
	small := Usual
	small.Entries, small.Member, small.Total = 50, 1<<20, 3<<20
	many := make([]file, 51)
	for i := range many {
		many[i] = file{name: fmt.Sprint(i, ".json"), content: "1"}
	}
	nested := []byte("[1]")
	for range 5 {
		nested = build(t, file{name: "n.zip", content: string(nested), stored: true})
	}
	packed := []byte("[1]")
	for range 5 {
		packed = build(t, file{name: "n.zip", content: string(packed)})
	}
	noise := make([]byte, 3<<19)
	for i := range noise {
		noise[i] = byte(uint32(i) * 2654435761 >> 13)
	}
	for _, c := range []struct {
		name string
		zip  []byte
		lim  Limits
		why  string
	}{
		{"bomb that says so", build(t, file{name: "a", content: strings.Repeat("0", 8<<20)}), Usual, "200 times"},
		{"bomb that lies about its size", lie(t, build(t, file{name: "a", content: strings.Repeat("0", 8<<20)}), 8<<20, 1000), Usual, ""},
		{"bomb in a packed ZIP", build(t, file{name: "i.zip", content: string(build(t, file{name: "a", content: strings.Repeat("0", 8<<20)}))}), Usual, "200 times"},
		{"packed ZIP that is a bomb itself", build(t, file{name: "i.zip", content: "PK\x03\x04" + strings.Repeat("0", 8<<20)}), Usual, "200 times"},
		{"entries over entries", build(t, many...), small, "more than 50 entries"},
		{"a hundred thousand entries", flood(100_000), Usual, "more than 20000 entries"},
		{"entries hidden from the count", flood(100_000 + 65_536), Usual, "more than 20000 entries"},
		{"archives in archives, stored", nested, Usual, "more than 4 deep"},
		{"archives in archives, packed", packed, Usual, "more than 4 deep"},
		{"one member too large", build(t, file{name: "a", content: string(noise), stored: true}), small, "more than 1048576 bytes"},
		{"all members too large", build(t, file{name: "a", content: string(noise[:900<<10]), stored: true}, file{name: "b", content: string(noise[:900<<10]), stored: true},
			file{name: "c", content: string(noise[:900<<10]), stored: true}, file{name: "d", content: string(noise[:900<<10]), stored: true}), small, "together"},
		{"overlapping entries", overlap(t), Usual, "overlap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, a, err := walk(t, save(t, "x.zip", c.zip), c.lim)
			if c.why == "" { // the reader of ZIP files notices the lie before much has come out
				if err != nil || len(got["a"]) > 1<<16 || !strings.Contains(got["a"], "!its packing is broken") {
					t.Errorf("%d bytes came out: %v", len(got["a"]), err)
				}
				return
			}
			if !errors.Is(err, ErrRefused) || !errors.Is(err, diapason.ErrIncomplete) {
				t.Fatalf("walk: %v, refused %v", err, a.Refused)
			}
			if !strings.Contains(err.Error(), c.why) {
				t.Errorf("%q does not say %q", err, c.why)
			}
		})
	}
}

// The directory's sizes are checked before anything is unpacked; a stream is
// counted all the same, whatever stood there.
func TestBytesAreCountedAsTheyComeOut(t *testing.T) {
	l := Limits{Ratio: 10, Free: 1000, Member: 1 << 20, Total: 1 << 20}
	for _, c := range []struct {
		packed, real int64
		trap         bool
	}{
		{100, 1000, false}, {100, 1009, false}, {100, 1100, true}, {1, 1000, false}, {0, 1001, true}, {1000, 10_000, false},
	} {
		a := &Archive{Name: "x.zip", limits: l}
		n, err := io.Copy(io.Discard, &counter{archive: a, name: "m", packed: c.packed, in: io.LimitReader(zeros{}, c.real)})
		if errors.Is(err, ErrRefused) != c.trap || !c.trap && n != c.real {
			t.Errorf("%d bytes from %d: %d came out, %v", c.real, c.packed, n, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p[:min(len(p), 100)]), nil }

// lie changes the unpacked size that a ZIP states for its only member.
func lie(t *testing.T, z []byte, real, stated uint32) []byte {
	t.Helper()
	old, young := binary.LittleEndian.AppendUint32(nil, real), binary.LittleEndian.AppendUint32(nil, stated)
	if !bytes.Contains(z, old) {
		t.Fatal("the size is not where it was thought to be")
	}
	return bytes.ReplaceAll(z, old, young)
}

// flood is a ZIP of n empty members, whose count has room for 65535 only.
func flood(n int) []byte {
	var b, dir bytes.Buffer
	for i := range n {
		name := fmt.Sprintf("%06x", i)
		at := b.Len()
		h := append([]byte("PK\x03\x04\x14\x00"), make([]byte, 20)...)
		b.Write(append(binary.LittleEndian.AppendUint16(h, 6), 0, 0))
		b.WriteString(name)
		d := append([]byte("PK\x01\x02\x14\x00\x14\x00"), make([]byte, 20)...)
		d = binary.LittleEndian.AppendUint16(d, 6)
		d = append(d, make([]byte, 12)...)
		dir.Write(binary.LittleEndian.AppendUint32(d, uint32(at)))
		dir.WriteString(name)
	}
	at := b.Len()
	b.Write(dir.Bytes())
	e := append([]byte("PK\x05\x06"), make([]byte, 4)...)
	e = binary.LittleEndian.AppendUint16(e, uint16(n))
	e = binary.LittleEndian.AppendUint16(e, uint16(n))
	e = binary.LittleEndian.AppendUint32(e, uint32(dir.Len()))
	e = binary.LittleEndian.AppendUint32(e, uint32(at))
	b.Write(append(e, 0, 0))
	return b.Bytes()
}

// overlap is a ZIP in which two entries of the directory share their bytes.
func overlap(t *testing.T) []byte {
	t.Helper()
	content := "the same bytes twice"
	var b bytes.Buffer
	b.WriteString("PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	sum := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(content)))
	size := binary.LittleEndian.AppendUint32(nil, uint32(len(content)))
	for _, part := range [][]byte{sum, size, size, {1, 0, 0, 0}, []byte("a"), []byte(content)} {
		b.Write(part)
	}
	at := b.Len()
	for _, name := range []string{"a", "b"} {
		b.WriteString("PK\x01\x02\x14\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00")
		for _, part := range [][]byte{sum, size, size, {1, 0}, make([]byte, 16), []byte(name)} {
			b.Write(part)
		}
	}
	e := append([]byte("PK\x05\x06\x00\x00\x00\x00\x02\x00\x02\x00"), binary.LittleEndian.AppendUint32(nil, uint32(b.Len()-at))...)
	b.Write(append(binary.LittleEndian.AppendUint32(e, uint32(at)), 0, 0))
	return b.Bytes()
}

func TestABrokenMemberIsNamedAndTheRestIsRead(t *testing.T) {
	whole := build(t, file{name: "a.json", content: strings.Repeat("[1,2,3]", 500), stored: true}, file{name: "b.json", content: "[2]", stored: true})
	flipped := bytes.Clone(whole)
	flipped[100] ^= 0xff
	got, _, _, err := walk(t, save(t, "x.zip", flipped), Usual)
	if err != nil || got["b.json"] != "[2]" || !strings.HasSuffix(got["a.json"], "!its checksum does not fit") {
		t.Errorf("%v, %.80q, %q", err, got["a.json"], got["b.json"])
	}
	cut := build(t, file{name: "cut.zip", content: string(whole[:len(whole)/2]), stored: true}, file{name: "c.json", content: "[3]"})
	got, _, a, err := walk(t, save(t, "x.zip", cut), Usual)
	if err != nil || got["c.json"] != "[3]" || len(a.Refused) != 1 || a.Refused[0].Name != "cut.zip" {
		t.Errorf("%v, %v, refused %v", err, got, a.Refused)
	}
}

func TestAnArchiveThatWasCutOffSaysSo(t *testing.T) {
	whole := build(t, file{name: "a.json", content: "[1]"})
	_, _, _, err := walk(t, save(t, "x.zip", whole[:len(whole)-10]), Usual)
	if !errors.Is(err, ErrBroken) || !errors.Is(err, diapason.ErrIncomplete) || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("%v", err)
	}
}

func TestWhatCannotBeAnArchiveIsWrongUsage(t *testing.T) {
	for _, path := range []string{filepath.Join(t.TempDir(), "nothing.zip"), "/dev/null"} {
		_, err := Open(path, Usual)
		var hint *diapason.Hint
		if !errors.Is(err, diapason.ErrUsage) || !errors.As(err, &hint) {
			t.Errorf("open %s: %v", path, err)
		}
		if err != nil && strings.Contains(err.Error(), filepath.Dir(path)+"/") {
			t.Errorf("%q tells folders", err)
		}
	}
}

func TestLinksOutOfAFolderAreNotFollowed(t *testing.T) {
	outside := save(t, "secret.json", []byte("[666]"))
	folder := t.TempDir()
	os.WriteFile(filepath.Join(folder, "a.json"), []byte("[1]"), 0o600)
	if err := os.Symlink(outside, filepath.Join(folder, "b.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(folder, "c")); err != nil {
		t.Fatal(err)
	}
	// A link that stays inside would only count its file twice.
	if err := os.Symlink("a.json", filepath.Join(folder, "d.json")); err != nil {
		t.Fatal(err)
	}
	got, _, a, err := walk(t, folder, Usual)
	if err != nil || len(got) != 1 || len(a.Refused) != 3 {
		t.Errorf("%v, read %v, refused %v", err, got, a.Refused)
	}
}
