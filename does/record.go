package does

import (
	"slices"
	"strconv"
	"strings"

	"diapason.dev/diapason"
)

// The names by which visits of the experiment are known in a record.
const (
	seedID        = "respawn/V0"
	changedID     = "respawn/D"
	respawnPrefix = "respawn/"
	trialPrefix   = "respawn/T"
	linkPrefix    = "link/"
)

// A record is the captures of one audit, by what each of them is for.
type record struct {
	all     []*diapason.Capture  // but those of the self-test, which show nothing of the service
	four    [4]*diapason.Capture // A1, A2, B, C; nil where not visited
	changed *diapason.Capture    // to which the browser showed itself differently
	seed    *diapason.Capture
	trials  []*diapason.Capture // in the order in which they were made
	memory  []*diapason.Capture // in which the running browser deleted everything
	// selfTest are the visits of our own page.
	selfTest []*diapason.Capture
	links    map[string][]*diapason.Capture
}

// fourVisits picks the visits that tell identifiers from other values.
func fourVisits(captures []*diapason.Capture) [4]*diapason.Capture { return sortOut(captures).four }

// sortOut tells the captures apart by their ids. Their order does not matter.
// Recordings that were named as the four visits stand for these where no
// browser of ours made one of them: the two kinds are never compared, because
// what differs could be the device.
func sortOut(captures []*diapason.Capture) record {
	r := record{links: map[string][]*diapason.Capture{}}
	var recorded [4]*diapason.Capture
	for _, c := range captures {
		if strings.HasPrefix(strings.TrimPrefix(c.ID, diedPrefix), selfTestPrefix) {
			r.selfTest = append(r.selfTest, c)
			continue
		}
		r.all = append(r.all, c)
		visit := slices.Index(fourIDs[:], c.ID)
		switch {
		case c.Source == "har" && visit >= 0:
			recorded[visit] = c
		case c.Source == "har":
		case visit >= 0:
			r.four[visit] = c
		case c.ID == seedID:
			r.seed = c
		case c.ID == changedID:
			r.changed = c
		case strings.HasPrefix(c.ID, trialPrefix):
			r.trials = append(r.trials, c)
		case strings.HasPrefix(c.ID, memoryPrefix):
			r.memory = append(r.memory, c)
		case strings.HasPrefix(c.ID, linkPrefix):
			profile, _, _ := strings.Cut(strings.TrimPrefix(c.ID, linkPrefix), "/")
			r.links[profile] = append(r.links[profile], c)
		}
	}
	if r.four == ([4]*diapason.Capture{}) {
		r.four = recorded
	}
	slices.SortStableFunc(r.trials, func(a, b *diapason.Capture) int { return trialNumber(a.ID) - trialNumber(b.ID) })
	slices.SortFunc(r.memory, func(a, b *diapason.Capture) int { return strings.Compare(a.ID, b.ID) })
	for _, visits := range r.links {
		slices.SortStableFunc(visits, func(a, b *diapason.Capture) int { return strings.Compare(a.ID, b.ID) })
	}
	return r
}

// identify judges every place of the four visits, and which of their equal
// values are made of features of the device.
func (r record) identify() findings {
	all := identify(r.four)
	r.weighed(all, false)
	for p, v := range derived(r.four, r.changed, all) {
		all[p] = v
	}
	return all
}

// lasting lists the tags that could come back after a deletion: those of the
// four visits, and those that only a yes brings.
func (r record) lasting() []tag {
	all := r.identify()
	for p, v := range r.identifyIn(diapason.P2) {
		if v.singlesOut() && !all[p].singlesOut() {
			all[p] = v
		}
	}
	return all.traceable()
}

var fourIDs = [4]string{"A1", "A2", "B", "C"}

func trialNumber(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, trialPrefix))
	return n
}

// measured tells whether what happens in a visit is the service's everyday
// doing: visits of the experiments and of other sites only serve comparison.
func measured(c *diapason.Capture) bool {
	return c.Source != "har" && c.Phase != diapason.P5 && !compares(strings.TrimPrefix(c.ID, diedPrefix))
}

// compares tells whether a visit, by its id, is one of an experiment or of other sites.
func compares(id string) bool {
	return strings.HasPrefix(id, respawnPrefix) || strings.HasPrefix(id, linkPrefix) || strings.HasPrefix(id, selfTestPrefix)
}

// sent lists the requests that pages sent, without the browser's own noise.
func sent(c *diapason.Capture) []diapason.Request {
	if !slices.ContainsFunc(c.Requests, noise) {
		return c.Requests
	}
	return slices.DeleteFunc(slices.Clone(c.Requests), noise)
}

func noise(r diapason.Request) bool { return r.From == "browser" || r.From == "report-upload" }
