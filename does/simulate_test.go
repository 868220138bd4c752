package does

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// The simulation draws values as the web makes them, each family with its
// truth, and asks three rules about the same draws: ours and two published
// ones. It is deterministic: a draw is seeded by its number and its family.

// A source is a family of values with its truth.
type source struct {
	name  string
	names bool    // the operator could know the browser again by it
	days  float64 // that it lives; both published rules look at nothing that is short-lived
	draw  func(r *rand.Rand, at [4]time.Time) [4]string
}

// draws of each family.
const draws = 300

// maker makes one value at a time.
type maker func(r *rand.Rand, at time.Time) string

// kept is a value that each profile keeps from its first visit on.
func kept(make maker) func(*rand.Rand, [4]time.Time) [4]string {
	return func(r *rand.Rand, at [4]time.Time) [4]string {
		a := make(r, at[0])
		return [4]string{a, a, make(r, at[2]), make(r, at[3])}
	}
}

// fresh is a value that is made anew on every visit.
func fresh(make maker) func(*rand.Rand, [4]time.Time) [4]string {
	return func(r *rand.Rand, at [4]time.Time) (v [4]string) {
		for i := range v {
			v[i] = make(r, at[i])
		}
		return v
	}
}

// same is a value that everybody on this machine gets.
func same(make maker) func(*rand.Rand, [4]time.Time) [4]string {
	return func(r *rand.Rand, at [4]time.Time) [4]string {
		v := make(r, at[0])
		return [4]string{v, v, v, v}
	}
}

// beside joins what a profile keeps with what is new on every visit.
func beside(format string, keep, now maker) func(*rand.Rand, [4]time.Time) [4]string {
	return func(r *rand.Rand, at [4]time.Time) [4]string {
		k, n := kept(keep)(r, at), fresh(now)(r, at)
		for i := range k {
			k[i] = fmt.Sprintf(format, k[i], n[i])
		}
		return k
	}
}

// A sample is the same place in A1, A2, B and C.
type sample struct {
	values [4]string
	days   float64
}

// visitTimes are those of one audit: visits follow each other within minutes,
// and a page writes its values within three seconds.
func visitTimes(r *rand.Rand) (started, wrote [4]time.Time) {
	at := noon.Add(time.Duration(r.Int64N(int64(200 * 24 * time.Hour))))
	for i := range started {
		started[i] = at
		wrote[i] = at.Add(time.Duration(r.Int64N(int64(3 * time.Second))))
		at = at.Add(10*time.Second + time.Duration(r.Int64N(int64(5*time.Minute))))
	}
	return started, wrote
}

// An audited draw is one sample of every family and the four captures that
// hold them all, as an audit would have them.
type audited struct {
	samples  []sample
	captures [4]*diapason.Capture
}

func simulated(draw int) audited {
	started, wrote := visitTimes(rand.New(rand.NewPCG(uint64(draw), 1)))
	var a audited
	for i, s := range sources {
		r := rand.New(rand.NewPCG(uint64(draw), uint64(i)+2))
		a.samples = append(a.samples, sample{s.draw(r, wrote), s.days})
	}
	for v, id := range fourIDs {
		c := visit(id, diapason.P0, 1)
		c.Started, c.Ended = started[v], started[v].Add(4*time.Second)
		for i, s := range a.samples {
			jar(c, "nocturne.example", key(i), s.values[v], s.days)
		}
		a.captures[v] = c
	}
	return a
}

func key(i int) string { return fmt.Sprint("k", i) }

// A tally counts the answers of one rule about one family.
type tally struct{ yes, no int }

// A rule answers for all samples of a draw which of them name a browser.
type rule struct {
	name string
	ask  func(a audited) []bool
}

var rivals = []rule{
	{"ours", func(a audited) []bool { return classed(a, classIdentifier, classWeak) }},
	{"ours-identifier-alone", func(a audited) []bool { return classed(a, classIdentifier) }},
	{"acar-2014", each(acar2014)},
	{"englehardt-2016", each(englehardt2016)},
}

func classed(a audited, classes ...string) []bool {
	found := identify(a.captures)
	out := make([]bool, len(a.samples))
	for i := range out {
		class := found[place{"cookie", "nocturne.example", key(i)}].class
		for _, c := range classes {
			out[i] = out[i] || class == c
		}
	}
	return out
}

func each(names func(sample) bool) func(audited) []bool {
	return func(a audited) []bool {
		var out []bool
		for _, s := range a.samples {
			out = append(out, names(s))
		}
		return out
	}
}

