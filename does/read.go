package does

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does/respawn"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/filter"
)

// A Reader turns captures into facts.
type Reader struct {
	Service  diapason.Service
	Entities *entity.Base
	Salt     []byte // of the run: commitments to values can be compared within one run only
	// Lists are the filter lists that contacts are held against; nil means none.
	Lists *filter.Engine
	Known []Known // made-up facts that only a permission opens
}

// Known is a made-up fact of an account at a provider of permissions. Nothing
// that is sent can hold it unless the service was given it by that permission.
type Known struct {
	ID    string
	Data  diapason.Term
	Value string
	Scope string // the permission that opens it
}

// Read draws all facts from the captures. It reads no clock and opens nothing:
// the same captures give the same facts, in whatever order they come.
func (r Reader) Read(captures []*diapason.Capture) Facts {
	read := r.start(captures)
	f := Facts{Visits: read.visits(), Respawns: read.respawns()}
	f.Identifiers = read.identifiers()
	f.Links = read.links()
	f.Cookies = read.cookies()
	f.Accesses = read.accesses(f.Links)
	f.Seeds = read.seeds()
	f.Leaks = read.leaks()
	f.Recorders = read.recorders()
	f.Probes = read.probes()
	f.Nights = read.nights()
	f.Syncs = read.syncs()
	f.Cloaks = read.cloaks()
	f.Bounces = read.bounces()
	f.Decorations = read.decorations()
	f.Returns = read.returns()
	f.SelfTest = read.selfTest()
	f.Banners = read.banners()
	return f
}

// A reading is what conclusions about one set of captures share.
type reading struct {
	Reader
	record
	verdicts findings
	marks    marks
	trials   []respawn.Trial
	aliases  map[string][]string // host → names through which it was resolved
	looked   map[*diapason.Capture][]look
	tagged   []sighted
	rounds   []round
	writers  map[place]diapason.Party // of cookies that another company's script wrote
	stages   map[diapason.Phase]*stage
	everyday []*diapason.Capture // visits that show the service's everyday doing, after their choice
	whole    map[*diapason.Capture]*diapason.Capture
	spotted  map[*diapason.Capture]map[spot][]string
}

func (r Reader) start(captures []*diapason.Capture) *reading {
	captures = ordered(captures)
	read := &reading{Reader: r, record: sortOut(captures), aliases: map[string][]string{}, looked: map[*diapason.Capture][]look{}, spotted: map[*diapason.Capture]map[spot][]string{}}
	for _, c := range read.all {
		for _, q := range c.Requests {
			if host := hostOf(q.URL); len(q.CNAME) > 0 && read.aliases[host] == nil {
				read.aliases[host] = q.CNAME
			}
		}
	}
	read.writers = read.ghosts()
	read.verdicts = read.identify()
	read.sortStages()
	read.marks = seeded(read.lasting(), read.seed, read.all)
	for _, c := range read.record.trials {
		read.trials = append(read.trials, read.marks.trial(c))
	}
	read.tagged = read.sight()
	read.rounds = read.sortRounds()
	return read
}

// ordered sorts the visits, and what pages sent in each by its address: in
// which order a browser happened to send it must not change what is pointed at.
func ordered(captures []*diapason.Capture) []*diapason.Capture {
	all := make([]*diapason.Capture, len(captures))
	for i, c := range captures {
		shallow := *c
		type addressed struct {
			diapason.Request
			shown string
		}
		requests := make([]addressed, 0, len(c.Requests))
		for _, q := range sent(c) {
			requests = append(requests, addressed{q, redactURL(q.URL)})
		}
		slices.SortStableFunc(requests, func(a, b addressed) int {
			return cmp.Or(strings.Compare(a.shown, b.shown), strings.Compare(a.Method, b.Method), a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
		})
		shallow.Requests = make([]diapason.Request, len(requests))
		for j, q := range requests {
			shallow.Requests[j] = q.Request
		}
		all[i] = &shallow
	}
	slices.SortStableFunc(all, func(a, b *diapason.Capture) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// looks takes a visit's requests apart, once.
func (r *reading) looks(c *diapason.Capture) []look {
	if _, ok := r.looked[c]; !ok {
		r.looked[c] = looksAt(c)
	}
	return r.looked[c]
}

// party is who stands behind a host.
func (r *reading) party(host string) diapason.Party {
	return r.Entities.Party(host, r.aliases[host], r.Service)
}

// ours tells whether a visit opened pages of the audited service. Without
// known domains every visit does.
func (r *reading) ours(c *diapason.Capture) bool {
	return len(r.Service.Domains) == 0 || c.Site == "" || r.party(hostOf(c.Site)).Relation != diapason.ThirdParty
}

// daily lists the visits that show the service's everyday doing, each from its
// choice on.
func (r *reading) daily() []*diapason.Capture { return r.everyday }

// partiesOf lists parties in order, each once.
func partiesOf(all map[string]diapason.Party) []diapason.Party {
	var out []diapason.Party
	for _, id := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[id])
	}
	return out
}
