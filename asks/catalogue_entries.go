package asks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (k *checker) checkScope(i int, s *scope) {
	at := pointer("scopes", i)
	name := "scope " + strconv.Quote(s.ID)
	if s.ID == "" && s.Status != "baseline" || strings.ContainsFunc(s.ID, separates) || visible(s.ID) != s.ID {
		k.fail(at+"/id", name+" is no name that a request can spell", "a name without white space, comma or plus sign", "write it as the provider does")
	}
	if s.Sentence == "" && s.seeAndDo() == "" {
		k.fail(at, name+" has no sentence", "what it opens, in our words, as it follows \"it can\"", "add sentence, or see and do")
	}
	k.member(at+"/kind", "unknown kind", s.Kind, scopeKinds)
	k.member(at+"/status", "unknown status", s.Status, scopeStatuses)
	k.member(at+"/confidence", "unknown confidence", s.Confidence, confidences)
	if first := k.p.bundle(); s.Kind == "bundle" && s.Status == "current" && first != i {
		k.fail(at+"/kind", name+" is a second bundle", "one at most", "join the two: a bundle is everything that a provider gives")
	}
	k.checkTermList(at+"/reads", s.Reads)
	k.checkTermList(at+"/writes", s.Writes)
	for n, effect := range s.Effects {
		k.member(at+pointer("effects", n), "unknown effect", effect, effectNames)
	}
	for n, tier := range s.DormantIn {
		memberOf(k, at+pointer("dormant_in", n), "unknown tier", tier, k.tiers)
	}
	for n, child := range s.Implies {
		memberOf(k, at+pointer("implies", n), "implies unknown scope", child, k.scopes)
	}
	for _, other := range sortedKeys(s.DoAfter) {
		memberOf(k, at+pointer("do_after", other), "unknown scope", other, k.scopes)
	}
	if s.Review.Level < 0 || s.Review.Level > 4 {
		k.fail(at+"/review/level", fmt.Sprintf("level is %d", s.Review.Level), "1 to 4, or 0 where the provider has none", "use the provider's own level")
	}
	for n, l := range s.Lines {
		if _, err := time.Parse(time.DateOnly, l.Seen); err != nil || l.Text == "" || l.Language == "" {
			k.fail(at+pointer("lines", n), "a line without text, language or the day it was seen", "all three", "complete it, or leave it out")
		}
	}
	k.checkSources(at, s.Sources)
}

func (k *checker) checkTermList(at string, names []string) {
	for n, name := range names {
		if k.p.Terms[name] == nil {
			k.member(at+pointer(n), "unknown term", name, sortedKeys(k.p.Terms))
		}
	}
}

// checkCycles refuses scopes and purposes that hold themselves.
func (k *checker) checkCycles() {
	p := k.p
	implied := func(i int) []int {
		var next []int
		for _, name := range p.Scopes[i].Implies {
			if j, ok := k.scopes[name]; ok {
				next = append(next, j)
			}
		}
		return next
	}
	if ring := cycle(len(p.Scopes), implied); ring != nil {
		k.fail(pointer("scopes", ring[0], "implies"), "implies goes in a circle: "+k.ring(ring, func(i int) string { return p.Scopes[i].ID }),
			"a scope that does not hold itself", "remove one of these")
	}
	inside := func(i int) []int {
		var next []int
		for _, st := range p.Purposes[i].Core {
			if j, ok := k.aims[st.Purpose]; ok && st.Purpose != "" {
				next = append(next, j)
			}
		}
		return next
	}
	if ring := cycle(len(p.Purposes), inside); ring != nil {
		k.fail(pointer("purposes", ring[0], "core"), "purposes go in a circle: "+k.ring(ring, func(i int) string { return p.Purposes[i].ID }),
			"a purpose that does not hold itself", "remove one of these")
	}
}

func (k *checker) ring(members []int, name func(int) string) string {
	var names []string
	for _, i := range append(slices.Clone(members), members[0]) {
		names = append(names, name(i))
	}
	return strings.Join(names, ", ")
}

// cycle returns the members of a circle, the first in file order first; nil
// where there is none.
func cycle(n int, next func(int) []int) []int {
	state := make([]int, n) // 0 new, 1 on the path, 2 done
	var path []int
	var visit func(i int) []int
	visit = func(i int) []int {
		state[i] = 1
		path = append(path, i)
		for _, j := range next(i) {
			if state[j] == 1 {
				return path[slices.Index(path, j):]
			}
			if state[j] == 0 {
				if ring := visit(j); ring != nil {
					return ring
				}
			}
		}
		path = path[:len(path)-1]
		state[i] = 2
		return nil
	}
	for i := range n {
		if state[i] == 0 {
			if ring := visit(i); ring != nil {
				return ring
			}
		}
	}
	return nil
}

