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
	if !j.inspectable() {
		j.aim = &aim{tier: j.tier} // the list that counts is another one
	}
	if j.provider != nil {
		j.solve()
	}
	v := &j.verdict
	v.Scopes = make([]ScopeVerdict, len(j.list.names))
	worst := 0
	for i, n := range j.list.names {
		s := &v.Scopes[i]
		s.ID, s.Sentence, s.Status = n.id, n.id, "unknown"
		at := j.known[i]
		if at >= 0 {
			entry := j.provider.Scopes[at]
			s.Sentence, s.Status = entry.Sentence, entry.Status
			worst = max(worst, slices.Index(confidences, entry.Confidence))
			j.review(n.id, entry)
		}
		s.Class, s.Why = j.class(at, n.id)
		if s.Class == classExcess {
			s.Severity = severity(j.provider.effects[at])
		}
	}
	if j.provider != nil {
		v.Confidence = confidences[worst]
	}
	j.tally()
}

// place looks every name up. Two names of one scope, with the provider's
// prefix and without, are flagged as a repeat is.
func (j *judgement) place() {
	j.known = make([]int, 0, len(j.list.names))
	for _, n := range j.list.names {
		at := -1
		if j.provider != nil {
			at = j.provider.position(n.id)
		}
		if flag := "duplicate-scope"; at >= 0 && j.asked(at) && !slices.Contains(j.verdict.ParseFlags, flag) {
			j.verdict.ParseFlags = append(j.verdict.ParseFlags, flag)
		}
		j.known = append(j.known, at)
	}
}

// position finds a scope by the name that a request gives it; -1 where the
// catalogue does not know it.
func (p *provider) position(id string) int {
	id = p.short(id)
	if i, ok := p.byName[id]; ok && id != "" {
		return i
	}
	if i, ok := p.folded[strings.ToLower(id)]; ok && id != "" && !p.Request.CaseSensitive {
		return i
	}
	return -1
}

// asked tells whether the request names the scope.
func (j *judgement) asked(s int) bool { return slices.Contains(j.known, s) }

// The effects of an excess that are severe, and those that are less so.
var (
	severeEffects = effectBits("identity", "continuous", "control")
	mediumEffects = effectBits("profile", "history", "act", "delete")
)

// severity of an excess, by what the scope lets its holder do.
func severity(effects uint16) diapason.Severity {
	switch {
	case effects&severeEffects != 0:
		return diapason.High
	case effects&mediumEffects != 0:
		return diapason.Medium
	}
	return diapason.Low
}

// class is the first class that fits, with the reason as half a sentence.
func (j *judgement) class(at int, id string) (class, why string) {
	if at < 0 {
		return j.strange(id)
	}
	p := j.provider
	entry := p.Scopes[at]
	judged := len(j.core) > 0
	switch {
	case entry.Status != "current":
		return classNotCurrent, strings.ReplaceAll(notCurrent[entry.Status], "{provider}", p.Name)
	case slices.Contains(entry.DormantIn, j.tier):
		return classDormant, "for an app of the tier \"" + j.tier + "\" it opens nothing, so refusing it breaks nothing"
	case !judged:
		return classDescribed, "no purpose was given, so nothing is said about whether it is needed"
	case slices.Contains(j.cover.scopes, at):
		if entry.Aside != "" {
			return classNeeded, entry.Aside
		}
		return classNeeded, "without it, this cannot be done"
	case slices.Contains(j.optional, at):
		return classOptional, "only your separate choice to " + j.choice(at) + " needs it: it should be asked for when you make that choice, and refusing it now stops nothing else"
	case slices.Contains(j.stranded, at):
		return classDormant, "no call that would use it for this is open to an app of the tier \"" + j.tier + "\""
	}
	for _, d := range j.disputes {
		if d.scope == at {
			return classDisputed, "sources disagree on whether it is needed: " + d.why
		}
	}
	return classExcess, j.useless[entry.kindOfUse()]
}

