package filter

import (
	"cmp"
	"slices"
)

// Match gives the verdict on a request and the rule that decided it: of a
// blocked request a rule that blocks it, of an excepted one an exception.
// Where several would do it is always the same one, for the same lists. An
// important rule outranks an exception, an exception outranks a block. Match
// allocates nothing.
func (e *Engine) Match(r *Request) (Verdict, Hit) {
	block := e.find(&e.blocks, r)
	if block == nil {
		return Unlisted, Hit{}
	}
	except := e.find(&e.excepts, r)
	if except == nil {
		return Blocked, e.hit(block)
	}
	if important := e.find(&e.important, r); important != nil {
		return Blocked, e.hit(important)
	}
	return Excepted, e.hit(except)
}

// All gives every rule that applies to a request, blocks and exceptions, in
// the order of the lists.
func (e *Engine) All(r *Request) []Hit {
	var rules []*rule
	take := func(ru *rule) bool {
		rules = append(rules, ru)
		return false
	}
	e.each(&e.blocks, r, take)
	e.each(&e.excepts, r, take)
	order := func(a, b *rule) int { return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(a.line, b.line)) }
	slices.SortFunc(rules, order)
	rules = slices.CompactFunc(rules, func(a, b *rule) bool { return order(a, b) == 0 })
	hits := make([]Hit, len(rules))
	for i, ru := range rules {
		hits[i] = e.hit(ru)
	}
	return hits
}

func (e *Engine) hit(ru *rule) Hit {
	l := &e.lists[ru.list]
	return Hit{List: l.Name, Line: int(ru.line), Rule: l.Text[ru.start : ru.start+ru.size]}
}

// find returns the first rule of a group that applies.
func (e *Engine) find(g *group, r *Request) (found *rule) {
	e.each(g, r, func(ru *rule) bool {
		found = ru
		return true
	})
	return found
}

// each hands the rules of a group that apply to f, until f says stop. A rule
// may come more than once.
func (e *Engine) each(g *group, r *Request, f func(*rule) (stop bool)) {
	for i := range r.own {
		if d := &r.own[i]; !d.entity && e.bucket(g, g.hosts.get(d.hash), r, nowhere, f) {
			return
		}
	}
	for _, w := range r.words {
		if e.bucket(g, g.words.get(w.hash), r, int(w.at), f) {
			return
		}
	}
	for i := g.loose; i < len(g.rules); i++ {
		if ru := &g.rules[i]; e.applies(ru, r, nowhere) && f(ru) {
			return
		}
	}
}

// nowhere says that a rule was not found by a word.
const nowhere = -1

// bucket tries the rules from 1 + an index on to the end of their bucket. The
// word that led there stands in the address at at.
func (e *Engine) bucket(g *group, first uint32, r *Request, at int, f func(*rule) (stop bool)) (stop bool) {
	if first == 0 {
		return false
	}
	for i := first - 1; ; i++ {
		ru := &g.rules[i]
		if e.applies(ru, r, at) && f(ru) {
			return true
		}
		if ru.last {
			return false
		}
	}
}

// applies tells whether a rule names a request. What is cheap is asked first.
// Every occurrence of a word in the address is tried, so a rule that was found
// by one at at needs to be looked for there only.
func (e *Engine) applies(ru *rule, r *Request, at int) bool {
	if r.bits&^ru.allow != 0 {
		return false
	}
	if ru.regex == 0 {
		return ru.fits(r, at) && e.among(ru, r)
	}
	if !e.among(ru, r) {
		return false
	}
	address := r.lower
	if ru.form&matchCase != 0 {
		address = r.URL
	}
	return e.regexes[ru.regex-1].MatchString(address)
}

// among tells whether page and host are among those that a rule is about.
func (e *Engine) among(ru *rule, r *Request) bool {
	return (ru.from == 0 || e.hosts.fits(ru.from-1, r.page)) && (ru.to == 0 || e.hosts.fits(ru.to-1, r.own))
}
