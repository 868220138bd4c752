package holds

import (
	"bytes"
	"errors"
	"io"
)

// The limits of one text file: what is larger is not data that a service
// writes for a person to read, and would cost memory.
const (
	longestString = 1 << 20
	longestLine   = 16 << 20
	deepest       = 64
)

var (
	errLongString = errors.New("a text in it is longer than 1 MiB")
	errLongLine   = errors.New("a line in it is longer than 16 MiB")
	errDeep       = errors.New("its values are nested more than 64 deep")
)

// A jsonGuard stops a JSON stream before a single text or number in it fills
// the memory. It looks at quotes only and judges nothing else.
type jsonGuard struct {
	in      io.Reader
	inside  bool // a text
	escaped bool
	run     int // bytes since the text began, or since the last mark outside
}

func (g *jsonGuard) Read(p []byte) (int, error) {
	n, err := g.in.Read(p)
	for b := p[:n]; len(b) > 0; {
		b = g.step(b)
		if g.run > longestString {
			return 0, errLongString
		}
	}
	return n, err
}

// step takes bytes up to the next one that changes the state.
func (g *jsonGuard) step(b []byte) []byte {
	switch {
	case g.escaped:
		g.escaped = false
		g.run++
		return b[1:]
	case g.inside:
		i := bytes.IndexByte(b, '"')
		end := len(b)
		if i >= 0 {
			end = i
		}
		if k := bytes.IndexByte(b[:end], '\\'); k >= 0 {
			g.run, g.escaped = g.run+k+1, true
			return b[k+1:]
		}
		if i < 0 {
			g.run += len(b)
			return nil
		}
		g.inside, g.run = false, 0
		return b[i+1:]
	}
	for i, c := range b {
		switch c {
		case '"':
			g.inside, g.run = true, 0
			return b[i+1:]
		case ',', ':', '{', '}', '[', ']', ' ', '\n', '\r', '\t':
			g.run = 0
		default:
			g.run++
		}
	}
	return nil
}

// A lineGuard stops a table before a single line fills the memory.
type lineGuard struct {
	in  io.Reader
	run int
}

func (g *lineGuard) Read(p []byte) (int, error) {
	n, err := g.in.Read(p)
	if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
		g.run = n - i - 1
	} else if g.run += n; g.run > longestLine {
		return 0, errLongLine
	}
	return n, err
}
