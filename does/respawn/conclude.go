package respawn

import "slices"

// Kind is what an identifier's return rests on. Kinds are never mixed.
type Kind string

// The kinds.
const (
	None      Kind = ""          // it did not come back
	Storage   Kind = "storage"   // stores that were kept brought it back
	Stateless Kind = "stateless" // it came back with nothing kept: no store can be named
)

// A Conclusion is what the experiment came to for one identifier.
type Conclusion struct {
	Kind Kind
	// Stores are the sets of atoms that each restore it alone. This version
	// finds sets of one atom.
	Stores [][]string
	// Recipe is the set of atoms whose deletion, with the target, ends it.
	Recipe []string
	// Proved is true if at least one store was shown to restore it, twice,
	// nothing came back from an empty profile, and the value was still alive
	// at the end.
	Proved bool
	// RecipeProved is true if a visit that kept everything but the recipe's
	// atoms ran to its end and the identifier stayed away.
	RecipeProved bool
	// Together is true if something beside the recipe's atoms still restores
	// it: a set of atoms that only works together, which was not taken apart.
	Together bool
	// Expired is true if the value did not come back any more at the end.
	Expired bool
	// Unsure are atoms of which the trials do not tell whether they restore
	// it: not tried to the end, or seen once and not again.
	Unsure []string
	// Written and Sent tell how it came back, in any trial that kept something.
	Written, Sent bool
}

// Conclude tells what the trials, in the order in which they were made, show
// about one identifier.
func Conclude(id string, trials []Trial) Conclusion {
	if len(trials) == 0 {
		return Conclusion{}
	}
	all := trials[0].Keep // the first trial keeps every atom
	byKeep := map[string][]Trial{}
	for _, t := range trials {
		byKeep[key(t.Keep)] = append(byKeep[key(t.Keep)], t)
	}
	nothing := byKeep[key(nil)]
	if slices.ContainsFunc(nothing, func(t Trial) bool { return t.back(id) }) {
		return Conclusion{Kind: Stateless, Written: wayOf(id, nothing).Written, Sent: wayOf(id, nothing).Sent}
	}
	way := wayOf(id, trials)
	if !way.Back() {
		return Conclusion{}
	}
	c := Conclusion{Kind: Storage, Written: way.Written, Sent: way.Sent}
	var found []string
	for _, a := range all {
		switch ts := byKeep[key([]string{a})]; positives(id, ts) {
		case 0:
			if len(ts) == 0 || !ts[0].Complete {
				c.Unsure = append(c.Unsure, a)
			}
		case len(ts):
			found = append(found, a)
			if len(ts) > 1 {
				c.Stores = append(c.Stores, []string{a})
			} else {
				c.Unsure = append(c.Unsure, a)
			}
		default:
			found = append(found, a)
			c.Unsure = append(c.Unsure, a)
		}
	}
	c.prove(id, all, found, trials, nothing)
	return c
}

// prove fills in what the proof visits and the control at the end show.
func (c *Conclusion) prove(id string, all, found []string, trials, nothing []Trial) {
	last := trials[len(trials)-1]
	control := len(trials) > 2 && same(last.Keep, all)
	c.Expired = control && !last.back(id) && last.Complete
	c.Proved = len(c.Stores) > 0 && stayedAway(id, nothing) && control && last.back(id)
	c.Recipe = found
	if len(found) == 0 {
		c.Together = trials[0].back(id) && !c.Expired
		return
	}
	rest := without(all, found)
	proofs := slices.DeleteFunc(slices.Clone(trials), func(t Trial) bool { return !same(t.Keep, rest) })
	c.Together = positives(id, proofs) > 0
	c.RecipeProved = c.Proved && stayedAway(id, proofs)
}

// stayedAway is true if there is a trial, each ran to its end, and the
// identifier came back in none.
func stayedAway(id string, ts []Trial) bool {
	return len(ts) > 0 && !slices.ContainsFunc(ts, func(t Trial) bool { return !t.Complete || t.back(id) })
}

func positives(id string, ts []Trial) int {
	n := 0
	for _, t := range ts {
		if t.back(id) {
			n++
		}
	}
	return n
}

func wayOf(id string, ts []Trial) Return {
	var r Return
	for _, t := range ts {
		r.Written = r.Written || t.Back[id].Written
		r.Sent = r.Sent || t.Back[id].Sent
	}
	return r
}
