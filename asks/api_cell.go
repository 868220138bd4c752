package asks

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// A dim is one parameter that decides what a call takes. A call has place 0 in
// it where the parameter is not given, place i for its i-th value, and the
// last place for a value that the catalogue does not list.
type dim struct {
	name   string
	source valueSource
	values []string
	single bool // only one value matters, and any other is as good as none
	stride int
}

func (d *dim) places() int { return len(d.values) + 2 }

// add gives an operation its cells and its place in the tree of paths.
func (a *API) add(o *operation) error {
	method, path, ok := strings.Cut(o.Op, " ")
	if !ok {
		return fmt.Errorf("an operation is a method and a path")
	}
	m := &matched{first: len(a.cells), dims: a.dims(o)}
	count := 1
	for i := range m.dims {
		m.dims[i].stride = count
		if count *= m.dims[i].places(); count > maxCells {
			return fmt.Errorf("it depends on more than %d settings", maxCells)
		}
	}
	for k := range count {
		made, err := a.cell(o, m.dims, k)
		if err != nil {
			return err
		}
		a.cells = append(a.cells, made)
	}
	a.root.insert(method, segments(path), m)
	return nil
}

// dims lists what an operation depends on: the parameters of its need, and
// query values that unlock something ("market=from_token").
func (a *API) dims(o *operation) []dim {
	values := map[string][]string{}
	o.Need.values(values)
	var list []dim
	for _, name := range sortedKeys(values) {
		source, given := a.p.Values[name]
		if !given {
			source = valueSource{Query: name, Piece: -1}
		}
		list = append(list, dim{name: name, source: source, values: slices.Compact(slices.Sorted(slices.Values(values[name])))})
	}
	for _, field := range sortedKeys(o.Unlocks) {
		if name, value, ok := strings.Cut(field, "="); ok {
			list = append(list, dim{name: name, source: valueSource{Query: name, Piece: -1}, values: []string{value}, single: true})
		}
	}
	return list
}

// cell works out what the k-th setting of an operation takes.
func (a *API) cell(o *operation, dims []dim, k int) (cell, error) {
	c := cell{op: o, setting: map[string]string{}, fields: map[string][][]string{}}
	wanted := []need{o.Need}
	for i := range dims {
		d := &dims[i]
		place := k / d.stride % d.places()
		switch {
		case place == d.places()-1:
			c.unknown = c.unknown || !d.single
		case place > 0:
			c.setting[d.name] = d.values[place-1]
			if d.single {
				wanted = append(wanted, o.Unlocks[d.name+"="+d.values[place-1]])
			}
		}
	}
	if c.unknown {
		return c, nil
	}
	alts, err := a.p.allOf(wanted, c.setting)
	if err != nil && !errors.Is(err, errUnlisted) {
		return c, err
	}
	c.unknown = err != nil
	c.sets = a.cheapestFirst(alts)
	for field, n := range o.Unlocks {
		if strings.Contains(field, "=") {
			continue
		}
		more, err := a.p.alternatives(n, c.setting)
		if err != nil {
			return c, err
		}
		c.fields[field] = a.cheapestFirst(more)
	}
	return c, nil
}

// cheapestFirst orders sets by what they reach, then by size and name.
func (a *API) cheapestFirst(alts []alternative) [][]string {
	slices.SortStableFunc(alts, func(x, y alternative) int {
		if d := a.p.reachOf(x, false) - a.p.reachOf(y, false); d != 0 {
			return d
		}
		if d := len(x) - len(y); d != 0 {
			return d
		}
		return slices.Compare(x, y)
	})
	sets := [][]string{}
	for _, alt := range alts {
		ids := []string{}
		for _, i := range alt {
			ids = append(ids, a.p.Scopes[i].ID)
		}
		sets = append(sets, ids)
	}
	return sets
}

// spread moves the cells from position from on to the place that the query
// gives them in this dimension, and doubles them where it gives several.
func (d *dim) spread(query []byte, cells []int, from int) []int {
	found := uint64(0) // places taken, as bits
	for left := query; len(left) > 0; {
		var pair []byte
		pair, left, _ = bytes.Cut(left, []byte("&"))
		name, value, _ := bytes.Cut(pair, []byte("="))
		if string(name) != d.source.Query {
			continue
		}
		for more := true; more; {
			var one []byte
			one, value, more = cutValue(value)
			found |= 1 << min(d.place(one), 63)
		}
	}
	if found == 0 {
		return cells
	}
	if bits.OnesCount64(found) == 1 {
		for i := range cells[from:] {
			cells[from+i] += bits.TrailingZeros64(found) * d.stride
		}
		return cells
	}
	base := slices.Clone(cells[from:])
	cells = cells[:from]
	for place := range min(d.places(), 64) {
		if found&(1<<place) != 0 {
			for _, c := range base {
				cells = append(cells, c+place*d.stride)
			}
		}
	}
	return cells
}

