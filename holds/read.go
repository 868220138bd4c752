package holds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/archive"
	"github.com/go-json-experiment/json/jsontext"
)

// A reading is one export being read.
type reading struct {
	export Export
	trees  []*tree
	kinds  []*kind
	twice  *twice
	plays  map[string]int // by kind
	each   func(Event) error
	gaps   []diapason.Gap
	texts  int // members that could be read as JSON or a table
	other  []Item
	serial int64 // of the objects read so far, in all members: trees are shared
}

// Read reads the export at path, a folder, a ZIP file or a single file, where
// it lies. It returns the export with its ledger, one item for each path of
// each kind of file, and what could not be read. Values go nowhere but to
// each, which may be nil; an error of each ends the reading and is returned.
//
// A path that is not there or is no export is an error that wraps
// [diapason.ErrUsage]; an archive that is built as a trap or cannot be read at
// all is one that wraps [diapason.ErrIncomplete]. The export and its records
// are numbered 1; see [Number].
func Read(ctx context.Context, path string, each func(Event) error) (Export, []Item, []diapason.Gap, error) {
	return read(ctx, path, archive.Usual, each)
}

func read(ctx context.Context, path string, limits archive.Limits, each func(Event) error) (Export, []Item, []diapason.Gap, error) {
	a, err := archive.Open(path, limits)
	if err != nil {
		return Export{}, nil, nil, err
	}
	defer a.Close()
	r := &reading{kinds: mappings(), twice: newTwice(), plays: map[string]int{}, each: each}
	r.export = Export{ID: "1", Name: a.Name}
	err = a.Walk(func(m *archive.Member) error { return r.member(ctx, m) })
	if s := (stopped{}); errors.As(err, &s) {
		return Export{}, nil, nil, s.error
	}
	if err != nil {
		return Export{}, nil, nil, explain(err)
	}
	r.refused(a)
	if r.texts == 0 && len(a.Refused) == 0 {
		return Export{}, nil, nil, diapason.WithHint(fmt.Errorf("read export %s: nothing in it can be read as an export: %w", a.Name, diapason.ErrUsage),
			"give the ZIP file that the service sent, or the folder with its JSON or CSV files; other archives must be unpacked first")
	}
	return r.conclude()
}

// explain adds to the failure of a whole archive what to do next.
func explain(err error) error {
	err = fmt.Errorf("read export %w", err)
	switch {
	case errors.Is(err, archive.ErrRefused):
		return diapason.WithHint(err, "do not unpack it; if it came from the service itself, ask for it again")
	case errors.Is(err, archive.ErrBroken):
		return diapason.WithHint(err, "download it again; the file is not whole")
	}
	return err
}

// member reads one member and enters it into the ledger.
func (r *reading) member(ctx context.Context, m *archive.Member) error {
	if err := ctx.Err(); err != nil {
		return stopped{err}
	}
	led := Member{Name: m.Name, Kind: "unknown", Bytes: m.Size}
	start, err := m.Peek()
	l := inspect(start)
	switch {
	case err != nil:
		err = r.broken(err, &led, 0)
	case l.format == "other":
		led.Unread, led.Why = m.Size, l.other
		r.other = append(r.other, Item{Path: m.Name, Member: m.Name, Name: m.Name, Origin: "unmapped", Class: "none", Type: "file", Count: 1})
	default:
		r.texts++
		err = r.scan(ctx, m, &led, l)
	}
	r.export.Ledger.Members = append(r.export.Ledger.Members, led)
	return err
}

// scan reads a member as JSON or a table.
func (r *reading) scan(ctx context.Context, m *archive.Member, led *Member, l look) error {
	s := &scan{reading: r, ctx: ctx, tree: r.treeFor(l, m.Name), member: led}
	if s.tree.kind != nil {
		led.Kind = s.tree.kind.Kind
	}
	s.tree.flush = func() { s.flush(&s.frame); s.flush(&s.elem) }
	r.twice.member()
	var in io.Reader = m
	if start, _ := m.Peek(); bytes.HasPrefix(start, bom) {
		if _, err := io.CopyN(io.Discard, m, int64(len(bom))); err != nil {
			return r.broken(err, led, 0)
		}
	}
	skipped := m.Consumed()
	var err error
	if l.format == "json" {
		err = s.json(in)
	} else {
		err = s.table(in, l.comma)
	}
	if err == nil {
		return nil
	}
	at := m.Consumed()
	if l.format == "json" {
		at = skipped + s.dec.InputOffset()
	}
	return r.broken(err, led, at)
}

