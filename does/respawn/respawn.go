// Package respawn is the plan of the experiment that finds out which stores of
// a browser profile bring a deleted identifier back. It is pure: it decides
// which visit to make next and what the visits show, and never opens a browser.
//
// Start at [Next]: it names the visits to make, given those that were made;
// when it names none the experiment is over, and [Conclude] tells for each
// identifier what it came to. Both look only at what the trials kept and what
// came back, so that a record of the visits gives the same conclusion again.
//
// A store, or atom, is kept by copying it into an empty profile. Let f(S) be
// true if the identifier comes back when exactly the atoms S are kept. f is
// monotone: keeping more never makes less come back. Atoms that are enough
// alone are found by keeping one at a time, because removing one at a time
// finds nothing as soon as two are enough. The last visits prove the recipe:
// everything is kept but the atoms that were found, and the identifier stays
// away. Sets of atoms that only work together are noticed (f of the rest is
// still true) and not taken apart by this version.
package respawn

import (
	"fmt"
	"slices"
	"strings"
)

// A Return tells how an identifier came back in one trial.
type Return struct {
	Written bool // written again into a store that had been emptied
	Sent    bool // sent again
}

// Back is true if the identifier came back at all.
func (r Return) Back() bool { return r.Written || r.Sent }

// A Visit is one visit to make: a profile in which only Keep of the seeded
// profile's atoms are kept. The deleted store, the target, is never among them.
type Visit struct {
	Name string // "T1", "T2" …, in the order of the plan
	Keep []string
}

// A Trial is a visit that was made.
type Trial struct {
	Visit
	// Complete is false if the visit did not run to its end: then what did not
	// come back may still have been about to.
	Complete bool
	// Back holds the identifiers that came back.
	Back map[string]Return
}

// back tells whether the identifier came back in the trial.
func (t Trial) back(id string) bool { return t.Back[id].Back() }

// Next lists the visits to make after those that are done; they do not depend
// on each other. Atoms are the stores that can be kept, without the target,
// and ids the identifiers under test. No visit is left when it returns nil.
//
// With k atoms and no repeats the plan takes k+4 visits for identifiers that
// the same atoms restore (one more for each further set of atoms), and two
// where nothing comes back.
func Next(atoms, ids []string, done []Trial) []Visit {
	var keeps [][]string
	first := [][]string{atoms, nil}
	if len(done) < len(first) {
		return name(first[len(done):], len(done))
	}
	live := restored(ids, done)
	if len(live) == 0 {
		return nil
	}
	for _, a := range atoms {
		keeps = append(keeps, []string{a})
	}
	start := len(first)
	if len(done) < start+len(keeps) {
		return name(keeps[len(done)-start:], len(done))
	}
	start += len(keeps)
	keeps = proofs(atoms, live, done[:start])
	if len(done) < start+len(keeps) {
		return name(keeps[len(done)-start:], len(done))
	}
	if len(done) == start+len(keeps) {
		// Last of all everything is kept once more: if the value does not come
		// back now, it expired, and what did not come back shows nothing.
		return name([][]string{atoms}, len(done))
	}
	return nil
}

func name(keeps [][]string, done int) []Visit {
	visits := make([]Visit, len(keeps))
	for i, k := range keeps {
		visits[i] = Visit{Name: fmt.Sprintf("T%d", done+i+1), Keep: slices.Clone(k)}
	}
	return visits
}

// restored lists the identifiers that came back with everything kept, and not
// with nothing kept. Only they can be traced to a store.
func restored(ids []string, done []Trial) []string {
	var live []string
	for _, id := range ids {
		if done[0].back(id) && !done[1].back(id) {
			live = append(live, id)
		}
	}
	return live
}

// proofs lists, for each set of atoms that restores an identifier, the visit
// that keeps all others, and after these one repeat of each positive.
func proofs(atoms, live []string, done []Trial) [][]string {
	var rests [][]string
	again := map[string]bool{}
	for _, id := range live {
		alone := singles(id, done)
		for _, a := range alone {
			again[a] = true
		}
		rest := without(atoms, alone)
		known := len(alone) == 0 || len(rest) == 0 // T1 and T2 were that visit
		if !known && !slices.ContainsFunc(rests, func(r []string) bool { return slices.Equal(r, rest) }) {
			rests = append(rests, rest)
		}
	}
	for _, a := range atoms {
		if again[a] {
			rests = append(rests, []string{a})
		}
	}
	return rests
}

// singles lists the atoms that brought the identifier back alone, in order of trial.
func singles(id string, done []Trial) []string {
	var alone []string
	for _, t := range done {
		if len(t.Keep) == 1 && t.back(id) && !slices.Contains(alone, t.Keep[0]) {
			alone = append(alone, t.Keep[0])
		}
	}
	return alone
}

func without(atoms, drop []string) []string {
	return slices.DeleteFunc(slices.Clone(atoms), func(a string) bool { return slices.Contains(drop, a) })
}

// same tells whether two sets of atoms are equal.
func same(a, b []string) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(x, y)
}

// key names a set of atoms.
func key(atoms []string) string {
	return strings.Join(slices.Sorted(slices.Values(atoms)), "\x00")
}
