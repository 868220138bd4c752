package asks

import (
	"slices"
	"strings"
)

// leastMarked names what the provider itself marks as the least privileged of
// the scopes that do for a call, where a needed scope is taken for calls for
// which it is not the least. It is "" where one of them has no mark, or marks
// this scope: it is then as little as can be asked.
func (j *judgement) leastMarked(at int) string {
	id := j.provider.Scopes[at].ID
	var marked []string
	for _, o := range j.provider.callsOf(j.core, nil) {
		switch {
		case !slices.Contains(o.Listed, id):
		case len(o.Least) == 0 || slices.Contains(o.Least, id):
			return ""
		case !slices.ContainsFunc(o.Least, func(name string) bool { return slices.Contains(marked, name) }):
			marked = append(marked, o.Least[0])
		}
	}
	return strings.Join(marked, " ")
}

// callsOf lists the operations of purposes, those inside them included. done
// are the ids of purposes that were looked at.
func (p *provider) callsOf(purposes []*purpose, done []string) []*operation {
	var calls []*operation
	for _, u := range purposes {
		if slices.Contains(done, u.ID) {
			continue
		}
		done = append(done, u.ID)
		for _, st := range u.Core {
			if i := slices.IndexFunc(p.Purposes, func(in *purpose) bool {
				return st.Purpose != "" && (in.ID == st.Purpose || slices.Contains(in.Aliases, st.Purpose))
			}); i >= 0 {
				calls = append(calls, p.callsOf(p.Purposes[i:i+1], done)...)
			}
			if i := slices.IndexFunc(p.Operations, func(o *operation) bool { return st.Op != "" && o.Op == st.Op }); i >= 0 {
				calls = append(calls, p.Operations[i])
			}
		}
	}
	return calls
}
