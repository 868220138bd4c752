package rule

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
)

func phaseNames() []string {
	var names []string
	for _, p := range diapason.Phases {
		names = append(names, string(p))
	}
	return names
}

// A run is one repetition of a phase.
type run struct {
	phase diapason.Phase
	n     int
}

// visitRuns tells for each visit, by every name that evidence gives it, which
// run it was.
type visitRuns struct {
	runs   map[string]run
	manual map[string]bool // recorded by a person: it cannot be repeated
	known  map[string]bool
	total  map[diapason.Phase]int
}

func runsOf(in *Input) visitRuns {
	v := visitRuns{runs: map[string]run{}, manual: map[string]bool{}, known: map[string]bool{}, total: in.Phases}
	for _, visit := range in.Does.Visits {
		for _, name := range names(visit) {
			v.known[name] = true
			v.manual[name] = visit.Source == "har"
			if visit.Complete && visit.Source != "har" {
				v.runs[name] = run{visit.Phase, visit.Run}
			}
		}
	}
	return v
}

func names(v does.Visit) []string {
	all := []string{v.ID, "visit/" + v.ID}
	for _, r := range v.Evidence {
		all = append(all, r.Record)
	}
	return all
}

// A tally is in how many runs a group of witnesses was seen.
type tally struct {
	counts   bool // false: judged once, as texts, requests, exports, experiments and recordings are
	seen, of int
}

func (t tally) String() string { return fmt.Sprintf("%d of %d runs", t.seen, t.of) }

// tally counts the runs of the phase in which the witnesses were seen most.
func (j *judging) tally(ws []witness) tally {
	seen := map[run]bool{}
	for _, w := range ws {
		runs, counts := j.runs(w)
		if !counts {
			return tally{}
		}
		for _, r := range runs {
			seen[r] = true
		}
	}
	per := map[diapason.Phase]int{}
	for r := range seen {
		per[r.phase]++
	}
	best := tally{counts: true}
	for _, p := range phaseOrder(per) {
		if per[p] > best.seen {
			best.seen, best.of = per[p], max(j.seen.total[p], per[p])
		}
	}
	return best
}

func phaseOrder(per map[diapason.Phase]int) []diapason.Phase {
	var ps []diapason.Phase
	for p := range per {
		ps = append(ps, p)
	}
	slices.SortFunc(ps, func(a, b diapason.Phase) int { return strings.Compare(string(a), string(b)) })
	return ps
}

// runs lists the complete runs in which a witness was seen; counts is false
// for a witness that is judged once.
func (j *judging) runs(w witness) (runs []run, counts bool) {
	if len(w.visits) == 0 {
		return nil, false
	}
	for _, name := range w.visits {
		r, complete := j.seen.runs[name]
		switch {
		case complete:
			runs = append(runs, r)
		case j.seen.manual[name]:
			return nil, false
		case !j.seen.known[name] && w.run.n > 0:
			runs = append(runs, w.run)
		}
	}
	return runs, true
}
