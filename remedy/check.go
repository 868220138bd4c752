package remedy

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/internal/filter"
)

// A Check is what the blocklist does to the requests of the record. It was
// held against them; no visit was made with it.
type Check struct {
	Visits int `json:"visits"` // of the program's own browser, and recordings that tell of pages
	Pages  int `json:"pages"`  // documents that windows showed: none of them is stopped
	// Tracking counts the requests to what the rules are about, Stopped those of
	// them that the list stops: by a rule, or (Followed) because what would have
	// sent them is stopped.
	Tracking int `json:"tracking"`
	Stopped  int `json:"stopped"`
	Followed int `json:"followed"`
	// Others counts all other requests; of them a rule stops none. Missing are
	// those that are no longer sent because what sent them is stopped.
	Others  int `json:"others"`
	Missing int `json:"missing"`
}

// hold takes from the list every rule that would stop more than it is about,
// then counts what the others stop.
func (d *drawing) hold(b *Blocklist) {
	kept := b.Blocks[:0]
	for _, one := range b.Blocks {
		if slices.ContainsFunc(kept, func(o Block) bool { return o.Rule == one.Rule }) {
			continue
		}
		for {
			why, exact := one.excess(d.visits)
			if why == "" {
				kept = append(kept, one)
				break
			}
			if exact == "" {
				b.Left = append(b.Left, Left{one.Rule, why})
				break
			}
			one.Rule = exact
		}
	}
	b.Blocks = kept
	b.Check = check(b.Blocks, d.visits)
}

// excess tells why a rule stops more than it is about, and the rule to try
// instead, if there is one.
func (b Block) excess(visits []visit) (why, exact string) {
	e, skipped, err := filter.Load(filter.NewList("one rule", b.Rule+"\n"))
	if err != nil || len(skipped) > 0 || !plain.MatchString(b.Rule) {
		return "the address cannot be written as a rule", ""
	}
	for _, v := range visits {
		for _, q := range v.requests {
			switch {
			case !within(q.host, b.Host): // every rule begins with its host
			case q.main:
				if stopsPage(e, *q.Request) {
					return "it would stop a page itself, " + does.Shown(q.URL), ""
				}
			case blocked(e, filter.Recorded(*q.Request)) && !b.about(q):
				if host, ok := strings.CutPrefix(b.Rule, "||"+b.Host+"^"); ok && q.host != b.Host {
					return "it would stop other hosts too", "|https://" + b.Host + "/" + host
				}
				return "it would also stop " + does.Shown(q.URL), ""
			}
		}
	}
	return "", ""
}

// within tells whether a host is another, or below it.
func within(host, domain string) bool {
	rest, ok := strings.CutSuffix(host, domain)
	return ok && (rest == "" || strings.HasSuffix(rest, "."))
}

// stopsPage tells whether a rule stops what a window shows. A rule without a
// type does not, but for a blocker that reads one about a host as one about its
// pages too: so the page is tried as a part of itself as well.
func stopsPage(e *filter.Engine, q diapason.Request) bool {
	return blocked(e, filter.Recorded(q)) || blocked(e, filter.NewRequest(q.URL, q.URL, "other", q.Method))
}

func blocked(e *filter.Engine, r *filter.Request) bool {
	verdict, _ := e.Match(r)
	return verdict == filter.Blocked
}

// about tells whether a request is one for whose sake the rule is there.
func (b Block) about(q request) bool {
	if q.host != b.Host {
		return false
	}
	if b.Kind == blockReceiver && siteOf(q.page) == siteOf(b.Host) {
		return false
	}
	return len(b.paths) == 0 || slices.Contains(b.paths, pathOf(does.Shown(q.URL)))
}

// check counts what the list stops in each visit. It cannot fail to load: each
// rule was tried.
func check(blocks []Block, visits []visit) Check {
	n := Check{Visits: len(visits)}
	blocks = slices.DeleteFunc(slices.Clone(blocks), func(b Block) bool { return b.Kind == blockDecoration })
	var text strings.Builder
	for _, b := range blocks {
		fmt.Fprintln(&text, b.Rule)
	}
	e, _, err := filter.Load(filter.NewList("blocklist", text.String()))
	if err != nil {
		return n
	}
	for _, v := range visits {
		n.visit(e, blocks, v)
	}
	return n
}

func (n *Check) visit(e *filter.Engine, blocks []Block, v visit) {
	gone := after{addresses: map[string]bool{}, ids: map[string]bool{}}
	for _, q := range v.requests {
		if q.main {
			n.Pages++
			continue
		}
		near := slices.ContainsFunc(blocks, func(b Block) bool { return within(q.host, b.Host) })
		byRule := near && blocked(e, filter.Recorded(*q.Request))
		followed := !byRule && gone.takes(*q.Request)
		if byRule || followed {
			gone.add(*q.Request)
		}
		if slices.ContainsFunc(blocks, func(b Block) bool { return b.about(q) }) {
			n.Tracking++
			n.Stopped += one(byRule || followed)
			n.Followed += one(followed)
			continue
		}
		n.Others++
		n.Missing += one(followed)
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// after is what a visit no longer has once requests are stopped: the frames
// and scripts that they would have brought, and where they would have led.
type after struct {
	addresses map[string]bool
	ids       map[string]bool
}

func (a after) add(q diapason.Request) {
	a.ids[q.ID] = true
	if q.Type == "document" || q.Type == "script" {
		a.addresses[q.URL] = true
	}
}

// takes tells whether a request is no longer sent.
func (a after) takes(q diapason.Request) bool {
	return a.ids[q.Redirect] || a.addresses[q.Frame] || a.addresses[q.Initiator]
}

// String tells what the list does, in one sentence for each thing.
func (c Check) String() string {
	text := fmt.Sprintf("Held against the record of %s: of %s to what these rules are about the list stops %d",
		plural(c.Visits, "visit", "visits"), plural(c.Tracking, "request", "requests"), c.Stopped)
	if c.Followed > 0 {
		text += fmt.Sprintf(" (%d of them because what would have sent them is stopped)", c.Followed)
	}
	text += fmt.Sprintf("; of %s a rule stops 0", plural(c.Others, "other", "others"))
	if c.Missing > 0 {
		text += fmt.Sprintf(", and %d are no longer sent because what sent them is stopped", c.Missing)
	}
	return text + fmt.Sprintf("; of %s it stops 0. This is matching: no visit was made with the list.", plural(c.Pages, "page", "pages"))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
