package respawn

// stateless lists what is to be visited for an identifier that came back with
// nothing kept.
func (p Plan) stateless(id string, q *inquiry, done []Trial) wish {
	if again := q.unconfirmed([]set{0}); len(again) > 0 || !q.confirmed(0) {
		return keeping(again...)
	}
	if p.SignedIn {
		switch q := inquireOut(id, done); {
		case q.f(0) != yes:
			var w wish
			for range q.doubts(0) {
				w = append(w, want{out: true})
			}
			return w
		case !q.confirmed(0):
			if len(q.unconfirmed([]set{0})) > 0 {
				return wish{{out: true}}
			}
			return nil
		}
	}
	return p.features(id, done)
}

// features lists with which features changed the browser is to come back.
// First one is changed at a time: what is made of several together is gone
// with any of them. Then all are, and then those sets that the search asks for.
func (p Plan) features(id string, done []Trial) wish {
	if len(p.Features) == 0 {
		return nil
	}
	q := inquireFeatures(id, p.Features, done)
	var same []set
	for _, m := range q.all.members() {
		if q.f(q.all&^m) == open {
			same = append(same, q.all&^m)
		}
	}
	if len(same) == 0 && q.f(0) != yes {
		same = q.doubts(0)
		if len(same) == 0 {
			r := q.search()
			same = append(q.unconfirmed(r.sets), r.pending...)
		}
	}
	var w wish
	for _, s := range same {
		w.add(wish{{changed: q.all &^ s, out: true}})
	}
	return w
}

// inquireOut looks at the visits that kept nothing, changed nothing and did
// not sign in.
func inquireOut(id string, trials []Trial) *inquiry {
	return inquireInto(id, nil, trials, func(t Trial) (set, bool) { return 0, len(t.Keep) == 0 && len(t.Change) == 0 && !t.SignedIn })
}

// inquireFeatures looks at the visits that kept nothing and did not sign in,
// by the features that stayed the same.
func inquireFeatures(id string, o order, trials []Trial) *inquiry {
	return inquireInto(id, o, trials, func(t Trial) (set, bool) {
		return o.set(o) &^ o.set(t.Change), len(t.Keep) == 0 && !t.SignedIn
	})
}

// madeOf tells of an identifier that came back with nothing kept whether that
// is because of the account, or which features it is made of.
func (c *Conclusion) madeOf(id string, q *inquiry, trials []Trial) {
	c.Kind, c.Proved = Stateless, q.confirmed(0)
	if trials[0].SignedIn {
		out := inquireOut(id, trials)
		if out.f(0) != yes {
			c.Kind, c.Proved = Account, c.Proved && out.missed(0) >= out.sure()
			return
		}
		c.Proved = out.confirmed(0)
	}
	var o order
	for _, t := range trials {
		for _, f := range t.Change {
			if o.set([]string{f}) == 0 {
				o = append(o, f)
			}
		}
	}
	features := inquireFeatures(id, o, trials)
	if len(o) == 0 {
		return
	}
	if features.f(0) == yes {
		c.Unchanged = true
		return
	}
	r := features.search()
	for _, s := range r.sets {
		if features.confirmed(s) {
			c.Features = append(c.Features, o.names(s))
		}
	}
	c.Whole = c.Proved && r.whole && len(c.Features) == len(r.sets)
}
