package asks

import (
	"fmt"
	"slices"
	"strings"
)

// An index is what is worked out once from a catalogue file: positions for
// names, what each scope opens, and a plan for each purpose and tier.
type index struct {
	byName  map[string]int // scope id to position in Scopes, which is sorted by id
	folded  map[string]int // the same, letter case ignored
	termAt  map[string]int
	terms   []string
	weights []int
	opens   [][]int    // scope to terms, what it implies included
	effects []uint16   // scope to effect bits, what it implies included
	implies [][]int    // scope to all that it implies, itself left out
	parents [][]int    // scope to all that imply it
	calls   [][]string // scope to the calls it opens by itself, sorted
	plans   map[string]map[string]*plan
	forms   []addressForm
	fines   []fine

	coveredBy [][]coverer // scope to the scopes that make it redundant, best first
	lifeWords string      // how long a grant lasts
	lifeDays  float64
	book      aimBook
	digest    string // of the file
}

// A fine is a penalty with its effects as bits.
type fine struct {
	bits uint16
	add  int
}

// effectNames are the effects that a scope can have, in the order of their bits.
var effectNames = []string{"pseudonym", "identity", "profile", "history", "continuous", "act", "delete", "control", "persist"}

// persistBit is the effect that the request sets and not a scope.
const persistBit = 1 << 8

func effectBit(name string) (uint16, bool) {
	i := slices.Index(effectNames, name)
	if i < 0 {
		return 0, false
	}
	return 1 << i, true
}

func effectBits(names ...string) uint16 {
	var all uint16
	for _, name := range names {
		bit, _ := effectBit(name)
		all |= bit
	}
	return all
}

