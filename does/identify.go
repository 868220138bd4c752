package does

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"diapason.dev/diapason"
)

// The classes of a value, by how it behaves between visits. Deny by proof,
// never by list: only visits that show a value constant or changing clear it.
const (
	classIdentifier = "identifier"     // stable, distinct, no time, 32 bits or more
	classWeak       = "weak"           // the same with 20 to 32 bits
	classCounter    = "counter-like"   // stable, distinct, few bits, counts up from profile to profile
	classConsent    = "consent record" // the record of a choice
	classToken      = "token"          // changes on return
	classConstant   = "constant"       // equal in every visit
	classShared     = "shared"         // stable, and equal in some profiles
	classTime       = "time"           // the time of its visit
	classUnclear    = "unclear"        // not seen in every visit, or too short
)

// classOrder puts first what says most about a place that holds several values.
var classOrder = []string{classIdentifier, classWeak, classCounter, classToken, classTime, classShared, classUnclear, classConstant}

// Scores in bits: 2^32 values are enough to tell every browser in use from
// every other; from 20 bits on a value tells one from about a million. The
// rule pack's thresholds id_score and weak_score are the same numbers.
const (
	identifying = 32
	weakly      = 20
)

// A verdict is what the visits show about a place.
type verdict struct {
	class  string
	score  float64
	path   string    // way to the best leaf
	values [3]string // of the best leaf in the profiles A, B and C
	visits []string  // that prove the class
	// reloaded is true where a reload stands for the return of a profile.
	reloaded bool
}

// singlesOut tells whether the value could tell browsers apart.
func (v verdict) singlesOut() bool {
	return v.class == classIdentifier || v.class == classWeak || v.class == classCounter
}

// findings are the verdicts on all places of the four visits.
type findings map[place]verdict

// identify compares two visits of one profile, A1 and A2, and visits of two
// others, B and C. What is stable in one profile and different in another
// could tell browsers apart. Nothing can be said without all four.
func identify(four [4]*diapason.Capture) findings {
	if slices.Contains(four[:], nil) {
		return findings{}
	}
	cached := cachedFiles(four[1])
	var seen [4]map[spot][]string
	for i, c := range four {
		seen[i] = spots(entriesOf(c, cached))
	}
	return compare(seen, startsOf(four))
}

// startsOf tells when each of the four visits began.
func startsOf(four [4]*diapason.Capture) [4]time.Time {
	var at [4]time.Time
	for i, c := range four {
		at[i] = c.Started
	}
	return at
}

// compare judges every place by what the four visits had in it.
func compare(seen [4]map[spot][]string, at [4]time.Time) findings {
	all := findings{}
	var held [4]map[place][]string
	for i := range seen {
		held[i] = heldIn(seen[i])
	}
	bySpot := map[place]map[string]verdict{}
	for i := range seen {
		for s := range seen[i] {
			if _, ok := bySpot[s.place][s.path]; ok {
				continue
			}
			if bySpot[s.place] == nil {
				bySpot[s.place] = map[string]verdict{}
			}
			values := [4][]string{seen[0][s], seen[1][s], seen[2][s], seen[3][s]}
			anywhere := [4][]string{held[0][s.place], held[1][s.place], held[2][s.place], held[3][s.place]}
			bySpot[s.place][s.path] = classify(values, anywhere, at)
		}
	}
	for p, leafs := range bySpot {
		v := judge(leafs, created(leafs, seen, p))
		if v.singlesOut() && isConsentRecord(p.key) {
			v.class = classConsent
		}
		v.visits = fourIDs[:]
		all[p] = v
	}
	return all
}

// A spot is a place and the way to a leaf in its value.
type spot struct {
	place place
	path  string
}

func spots(e entries) map[spot][]string {
	out := map[spot][]string{}
	for p, values := range e {
		for _, v := range values {
			for _, l := range leaves(v) {
				s := spot{p, l.path}
				if !slices.Contains(out[s], l.value) {
					out[s] = append(out[s], l.value)
				}
			}
		}
	}
	for _, values := range out {
		slices.Sort(values)
	}
	return out
}

// heldIn lists all values of a place, wherever they stand in it.
func heldIn(seen map[spot][]string) map[place][]string {
	out := map[place][]string{}
	for s, values := range seen {
		out[s.place] = append(out[s.place], values...)
	}
	return out
}

