package asks

import (
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// The classes of a permission, in the order in which the first that fits is taken.
const (
	classUnknown    = "unknown"
	classCase       = "case-mismatch"
	classNotCurrent = "not-current"
	classDormant    = "dormant"
	classNeeded     = "needed"
	classOptional   = "optional"
	classDisputed   = "disputed"
	classExcess     = "excess"
	classDescribed  = "described"
)

// classify names the scopes, finds the smallest set for the purposes and gives
// every name its class.
func (j *judgement) classify() {
	j.place()
	if j.provider != nil {
		j.solve()
	}
	for i, n := range j.names {
		j.scopes = append(j.scopes, j.scope(i, n.id))
	}
	j.tally()
}

// place looks every name up.
func (j *judgement) place() {
	for _, n := range j.names {
		at := -1
		if j.provider != nil {
			id := j.provider.short(n.id)
			if i, ok := j.provider.byName[id]; ok && id != "" {
				at = i
			} else if i, ok := j.provider.folded[strings.ToLower(id)]; ok && !j.format.CaseSensitive {
				at = i
			}
		}
		j.known = append(j.known, at)
	}
}

// asked tells whether the request names the scope.
func (j *judgement) asked(s int) bool { return slices.Contains(j.known, s) }

// solve finds what the purposes need. A need that a set inside the request
// serves is served from there; only for the others a set outside is looked
// for, and what it adds is missing.
func (j *judgement) solve() {
	p, v := j.provider, &j.verdict
	persist := v.PersistentAccess
	needs := j.gather(j.core)
	inside, _ := j.insideOnly(needs)
	j.cover = p.smallest(inside, nil, persist)
	j.global = p.smallest(needs, nil, persist)
	_, served := j.insideOnly(j.gather(j.also))
	j.optional = p.smallest(served, j.cover.scopes, persist).scopes
	var known []int
	for _, s := range j.known {
		if s >= 0 {
			known = append(known, s)
		}
	}
	v.Reach = Reach{
		Requested: p.reachOf(known, persist), Minimal: j.cover.reach, GlobalMinimum: j.global.reach,
		Approximate: j.cover.approximate || j.global.approximate,
	}
	for _, s := range j.cover.scopes {
		v.Minimal = append(v.Minimal, p.Scopes[s].ID)
		if !j.asked(s) {
			v.Missing = append(v.Missing, p.Scopes[s].ID)
		}
	}
	for _, s := range j.global.scopes {
		v.GlobalMinimum = append(v.GlobalMinimum, p.Scopes[s].ID)
	}
	v.Redundant = append(v.Redundant, j.redundant()...)
	v.Lines = j.lines()
}

// gather joins the plans of several purposes.
func (j *judgement) gather(purposes []*purpose) [][]alternative {
	var needs [][]alternative
	for _, u := range purposes {
		made := j.provider.plans[j.tier][u.ID]
		needs = append(needs, made.needs...)
		j.stranded = append(j.stranded, made.stranded...)
		j.disputes = append(j.disputes, made.disputes...)
		for _, op := range made.unserved {
			if !slices.Contains(j.verdict.Unserved, op) {
				j.verdict.Unserved = append(j.verdict.Unserved, op)
			}
		}
	}
	return needs
}

// insideOnly reduces every need that the request can serve to the sets inside
// the request. served holds only those needs.
func (j *judgement) insideOnly(needs [][]alternative) (reduced, served [][]alternative) {
	for _, alts := range needs {
		var inside []alternative
		for _, a := range alts {
			if !slices.ContainsFunc(a, func(s int) bool { return !j.asked(s) }) {
				inside = append(inside, a)
			}
		}
		if len(inside) == 0 {
			reduced = append(reduced, alts)
			continue
		}
		reduced, served = append(reduced, inside), append(served, inside)
	}
	return reduced, served
}

// scope describes one name and gives it its class.
func (j *judgement) scope(i int, id string) Scope {
	s := Scope{
		ID: id, Data: []diapason.Term{}, Writes: []string{}, Effects: []string{},
		Group: "unknown", Sentence: id, Confidence: "low",
	}
	at := j.known[i]
	if at >= 0 {
		j.open(&s, at)
	}
	s.Class, s.Why = j.class(at, id, &s)
	if s.Class == classExcess {
		s.Severity = severity(j.provider.effects[at])
	}
	if s.Class == classNeeded && j.global.reach < j.cover.reach && !slices.Contains(j.global.scopes, at) {
		s.Narrower = j.narrower()
	}
	return s
}

// open tells what a known scope opens, what it implies included.
func (j *judgement) open(s *Scope, at int) {
	p := j.provider
	entry := p.Scopes[at]
	s.Sentence, s.See, s.Do, s.Group, s.Confidence = entry.Sentence, entry.See, entry.Do, entry.Group, entry.Confidence
	for _, other := range sortedKeys(entry.DoAfter) {
		if before, ok := p.byName[other]; ok && j.asked(before) && !slices.Contains(j.cover.scopes, before) {
			s.Do = entry.DoAfter[other]
		}
	}
	for _, k := range append([]int{at}, p.implies[at]...) {
		for _, name := range p.Scopes[k].Reads {
			if id := p.Terms[name].Vocab; id != nil && !slices.Contains(s.Data, diapason.Term(*id)) {
				s.Data = append(s.Data, diapason.Term(*id))
			}
		}
		for _, name := range p.Scopes[k].Writes {
			if !slices.Contains(s.Writes, p.Terms[name].Label) {
				s.Writes = append(s.Writes, p.Terms[name].Label)
			}
		}
	}
	for b, name := range effectNames {
		if p.effects[at]&(1<<b) != 0 {
			s.Effects = append(s.Effects, name)
		}
	}
}

// narrower names the scopes outside the request that would serve and open less.
func (j *judgement) narrower() string {
	var ids []string
	for _, s := range j.global.scopes {
		if !slices.Contains(j.cover.scopes, s) {
			ids = append(ids, j.provider.Scopes[s].ID)
		}
	}
	return strings.Join(ids, " ")
}

// severity of an excess, by what the scope lets its holder do.
func severity(effects uint16) diapason.Severity {
	for _, level := range []struct {
		names    []string
		severity diapason.Severity
	}{
		{[]string{"identity", "continuous", "control"}, diapason.High},
		{[]string{"profile", "history", "act", "delete"}, diapason.Medium},
	} {
		for _, name := range level.names {
			if bit, _ := effectBit(name); effects&bit != 0 {
				return level.severity
			}
		}
	}
	return diapason.Low
}

// class is the first class that fits, with the reason as half a sentence.
func (j *judgement) class(at int, id string, s *Scope) (class, why string) {
	if at < 0 {
		return j.strange(id, s)
	}
	p := j.provider
	entry := p.Scopes[at]
	judged := len(j.core) > 0
	switch {
	case entry.Status != "current":
		return classNotCurrent, strings.ReplaceAll(notCurrent[entry.Status], "{provider}", p.Name)
	case slices.Contains(entry.DormantIn, j.tier):
		return classDormant, "for an app of the tier \"" + j.tier + "\" it opens nothing"
	case !judged:
		return classDescribed, "no purpose was given, so nothing is said about whether it is needed"
	case slices.Contains(j.cover.scopes, at):
		if entry.Aside != "" {
			return classNeeded, entry.Aside
		}
		return classNeeded, "without it, this cannot be done"
	case slices.Contains(j.optional, at):
		return classOptional, "only a separate choice needs it; it should be asked for later, when you make that choice"
	case slices.Contains(j.stranded, at):
		return classDormant, "no call that would use it for this is open to an app of the tier \"" + j.tier + "\""
	}
	for _, d := range j.disputes {
		if d.scope == at {
			return classDisputed, "sources disagree on whether it is needed: " + d.why
		}
	}
	return classExcess, j.useless(entry)
}

// strange is the class of a name that the catalogue lacks.
func (j *judgement) strange(id string, s *Scope) (class, why string) {
	if j.provider == nil {
		return classUnknown, "the provider is not in the catalogue, so what it opens is not known"
	}
	id = j.provider.short(id)
	if at, ok := j.provider.folded[strings.ToLower(id)]; ok {
		s.Suggestion = j.provider.Scopes[at].ID
		return classCase, j.provider.Name + " spells it " + s.Suggestion + " and may refuse this spelling"
	}
	s.Suggestion = nearest(id, sortedKeys(j.provider.byName))
	why = "the catalogue does not know this name, so what it opens is not known"
	if s.Suggestion != "" {
		why += "; it is spelled much like " + s.Suggestion
	}
	return classUnknown, why
}

var notCurrent = map[string]string{
	"retired":      "{provider} no longer offers it",
	"undocumented": "{provider} documents it for nobody else",
	"partner-only": "{provider} keeps it for chosen partners",
	"legacy":       "it belongs to an interface that {provider} has retired",
	"baseline":     "every app gets this anyway",
}

// useless says why a scope is more than the purposes need.
func (j *judgement) useless(entry *scope) string {
	who := j.verdict.Doing
	if who == "" {
		who = "none of this"
	}
	verb := " needs it"
	switch {
	case len(entry.Writes) == 0:
		verb = " reads it"
	case len(entry.Reads) == 0:
		verb = " does it"
	}
	if j.verdict.Doing != "" {
		verb = " never" + verb
	}
	return who + verb + "; refusing breaks nothing here"
}

// tally puts the classes into the lists of the verdict.
func (j *judgement) tally() {
	v := &j.verdict
	lists := map[string]*[]string{
		classUnknown: &v.Unknown, classCase: &v.CaseMismatch, classNotCurrent: &v.NotCurrent, classDormant: &v.Dormant,
		classOptional: &v.Optional, classDisputed: &v.Disputed, classExcess: &v.Excess,
	}
	findings := map[string]diapason.Severity{classUnknown: diapason.Low, classCase: diapason.Low, classNotCurrent: diapason.Low}
	worst := 0
	for i, s := range j.scopes {
		if list := lists[s.Class]; list != nil {
			*list = append(*list, s.ID)
		}
		status := "unknown"
		if at := j.known[i]; at >= 0 {
			status = j.provider.Scopes[at].Status
			worst = max(worst, slices.Index(confidences, s.Confidence))
			j.review(j.provider.Scopes[at])
		}
		if s.Suggestion != "" {
			v.Suggestions[s.ID] = s.Suggestion
		}
		if s.Class == classExcess {
			v.Findings = append(v.Findings, Finding{ID: "asks.excess", Severity: s.Severity, Scope: s.ID})
		} else if level, ok := findings[s.Class]; ok {
			v.Findings = append(v.Findings, Finding{ID: "asks." + s.Class, Severity: level, Scope: s.ID})
		}
		v.Scopes = append(v.Scopes, ScopeVerdict{s.ID, s.Class, s.Severity, status, s.Sentence, s.Why})
	}
	for _, id := range v.Missing {
		v.Findings = append(v.Findings, Finding{ID: "asks.missing", Severity: diapason.Medium, Scope: id})
	}
	if j.provider != nil {
		v.Confidence = confidences[worst]
	}
}

// review notes what the provider wants before it gives the scope.
func (j *judgement) review(entry *scope) {
	v := &j.verdict
	if entry.Review.Approval {
		v.ApprovalRequired = append(v.ApprovalRequired, entry.ID)
	}
	if entry.Review.Admin {
		v.AdminConsent = append(v.AdminConsent, entry.ID)
	}
	if entry.Review.Level > 0 {
		v.Privilege[entry.ID] = entry.Review.Level
	}
	if entry.Status == "legacy" {
		v.LegacyAPIOnly = append(v.LegacyAPIOnly, entry.ID)
	}
}

// redundant finds scopes that another scope of the request covers: because the
// provider says so, or because it opens every call that the scope opens. Of
// two that open the same calls the later in name order is marked.
func (j *judgement) redundant() []Redundancy {
	var found []Redundancy
	for _, a := range j.known {
		if a < 0 {
			continue
		}
		if by, basis := j.coveredBy(a); by >= 0 {
			found = append(found, Redundancy{j.provider.Scopes[a].ID, j.provider.Scopes[by].ID, basis})
		}
	}
	return found
}

func (j *judgement) coveredBy(a int) (by int, basis string) {
	p := j.provider
	others := slices.Sorted(slices.Values(j.known))
	for _, b := range others {
		if b >= 0 && slices.Contains(p.implies[b], a) {
			return b, "implies"
		}
	}
	for _, b := range others {
		if b < 0 || b == a || len(p.calls[a]) == 0 || !subset(p.calls[a], p.calls[b]) {
			continue
		}
		if len(p.calls[a]) < len(p.calls[b]) || b < a {
			return b, "operations"
		}
	}
	return -1, ""
}

// subset tells whether every element of the sorted a is in the sorted b.
func subset(a, b []string) bool {
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); !ok {
			return false
		}
	}
	return true
}
