package asks

import (
	"cmp"
	"slices"
)

// solve finds what the purposes need. A need that a set inside the request
// serves is served from there; only for the others a set outside is looked
// for, and what it adds is missing.
func (j *judgement) solve() {
	p, v := j.provider, &j.verdict
	persist := v.PersistentAccess
	inside, _ := j.insideOnly(j.needs)
	j.cover = p.smallest(inside, nil, persist)
	j.global = j.globalMinimum(persist)
	if len(j.later) > 0 {
		_, served := j.insideOnly(j.later)
		j.optional = p.smallest(served, j.cover.scopes, persist).scopes
	}
	v.Reach = Reach{
		Requested: p.reachOf(j.known, persist), Minimal: j.cover.reach, GlobalMinimum: j.global.reach,
		Approximate: j.cover.approximate || j.global.approximate,
	}
	v.Minimal = j.spellings(j.cover.scopes)
	v.GlobalMinimum = j.spellings(j.global.scopes)
	for _, s := range j.cover.scopes {
		if !j.asked(s) {
			v.Missing = append(v.Missing, p.Scopes[s].ID)
		}
	}
	v.Unserved = append(v.Unserved, j.unserved...)
	v.Redundant = j.redundant()
	v.Lines = j.lines()
}

// spelled is a scope's name as the request writes it; one that the request
// does not name is written as in the catalogue.
func (j *judgement) spelled(s int) string {
	if i := slices.Index(j.known, s); i >= 0 {
		return j.list.names[i].id
	}
	return j.provider.Scopes[s].ID
}

func (j *judgement) spellings(scopes []int) []string {
	ids := make([]string, len(scopes))
	for i, s := range scopes {
		ids[i] = j.spelled(s)
	}
	return ids
}

// insideOnly reduces every need that the request can serve to the sets inside
// the request. served holds only those needs.
func (j *judgement) insideOnly(needs [][]alternative) (reduced, served [][]alternative) {
	reduced = make([][]alternative, 0, len(needs))
	for _, alts := range needs {
		outside := func(a alternative) bool { return slices.ContainsFunc(a, func(s int) bool { return !j.asked(s) }) }
		inside := alts
		if slices.ContainsFunc(alts, outside) {
			inside = slices.DeleteFunc(slices.Clone(alts), outside)
		}
		if len(inside) == 0 {
			reduced = append(reduced, alts)
			continue
		}
		reduced, served = append(reduced, inside), append(served, inside)
	}
	return reduced, served
}

// redundant finds scopes that another scope of the request covers.
func (j *judgement) redundant() []Redundancy {
	found := []Redundancy{}
	for i, a := range j.known {
		if a < 0 {
			continue
		}
		for _, by := range j.provider.coveredBy[a] {
			if j.asked(by.scope) {
				found = append(found, Redundancy{j.list.names[i].id, j.spelled(by.scope), by.basis})
				break
			}
		}
	}
	return found
}

// A coverer is a scope that makes another one redundant.
type coverer struct {
	scope int
	basis string // as in Redundancy
}

// buildCoverers lists for each scope the scopes that cover it: those that the
// provider says imply it, and then those that open every call that it opens, the
// one with the most calls first, so that what covers is not covered in turn.
// Of two that open the same calls the first in name order covers the later.
func (p *provider) buildCoverers() error {
	openers := make(map[string][]int)
	for s, calls := range p.calls {
		for _, c := range calls {
			openers[c] = append(openers[c], s)
		}
	}
	p.coveredBy = make([][]coverer, len(p.Scopes))
	for a, calls := range p.calls {
		for _, by := range p.parents[a] {
			p.coveredBy[a] = append(p.coveredBy[a], coverer{by, "implies"})
		}
		if len(calls) == 0 {
			continue
		}
		common := slices.Clone(openers[calls[0]])
		for _, c := range calls[1:] {
			common = slices.DeleteFunc(common, func(s int) bool { _, ok := slices.BinarySearch(openers[c], s); return !ok })
		}
		slices.SortStableFunc(common, func(x, y int) int { return cmp.Compare(len(p.calls[y]), len(p.calls[x])) })
		for _, by := range common {
			if slices.Contains(p.implies[a], by) {
				continue // what a scope holds never stands for it
			}
			if len(calls) < len(p.calls[by]) || by < a {
				p.coveredBy[a] = append(p.coveredBy[a], coverer{by, "operations"})
			}
		}
	}
	return nil
}
