package respawn

import "slices"

// An answer tells what the trials show about f of one set.
type answer int

const (
	open  answer = iota // not tried often enough
	yes                 // it restores the identifier
	no                  // it does not
	stuck               // its visits keep breaking off
)

// patience is how often a visit may break off before it is given up.
const patience = 2

// An outcome is one trial as it matters to one identifier.
type outcome struct {
	kept           set
	complete, back bool
}

// An inquiry is what the trials show about one identifier.
type inquiry struct {
	all  set // everything
	seen []outcome
	need int // how often a set must miss before it is taken not to restore
}

// sure is how often a set must miss before a conclusion rests on that: as a
// return is seen twice, so is what stays away.
func (q *inquiry) sure() int { return max(2, q.need) }

// inquire looks at the visits that changed nothing and signed in or did not as
// the first one.
func inquire(id string, o order, trials []Trial) *inquiry {
	return inquireInto(id, o, trials, func(t Trial) (set, bool) {
		return o.set(t.Keep), len(t.Change) == 0 && t.SignedIn == trials[0].SignedIn
	})
}

// inquireInto looks at some of the trials; kept tells which, and what stayed
// the same in each.
func inquireInto(id string, o order, trials []Trial, kept func(Trial) (set, bool)) *inquiry {
	q := &inquiry{all: o.set(o)}
	sets := map[set]bool{}
	for _, t := range trials {
		if s, counts := kept(t); counts {
			q.seen = append(q.seen, outcome{s, t.Complete, t.back(id)})
			sets[s] = true
		}
	}
	q.need = repeats(q.rate(), len(sets))
	return q
}

// count counts the trials that fulfil a condition.
func (q *inquiry) count(is func(outcome) bool) int {
	n := 0
	for _, o := range q.seen {
		if is(o) {
			n++
		}
	}
	return n
}

// returns counts the trials that kept nothing beyond s and saw the identifier.
func (q *inquiry) returns(s set) int {
	return q.count(func(o outcome) bool { return o.back && o.kept.within(s) })
}

// f tells whether keeping s restores the identifier. What less than s did, s
// does too; what more than s did not do, s does not.
func (q *inquiry) f(s set) answer {
	switch {
	case q.returns(s) > 0:
		return yes
	case q.missed(s) >= q.need:
		return no
	case q.brokenOff(s):
		return stuck
	}
	return open
}

// missed counts the visits that speak against s: they kept it, and the
// identifier stayed away. A visit that kept what restores it anyway says
// nothing by that, only that a return can fail.
func (q *inquiry) missed(s set) int {
	return q.count(func(o outcome) bool { return o.complete && !o.back && s.within(o.kept) && q.returns(o.kept) == 0 })
}

// brokenOff tells whether the visits that keep s are given up.
func (q *inquiry) brokenOff(s set) bool {
	return q.count(func(o outcome) bool { return !o.complete && !o.back && o.kept == s }) >= patience
}

// doubts lists visits that keep s, as many as are missing until a conclusion
// can rest on it that s does not restore the identifier.
func (q *inquiry) doubts(s set) []set {
	if q.brokenOff(s) {
		return nil
	}
	return slices.Repeat([]set{s}, max(0, q.sure()-q.missed(s)))
}

// explain is QuickXplain (Junker, AAAI 2004): of a set from that restores the
// identifier together with base, it finds a minimal part that does, with at
// most 2n·log2(k/n) + 2n questions for n of k atoms. Delta is what base last
// grew by. If a question has no answer, it returns that question.
func (q *inquiry) explain(base, delta, from set) (set, answer) {
	if delta != 0 {
		switch a := q.f(base); a {
		case yes:
			return 0, yes
		case open, stuck:
			return base, a
		}
	}
	if from.size() == 1 {
		return from, yes
	}
	first, second := from.halves()
	found, a := q.explain(base|first, first, second)
	if a != yes {
		return found, a
	}
	more, a := q.explain(base|found, found, first)
	if a != yes {
		return more, a
	}
	return found | more, yes
}

// A finding is how far the search for restoring sets has come.
type finding struct {
	sets    []set // minimal sets that restore the identifier, or may
	recipe  set   // the smallest set that hits all of them
	proved  bool  // everything but the recipe was kept, and it stayed away
	whole   bool  // there are no further sets
	pending []set // to be kept next, each as often as it stands here
}

// search finds the minimal restoring sets. Each atom that is enough alone is
// one. Then all is kept but a set that hits every set found so far: if the
// identifier comes back, another set is within what was kept; if it stays
// away, what was left out is a recipe. When every minimal hitting set was left
// out and it stayed away each time, no further set exists, because it would
// have to be hit by all of them.
func (q *inquiry) search() finding {
	var r finding
	for _, m := range q.all.members() {
		if q.f(m) == yes {
			r.sets = append(r.sets, m)
		}
	}
	for q.step(&r) {
	}
	return r
}

// step looks at what the sets found so far leave open. It returns true if that
// gave another set.
func (q *inquiry) step(r *finding) bool {
	candidates := hitting(r.sets)
	r.recipe, r.proved, r.whole, r.pending = candidates[0], false, true, nil
	for i, h := range candidates {
		rest := q.all &^ h
		if q.f(rest) == yes {
			return q.another(r, rest)
		}
		doubts := q.doubts(rest)
		r.pending = append(r.pending, doubts...)
		denied := q.missed(rest) >= q.sure()
		r.whole = r.whole && denied
		if i == 0 {
			r.proved = denied
			if len(doubts) > 0 {
				return false // a recipe comes first: what follows it may be in vain
			}
		}
	}
	return false
}

// another finds one more minimal set within rest, which restores the
// identifier. It returns false if that takes further visits.
func (q *inquiry) another(r *finding, rest set) bool {
	r.whole = false
	found, a := q.explain(0, 0, rest)
	if a == open {
		r.pending = append(r.pending, found)
		return false
	}
	if found.size() > 1 {
		for _, m := range found.members() {
			r.pending = append(r.pending, q.doubts(found&^m)...)
		}
		if len(r.pending) > 0 {
			return false // it may be smaller still
		}
	}
	// A set that could not be tried is under suspicion: a recipe that hits it
	// can still be proved.
	r.sets = append(r.sets, found)
	return true
}

// confirmed tells whether a set brought the identifier back twice.
func (q *inquiry) confirmed(s set) bool { return q.returns(s) > 1 }

// unconfirmed lists the sets that are to be kept once more: what brought the
// identifier back once, until it does so again, or misses too often since.
func (q *inquiry) unconfirmed(sets []set) []set {
	return slices.DeleteFunc(slices.Clone(sets), func(s set) bool {
		since := slices.IndexFunc(q.seen, func(o outcome) bool { return o.back && o.kept.within(s) })
		failed := slices.DeleteFunc(slices.Clone(q.seen[since+1:]), func(o outcome) bool { return o.back || !o.complete || o.kept != s })
		return q.confirmed(s) || len(failed) >= q.need || q.brokenOff(s)
	})
}
