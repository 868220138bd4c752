package remedy

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
)

// Seen is what advice is drawn from: what a run recorded, and what was
// concluded from it.
type Seen struct {
	Service  diapason.Service
	Run      string // its id
	Started  time.Time
	Tool     string
	Findings []diapason.Finding // worst first
	Facts    does.Facts
	Captures []*diapason.Capture
	Entities *entity.Base
}

// Advice is all that can be done about what a run showed.
type Advice struct {
	Person    []Task    `json:"person"`   // identifiers that came back first, then companies that tracked, then the other findings, worst first
	Operator  []Task    `json:"operator"` // headers and settings by the address whose answers change, then what no header can do
	Blocklist Blocklist `json:"blocklist"`
}

// A Task is what can be done about one thing that was seen.
type Task struct {
	Against string `json:"against"` // what was seen, in a sentence
	// Where is, for who runs the service, the address or host whose answers
	// change; empty where it is not about answers.
	Where string `json:"where,omitempty"`
	// Rules are those of the findings that it answers, sorted; none where what
	// was seen breaks no rule.
	Rules []string        `json:"rules,omitempty"`
	Steps []diapason.Step `json:"steps"`
}

// Advise tells what can be done. It opens nothing and reads no clock: the same
// material gives the same advice, in whatever order the captures come.
func Advise(s Seen) Advice {
	d := draw(s)
	a := Advice{Blocklist: d.blocklist()}
	a.Person, a.Operator = d.person(a.Blocklist), d.operator(a.Blocklist)
	return a
}

// A drawing is advice in the making.
type drawing struct {
	Seen
	book    *Book
	aliases map[string][]string // host → names through which it was resolved
	// visits are those whose requests a content blocker would have seen: of the
	// program's own browser, and recordings that tell of pages.
	visits []visit
}

// A visit is what pages sent in it, in the order of time.
type visit struct {
	*diapason.Capture
	requests []request
}

// A request is one of a page, and not of the browser by itself.
type request struct {
	*diapason.Request
	host string
	page string // host of what the window shows
	main bool   // it is for what the window shows
}

// draw prepares the material.
func draw(s Seen) *drawing {
	d := &drawing{Seen: s, book: Default(), aliases: map[string][]string{}}
	d.Captures = slices.Clone(s.Captures)
	slices.SortStableFunc(d.Captures, func(a, b *diapason.Capture) int { return strings.Compare(a.ID, b.ID) })
	hosts := map[string]string{} // by address up to the path: most requests share a few
	host := func(address string) string {
		key := address
		if i := strings.Index(address, "://"); i > 0 {
			if j := strings.IndexAny(address[i+3:], "/?#"); j >= 0 {
				key = address[:i+3+j]
			}
		}
		if _, ok := hosts[key]; !ok {
			hosts[key] = hostOf(key)
		}
		return hosts[key]
	}
	for _, c := range d.Captures {
		v := visit{Capture: c, requests: make([]request, 0, len(c.Requests))}
		for i := range c.Requests {
			q := &c.Requests[i]
			r := request{q, host(q.URL), host(q.Page), q.Type == "document" && q.URL == q.Page}
			if len(q.CNAME) > 0 && d.aliases[r.host] == nil {
				d.aliases[r.host] = q.CNAME
			}
			if q.From != "browser" && q.From != "report-upload" {
				v.requests = append(v.requests, r)
			}
		}
		slices.SortStableFunc(v.requests, func(a, b request) int { return a.At.Compare(b.At) })
		if !slices.ContainsFunc(s.Facts.Visits, func(f does.Visit) bool { return f.ID == c.ID }) {
			continue // of the program's own page, on which it tries its experiment
		}
		if c.Source != "har" || slices.ContainsFunc(v.requests, func(q request) bool { return q.page != "" }) {
			d.visits = append(d.visits, v)
		}
	}
	return d
}

// party is who stands behind a host.
func (d *drawing) party(host string) diapason.Party {
	return d.Entities.Party(host, d.aliases[host], d.Service)
}

// name is how sentences call a party.
func (d *drawing) name(p diapason.Party) string {
	if p.Relation == diapason.FirstParty {
		return cmp.Or(d.Service.Name, d.Service.ID)
	}
	return cmp.Or(p.Name, p.ID, "an unknown receiver")
}

// rules lists the rules whose findings fit, sorted.
func (d *drawing) rules(fits func(diapason.Finding) bool) []string {
	var ids []string
	for _, f := range d.Findings {
		if fits(f) {
			ids = append(ids, f.Rule)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// about lists the rules that what pages do with a party breaks.
func (d *drawing) about(p diapason.Party) []string {
	return d.rules(func(f diapason.Finding) bool { return f.Recipient.ID == p.ID && d.visited(f) })
}

// among lists those of the given rules that were broken where the evidence of
// a fact lies.
func (d *drawing) among(ids []string, evidence []diapason.Ref) []string {
	return d.rules(func(f diapason.Finding) bool {
		return slices.Contains(ids, f.Rule) && slices.ContainsFunc(f.Evidence, func(r diapason.Ref) bool {
			return slices.ContainsFunc(evidence, func(e diapason.Ref) bool { return e.Record == r.Record && e.At == r.At })
		})
	})
}

// visited tells whether a finding rests on a visit: on what a page does, and
// not an app.
func (d *drawing) visited(f diapason.Finding) bool {
	return slices.ContainsFunc(f.Evidence, func(r diapason.Ref) bool {
		id, ok := strings.CutPrefix(r.Record, "visit/")
		return ok && slices.ContainsFunc(d.visits, func(v visit) bool { return v.ID == id })
	})
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func siteOf(host string) string { return entity.RegistrableDomain(host) }

// fileOf is the last part of an address's path, as facts name cached files.
func fileOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if i := strings.LastIndexByte(u.Path, '/'); i >= 0 && i+1 < len(u.Path) {
		return u.Path[i+1:]
	}
	return "/"
}

// add appends what is not there yet.
func add(list []string, more ...string) []string {
	for _, s := range more {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
