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
// What comes back with nothing kept rests on no store. If the visits signed in
// with an account, it is looked for without signing in. Otherwise the browser
// is made to show itself differently, one feature at a time: f over the
// features that stay the same is monotone too, and its minimal sets are what
// the identifier is made of.
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
	Name     string // "T1", "T2" …, in the order of the plan
	Keep     []string
	Change   []string // features that the browser shows differently
	SignedIn bool     // a person signs in, with the same account every time
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
	// Features are what the browser can show differently; empty: nothing.
	Features []string
	// SignedIn is true if the seeding visit signed in.
	SignedIn bool
	// Quick keeps all atoms together, and then nothing, once each. What comes
	// back from the first and not from the second outlives the deletion of what
	// was not kept; no store is told from another, and nothing is proved.
	Quick bool
}

// budget is how many visits an experiment may take.
const budget = 60

// Next lists the visits to make after those that are done; they do not depend
// on each other. No visit is left when it returns nil.
//
// First everything is kept, then nothing, then everything again. With k atoms
// the plan takes k+4 visits before repeats where single atoms restore the
// identifiers and one recipe is good for all, and two where nothing comes
// back. A restoring set of n atoms that only work together adds at most
// 2n·log2(k/n) + 2n, and each further minimal recipe one. Repeated are: what
// brought an identifier back, once; what did not, as often as its miss rate
// wants; and everything, wherever an identifier has been away for long.
func (p Plan) Next(done []Trial) []Visit {
	o := order(p.Atoms)
	all := o.set(p.Atoms)
	var wanted wish
	if p.Quick {
		wanted = wish{{kept: all}, {}}[min(len(done), 2):]
	} else if len(done) < 3 {
		wanted = wish{{kept: all}, {}, {kept: all}}[len(done):]
	} else {
		// The last visit of the budget is kept for the control.
		wanted = p.wanted(o, done)
		wanted = wanted[:min(len(wanted), max(budget-len(done)-1, 0))]
		if plain := inquire("", o, done).seen; len(wanted) == 0 && len(done) < budget && p.traceable(o, done) && plain[len(plain)-1].kept != all {
			// Last of all everything is kept once more: if the value does not
			// come back now, it expired, and what did not come back shows nothing.
			wanted = wish{{kept: all}}
		}
	}
	var visits []Visit
	for i, w := range wanted {
		visits = append(visits, Visit{
			Name: fmt.Sprintf("T%d", len(done)+i+1), Keep: o.names(w.kept), Change: order(p.Features).names(w.changed), SignedIn: p.SignedIn && !w.out,
		})
	}
	return visits
}

// traceable tells whether any identifier came back with something kept, and
// not with nothing kept. Only such can be traced to a store.
func (p Plan) traceable(o order, done []Trial) bool {
	return slices.ContainsFunc(append(slices.Clone(p.IDs), p.Also...), func(id string) bool { return inquire(id, o, done).live() })
}

// live tells whether the identifier came back, and not with nothing kept.
func (q *inquiry) live() bool { return q.lastReturn() >= 0 && q.f(0) != yes }

// wanted lists the next visits, each as often as it stands there: whether the
// identifiers are there at all, each atom alone, a recipe, the confirmation of
// what was found, and last whether there is more.
func (p Plan) wanted(o order, done []Trial) wish {
	var steps [4]wish
	for _, id := range p.IDs {
		q := inquire(id, o, done)
		switch {
		case q.f(0) == yes:
			steps[0].add(p.stateless(id, q, done))
		case !q.live() || q.hopeless():
		case q.unsettled():
			steps[0].add(keeping(q.all))
		default:
			r := q.search()
			steps[1].add(keeping(untried(q)...))
			steps[2].add(keeping(q.unconfirmed(r.sets)...))
			if r.proved {
				steps[3].add(keeping(r.pending...))
			} else {
				steps[2].add(keeping(r.pending...))
			}
		}
	}
	for _, id := range p.Also {
		if q := inquire(id, o, done); q.live() {
			steps[1].add(keeping(untried(q)...))
		}
	}
	for _, w := range steps {
		if len(w) > 0 {
			return w
		}
	}
	return nil
}

// untried lists the atoms that were not kept alone yet.
func untried(q *inquiry) []set {
	return slices.DeleteFunc(q.all.members(), func(a set) bool {
		return slices.ContainsFunc(q.seen, func(o outcome) bool { return o.kept == a })
	})
}

// A want is one visit that is to be made.
type want struct {
	kept    set  // of the atoms
	changed set  // of the features
	out     bool // without signing in
}

// A wish lists visits that are to be made, each as often as it stands there.
type wish []want

func keeping(sets ...set) wish {
	var w wish
	for _, s := range sets {
		w = append(w, want{kept: s})
	}
	return w
}

// add takes over what another identifier wishes: one visit is good for all.
func (w *wish) add(more wish) {
	count := func(all wish, x want) int {
		return len(slices.DeleteFunc(slices.Clone(all), func(y want) bool { return x != y }))
	}
	for i, x := range more {
		if count(*w, x) < count(more[:i+1], x) {
			*w = append(*w, x)
		}
	}
}
