package respawn

import "math"

const (
	// mostMissed is the miss rate beyond which nothing can be concluded: what
	// comes back less often than not tells too little by staying away.
	mostMissed = .5
	// risk is the chance that one of the negatives on which a conclusion rests
	// is a miss.
	risk = .05
	// measured is how many visits that keep everything are made where one of
	// them missed.
	measured = 6
	// gone is how many visits that keep everything must miss, one after the
	// other, before a value is taken for expired, or for one that never returns.
	gone = 2
)

// repeats is how often a set must miss before it is known not to restore: with
// miss rate p each of t negatives is wrong with p^r, all together with at most
// t·p^r, so r is at least log(risk/t)/log(p).
func repeats(p float64, t int) int {
	if p <= 0 || t < 1 {
		return 1
	}
	return max(1, int(math.Ceil(math.Log(risk/float64(t))/math.Log(p))))
}

// misses tells how often the identifier stayed away from visits in which it
// was due, and how many those were: the visits that kept everything, and those
// that kept a set which had brought it back twice. What came after its last
// return does not count, as it may have expired.
func (q *inquiry) misses() (missed, due int) {
	for i, o := range q.seen[:q.lastReturn()+1] {
		if (o.complete || o.back) && q.due(i) {
			due++
			if !o.back {
				missed++
			}
		}
	}
	return missed, due
}

// due tells whether another trial makes sure that the identifier should have
// come back in this one.
func (q *inquiry) due(i int) bool {
	for j, o := range q.seen {
		if j != i && o.back && o.kept.within(q.seen[i].kept) && q.returns(o.kept) > 1 {
			return true
		}
	}
	return false
}

// lastReturn is the number of the last trial in which the identifier came
// back, or -1.
func (q *inquiry) lastReturn() int {
	last := -1
	for i, o := range q.seen {
		if o.back {
			last = i
		}
	}
	return last
}

// rate is the measured miss rate.
func (q *inquiry) rate() float64 {
	missed, due := q.misses()
	if due == 0 {
		return 0
	}
	return float64(missed) / float64(due)
}

// noisy tells whether the identifier misses too often to conclude anything.
func (q *inquiry) noisy() bool { return q.rate() > mostMissed }

// away counts the visits since its last return that kept everything and ran to
// their end: in each of them the identifier was due.
func (q *inquiry) away() int {
	n := 0
	for _, o := range q.seen[q.lastReturn()+1:] {
		if o.complete && o.kept == q.all {
			n++
		}
	}
	return n
}

// expired tells whether the value does not come back any more.
func (q *inquiry) expired() bool { return q.lastReturn() >= 0 && q.away() >= max(gone, q.need) }

// unsettled tells whether everything has to be kept once more before anything
// else is asked: the identifier stayed away from the last such visit, or has
// stayed away for as many visits as there are atoms, so that it may have
// expired; or it missed once, and its miss rate has to be measured.
func (q *inquiry) unsettled() bool {
	if q.away() > 0 || len(q.seen)-1-q.lastReturn() >= q.all.size() {
		return true
	}
	everything := q.count(func(o outcome) bool { return o.kept == q.all })
	missed := q.count(func(o outcome) bool { return o.kept == q.all && o.complete && !o.back })
	return missed > 0 && everything < measured
}

// hopeless tells whether nothing can be concluded any more: the identifier
// misses too often, or has expired, or nobody knows whether it has because the
// visits that keep everything break off.
func (q *inquiry) hopeless() bool {
	broken := 0
	for _, o := range q.seen[q.lastReturn()+1:] {
		if !o.complete && o.kept == q.all {
			broken++
		}
	}
	return q.noisy() || q.expired() || broken >= patience
}
