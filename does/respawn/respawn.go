// Package respawn is the plan of the experiment that finds out which stores of
// a browser profile bring a deleted identifier back. It is pure: it decides
// which visit to make next and what the visits show, and never opens a browser.
//
// Start at [Plan]: its Next names the visits to make, given those that were
// made; when it names none the experiment is over, and [Conclude] tells for
// each identifier what it came to. Both look only at what the trials kept and
// what came back, so that a record of the visits gives the same conclusion
// again.
//
// A store, or atom, is kept by copying it into an empty profile. Let f(S) be
// true if the identifier comes back when exactly the atoms S are kept. f is
// monotone: keeping more never makes less come back. The minimal sets for
// which f is true are the restoring sets; a set that has an atom of each of
// them is a recipe. Atoms that are enough alone are found by keeping one at a
// time, because removing one at a time finds nothing as soon as two are
// enough. What only works together is found afterwards, by halving
// (QuickXplain). A recipe is proved by a visit that keeps everything else.
//
// The package never says that a store restores an identifier because it holds
// a copy: only that it came back when that store was kept, and did not when it
// was not.
package respawn

import (
	"fmt"
	"slices"
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

// A Plan is one experiment: all its identifiers are looked for in each visit.
type Plan struct {
	// Atoms are the stores that can be kept, without the target. Of two recipes
	// as small, the one is proved whose atoms stand first.
	Atoms []string
	// IDs are the identifiers that lay in the target. Their restoring sets are
	// sought, and a recipe.
	IDs []string
	// Also are identifiers that lie in other stores only: what brings them back
	// is looked at with each atom alone, and no further.
	Also []string
}

// budget is how many visits an experiment may take.
const budget = 60

// Next lists the visits to make after those that are done; they do not depend
// on each other. No visit is left when it returns nil.
//
// With k atoms the plan takes k+4 visits before repeats where single atoms
// restore the identifiers and one recipe is good for all, and two where
// nothing comes back. A restoring set of n atoms that only work together adds
// at most 2n·log2(k/n) + 2n, and each further minimal recipe one.
func (p Plan) Next(done []Trial) []Visit {
	room := budget - len(done)
	if len(done) < 2 {
		return name([][]string{p.Atoms, nil}[len(done):], len(done))
	}
	keeps := p.wanted(done)
	// The last visit of the budget is kept for the control.
	keeps = keeps[:min(len(keeps), max(room-1, 0))]
	last := done[len(done)-1]
	if len(keeps) == 0 && room > 0 && len(restored(append(slices.Clone(p.IDs), p.Also...), done)) > 0 &&
		(len(done) == 2 || order(p.Atoms).set(last.Keep) != order(p.Atoms).set(p.Atoms)) {
		// Last of all everything is kept once more: if the value does not come
		// back now, it expired, and what did not come back shows nothing.
		keeps = [][]string{p.Atoms}
	}
	return name(keeps, len(done))
}

// wanted lists what is to be kept in the next visits, each as often as it is
// to be kept.
func (p Plan) wanted(done []Trial) [][]string {
	live, watched := restored(p.IDs, done), restored(p.Also, done)
	if len(live)+len(watched) == 0 {
		return nil
	}
	o := order(p.Atoms)
	tried := map[set]bool{}
	for _, t := range done {
		tried[o.set(t.Keep)] = true
	}
	var keeps []set
	for _, a := range o.set(p.Atoms).members() {
		if !tried[a] {
			keeps = append(keeps, a)
		}
	}
	if len(keeps) > 0 {
		return named(o, keeps)
	}
	var again []set
	for _, id := range live {
		q := inquire(id, o, done)
		r := q.search()
		keeps = append(keeps, r.pending...)
		again = append(again, q.unconfirmed(r.sets)...)
	}
	return named(o, append(keeps, again...))
}

// named lists sets by the names of their atoms, each once.
func named(o order, sets []set) [][]string {
	var out [][]string
	seen := map[set]bool{}
	for _, s := range sets {
		if !seen[s] {
			seen[s] = true
			out = append(out, o.names(s))
		}
	}
	return out
}

func name(keeps [][]string, done int) []Visit {
	var visits []Visit
	for i, k := range keeps {
		visits = append(visits, Visit{Name: fmt.Sprintf("T%d", done+i+1), Keep: slices.Clone(k)})
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
