package does

import (
	"fmt"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/filter"
)

// listed marks contacts that a filter list names as wanting consent, where no
// identifier had decided that already. A list is somebody's word and no proof,
// so the rule that matched is quoted. A contact on no list stays unknown.
func (r *reading) listed(c *diapason.Capture, byHost map[string]*Access) {
	if r.Lists == nil {
		return
	}
	for _, q := range sent(c) {
		a := byHost[hostOf(q.URL)]
		if a == nil || a.NX != "unknown" {
			continue
		}
		if verdict, hit := r.Lists.Match(filter.Recorded(q)); verdict == filter.Blocked {
			a.NX, a.Deciding = "yes", fmt.Sprintf("%s, line %d: %s", hit.List, hit.Line, hit.Rule)
			a.Evidence = []diapason.Ref{refTo(c, q, "")}
		}
	}
}
