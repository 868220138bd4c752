package respawn

import "slices"

// Kind is what an identifier's return rests on. Kinds are never mixed.
type Kind string

// The kinds.
const (
	None      Kind = ""          // it did not come back
	Storage   Kind = "storage"   // stores that were kept brought it back
	Stateless Kind = "stateless" // it came back with nothing kept: no store can be named
	Account   Kind = "account"   // it came back because the same account signed in
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
	// Features are, for a stateless return, the minimal sets of features that
	// are enough for it, every one seen twice. Unchanged is true if it came
	// back although all features were changed that could be.
	Features  [][]string
	Unchanged bool
	// Proved is true if at least one store was shown to restore it, twice, it
	// did not come back to an empty profile, and the value was still alive at
	// the end. A stateless return is proved if it was seen twice, and one
	// because of an account if it then stayed away without signing in.
	Proved bool
	// RecipeProved is true if everything but the recipe's atoms was kept, as
	// often as the miss rate wants, and the identifier stayed away.
	RecipeProved bool
	// MissRate is the share of visits from which it stayed away although it
	// was due. Noisy is true if that is more than a half: nothing is proved.
	MissRate float64
	Noisy    bool
	// Whole is true if there are no further restoring sets, or such of features.
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
	c := Conclusion{Kind: Storage, Written: way.Written, Sent: way.Sent, MissRate: q.rate(), Noisy: q.noisy(), Expired: q.expired()}
	if q.f(0) == yes {
		c.Expired = false
		c.madeOf(id, q, trials)
		return c
	}
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
	last := q.seen[len(q.seen)-1]
	alive := last.kept == q.all && last.back
	c.Proved = len(c.Stores) > 0 && q.f(0) == no && alive && !c.Noisy
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