// build checks the file and fills the index. Errors name the entry.
func (p *provider) build() error {
	for _, part := range []func() error{
		p.buildForms, p.buildTerms, p.buildScopes, p.buildImplies, p.buildReach, p.buildLines,
		p.buildNeeds, p.buildCalls, p.buildCoverers, p.buildPlans,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// An entryError is a mistake in one entry of a catalogue file.
type entryError struct {
	key, id string // of the entry: "id" and "user-library-modify"; both empty for the head
	err     error
}

func (e *entryError) Error() string {
	if e.id == "" {
		return e.err.Error()
	}
	return fmt.Sprintf("%q: %v", e.id, e.err)
}

func (e *entryError) Unwrap() error { return e.err }

func badEntry(key, id, format string, args ...any) error {
	return &entryError{key: key, id: id, err: fmt.Errorf(format, args...)}
}

func (p *provider) buildForms() error {
	for _, text := range p.Request.Authorize {
		p.forms = append(p.forms, newAddressForm(text, false))
	}
	for _, text := range p.Request.ScopePages {
		p.forms = append(p.forms, newAddressForm(text, true))
	}
	var err error
	if p.lifeDays, err = lifeDays(p.Request.GrantLife); err != nil {
		return badEntry("", "", "request.grant_life: %w", err)
	}
	p.lifeWords = lifeWords(p.Request.GrantLife)
	return nil
}

// manifestKinds are the kinds of permission that a file beside the app asks for;
// each is the id of a catalogue too.
var manifestKinds = []string{"android", "webext", "ios"}

// byManifest tells whether the provider is asked in a file that comes with the
// app and not at an address.
func (p *provider) byManifest() bool {
	asked := func(s *scope) bool { return !slices.Contains(manifestKinds, s.Kind) }
	return len(p.Request.Authorize) == 0 && len(p.Scopes) > 0 && !slices.ContainsFunc(p.Scopes, asked)
}

func (p *provider) buildTerms() error {
	heaviest := 1
	for _, t := range p.Terms {
		if t.Weight != nil {
			heaviest = max(heaviest, *t.Weight)
		}
	}
	p.termAt = make(map[string]int, len(p.Terms))
	for _, name := range sortedKeys(p.Terms) {
		t := p.Terms[name]
		weight := heaviest
		if t.Weight != nil {
			weight = *t.Weight
		}
		if weight < 0 {
			return badEntry(name, "", "term %q: weight is below zero", name)
		}
		p.termAt[name] = len(p.terms)
		p.terms = append(p.terms, name)
		p.weights = append(p.weights, weight)
	}
	for _, f := range p.Penalties {
		var bits uint16
		for _, name := range f.If {
			bit, ok := effectBit(name)
			if !ok {
				return badEntry("", "", "penalties: unknown effect %q", name)
			}
			bits |= bit
		}
		if f.Add < 0 {
			return badEntry("", "", "penalties: an addition is below zero")
		}
		p.fines = append(p.fines, fine{bits, f.Add})
	}
	return nil
}

func (p *provider) buildScopes() error {
	slices.SortFunc(p.Scopes, func(a, b *scope) int { return strings.Compare(a.ID, b.ID) })
	p.byName = make(map[string]int, len(p.Scopes))
	p.folded = make(map[string]int, len(p.Scopes))
	for i, s := range p.Scopes {
		if _, twice := p.byName[s.ID]; twice {
			return badEntry("id", s.ID, "scope is given twice")
		}
		p.byName[s.ID] = i
		p.folded[strings.ToLower(s.ID)] = i
		if s.Sentence == "" {
			s.Sentence = s.seeAndDo()
		}
		if err := p.checkScope(s); err != nil {
			return err
		}
	}
	return nil
}

// seeAndDo is the sentence of a scope that has no better one.
func (s *scope) seeAndDo() string {
	switch {
	case s.See == "":
		return s.Do
	case s.Do == "":
		return "see " + s.See
	}
	return "see " + s.See + "; " + s.Do
}

func (p *provider) checkScope(s *scope) error {
	if !slices.Contains([]string{"baseline", "current", "retired", "undocumented", "partner-only", "legacy"}, s.Status) {
		return badEntry("id", s.ID, "unknown status %q", s.Status)
	}
	if s.Sentence == "" {
		return badEntry("id", s.ID, "scope has no sentence")
	}
	if !slices.Contains(confidences, s.Confidence) {
		return badEntry("id", s.ID, "unknown confidence %q", s.Confidence)
	}
	for _, name := range slices.Concat(s.Reads, s.Writes) {
		if _, ok := p.termAt[name]; !ok {
			return badEntry("id", s.ID, "unknown term %q", name)
		}
	}
	for _, name := range s.Effects {
		if _, ok := effectBit(name); !ok {
			return badEntry("id", s.ID, "unknown effect %q", name)
		}
	}
	for _, name := range s.DormantIn {
		if !p.hasTier(name) {
			return badEntry("id", s.ID, "unknown tier %q", name)
		}
	}
	return nil
}

// buildImplies closes "implies" and refuses a cycle.
func (p *provider) buildImplies() error {
	p.implies = make([][]int, len(p.Scopes))
	p.parents = make([][]int, len(p.Scopes))
	state := make([]int, len(p.Scopes)) // 0 new, 1 open, 2 done
	var visit func(i int) error
	visit = func(i int) error {
		if state[i] == 1 {
			return badEntry("id", p.Scopes[i].ID, "implies itself in a cycle")
		}
		if state[i] == 2 {
			return nil
		}
		state[i] = 1
		var all []int
		for _, name := range p.Scopes[i].Implies {
			child, ok := p.byName[name]
			if !ok {
				return badEntry("id", p.Scopes[i].ID, "implies unknown scope %q", name)
			}
			if err := visit(child); err != nil {
				return err
			}
			all = append(append(all, child), p.implies[child]...)
		}
		slices.Sort(all)
		p.implies[i], state[i] = slices.Compact(all), 2
		return nil
	}
	for i := range p.Scopes {
		if err := visit(i); err != nil {
			return err
		}
	}
	for parent, children := range p.implies {
		for _, child := range children {
			p.parents[child] = append(p.parents[child], parent)
		}
	}
	return nil
}

func (p *provider) buildReach() error {
	p.opens = make([][]int, len(p.Scopes))
	p.effects = make([]uint16, len(p.Scopes))
	for i := range p.Scopes {
		for _, j := range append([]int{i}, p.implies[i]...) {
			s := p.Scopes[j]
			for _, name := range slices.Concat(s.Reads, s.Writes) {
				p.opens[i] = append(p.opens[i], p.termAt[name])
			}
			for _, name := range s.Effects {
				bit, _ := effectBit(name)
				p.effects[i] |= bit
			}
		}
		slices.Sort(p.opens[i])
		p.opens[i] = slices.Compact(p.opens[i])
	}
	return nil
}

func (p *provider) hasTier(name string) bool {
	return slices.ContainsFunc(p.Tiers, func(t tier) bool { return t.Name == name })
}