// classify compares the values of one leaf in A1, A2, B and C. There can be
// several where a page sends a field more than once; then those count that no
// other profile has. What another profile has anywhere in the same place, as
// in a list that is shuffled, cannot tell the two apart.
func classify(v, anywhere [4][]string, at [4]time.Time) verdict {
	if len(v[0]) == 0 || len(v[1]) == 0 || len(v[2]) == 0 || len(v[3]) == 0 {
		return verdict{class: classUnclear}
	}
	stable := both(v[0], v[1])
	own := [3][]string{
		except(stable, anywhere[2], anywhere[3]),
		except(v[2], anywhere[0], anywhere[1], anywhere[3]),
		except(v[3], anywhere[0], anywhere[1], anywhere[2]),
	}
	switch {
	case len(own[0]) > 0 && len(own[1]) > 0 && len(own[2]) > 0:
		return distinct(own, at)
	case slices.Equal(v[0], v[1]) && slices.Equal(v[0], v[2]) && slices.Equal(v[0], v[3]):
		return verdict{class: classConstant}
	case allTimes(v, at):
		// Two profiles that were made in one second have the same time.
		t := verdict{class: classTime}
		if len(stable) > 0 {
			t.values = [3]string{stable[0], v[2][0], v[3][0]}
		}
		return t
	case len(stable) > 0:
		return verdict{class: classShared}
	default:
		return verdict{class: classToken}
	}
}

// distinct judges values that are stable in A and different in B and C.
func distinct(own [3][]string, at [4]time.Time) verdict {
	pick := [3]string{own[0][0], own[1][0], own[2][0]}
	v := verdict{values: pick, score: min(bits(pick[0], pick[1], pick[2]), dateBits(pick))}
	when := [3]time.Time{at[0], at[2], at[3]}
	switch {
	case isTime(pick[0], when[0]) && isTime(pick[1], when[1]) && isTime(pick[2], when[2]), moveWith(pick, when):
		v.class, v.score = classTime, 0
	case v.score >= identifying:
		v.class = classIdentifier
	case v.score >= weakly:
		v.class = classWeak
	case countsUp(pick, when):
		v.class = classCounter
	default:
		v.class = classUnclear
	}
	return v
}

// judge takes the best leaf of a place. A leaf that holds the time of the
// profile's making tells apart profiles that are otherwise equal: it adds 10
// bits if written in seconds, 20 if finer, to a value that has 20 already.
func judge(leafs map[string]verdict, time float64) verdict {
	var best verdict
	for _, path := range slices.Sorted(maps.Keys(leafs)) {
		v := leafs[path]
		v.path = path
		order := slices.Index(classOrder, v.class) - slices.Index(classOrder, best.class)
		if best.class == "" || order < 0 || order == 0 && v.score > best.score {
			best = v
		}
	}
	if best.score >= weakly && (best.class == classIdentifier || best.class == classWeak) {
		if best.score = min(best.score+time, mostBits); best.score >= identifying {
			best.class = classIdentifier
		}
	}
	return best
}

// created is what a stable leaf with the time of its making adds, in bits.
func created(leafs map[string]verdict, seen [4]map[spot][]string, p place) float64 {
	add := 0.0
	for path, v := range leafs {
		if v.class != classTime || v.values[0] == "" || len(both(seen[0][spot{p, path}], seen[1][spot{p, path}])) == 0 {
			continue
		}
		add = max(add, 10)
		if finerThanSeconds(v.values[0]) {
			add = 20
		}
	}
	return add
}

// countsUp tells whether values of six digits or more grow in the order in
// which the profiles were made.
func countsUp(values [3]string, at [3]time.Time) bool {
	type one struct {
		n  int64
		at time.Time
	}
	var all []one
	for i, v := range values {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || len(v) < 6 {
			return false
		}
		all = append(all, one{n, at[i]})
	}
	slices.SortStableFunc(all, func(a, b one) int { return a.at.Compare(b.at) })
	return slices.IsSortedFunc(all, func(a, b one) int { return cmp.Compare(a.n, b.n) })
}

func allTimes(v [4][]string, at [4]time.Time) bool {
	for i, values := range v {
		for _, x := range values {
			if !isTime(x, at[i]) {
				return false
			}
		}
	}
	return true
}

func both(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool { return !slices.Contains(b, x) })
}

func except(a []string, not ...[]string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool {
		return slices.ContainsFunc(not, func(b []string) bool { return slices.Contains(b, x) })
	})
}

// consentNames are the names under which choices are kept: those of the IAB
// framework and of the large consent tools, and names that say it themselves.
var consentNames = regexp.MustCompile(`(?i)euconsent|optanon|didomi|usprivacy|gpp|(^|[^a-z])(cookie|gdpr|tcf)?[-_]?consent`)

func isConsentRecord(key string) bool { return consentNames.MatchString(key) }
