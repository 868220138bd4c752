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
	// Stores are the minimal sets of atoms that each restore it, every one seen
	// twice.
	Stores [][]string
	// Recipe is a smallest set of atoms that has one of each restoring set that
	// was seen: their deletion, with the target, is to end it.
	Recipe []string
	// Proved is true if at least one store was shown to restore it, twice,
	// nothing came back from an empty profile, and the value was still alive
	// at the end.
	Proved bool
	// RecipeProved is true if a visit that kept everything but the recipe's
	// atoms ran to its end and the identifier stayed away.
	RecipeProved bool
	// Whole is true if there are no further restoring sets.
	Whole bool
	// Expired is true if the value did not come back any more at the end.
	Expired bool
	// Unsure are sets of atoms of which the trials do not tell whether they
	// restore it: not tried to the end, or seen once and not again.
	Unsure [][]string
	// Written and Sent tell how it came back, in any trial that kept something.
	Written, Sent bool
}

// Conclude tells what the trials, in the order in which they were made, show
// about one identifier.
func Conclude(id string, trials []Trial) Conclusion {
	way := wayOf(id, trials)
	if !way.Back() {
		return Conclusion{}
	}
	o := order(trials[0].Keep) // the first trial keeps every atom
	q := inquire(id, o, trials)
	if q.f(0) == yes {
		return Conclusion{Kind: Stateless, Written: way.Written, Sent: way.Sent}
	}
	c := Conclusion{Kind: Storage, Written: way.Written, Sent: way.Sent}
	r := q.search()
	for _, s := range r.sets {
		if q.confirmed(s) {
			c.Stores = append(c.Stores, o.names(s))
		} else {
			c.Unsure = append(c.Unsure, o.names(s))
		}
	}
	for _, m := range q.all.members() {
		if a := q.f(m); (a == open || a == stuck) && !slices.Contains(r.sets, m) {
			c.Unsure = append(c.Unsure, o.names(m))
		}
	}
	if len(r.sets) > 0 {
		c.Recipe = o.names(r.recipe)
	}
	last := trials[len(trials)-1]
	control := len(trials) > 2 && o.set(last.Keep) == q.all
	c.Expired = control && !last.back(id) && last.Complete
	c.Proved = len(c.Stores) > 0 && q.f(0) == no && control && last.back(id)
	c.RecipeProved = c.Proved && r.proved
	c.Whole = c.Proved && r.whole && len(c.Unsure) == 0
	return c
}

func wayOf(id string, ts []Trial) Return {
	var r Return
	for _, t := range ts {
		r.Written = r.Written || t.Back[id].Written
		r.Sent = r.Sent || t.Back[id].Sent
	}
	return r
}
