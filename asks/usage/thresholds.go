package usage

import (
	"math"
	"slices"
)

// The thresholds of what is told of a client, in one place. Where no source is
// named the value is a proposal, chosen so that the fictional clients of the
// tests, busy ones among them, are never told of.
const (
	// outlier is the modified z-score above which a value is an outlier, and
	// madScale makes the median absolute deviation comparable with a standard
	// deviation: Iglewicz and Hoaglin, How to Detect and Handle Outliers (ASQC
	// 1993), as in NIST/SEMATECH e-Handbook of Statistical Methods §1.3.5.17.
	outlier  = 3.5
	madScale = 0.6745
	// timesMedian keeps a small spread from making every step an outlier.
	timesMedian = 3
	// leastSubjects is how many people an hour must touch to be called bulk.
	leastSubjects = 50
	// leastPeers is how many other clients there must be to compare with.
	leastPeers = 5
	// leastHours is how many hours of its own a client must have to compare with.
	leastHours = 12
	// sharedSpike is the part of the other clients that an hour must be out of
	// the ordinary for to be an event of its own, such as a release, and not one
	// client's. Of a client that is alone it cannot be told.
	sharedSpike = 0.5
	// Night is from midnight until nightEnds, on the clock of the zone.
	nightEnds = 6
)

// bound is the value above which one is far more than the others: the robust
// limit of an outlier, and never less than timesMedian times the median, nor
// leastSubjects. It also returns the median.
func bound(values []float64) (limit, median float64) {
	median = middle(values)
	spread := make([]float64, len(values))
	for i, v := range values {
		spread[i] = math.Abs(v - median)
	}
	return max(median+outlier*middle(spread)/madScale, timesMedian*median, leastSubjects), median
}

// middle is the median; 0 of nothing. It does not change the order of values.
func middle(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
