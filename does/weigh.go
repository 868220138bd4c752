package does

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/har"
)

// Weigh compares four recordings, A1, A2, B and C in this order, by their raw
// values, and notes in their redacted copies what came of it. Read takes that
// instead of comparing commitments, which all look alike: the copies give the
// identifiers that the recordings themselves would. The salt is that with which
// the copies were redacted.
//
// Only what a copy shows is noted: a place whose name was redacted is left to
// be judged by its commitments. Copies that have their weights already, from
// when they were written, keep them.
func Weigh(raw, copies [4]*diapason.Capture, salt []byte) {
	if slices.Contains(raw[:], nil) || slices.Contains(copies[:], nil) || weights(copies) != nil {
		return
	}
	verdicts := identify(raw)
	maps.Copy(verdicts, compare([4]map[spot][]string{linkSpots(raw[0]), linkSpots(raw[1]), linkSpots(raw[2]), linkSpots(raw[3])}, startsOf(raw)))
	forms := writings(verdicts, raw, salt)
	cached := cachedFiles(copies[1])
	for i, c := range copies {
		here := spots(entriesOf(c, cached))
		maps.Copy(here, linkSpots(c))
		c.Weights = nil
		for p, path := range pathsOf(here) {
			v, ok := verdicts[p]
			if !ok {
				continue
			}
			w := diapason.Weight{Store: p.store, Host: p.host, Key: p.key, Class: v.class, Score: v.score}
			if value := v.values[profileOf(i)]; value != "" {
				w.Path, w.Value = shownAs(here, p, v.path, path, value, salt)
				w.Forms = forms[i][value]
			}
			c.Weights = append(c.Weights, w)
		}
		slices.SortFunc(c.Weights, func(a, b diapason.Weight) int {
			return cmp.Or(strings.Compare(a.Store, b.Store), strings.Compare(a.Host, b.Host), strings.Compare(a.Key, b.Key))
		})
	}
}

// linkSpots takes apart what stands in the addresses of a recording's links.
func linkSpots(c *diapason.Capture) map[spot][]string {
	return spots(inLinks(ways(c), map[place]outgoing{}))
}

// profileOf is the place of a visit's profile among A, B and C.
func profileOf(visit int) int { return max(visit-1, 0) }

// pathsOf lists the places of a capture, with the ways to their parts.
func pathsOf(all map[spot][]string) map[place][]string {
	out := map[place][]string{}
	for s := range all {
		out[s.place] = append(out[s.place], s.path)
	}
	for _, paths := range out {
		slices.Sort(paths)
	}
	return out
}

// shownAs finds how a part of a raw value stands in the redacted copy: as it
// was, as a commitment of its own, or within one for the whole value.
func shownAs(here map[spot][]string, p place, path string, paths []string, value string, salt []byte) (string, string) {
	if !slices.Contains(paths, path) {
		path = paths[0]
	}
	there, committed := here[spot{p, path}], har.Commit(salt, value)
	switch {
	case slices.Contains(there, value):
		return path, value
	case slices.Contains(there, committed) || len(there) != 1:
		return path, committed
	}
	return path, there[0]
}

// writings finds for each value that tells recordings apart in which other
// forms it went out, by what stands for these in a redacted copy.
func writings(verdicts findings, raw [4]*diapason.Capture, salt []byte) [4]map[string]map[string][]string {
	var out [4]map[string]map[string][]string
	tags := verdicts.tags()
	for i, c := range raw {
		out[i] = map[string]map[string][]string{}
		looks := looksAt(c)
		for _, t := range tags {
			value := t.values[profileOf(i)]
			if out[i][value] != nil {
				continue
			}
			found, x := map[string][]string{}, formsOf(value)
			for _, l := range looks {
				for _, layer := range l.layers {
					if chain, seen, ok := x.in(layer); ok && seen != value {
						found[har.Commit(salt, seen)] = chain
					}
				}
			}
			out[i][value] = found
		}
	}
	return out
}

// weights are the weights of four recordings, nil where not each has some.
func weights(four [4]*diapason.Capture) *[4][]diapason.Weight {
	var out [4][]diapason.Weight
	for i, c := range four {
		if c == nil || len(c.Weights) == 0 {
			return nil
		}
		out[i] = c.Weights
	}
	return &out
}

// weighed puts what the raw values showed in the place of what their
// commitments show: of the places in links, or of all others.
func (r record) weighed(all findings, links bool) {
	w := weights(r.four)
	if w == nil {
		return
	}
	for i, visit := range w {
		for _, x := range visit {
			if (x.Store == linkStore) != links {
				continue
			}
			p := place{x.Store, x.Host, x.Key}
			v := all[p]
			if i == 0 || v.class == "" {
				v.class, v.score, v.path = x.Class, min(x.Score, mostBits), x.Path
			}
			v.values[profileOf(i)], v.visits = x.Value, fourIDs[:]
			all[p] = v
		}
	}
}

// formsOf is the index of a value, with the forms in which the raw value was
// seen where the value is a commitment.
func (r *reading) formsOf(value string) index {
	x := formsOf(value)
	w := weights(r.four)
	if w == nil || !strings.HasPrefix(value, redacted) {
		return x
	}
	for _, visit := range w {
		for _, k := range visit {
			if k.Value != value {
				continue
			}
			for form, chain := range k.Forms {
				x.exactAdd(strings.TrimPrefix(form, redacted), chain)
			}
		}
	}
	return x
}