// cutValue splits a list of values at its first comma, spelled out or not.
func cutValue(list []byte) (one, rest []byte, more bool) {
	for i := 0; i < len(list); i++ {
		switch {
		case list[i] == ',':
			return list[:i], list[i+1:], true
		case list[i] == '%' && i+2 < len(list) && list[i+1] == '2' && (list[i+2] == 'C' || list[i+2] == 'c'):
			return list[:i], list[i+3:], true
		}
	}
	return list, nil, false
}

// place finds a value, or the right piece of it, among the listed ones.
func (d *dim) place(value []byte) int {
	for range d.source.Piece {
		_, rest, ok := cutColon(value)
		if !ok {
			return d.places() - 1
		}
		value = rest
	}
	if d.source.Piece >= 0 {
		value, _, _ = cutColon(value)
	}
	for i, v := range d.values {
		if string(value) == v {
			return i + 1
		}
	}
	if d.single {
		return 0
	}
	return d.places() - 1
}

// cutColon splits a value at its first colon, spelled out or not.
func cutColon(value []byte) (piece, rest []byte, ok bool) {
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == ':':
			return value[:i], value[i+1:], true
		case value[i] == '%' && i+2 < len(value) && value[i+1] == '3' && (value[i+2] == 'A' || value[i+2] == 'a'):
			return value[:i], value[i+3:], true
		}
	}
	return value, nil, false
}

// Provider is the catalogue's id of the provider; ProviderName is its name.
func (a *API) Provider() string { return a.p.Provider }

// ProviderName is the provider's name as people know it.
func (a *API) ProviderName() string { return a.p.Name }

// Cells is how many cells there are; they are numbered from 0.
func (a *API) Cells() int { return len(a.cells) }

// Operation names a cell: method and path, and the parameters that decide.
func (a *API) Operation(cell int) string {
	c := a.cells[cell]
	return callName(c.op.Op, c.setting)
}

// Takes returns the sets of permissions any one of which opens the calls of a
// cell, the one that reaches least first; one empty set where none is needed.
// It is not known where the calls have a parameter that the catalogue does not list.
func (a *API) Takes(cell int) (sets [][]string, known bool) {
	c := a.cells[cell]
	return c.sets, !c.unknown
}

// Fields returns what the answer holds besides for who was granted more: by
// field, the sets of permissions any one of which adds it.
func (a *API) Fields(cell int) map[string][][]string { return a.cells[cell].fields }

// Known reports whether the catalogue has a permission, by its exact name.
func (a *API) Known(id string) bool { _, ok := a.p.byName[id]; return ok }

// Path writes the path of an address with only the words that stand in the
// catalogue; whatever may name a person or a thing is left out.
func (a *API) Path(address []byte) string {
	host, path, _ := splitAddress(address)
	for i := range a.bases {
		if hasPath(path, a.bases[i].path) {
			return "/" + strings.Join(a.bases[i].path, "/") + a.root.known(skipSegments(path, len(a.bases[i].path)))
		}
	}
	if len(host) > 0 && !loopbackHost(host) {
		return visible(string(host)) + a.root.known(path)
	}
	return a.root.known(path)
}

// A Datum is one thing that a permission opens.
type Datum struct {
	Term   string        // the catalogue's word
	Label  string        // in our words
	Vocab  diapason.Term // empty where the vocabulary has none
	Write  bool          // it is changed and not read
	Weight int           // how much it weighs, without unit
}

// Opens lists what permissions let their holder read and change, each once.
func (a *API) Opens(ids []string) []Datum {
	reads, writes := map[string]bool{}, map[string]bool{}
	for _, id := range ids {
		at, ok := a.p.byName[id]
		if !ok {
			continue
		}
		for _, k := range append([]int{at}, a.p.implies[at]...) {
			for _, name := range a.p.Scopes[k].Reads {
				reads[name] = true
			}
			for _, name := range a.p.Scopes[k].Writes {
				writes[name] = true
			}
		}
	}
	var all []Datum
	for _, of := range []struct {
		names map[string]bool
		write bool
	}{{reads, false}, {writes, true}} {
		for _, name := range sortedKeys(of.names) {
			d := Datum{Term: name, Label: a.p.Terms[name].Label, Write: of.write, Weight: a.p.weights[a.p.termAt[name]]}
			if v := a.p.Terms[name].Vocab; v != nil {
				d.Vocab = diapason.Term(*v)
			}
			all = append(all, d)
		}
	}
	return all
}

// Event returns the event that ends a purpose, by the purpose's name or alias,
// and how many days later it is over; an empty event where it has none.
func (a *API) Event(purpose string) (event string, grace float64) {
	for _, u := range a.p.Purposes {
		if u.ID == purpose || slices.Contains(u.Aliases, purpose) {
			grace, _ = lifeDays(u.Ends.Grace)
			return u.Ends.Event, grace
		}
	}
	return "", 0
}