// tallies asks every rule about every draw: by rule, by family.
func tallies() map[string][]tally {
	all := map[string][]tally{}
	for _, r := range rivals {
		all[r.name] = make([]tally, len(sources))
	}
	for d := range draws {
		a := simulated(d)
		for _, r := range rivals {
			for i, yes := range r.ask(a) {
				if yes {
					all[r.name][i].yes++
				} else {
					all[r.name][i].no++
				}
			}
		}
	}
	return all
}

// counted is tallies for the tests, which all ask about the same draws.
var counted = sync.OnceValue(tallies)

// rates are the shares of what names a browser that was found, and of what was
// found that names a browser. Every family weighs the same.
func rates(of []tally) (recall, precision float64) {
	var hit, miss, alarm int
	for i, s := range sources {
		if s.names {
			hit, miss = hit+of[i].yes, miss+of[i].no
		} else {
			alarm += of[i].yes
		}
	}
	return float64(hit) / float64(hit+miss), float64(hit) / float64(hit+alarm)
}

// confusion lists for every family how often each rule said that it names a
// browser; a star marks the families in which ours errs in a draw of ten or more.
func confusion(all map[string][]tally) string {
	var b strings.Builder
	fmt.Fprintf(&b, "how many of %d draws were said to name a browser:\n", draws)
	for i, s := range sources {
		wrong := all["ours"][i].yes
		if s.names {
			wrong = all["ours"][i].no
		}
		mark := " "
		if wrong*10 >= draws {
			mark = "*"
		}
		fmt.Fprintf(&b, "%s %-5t %-58s", mark, s.names, s.name)
		for _, r := range rivals {
			fmt.Fprintf(&b, " %s %3d", strings.SplitN(r.name, "-", 2)[0], all[r.name][i].yes)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestTheSimulationHasManyFamiliesOfBothKinds(t *testing.T) {
	seen, naming := map[string]bool{}, 0
	for _, s := range sources {
		if seen[s.name] {
			t.Errorf("%s is there twice", s.name)
		}
		seen[s.name] = true
		if s.names {
			naming++
		}
	}
	if len(sources) < 50 || naming < 20 || len(sources)-naming < 20 {
		t.Errorf("%d families, of which %d name a browser", len(sources), naming)
	}
}

func TestASimulatedDrawIsTheSameEveryTime(t *testing.T) {
	a, b := simulated(7), simulated(7)
	for i := range a.samples {
		if a.samples[i] != b.samples[i] {
			t.Errorf("%s: %q, then %q", sources[i].name, a.samples[i].values, b.samples[i].values)
		}
	}
}

func TestMostOfWhatNamesABrowserIsFoundAndLittleElse(t *testing.T) {
	all := counted()
	recall, precision := rates(all["ours"])
	t.Logf("recall %.3f, precision %.3f\n%s", recall, precision, confusion(all))
	if recall < .92 || precision < .92 {
		t.Errorf("recall %.3f and precision %.3f, want .92", recall, precision)
	}
}

// beyond are the families about which a comparison of visits cannot say the
// truth, with the reason.
var beyond = map[string]string{
	"a random number of 8 digits":                        "26 bits, of which chance takes some",
	"a counter of all browsers":                          "counts up, and is told as that",
	"the address and the microsecond of the first visit": "is a time",
	"an id encrypted anew for every visit":               "is new on return",
	"a group of three with a long name":                  "three profiles can be in three groups",
	"a random number between 0 and 1, for sampling":      "could as well be an id",
	"twenty letters, shuffled":                           "has more orders than there are browsers",
	"one of four servers, as address and port":           "three profiles can get three servers",
}

func TestEveryFamilyIsToldUnlessItIsBeyondComparing(t *testing.T) {
	all := counted()["ours"]
	for i, s := range sources {
		switch found := all[i].yes; {
		case beyond[s.name] != "":
		case s.names && found*100 < draws*93:
			t.Errorf("%s was found in %d of %d draws", s.name, found, draws)
		case !s.names && found > 0:
			t.Errorf("%s was taken for a name in %d of %d draws", s.name, found, draws)
		}
	}
}

func BenchmarkIdentifiers(b *testing.B) {
	var all map[string][]tally
	for b.Loop() {
		all = tallies()
	}
	for _, r := range rivals {
		recall, precision := rates(all[r.name])
		b.ReportMetric(100*recall, r.name+"-recall-%")
		b.ReportMetric(100*precision, r.name+"-precision-%")
	}
	if testing.Verbose() {
		b.Log(confusion(all))
	}
}