func (k *checker) checkOperation(i int, o *operation) {
	at := pointer("operations", i)
	for n, name := range append([]string{o.Op}, o.Same...) {
		where := at + "/op"
		if n > 0 {
			where = at + pointer("same", n-1)
		}
		if !operationShape.MatchString(name) {
			k.fail(where, "operation is "+strconv.Quote(name), "a method and a path, such as GET /me", "write it so")
		}
	}
	k.member(at+"/status", "unknown status", o.Status, callStatuses)
	for n, name := range o.Tiers {
		memberOf(k, at+pointer("tiers", n), "unknown tier", name, k.tiers)
	}
	for n, name := range o.Least {
		memberOf(k, at+pointer("least", n), "unknown scope", name, k.scopes)
	}
	if !o.Need.given && k.p.ListedMeans == "" {
		k.fail(at, "operation "+strconv.Quote(o.Op)+" has no need", "need, or listed_means for the whole file", "say what the call takes; \"none\" if nothing")
	}
	k.checkNeed(at+"/need", o.Need)
	for _, field := range sortedKeys(o.Unlocks) {
		k.checkNeed(at+pointer("unlocks", field), o.Unlocks[field])
	}
	for n, d := range o.Disputed {
		where := at + pointer("disputed", n)
		k.checkNeed(where+"/need", d.Need)
		if d.Why == "" {
			k.fail(where, "a dispute without why", "who reads it otherwise, and on what grounds", "add why")
		}
		k.checkSources(where, d.Sources)
	}
	k.checkSources(at, o.Sources)
}

// checkNeed refuses scopes that the file lacks, wherever they stand in the expression.
func (k *checker) checkNeed(at string, n need) {
	if _, ok := k.scopes[n.Scope]; n.Scope != "" && !ok {
		memberOf(k, at, "unknown scope", n.Scope, k.scopes)
	}
	for i, part := range n.All {
		k.checkNeed(at+pointer("all", i), part)
	}
	for i, part := range n.Any {
		k.checkNeed(at+pointer("any", i), part)
	}
	for i, c := range n.Cases {
		if len(c.Is) == 0 {
			k.fail(at+pointer("cases", i), "a case for no value", "is, with the values of "+strconv.Quote(n.When), "add is")
		}
		k.checkNeed(at+pointer("cases", i, "need"), c.Need)
	}
}

func (k *checker) checkPurpose(i int, u *purpose) {
	at := pointer("purposes", i)
	name := "purpose " + strconv.Quote(u.ID)
	required := map[string]bool{"id": u.ID != "", "title": u.Title != "", "doing": u.Doing != "", "core": len(u.Core) > 0}
	for _, field := range sortedKeys(required) {
		if !required[field] {
			k.fail(at, name+" has no "+field, "id, title, doing and core", "add "+field)
		}
	}
	for n, st := range u.Core {
		k.checkStep(at+pointer("core", n), st)
	}
	for n, other := range u.Optional {
		memberOf(k, at+pointer("optional", n), "unknown purpose", other, k.aims)
	}
	for n, op := range u.SameAs {
		memberOf(k, at+pointer("same_as", n), "unknown operation", op, k.ops)
	}
	k.checkDuration(at+"/ends/grace", u.Ends.Grace)
}

func (k *checker) checkStep(at string, st step) {
	switch {
	case count(st.Purpose != "", st.Op != "", st.SDK != "") != 1:
		k.fail(at, "a step with none or several of its forms", "the name of a purpose, or op, or sdk with need", "write it in one of these forms")
		return
	case st.Purpose != "":
		memberOf(k, at, "unknown purpose", st.Purpose, k.aims)
		return
	case st.SDK != "":
		k.checkNeed(at+"/need", st.Need)
		return
	}
	opAt, ok := k.ops[st.Op]
	if !ok {
		memberOf(k, at+"/op", "unknown operation", st.Op, k.ops)
		return
	}
	o := k.p.Operations[opAt]
	values := map[string][]string{}
	o.Need.values(values)
	for _, name := range sortedKeys(st.Params) {
		if list, asked := values[name]; asked {
			k.member(at+pointer("params", name), strconv.Quote(st.Op)+" does not list the value", st.Params[name], list)
		}
	}
}
