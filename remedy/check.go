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
	Visits int `json:"visits"` // of the program's own browser
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
	visits := d.browsed()
	kept := b.Blocks[:0]
	for _, one := range b.Blocks {
		if slices.ContainsFunc(kept, func(o Block) bool { return o.Rule == one.Rule }) {
			continue
		}
		for {
			why, exact := one.excess(visits)
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
	b.Check = check(b.Blocks, visits)
}

// excess tells why a rule stops more than it is about, and the rule to try
// instead, if there is one.
func (b Block) excess(visits []*diapason.Capture) (why, exact string) {
	e, skipped, err := filter.Load(filter.NewList("one rule", b.Rule+"\n"))
	if err != nil || len(skipped) > 0 || !plain.MatchString(b.Rule) {
		return "the address cannot be written as a rule", ""
	}
	for _, c := range visits {
		for _, q := range c.Requests {
			switch {
			case !sent(q):
			case isPage(q):
				if stopsPage(e, q) {
					return "it would stop a page itself, " + does.Shown(q.URL), ""
				}
			case blocked(e, filter.Recorded(q)) && !b.about(q):
				if host, ok := strings.CutPrefix(b.Rule, "||"+b.Host+"^"); ok && hostOf(q.URL) != b.Host {
					return "it would stop other hosts too", "|https://" + b.Host + "/" + host
				}
				return "it would also stop " + does.Shown(q.URL), ""
			}
		}
	}
	return "", ""
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
func (b Block) about(q diapason.Request) bool {
	if hostOf(q.URL) != b.Host {
		return false
	}
	if b.Kind == blockReceiver && siteOf(hostOf(q.Page)) == siteOf(b.Host) {
		return false
	}
	return len(b.paths) == 0 || slices.Contains(b.paths, pathOf(does.Shown(q.URL)))
}

// check counts what the list stops in each visit. It cannot fail to load: each
// rule was tried.
func check(blocks []Block, visits []*diapason.Capture) Check {
	n := Check{Visits: len(visits)}
	var text strings.Builder
	for _, b := range blocks {
		fmt.Fprintln(&text, b.Rule)
	}
	e, _, err := filter.Load(filter.NewList("blocklist", text.String()))
	if err != nil {
		return n
	}
	for _, c := range visits {
		gone := after{addresses: map[string]bool{}, ids: map[string]bool{}}
		for _, q := range inTime(c.Requests) {
			byRule := !isPage(q) && blocked(e, filter.Recorded(q))
			followed := !byRule && gone.takes(q)
			if byRule || followed {
				gone.add(q)
			}
			switch tracking := slices.ContainsFunc(blocks, func(b Block) bool { return b.Kind != blockDecoration && b.about(q) }); {
			case isPage(q):
				n.Pages++
			case tracking:
				n.Tracking++
				n.Stopped += one(byRule || followed)
				n.Followed += one(followed)
			default:
				n.Others++
				n.Missing += one(followed)
			}
		}
	}
	return n
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// inTime orders what pages sent by when they sent it.
func inTime(requests []diapason.Request) []diapason.Request {
	all := slices.DeleteFunc(slices.Clone(requests), func(q diapason.Request) bool { return !sent(q) })
	slices.SortStableFunc(all, func(a, b diapason.Request) int { return a.At.Compare(b.At) })
	return all
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
	return !isPage(q) && (a.ids[q.Redirect] || a.addresses[q.Frame] || a.addresses[q.Initiator])
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
