package filter

import (
	"cmp"
	"slices"
	"strings"
)

// entityMark tells the hash of an entity (google.*) from that of a host.
const entityMark = 0x9e3779b9

// A domain is a host, or one of the domains that it stands in, on the side of
// a request. For an entity, name is the host without its public suffix.
type domain struct {
	hash   uint32
	entity bool
	name   string
}

// domains appends those of a host: from the top one to itself, then its
// entities. Suffix is the part that nobody can register, of length suffix.
func domains(to []domain, host string, suffix int) []domain {
	to = suffixes(to, host, false)
	if suffix > 0 && len(host) > suffix+1 {
		to = suffixes(to, host[:len(host)-suffix-1], true)
	}
	return to
}

func suffixes(to []domain, host string, entity bool) []domain {
	h, mark := uint32(hashSeed), uint32(0)
	if entity {
		mark = entityMark
	}
	for i := len(host) - 1; i >= 0; i-- {
		if host[i] == '.' {
			to = append(to, domain{h ^ mark, entity, host[i+1:]})
		}
		h = hashByte(h, host[i])
	}
	if host != "" {
		to = append(to, domain{h ^ mark, entity, host})
	}
	return to
}

// is tells whether a name of a rule, host or entity, is this domain.
func (d domain) is(name string) bool {
	if d.entity {
		return len(name) == len(d.name)+2 && strings.HasSuffix(name, ".*") && name[:len(d.name)] == d.name
	}
	return name == d.name
}

// A span is a part of the arena that holds all hosts of all sets.
type span struct{ start, end uint32 }

// A hostSet is what domain=, or to= and denyallow=, ask for: to be in one of
// the first, where there are any, and in none of the second.
type hostSet struct{ in, out span }

// hostSets keep the hosts of all rules in two arrays side by side, each span
// ordered by hash. Rules with the same hosts share one set.
type hostSets struct {
	sets   []hostSet
	hashes []uint32
	names  []string
}

// hasAny tells whether one of the domains is in the span.
func (h *hostSets) hasAny(s span, of []domain) bool {
	hashes := h.hashes[s.start:s.end]
	for i := range of {
		at, found := slices.BinarySearch(hashes, of[i].hash)
		for ; found && at < len(hashes) && hashes[at] == of[i].hash; at++ {
			if of[i].is(h.names[int(s.start)+at]) {
				return true
			}
		}
	}
	return false
}

// fits tells whether a host, given by its domains, is what a set asks for. Of
// a host that is excluded, or below one that is, nothing is meant.
func (h *hostSets) fits(set uint32, of []domain) bool {
	s := &h.sets[set]
	if s.in.start < s.in.end && !h.hasAny(s.in, of) {
		return false
	}
	return s.out.start == s.out.end || !h.hasAny(s.out, of)
}

// A hostsBuilder adds sets; equal sets are one.
type hostsBuilder struct {
	hostSets
	known map[string]uint32
}

// add returns 1 + the index of a set; 0 for the set that asks for nothing.
func (b *hostsBuilder) add(n hostNames) uint32 {
	if n.empty() {
		return 0
	}
	sortHosts(n.in)
	sortHosts(n.out)
	key := strings.Join(n.in, "|") + "~" + strings.Join(n.out, "|")
	if i, ok := b.known[key]; ok {
		return i
	}
	b.sets = append(b.sets, hostSet{b.span(n.in), b.span(n.out)})
	b.known[key] = uint32(len(b.sets))
	return uint32(len(b.sets))
}

func (b *hostsBuilder) span(names []string) span {
	s := span{start: uint32(len(b.names))}
	for _, n := range names {
		b.hashes = append(b.hashes, hashName(n))
		b.names = append(b.names, n)
	}
	s.end = uint32(len(b.names))
	return s
}

// hashName hashes a name as rules write it: a host, or an entity with .* at
// its end.
func hashName(name string) uint32 {
	if base, ok := strings.CutSuffix(name, ".*"); ok {
		return hashHost(base) ^ entityMark
	}
	return hashHost(name)
}

func sortHosts(names []string) {
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(hashName(a), hashName(b)), cmp.Compare(a, b))
	})
}
