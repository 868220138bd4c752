package har

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxString is how many bytes of one JSON string pass on as they are. The
	// text of a body is cut at maxBody; written as \u0041 a character takes six.
	maxString = 6 * maxBody
	// maxBare is the length of the longest number or other bare word.
	maxBare = 1 << 10
)

var errBare = errors.New("a number or word of more than 1024 bytes")

var errWide = errors.New("the file is written in UTF-16, and JSON is UTF-8 (RFC 8259, 8.1)")

// A shortener passes JSON on, but of a string longer than maxString only the
// beginning: a decoder behind it never has to hold a token of any size. What
// it takes out it hashes. It also knows where the lines begin.
type shortener struct {
	from   *bufio.Reader
	chunk  []byte
	out    []byte // made, not yet passed on
	failed error

	read    int64 // bytes taken from the file
	passed  int64 // bytes put into out, ever
	in      bool  // in a string
	escaped bool  // after a backslash
	digits  int   // of \uXXXX still to come
	text    []byte
	long    *digest // set while in the part of a string that is taken out
	bare    int
	wide    bool // the file is written in UTF-16

	nonce string // marks the end of a shortened string: nobody can write it into a file
	longs []*digest
	lines lines
}

func newShortener(r io.Reader) *shortener {
	return &shortener{from: bufio.NewReaderSize(r, 4<<10), chunk: make([]byte, 64<<10), nonce: rand.Text(), lines: lines{first: 1}}
}

// Read passes on the next bytes.
func (s *shortener) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if s.failed != nil {
			return 0, s.failed
		}
		if s.read == 0 {
			s.skipMark()
		}
		n, err := s.from.Read(s.chunk)
		s.failed = err
		s.take(s.chunk[:n])
	}
	n := copy(p, s.out)
	s.out = s.out[:copy(s.out, s.out[n:])]
	return n, nil
}

// skipMark takes the byte order mark away with which some programs begin.
func (s *shortener) skipMark() {
	b, _ := s.from.Peek(3)
	s.wide = len(b) > 1 && (string(b[:2]) == "\xff\xfe" || string(b[:2]) == "\xfe\xff")
	if string(b) == "\ufeff" {
		n, _ := s.from.Discard(len(b))
		s.read = int64(n)
		s.lines.start = s.read
		s.longs = append(s.longs, &digest{at: -1, taken: s.read})
	}
}

func (s *shortener) take(b []byte) {
	for at := 0; ; {
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
		s.lines.add(s.read + int64(at))
	}
	quote, slash := -1, -1 // where the next ones are: each is looked for once
	for at := 0; at < len(b) && s.failed != errBare; {
		n := 0
		if s.in && !s.escaped && s.digits == 0 {
			quote, slash = next(b, at, quote, '"'), next(b, at, slash, '\\')
			n = s.run(b[at:min(quote, slash)])
		}
		if n == 0 {
			n = 1
			s.read++
			if s.in {
				s.inside(b[at])
			} else {
				s.outside(b[at])
			}
		}
		at += n
	}
}

// next is where c comes next from a place on, or the end; known is where it
// was found before.
func next(b []byte, from, known int, c byte) int {
	if known >= from {
		return known
	}
	if n := bytes.IndexByte(b[from:], c); n >= 0 {
		return from + n
	}
	return len(b)
}

// run takes plain bytes of a string, as many as are sure not to reach the
// bound, or all of them once it was passed.
func (s *shortener) run(b []byte) int {
	if s.long != nil {
		s.read += int64(len(b))
		s.long.addAll(b)
		return len(b)
	}
	b = b[:min(len(b), max(0, maxString-len(s.text)))]
	s.read += int64(len(b))
	s.text = append(s.text, b...)
	s.pass(b...)
	return len(b)
}

func (s *shortener) pass(b ...byte) {
	s.out = append(s.out, b...)
	s.passed += int64(len(b))
}

func (s *shortener) outside(c byte) {
	s.bare++
	switch c {
	case '"':
		s.in, s.text, s.bare = true, s.text[:0], 0
	case ' ', '\t', '\r', '\n', ',', ':', '[', ']', '{', '}':
		s.bare = 0
	}
	if s.bare > maxBare {
		s.failed = errBare
		return
	}
	s.pass(c)
}

func (s *shortener) inside(c byte) {
	whole := !s.escaped && s.digits == 0 // c begins a character
	switch {
	case s.escaped:
		s.escaped = false
		if c == 'u' {
			s.digits = 4
		}
	case s.digits > 0:
		s.digits--
	case c == '\\':
		s.escaped = true
	case c == '"':
		s.in = false
		s.close()
		s.pass(c)
		return
	}
	if s.long == nil && whole && len(s.text) >= maxString && utf8.RuneStart(c) {
		s.long = &digest{at: s.passed, taken: -(s.read - 1), plain: measure{hash: sha256.New()}, base64: measure{hash: sha256.New()}}
		s.long.addAll(s.text)
	}
	if s.long != nil {
		s.long.add(c)
		return
	}
	s.text = append(s.text, c)
	s.pass(c)
}

// close ends a string; a shortened one gets the mark by which it is known.
func (s *shortener) close() {
	if s.long == nil {
		return
	}
	d := s.long
	d.finish()
	s.longs = append(s.longs, d)
	s.long = nil
	mark := fmt.Sprintf(`\u0000%s:%d`, s.nonce, len(s.longs)-1)
	d.taken += s.read - 1 - int64(len(mark)) // the mark takes room too
	s.pass([]byte(mark)...)
}

// find finds the digest of a string that was shortened, and the string without
// its mark.
func (s *shortener) find(text string) (string, *digest) {
	if len(text) < len(s.nonce) || len(s.longs) == 0 {
		return text, nil
	}
	head, number, ok := strings.Cut(text, "\x00"+s.nonce+":")
	if !ok {
		return text, nil
	}
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(s.longs) {
		return text, nil
	}
	return head, s.longs[i]
}

// offset turns a place in what was passed on into one in the file.
func (s *shortener) offset(passed int64) int64 {
	at := passed
	for _, d := range s.longs {
		if d.at < passed {
			at += d.taken
		}
	}
	return min(at, s.read)
}

// broke tells whether the file itself could not be read on, rather than that
// what it holds is wrong.
func (s *shortener) broke(err error) bool {
	return s.failed != nil && s.failed != io.EOF && s.failed != errBare && errors.Is(err, s.failed)
}
