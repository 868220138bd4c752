package asks

import (
	"errors"
	"slices"
	"strings"
)

// A plan is what one purpose takes from one tier of apps.
type plan struct {
	needs    [][]alternative // each must be satisfied by one of its sets
	unserved []string        // calls that an app of this tier cannot make
	stranded []int           // scopes that such a call would need elsewhere
	disputes []disputed      // other published readings of the calls
}

// disputed is a scope that only another published reading needs.
type disputed struct {
	scope int
	why   string
}

func (p *provider) tierNames() []string {
	if len(p.Tiers) == 0 {
		return []string{""}
	}
	var names []string
	for _, t := range p.Tiers {
		names = append(names, t.Name)
	}
	return names
}

// defaultTier is the tier that is assumed when none is named.
func (p *provider) defaultTier() string {
	for _, t := range p.Tiers {
		if t.Default {
			return t.Name
		}
	}
	return p.tierNames()[0]
}

// buildPlans makes a plan for every purpose and tier, and refuses a purpose
// that no tier can serve.
func (p *provider) buildPlans() error {
	operations := make(map[string]*operation, len(p.Operations))
	for _, o := range p.Operations {
		operations[o.Op] = o
		for _, name := range o.Tiers {
			if !p.hasTier(name) {
				return badEntry("op", o.Op, "unknown tier %q", name)
			}
		}
	}
	steps, err := p.flatten(operations)
	if err != nil {
		return err
	}
	p.plans = make(map[string]map[string]*plan)
	for _, name := range p.tierNames() {
		p.plans[name] = make(map[string]*plan, len(p.Purposes))
		for _, u := range p.Purposes {
			made, err := p.makePlan(steps[u.ID], operations, name)
			if err != nil {
				return badEntry("id", u.ID, "purpose cannot be solved: %w", err)
			}
			p.plans[name][u.ID] = made
		}
	}
	for _, u := range p.Purposes {
		if !slices.ContainsFunc(p.tierNames(), func(t string) bool { return len(p.plans[t][u.ID].unserved) == 0 }) {
			return badEntry("id", u.ID, "purpose cannot be solved in any tier")
		}
	}
	return nil
}

// flatten replaces purposes inside purposes by their calls.
func (p *provider) flatten(operations map[string]*operation) (map[string][]step, error) {
	byID := make(map[string]*purpose, len(p.Purposes))
	for _, u := range p.Purposes {
		for _, name := range append([]string{u.ID}, u.Aliases...) {
			if byID[name] != nil {
				return nil, badEntry("id", u.ID, "the name %q is taken by another purpose", name)
			}
			byID[name] = u
		}
		if u.Title == "" || u.Doing == "" || len(u.Core) == 0 {
			return nil, badEntry("id", u.ID, "a purpose needs title, doing and core")
		}
	}
	done := make(map[string][]step, len(p.Purposes))
	for _, u := range p.Purposes {
		if err := p.flattenOne(u, byID, operations, done, map[string]bool{}); err != nil {
			return nil, err
		}
		for _, name := range u.Optional {
			if byID[name] == nil {
				return nil, badEntry("id", u.ID, "optional: unknown purpose %q", name)
			}
		}
		for _, op := range u.SameAs {
			if operations[op] == nil {
				return nil, badEntry("id", u.ID, "same_as: unknown operation %q", op)
			}
		}
	}
	return done, nil
}

func (p *provider) flattenOne(u *purpose, byID map[string]*purpose, operations map[string]*operation, done map[string][]step, open map[string]bool) error {
	if _, ok := done[u.ID]; ok {
		return nil
	}
	if open[u.ID] {
		return badEntry("id", u.ID, "purpose contains itself")
	}
	open[u.ID] = true
	var all []step
	for _, st := range u.Core {
		switch {
		case st.Purpose != "":
			inner := byID[st.Purpose]
			if inner == nil {
				return badEntry("id", u.ID, "unknown purpose %q", st.Purpose)
			}
			if err := p.flattenOne(inner, byID, operations, done, open); err != nil {
				return err
			}
			all = append(all, done[inner.ID]...)
		case st.SDK == "" && operations[st.Op] == nil:
			return badEntry("id", u.ID, "unknown operation %q", st.Op)
		default:
			all = append(all, st)
		}
	}
	done[u.ID] = all
	return nil
}

