package asks

import (
	"slices"
	"strings"
)

// buildNeeds writes out operations that share one entry, and gives every
// operation without a need of its own the one that its list means.
func (p *provider) buildNeeds() error {
	if p.ListedMeans != "" && p.ListedMeans != "any" && p.ListedMeans != "all" {
		return badEntry("listed_means", p.ListedMeans, "listed_means is not any or all")
	}
	all := make([]*operation, 0, len(p.Operations))
	for _, o := range p.Operations {
		if err := p.checkListed(o); err != nil {
			return err
		}
		if !o.Need.given && p.ListedMeans != "" {
			if len(o.Listed) == 0 {
				return badEntry("op", o.Op, "lists no scope and says no need")
			}
			o.Need = listedNeed(o.Listed, p.ListedMeans)
		}
		all = append(all, o)
		for _, name := range o.Same {
			one := *o
			one.Op, one.Same = name, nil
			all = append(all, &one)
		}
	}
	seen := make(map[string]bool, len(all))
	for _, o := range all {
		if seen[o.Op] {
			return badEntry("op", o.Op, "operation is given twice")
		}
		seen[o.Op] = true
	}
	p.Operations = all
	return nil
}

// listedNeed reads a published list of scopes.
func listedNeed(listed []string, means string) need {
	parts := make([]need, 0, len(listed))
	for _, id := range listed {
		parts = append(parts, need{Scope: id, given: true})
	}
	switch {
	case len(parts) == 1:
		return parts[0]
	case means == "all":
		return need{All: parts, given: true}
	}
	return need{Any: parts, given: true}
}

// short is a scope's name without the prefix that the provider lets stand before it.
func (p *provider) short(id string) string {
	if p.Request.ScopePrefix == "" {
		return id
	}
	return strings.TrimPrefix(id, p.Request.ScopePrefix)
}

// checkListed refuses a list that names a scope which the file lacks.
func (p *provider) checkListed(o *operation) error {
	for _, id := range slices.Concat(o.Listed, o.Least) {
		if _, ok := p.byName[id]; !ok {
			return badEntry("op", o.Op, "lists unknown scope %q", id)
		}
	}
	return nil
}