// treeFor is the tree of the kind that fits, or one of its own for a member of
// unknown kind.
func (r *reading) treeFor(l look, name string) *tree {
	k := choose(r.kinds, l, name)
	if k == nil {
		t := newTree(nil, name)
		r.trees = append(r.trees, t)
		return t
	}
	for _, t := range r.trees {
		if t.kind == k {
			return t
		}
	}
	t := newTree(k, k.Kind)
	r.trees = append(r.trees, t)
	return t
}

// broken tells that the rest of a member is not read. What ends the whole
// reading is returned.
func (r *reading) broken(err error, led *Member, at int64) error {
	if errors.Is(err, archive.ErrRefused) || errors.As(err, new(stopped)) {
		return err
	}
	led.Unread = max(led.Bytes-at, 0)
	led.Why = fmt.Sprintf("%s, at byte %d", wrong(err), at)
	r.gap(led.Name, "its rest is not read: "+led.Why, "ask the service for the export again, or check the file")
	return nil
}

// wrong is what is wrong with a member, in words without anything of its
// contents.
func wrong(err error) string {
	var syntax *jsontext.SyntacticError
	for _, known := range []error{errLongString, errLongLine, errDeep, errTrailing} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	case errors.As(err, &syntax):
		return "it is not valid JSON"
	}
	return archive.Plain(err)
}

func (r *reading) gap(member, why, next string) {
	r.gaps = append(r.gaps, diapason.Gap{Channel: diapason.Holds, What: "export " + r.export.Name + ", " + member, Why: why, Next: next})
}

// refused tells the members that the archive does not give out.
func (r *reading) refused(a *archive.Archive) {
	for _, f := range a.Refused {
		r.gap(f.Name, "it is not read: "+f.Why, "ask the service for the export again; do not unpack this file by other means")
		r.export.Ledger.Members = append(r.export.Ledger.Members, Member{Name: f.Name, Kind: "unknown", Bytes: f.Bytes, Unread: f.Bytes, Why: f.Why})
	}
}

// spread widens the export's span of dates.
func (r *reading) spread(at time.Time) {
	if at.IsZero() {
		return
	}
	e := &r.export
	if e.Oldest.IsZero() || at.Before(e.Oldest) {
		e.Oldest = at
	}
	if at.After(e.Newest) {
		e.Newest = at
	}
}

// conclude sums the ledger up and makes the items.
func (r *reading) conclude() (Export, []Item, []diapason.Gap, error) {
	e := &r.export
	e.Plays, e.Service = r.countPlays(), r.service()
	if err := e.Ledger.sum(); err != nil {
		return Export{}, nil, nil, fmt.Errorf("read export %s: %w", e.Name, err)
	}
	// One malformed record in a hundred is where a reader should not trust the rest.
	if l := e.Ledger; l.Malformed*100 > l.Read {
		r.gap("all members", fmt.Sprintf("%d of %d records are malformed", l.Malformed, l.Read), "ask the service for the export again, or tell us of the form that is not known")
	}
	items := r.items()
	for _, i := range items {
		if i.Origin == "unmapped" {
			e.Unmapped = append(e.Unmapped, i.Path)
		}
	}
	Number(1, e, items)
	return *e, items, r.gaps, nil
}

// countPlays leaves out kinds that repeat another which is there.
func (r *reading) countPlays() int {
	n := 0
	for _, t := range r.trees {
		if t.kind != nil && (t.kind.Repeats == "" || r.plays[t.kind.Repeats] == 0) {
			n += r.plays[t.kind.Kind]
		}
	}
	return n
}

// service is the one that most members are of.
func (r *reading) service() string {
	count, best := map[string]int{}, ""
	for _, t := range r.trees {
		if t.kind == nil {
			continue
		}
		s := t.kind.Service
		if count[s]++; best == "" || count[s] > count[best] {
			best = s
		}
	}
	return best
}

// days is a span as a number of days, to a hundredth.
func days(d time.Duration) float64 { return math.Round(d.Hours()/24*100) / 100 }