func (p *provider) makePlan(steps []step, operations map[string]*operation, tierName string) (*plan, error) {
	made := &plan{}
	for _, st := range steps {
		name, wanted, open := "SDK "+st.SDK, []need{st.Need}, true
		if o := operations[st.Op]; o != nil {
			name, wanted = st.Op, []need{o.Need}
			open = len(o.Tiers) == 0 || slices.Contains(o.Tiers, tierName)
			for _, field := range st.Fields {
				if unlocked, ok := o.Unlocks[field]; ok {
					wanted = append(wanted, unlocked)
				}
			}
			if err := p.addDisputes(made, o, st.Params); err != nil {
				return nil, err
			}
		}
		if err := p.addNeeds(made, name, wanted, st.Params, open, tierName); err != nil {
			return nil, err
		}
	}
	slices.Sort(made.unserved)
	made.unserved = slices.Compact(made.unserved)
	return made, nil
}

// addNeeds adds what one call takes. A call is unserved where the tier may not
// make it, or where every set that would do holds a scope that opens nothing there.
func (p *provider) addNeeds(made *plan, name string, wanted []need, params map[string]string, open bool, tierName string) error {
	for _, n := range wanted {
		alts, err := p.alternatives(n, params)
		if err != nil {
			return err
		}
		usable := slices.DeleteFunc(slices.Clone(alts), func(a alternative) bool {
			return slices.ContainsFunc(a, func(s int) bool { return !p.usable(s, tierName) })
		})
		switch {
		case open && len(usable) > 0 && len(usable[0]) == 0: // needs nothing
		case open && len(usable) > 0:
			made.needs = append(made.needs, usable)
		default:
			made.unserved = append(made.unserved, name)
			for _, a := range alts {
				made.stranded = append(made.stranded, a...)
			}
		}
	}
	return nil
}

func (p *provider) usable(s int, tierName string) bool {
	return p.Scopes[s].Status == "current" && !slices.Contains(p.Scopes[s].DormantIn, tierName)
}

func (p *provider) addDisputes(made *plan, o *operation, params map[string]string) error {
	for _, d := range o.Disputed {
		if !d.applies(params) {
			continue
		}
		alts, err := p.alternatives(d.Need, params)
		if errors.Is(err, errUnlisted) {
			continue
		}
		if err != nil {
			return err
		}
		for _, a := range alts {
			for _, s := range a {
				made.disputes = append(made.disputes, disputed{s, d.Why})
			}
		}
	}
	return nil
}

// applies tells whether the reading is about a call with these parameters; a
// parameter that is not given may have any value.
func (d dispute) applies(params map[string]string) bool {
	for name, values := range d.When {
		if v, set := params[name]; set && !slices.Contains(values, v) {
			return false
		}
	}
	return true
}

// buildCalls works out which calls each scope opens by itself. A call that
// depends on a parameter counts once for each value, and a field that a scope
// unlocks counts as a call.
func (p *provider) buildCalls() error {
	p.calls = make([][]string, len(p.Scopes))
	for _, o := range p.Operations {
		if err := p.openedBy(o.Op, o.Need); err != nil {
			return badEntry("op", o.Op, "%w", err)
		}
		for _, field := range sortedKeys(o.Unlocks) {
			if err := p.openedBy(o.Op+"#"+field, o.Unlocks[field]); err != nil {
				return badEntry("op", o.Op, "%w", err)
			}
		}
	}
	for i := range p.calls {
		slices.Sort(p.calls[i])
		p.calls[i] = slices.Compact(p.calls[i])
	}
	return nil
}

func (p *provider) openedBy(name string, n need) error {
	for _, setting := range n.settings() {
		alts, err := p.alternatives(n, setting)
		if err != nil {
			return err
		}
		for _, a := range alts {
			if len(a) == 1 {
				p.calls[a[0]] = append(p.calls[a[0]], callName(name, setting))
			}
		}
	}
	return nil
}

func callName(name string, setting map[string]string) string {
	parts := []string{name}
	for _, k := range sortedKeys(setting) {
		parts = append(parts, k+"="+setting[k])
	}
	return strings.Join(parts, "|")
}
