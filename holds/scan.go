package holds

import (
	"context"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A scan reads one member and counts it into the tree of its kind. Of a record
// it keeps where values stood, and the values that its event needs, until the
// record has ended; nothing else.
type scan struct {
	*reading
	ctx    context.Context
	tree   *tree
	member *Member

	dec   *jsontext.Decoder
	frame record // the document itself, without the lists in it
	elem  record // an element of a list
	cur   *record
	index int64 // of list elements
	text  []byte
}

// A record is what one line of the ledger counts: an element of the outermost
// lists of a document, or what stands beside them.
type record struct {
	touches []touch
	open    bool // something stood in it
	bad     bool
	again   bool // another member held it
	plays   int
	events  []Event
}

// A touch is one value, without the value.
type touch struct {
	n       *node
	at      time.Time
	null    bool
	special bool
	types   uint8
}

// manyTouches bounds what a single record may keep. A larger one is counted
// before it has ended.
const manyTouches = 1 << 16

// kinds of a scalar, as JSON begins them.
const (
	kindNull   = 'n'
	kindTrue   = 't'
	kindFalse  = 'f'
	kindString = '"'
)

// json reads one JSON document.
func (s *scan) json(in io.Reader) error {
	s.dec = jsontext.NewDecoder(&jsonGuard{in: in}, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	s.cur = &s.frame
	err := s.value(s.tree.root, 0)
	s.endEvent(s.tree.root)
	s.stamp(s.tree.root, 0)
	if err != nil {
		if s.elem.open {
			s.elem.bad = true
			return errors.Join(err, s.commit(&s.elem))
		}
		if s.frame.open {
			s.frame.bad = true
			return errors.Join(err, s.commit(&s.frame))
		}
		return err
	}
	if s.frame.open {
		if err := s.commit(&s.frame); err != nil {
			return err
		}
	}
	if _, err := s.dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errTrailing
		}
		return err
	}
	return nil
}

func (s *scan) value(n *node, depth int) error {
	if depth > deepest {
		return errDeep
	}
	switch s.dec.PeekKind() {
	case '{':
		return s.object(n, depth)
	case '[':
		return s.array(n, depth)
	}
	raw, err := s.dec.ReadValue()
	if err != nil {
		return err
	}
	s.cur.open = true
	kind := raw[0]
	if kind == kindString {
		s.scalar(n, kind, s.unquote(raw))
	} else {
		s.scalar(n, kind, raw)
	}
	return nil
}

// unquote is a text without its quotes. A text that is not UTF-8 makes the
// record malformed.
func (s *scan) unquote(raw jsontext.Value) []byte {
	plain := true
	for _, c := range raw {
		if c == '\\' || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return raw[1 : len(raw)-1]
	}
	text, err := jsontext.AppendUnquote(s.text[:0], raw)
	s.text = text
	s.cur.bad = s.cur.bad || err != nil
	return text
}

func (s *scan) object(n *node, depth int) error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	s.serial++
	serial := s.serial
	any := false
	for s.dec.PeekKind() != '}' {
		raw, err := s.dec.ReadValue()
		if err != nil {
			return err
		}
		kid := s.tree.kid(n, s.unquote(raw))
		s.cur.bad = s.cur.bad || kid.seen == serial && kid != n.any
		kid.seen = serial
		any = true
		if err := s.value(kid, depth+1); err != nil {
			return err
		}
	}
	if !any {
		s.empty(n)
		s.cur.open = true
	}
	_, err := s.dec.ReadToken()
	return err
}

