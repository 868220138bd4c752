package does

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// bits is from how many browsers a set of values can tell one: 2^bits, at
// least. It is the minimum over all pairs of
//
//	differing aligned characters × n/(n-1) × log2 n
//
// with n the size of the alphabet that the values are written in: of two
// random characters one in n is equal by chance, which n/(n-1) makes good.
// Values that are the same characters in another order hold no more than there
// are orders of these characters, and are capped at 31 bits: a shuffled list
// looks like a long random value and is none. So are the commitments that stand
// for secrets in a recording: they are long and random whatever they stand for.
// More than 64 bits are not told: they name everything there is, and how many more it
// were would differ by chance from audit to audit.
func bits(values ...string) float64 {
	n := alphabet(strings.Join(values, ""))
	least := math.Inf(1)
	for i, a := range values {
		for _, b := range values[i+1:] {
			x := float64(differing(a, b)) * n / (n - 1) * math.Log2(n)
			if permuted(a, b) {
				x = min(x, orders(a), mostUnsure)
			}
			if strings.HasPrefix(a, redacted) || strings.HasPrefix(b, redacted) {
				x = min(x, mostUnsure)
			}
			least = min(least, x)
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return math.Round(min(least, mostBits)*10) / 10
}

const (
	mostBits   = 64 // the largest score
	mostUnsure = 31 // of what may look longer than it is: one below what identifies
)

func differing(a, b string) int {
	n := 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func permuted(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return a != b && slices.Equal(x, y)
}

// orders is how many orders the characters of a text have, in bits: the
// logarithm of n! over the product of the factorials of their counts.
func orders(s string) float64 {
	count := map[byte]int{}
	x := logFactorial(len(s))
	for i := range len(s) {
		count[s[i]]++
	}
	for _, c := range slices.Sorted(maps.Keys(count)) {
		x -= logFactorial(count[c])
	}
	return x
}

func logFactorial(n int) float64 {
	x, _ := math.Lgamma(float64(n) + 1)
	return x / math.Ln2
}

// alphabet infers from the characters that are used how many there could be:
// 10, 16, 26, 36, 62 or 64.
func alphabet(s string) float64 {
	var digit, hexLow, low, hexUp, up, other bool
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digit = true
		case r >= 'a' && r <= 'f':
			hexLow = true
		case r >= 'g' && r <= 'z':
			low = true
		case r >= 'A' && r <= 'F':
			hexUp = true
		case r >= 'G' && r <= 'Z':
			up = true
		case r != '-': // the separator of UUIDs
			other = true
		}
	}
	lower, upper := hexLow || low, hexUp || up
	switch {
	case other:
		return 64
	case digit && !lower && !upper:
		return 10
	case !low && !up && !(hexLow && hexUp):
		return 16
	case lower && upper:
		return 62
	case digit:
		return 36
	default:
		return 26
	}
}
