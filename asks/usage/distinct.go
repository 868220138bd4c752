package usage

import (
	"math"
	"math/bits"
)

// How many different subjects are told apart exactly, and how many registers
// count them beyond that.
const (
	exactSubjects = 2048
	registerBits  = 12
	registers     = 1 << registerBits
)

// distinctError is the standard error of a count beyond exactSubjects, as a
// part of it: 1.04/√m for m registers (Flajolet, Fusy, Gandouet and Meunier,
// HyperLogLog: the analysis of a near-optimal cardinality estimation
// algorithm, AofA 2007), 1.6 % here.
var distinctError = 1.04 / math.Sqrt(registers)

// A distinct counts different texts in bounded memory: exactly up to
// exactSubjects, then by HyperLogLog over 64-bit hashes, so that a count needs
// no correction for large numbers. The texts themselves are not kept.
type distinct struct {
	exact map[uint64]struct{}
	rank  []uint8 // by register: the longest run of zeros seen, plus one
}

func (d *distinct) add(hash uint64) {
	if d.rank == nil {
		if d.exact == nil {
			d.exact = map[uint64]struct{}{}
		}
		if d.exact[hash] = struct{}{}; len(d.exact) <= exactSubjects {
			return
		}
		d.rank = make([]uint8, registers)
		for h := range d.exact {
			d.note(h)
		}
		d.exact = nil
		return
	}
	d.note(hash)
}

func (d *distinct) note(hash uint64) {
	at := hash >> (64 - registerBits)
	rank := uint8(bits.LeadingZeros64(hash<<registerBits|1<<(registerBits-1)) + 1)
	d.rank[at] = max(d.rank[at], rank)
}

// count is how many different texts were added, and whether exactly.
func (d *distinct) count() (n int, exact bool) {
	if d.rank == nil {
		return len(d.exact), true
	}
	sum, zeros := 0.0, 0
	for _, r := range d.rank {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			zeros++
		}
	}
	const m = float64(registers)
	estimate := 0.7213 / (1 + 1.079/m) * m * m / sum
	if estimate <= 2.5*m && zeros > 0 { // few: empty registers tell more (linear counting, ibid.)
		estimate = m * math.Log(m/float64(zeros))
	}
	return int(estimate + 0.5), false
}

// hashOf spreads a text over 64 bits: FNV-1a with the finalizer of SplitMix64
// (Steele, Lea and Flood, OOPSLA 2014), whose every bit depends on every other.
func hashOf(text []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range text {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