// choice says in words which of the purposes that are a separate choice need
// the scope.
func (j *judgement) choice(at int) string {
	var titles []string
	for _, u := range j.also {
		needs := func(alts []alternative) bool {
			return slices.ContainsFunc(alts, func(a alternative) bool { return slices.Contains(a, at) })
		}
		if slices.ContainsFunc(j.provider.plans[j.tier][u.ID].needs, needs) {
			titles = append(titles, u.Title)
		}
	}
	return strings.Join(titles, ", or to ")
}

// strange is the class of a name that the catalogue lacks.
func (j *judgement) strange(id string) (class, why string) {
	switch {
	case j.looks != nil:
		return classUnknown, "only " + j.looks.Name + " itself can give what this name means there"
	case j.provider == nil:
		return classUnknown, "the provider is not in the catalogue, so what it opens is not known"
	case len(j.provider.Scopes) == 0:
		return classUnknown, "what it opens is not in the catalogue yet"
	}
	short, suggestions := j.provider.short(id), j.verdict.Suggestions
	if at, ok := j.provider.folded[strings.ToLower(short)]; ok {
		suggestions[id] = j.provider.Scopes[at].ID
		return classCase, j.provider.Name + " spells it " + suggestions[id] + " and may refuse this spelling"
	}
	why = "the catalogue does not know this name, so what it opens is not known"
	if near := nearest(short, sortedKeys(j.provider.byName)); near != "" {
		suggestions[id] = near
		why += "; it is spelled much like " + near
	}
	return classUnknown, why
}

var notCurrent = map[string]string{
	"retired":      "{provider} no longer offers it",
	"undocumented": "{provider} does not document it for other companies' apps",
	"partner-only": "{provider} keeps it for partners that it chooses",
	"legacy":       "it belongs to an interface that {provider} has closed",
	"baseline":     "every app gets this anyway",
}

// usualFlaws is how many flaws of an address are made room for.
const usualFlaws = 4

// tally puts the classes into the lists of the verdict, and what is to be told
// of them into its findings.
func (j *judgement) tally() {
	v := &j.verdict
	v.Findings = make([]Finding, 0, len(v.Scopes)+len(v.Missing)+usualFlaws)
	for i := range v.Scopes {
		s := &v.Scopes[i]
		if list := v.list(s.Class); list != nil {
			*list = append(slices.Grow(*list, len(v.Scopes)-i), s.ID)
		}
		switch s.Class {
		case classExcess:
			j.find("asks.excess", s.Severity, s.ID)
		case classUnknown, classCase, classNotCurrent:
			j.find("asks."+s.Class, diapason.Low, s.ID)
		}
	}
	for _, id := range v.Missing {
		j.find("asks.missing", diapason.Medium, id)
	}
}

func (j *judgement) find(id string, level diapason.Severity, scope string) {
	j.verdict.Findings = append(j.verdict.Findings, Finding{ID: id, Severity: level, Scope: scope})
}

// list is the list of the verdict that holds the permissions of a class; nil
// for a class that has none of its own.
func (v *Verdict) list(class string) *[]string {
	switch class {
	case classUnknown:
		return &v.Unknown
	case classCase:
		return &v.CaseMismatch
	case classNotCurrent:
		return &v.NotCurrent
	case classDormant:
		return &v.Dormant
	case classOptional:
		return &v.Optional
	case classDisputed:
		return &v.Disputed
	case classExcess:
		return &v.Excess
	}
	return nil
}

// review notes what the provider wants before it gives the scope.
func (j *judgement) review(id string, entry *scope) {
	v := &j.verdict
	if entry.Review.Approval {
		v.ApprovalRequired = append(v.ApprovalRequired, id)
	}
	if entry.Review.Admin {
		v.AdminConsent = append(v.AdminConsent, id)
	}
	if entry.Review.Level > 0 {
		v.Privilege[id] = entry.Review.Level
	}
	if entry.Status == "legacy" {
		v.LegacyAPIOnly = append(v.LegacyAPIOnly, id)
	}
}
