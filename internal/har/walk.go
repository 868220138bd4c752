package har

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A badEntry says why an entry cannot be used. It ends the entry, not the file.
type badEntry string

// Error returns the reason.
func (b badEntry) Error() string { return string(b) }

// A walker reads JSON piece by piece, never more than one token at a time.
type walker struct {
	dec *jsontext.Decoder
	src *shortener
}

// object calls each for every member, which must read the member's value. What
// is no object is passed over, and ok is false.
func (w *walker) object(each func(name string) error) (ok bool, err error) {
	return w.list('{', '}', func() error {
		name, err := w.dec.ReadToken()
		if err != nil {
			return err
		}
		return each(name.String())
	})
}

// begin is where the next value begins.
func (w *walker) begin() int64 {
	w.dec.PeekKind()
	at := w.dec.InputOffset()
	for _, c := range w.dec.UnreadBuffer() {
		if !strings.ContainsRune(" \t\r\n,", rune(c)) {
			break
		}
		at++
	}
	return at
}

// array calls each for every element, which must read it.
func (w *walker) array(each func() error) (ok bool, err error) { return w.list('[', ']', each) }

func (w *walker) list(open, end jsontext.Kind, each func() error) (bool, error) {
	if w.dec.PeekKind() != open {
		return false, w.dec.SkipValue()
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return false, err
	}
	for w.dec.PeekKind() != end {
		if err := each(); err != nil {
			return true, err
		}
	}
	_, err := w.dec.ReadToken()
	return true, err
}

// skip passes over a value.
func (w *walker) skip() error { return w.dec.SkipValue() }

// text reads a string; null, numbers and words are their own spelling, and a
// list or object is passed over. The digest is set where the string was too long.
func (w *walker) text() (string, *digest, error) {
	switch w.dec.PeekKind() {
	case '{', '[':
		return "", nil, w.dec.SkipValue()
	}
	t, err := w.dec.ReadToken()
	if err != nil || t.Kind() == 'n' {
		return "", nil, err
	}
	s, d := w.src.find(t.String())
	return s, d, nil
}

// into reads a string into a place.
func (w *walker) into(p *string) error {
	s, _, err := w.text()
	*p = s
	return err
}

// number reads a whole number, also one in quotes or with a fraction; what is
// none is 0.
func (w *walker) number(p *int64) error {
	s, _, err := w.text()
	if f, bad := strconv.ParseFloat(s, 64); bad == nil && f > -1e15 && f < 1e15 {
		*p = int64(f)
	}
	return err
}

// flag reads true or false; what is neither is false.
func (w *walker) flag(p *bool) error {
	s, _, err := w.text()
	*p = s == "true"
	return err
}

// leave reads on until the nesting is as deep as it was: the rest of an entry
// that turned out to be bad.
func (w *walker) leave(depth int) error {
	for w.dec.StackDepth() > depth {
		if _, err := w.dec.ReadToken(); err != nil {
			return err
		}
	}
	return nil
}

// place tells where in the file a JSON error lies.
func (w *walker) place(err error) string {
	at := w.dec.InputOffset()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		at = syntax.ByteOffset
	}
	line, column := w.src.lines.place(w.src.offset(at))
	return fmt.Sprintf("line %d, column %d", line, column)
}

// plainWords drops what the JSON reader says about places of its own.
func plainWords(err error) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) && syntax.Err != nil {
		return syntax.Err
	}
	return err
}