func (s *scan) array(n *node, depth int) error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	// The elements of the outermost lists are records of their own.
	records := s.cur == &s.frame && n.level <= 1
	if !records {
		s.cur.open = true
	}
	if s.dec.PeekKind() == ']' {
		s.empty(n)
	}
	for s.dec.PeekKind() != ']' {
		if err := s.element(s.tree.element(n), depth, records); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

func (s *scan) element(n *node, depth int, isRecord bool) error {
	if isRecord {
		s.cur = &s.elem
		s.elem.open = true
	}
	start := len(s.cur.touches)
	if n.of != nil {
		n.of.begin()
	}
	n.dated = false
	if err := s.value(n, depth+1); err != nil {
		return err
	}
	s.endEvent(n)
	s.stamp(n, start)
	if !isRecord {
		return nil
	}
	s.cur = &s.frame
	return s.commit(&s.elem)
}

// empty notes a list or object with nothing in it.
func (s *scan) empty(n *node) {
	n.empty++
	s.stand(n)
}

func (s *scan) stand(n *node) {
	if n.member == "" {
		n.member = s.member.Name
	}
}

// scalar counts one value.
func (s *scan) scalar(n *node, kind byte, text []byte) {
	s.stand(n)
	t := touch{n: n}
	switch kind {
	case kindNull:
		t.null = true
	case kindString:
		t.types, t.null = typeString, len(text) == 0
	case kindTrue, kindFalse:
		t.types = typeBoolean
	default:
		t.types = typeNumber
	}
	if !t.null {
		for _, sl := range n.slots {
			sl.fill(text)
		}
		if n.isDate {
			s.date(n, text)
		}
		t.special = n.meaning != nil && n.meaning.Hints && sensitive(string(text))
	}
	s.cur.touches = append(s.cur.touches, t)
	if len(s.cur.touches) > manyTouches {
		s.flush(s.cur)
	}
}

// date notes the time of what surrounds it. A time that cannot be read makes
// the record malformed; none is ever made up.
func (s *scan) date(n *node, text []byte) {
	at, ok := parseStamp(string(text))
	if !ok {
		s.cur.bad = s.cur.bad || string(text) != "0"
		return
	}
	if !n.scope.dated {
		n.scope.date, n.scope.dated = at, true
	}
}

// stamp dates the values of a list element, or of the document, that no nearer
// date has dated.
func (s *scan) stamp(n *node, start int) {
	if !n.dated {
		return
	}
	n.dated = false
	for i := min(start, len(s.cur.touches)); i < len(s.cur.touches); i++ {
		if t := &s.cur.touches[i]; t.at.IsZero() {
			t.at = n.date
		}
	}
}

// endEvent reads an event from the values that were kept, if one ends here.
func (s *scan) endEvent(n *node) {
	spec := n.of
	if spec == nil || s.cur.bad {
		return
	}
	if spec.Kind == "play" {
		timed := n.dated // by the play's own time: a mapping dates its plays by it
		_, amount := spec.played()
		if !timed || !amount {
			s.cur.bad = true
			return
		}
		s.cur.again = s.twice.again(spec)
		s.cur.plays++
	}
	if s.each != nil {
		s.cur.events = append(s.cur.events, spec.event(s.tree.kind.Service, Origin{Member: s.member.Name, Index: s.index}))
	}
}

// flush counts what a record has so far.
func (s *scan) flush(r *record) {
	for _, t := range r.touches {
		n := t.n
		if t.null {
			n.nulls++
		} else {
			n.count++
			n.spread(t.at)
			s.spread(t.at)
		}
		n.types |= t.types
		n.special = n.special || t.special
	}
	r.touches = r.touches[:0]
}

// commit ends a record: it is malformed, was held by another member before, or
// is kept. Only what is kept is counted and handed over.
func (s *scan) commit(r *record) error {
	m := s.member
	m.Read++
	defer func() {
		if r == &s.elem {
			s.index++
		}
		*r = record{touches: r.touches[:0], events: r.events[:0]}
	}()
	switch {
	case r.bad:
		m.Malformed++
		return nil
	case r.again:
		m.Duplicate++
		return nil
	}
	m.Kept++
	s.flush(r)
	if s.tree.kind != nil {
		s.plays[s.tree.kind.Kind] += r.plays
	}
	for _, e := range r.events {
		if err := s.each(e); err != nil {
			return stopped{err}
		}
	}
	if m.Read%1024 == 0 {
		if err := s.ctx.Err(); err != nil {
			return stopped{err}
		}
	}
	return nil
}

// stopped is the wish of the caller to read no further.
type stopped struct{ error }

func (s stopped) Unwrap() error { return s.error }

var errTrailing = errors.New("text follows the end of the document")
