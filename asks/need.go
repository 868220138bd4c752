package asks

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A need says which permissions a call takes: one scope, none, all of several
// parts, any one of several parts, or the part that a parameter selects. The
// zero need is "none".
type need struct {
	Scope string
	All   []need
	Any   []need
	When  string
	Cases []needCase

	given bool // the file says it; "none" can be said too
}

type needCase struct {
	Is   []string `json:"is"`
	Need need     `json:"need"`
}

// maxAlternatives bounds how many sets one need may stand for.
const maxAlternatives = 4096

// UnmarshalJSONFrom reads "scope", "none", {"all":…}, {"any":…} or {"when":…,"cases":…}.
func (n *need) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	n.given = true
	if d.PeekKind() == '"' {
		if err := json.UnmarshalDecode(d, &n.Scope); err != nil {
			return err
		}
		if n.Scope == "none" {
			n.Scope = ""
		}
		return nil
	}
	var form struct {
		All   []need     `json:"all"`
		Any   []need     `json:"any"`
		When  string     `json:"when"`
		Cases []needCase `json:"cases"`
	}
	if err := json.UnmarshalDecode(d, &form); err != nil {
		return err
	}
	if shapes := count(len(form.All) > 0, len(form.Any) > 0, form.When != "" && len(form.Cases) > 0); shapes != 1 {
		return &shapeError{"a need with none or several of its forms", `"scope", "none", all, any, or when with cases`}
	}
	n.All, n.Any, n.When, n.Cases = form.All, form.Any, form.When, form.Cases
	return nil
}

func count(conditions ...bool) int {
	n := 0
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}

// An alternative is one set of scopes that satisfies a need: positions in the
// provider's list, ascending. The empty alternative needs nothing.
type alternative []int

// errUnlisted means that a parameter has a value that the need does not list:
// what the call then takes is unknown.
var errUnlisted = errors.New("parameter value is not listed")

// alternatives turns a need into the sets that satisfy it, without those that
// contain another one. params gives the parameters of the call; one that is
// not given may have any of its values.
func (x *index) alternatives(n need, params map[string]string) ([]alternative, error) {
	switch {
	case len(n.All) > 0:
		return x.allOf(n.All, params)
	case len(n.Any) > 0:
		return x.anyOf(n.Any, params)
	case n.When != "":
		return x.caseOf(n, params)
	case n.Scope == "":
		return []alternative{{}}, nil
	}
	at, ok := x.byName[n.Scope]
	if !ok {
		return nil, fmt.Errorf("unknown scope %q", n.Scope)
	}
	alts := []alternative{{at}}
	for _, parent := range x.parents[at] {
		alts = append(alts, alternative{parent})
	}
	return undominated(alts), nil
}

func (x *index) allOf(parts []need, params map[string]string) ([]alternative, error) {
	product := []alternative{{}}
	for _, part := range parts {
		alts, err := x.alternatives(part, params)
		if err != nil {
			return nil, err
		}
		if len(product)*len(alts) > maxAlternatives {
			return nil, fmt.Errorf("a need stands for more than %d sets", maxAlternatives)
		}
		var next []alternative
		for _, a := range product {
			for _, b := range alts {
				next = append(next, union(a, b))
			}
		}
		product = undominated(next)
	}
	return product, nil
}

func (x *index) anyOf(parts []need, params map[string]string) ([]alternative, error) {
	var all []alternative
	for _, part := range parts {
		alts, err := x.alternatives(part, params)
		if err != nil {
			return nil, err
		}
		all = append(all, alts...)
	}
	return undominated(all), nil
}

func (x *index) caseOf(n need, params map[string]string) ([]alternative, error) {
	value, set := params[n.When]
	var parts []need
	for _, c := range n.Cases {
		if !set || slices.Contains(c.Is, value) {
			parts = append(parts, c.Need)
		}
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("%s=%s: %w", n.When, value, errUnlisted)
	}
	return x.anyOf(parts, params)
}

// values collects the parameters that a need asks about, with all their values.
func (n need) values(into map[string][]string) {
	for _, part := range slices.Concat(n.All, n.Any) {
		part.values(into)
	}
	for _, c := range n.Cases {
		into[n.When] = append(into[n.When], c.Is...)
		c.Need.values(into)
	}
}

// settings lists every assignment of the parameters that a need asks about, in
// a stable order; one empty assignment where it asks about none.
func (n need) settings() []map[string]string {
	values := map[string][]string{}
	n.values(values)
	all := []map[string]string{{}}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var next []map[string]string
		for _, setting := range all {
			for _, v := range slices.Compact(slices.Sorted(slices.Values(values[name]))) {
				one := maps.Clone(setting)
				one[name] = v
				next = append(next, one)
			}
		}
		if len(next) > maxAlternatives {
			break
		}
		all = next
	}
	return all
}

func union(a, b alternative) alternative {
	u := slices.Concat(a, b)
	slices.Sort(u)
	return slices.Compact(u)
}

// undominated drops every set that contains another one, and repeats: since
// reach never falls when a set grows, such a set is never the better choice.
func undominated(alts []alternative) []alternative {
	slices.SortFunc(alts, func(a, b alternative) int {
		if d := len(a) - len(b); d != 0 {
			return d
		}
		return slices.Compare(a, b)
	})
	var kept []alternative
	for _, a := range alts {
		if !slices.ContainsFunc(kept, func(k alternative) bool { return within(k, a) }) {
			kept = append(kept, a)
		}
	}
	return kept
}

// within tells whether every scope of a is in b.
func within(a, b alternative) bool {
	for _, s := range a {
		if _, ok := slices.BinarySearch(b, s); !ok {
			return false
		}
	}
	return true
}
