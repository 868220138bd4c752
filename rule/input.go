package rule

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/says"
)

// An Input is everything that rules may look at: the facts of one run.
type Input struct {
	Service diapason.Service `json:"service"`
	Does    does.Facts       `json:"does"`
	Asks    asks.Facts       `json:"asks"`
	Says    says.Facts       `json:"says"`
	Holds   holds.Facts      `json:"holds"`
	Flows   []diapason.Flow  `json:"flows"`
	Pairs   []accord.Pair    `json:"pairs"`
	// Examined tells which voices were looked at.
	Examined map[diapason.Channel]bool `json:"examined"`
	// Phases counts for each phase the repetitions that ran to their end.
	Phases map[diapason.Phase]int `json:"phases"`
	// Sites is how many unrelated sites were visited with one profile.
	Sites int            `json:"sites"`
	Gaps  []diapason.Gap `json:"gaps"`
	// Only narrows the judgement to what a person asked to look at; nil means
	// everything. A rule that needs more does not apply, and says so.
	Only *Scope `json:"only,omitempty"`

	failed []string
}

// A Scope is what a person asked to look at.
type Scope struct {
	Channels []diapason.Channel `json:"channels"`
	Phases   []diapason.Phase   `json:"phases"` // of visits that were to be made
	Sites    int                `json:"sites"`
	Banners  bool               `json:"banners"` // visits were to look for what asks for a choice
}

// sorted is the input in an order of its own, so that the order in which facts
// came never decides anything. Statements of earlier documents are left out:
// rules judge what a service says now, and changes tell the rest.
func (in Input) sorted(ctx context.Context) (*Input, error) {
	in.Says.Practices = current(in.Says)
	in.ownPages()
	in.Flows, in.Pairs, in.Gaps = slices.Clone(in.Flows), slices.Clone(in.Pairs), slices.Clone(in.Gaps)
	for _, sort := range []func() error{
		order(&in.Flows), order(&in.Pairs), order(&in.Gaps),
		order(&in.Does.Visits), order(&in.Does.Accesses), order(&in.Does.Cookies), order(&in.Does.Identifiers), order(&in.Does.Links),
		order(&in.Does.Respawns), order(&in.Does.Seeds), order(&in.Does.Leaks), order(&in.Does.Probes), order(&in.Does.Nights), order(&in.Does.Banners), order(&in.Does.Returns),
		order(&in.Asks.Requests), order(&in.Asks.Scopes), order(&in.Asks.Grants),
		order(&in.Says.Documents), order(&in.Says.Practices), order(&in.Says.Changes),
		order(&in.Holds.Exports), order(&in.Holds.Items), order(&in.Holds.Claims), order(&in.Holds.Answers),
	} {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("judge: %w", err)
		}
		if err := sort(); err != nil {
			return nil, err
		}
	}
	return &in, nil
}

// ownPages leaves out what was seen on pages of other sites. They are visited
// only to learn whether one receiver gets the same identifier on both, which
// links tell; what else happens there is not this service's doing. Recordings
// of a device stay whole.
func (in *Input) ownPages() {
	if len(in.Service.Domains) == 0 {
		return
	}
	other := map[string]bool{}
	for _, v := range in.Does.Visits {
		other[v.ID] = v.Source != "har" && !within(or(v.Site, v.URL), in.Service.Domains)
	}
	d := &in.Does
	d.Visits = slices.DeleteFunc(slices.Clone(d.Visits), func(v does.Visit) bool { return other[v.ID] })
	d.Accesses = slices.DeleteFunc(slices.Clone(d.Accesses), func(a does.Access) bool { return other[a.Visit] })
	d.Probes = slices.DeleteFunc(slices.Clone(d.Probes), func(p does.Probe) bool { return other[p.Visit] })
	d.Leaks = slices.DeleteFunc(slices.Clone(d.Leaks), func(l does.Leak) bool { return other[l.Visit] })
	d.Banners = slices.DeleteFunc(slices.Clone(d.Banners), func(b does.Banner) bool { return other[b.Visit] })
	d.Identifiers = slices.DeleteFunc(slices.Clone(d.Identifiers), func(i does.Identifier) bool {
		return i.Site != "" && !slices.ContainsFunc(i.Visits, func(v string) bool { return !other[v] }) && !within(i.Site, in.Service.Domains)
	})
}

// within tells whether an address or host lies in one of the domains. What
// names no host lies everywhere.
func within(address string, domains []string) bool {
	host := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Hostname()
	}
	host, _, _ = strings.Cut(host, "/")
	return host == "" || slices.ContainsFunc(domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

func current(f says.Facts) []says.Practice {
	now := map[string]bool{}
	for _, d := range f.Documents {
		now[d.ID] = d.Current
	}
	return slices.DeleteFunc(slices.Clone(f.Practices), func(p says.Practice) bool { return !now[p.Document] })
}

// order sorts a copy of a list by the JSON of its elements.
func order[T any](list *[]T) func() error {
	return func() error {
		type keyed struct {
			key string
			v   T
		}
		ks := make([]keyed, 0, len(*list))
		for _, v := range *list {
			b, err := json.Marshal(v)
			if err != nil {
				return fmt.Errorf("judge %T: %w: %w", v, err, diapason.ErrIncomplete)
			}
			ks = append(ks, keyed{string(b), v})
		}
		slices.SortStableFunc(ks, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
		out := make([]T, 0, len(ks))
		for _, k := range ks {
			out = append(out, k.v)
		}
		*list = out
		return nil
	}
}

// activation binds the variables of the rule language.
func (in *Input) activation() map[string]any {
	vars := make(map[string]any, len(variables)+2)
	for _, v := range variables {
		vars[v.name] = v.of(in)
	}
	return vars
}
