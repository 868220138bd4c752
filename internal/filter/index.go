package filter

import (
	"cmp"
	"slices"
)

// A group holds rules of one rank (blocks, exceptions) so that a request finds
// its candidates fast.
type group struct {
	rules []rule // bucket after bucket, each in the order of the lists
	hosts table  // buckets by the hash of a host
	words table  // buckets by the hash of a word
	loose int    // from here on: rules without host and word, tried each time
}

// A table leads from a hash to the first rule of a bucket. It is open
// addressed, and at most half full.
type table struct {
	slots []slot
	mask  uint32
}

type slot struct {
	hash  uint32
	first uint32 // 1 + index of a rule; 0: the slot is free
}

// get returns 1 + the index of the first rule of a bucket, or 0.
func (t *table) get(hash uint32) uint32 {
	for i := hash & t.mask; ; i = (i + 1) & t.mask {
		s := t.slots[i]
		if s.first == 0 || s.hash == hash {
			return s.first
		}
	}
}

func (t *table) put(hash, first uint32) {
	i := hash & t.mask
	for t.slots[i].first != 0 {
		i = (i + 1) & t.mask
	}
	t.slots[i] = slot{hash, first}
}

func newTable(buckets int) table {
	size := 2
	for size < 2*buckets {
		size *= 2
	}
	return table{make([]slot, size), uint32(size - 1)}
}

// A key is what a rule stands under.
type key struct {
	kind keyKind
	hash uint32
}

type keyKind uint8

const (
	byHost keyKind = iota
	byWord
	byNothing
)

// newGroup indexes rules. Each stands under the rarest of the keys that every
// address has which it fits; rarest among the rules, since that is where time
// would be lost. On a tie a host is better than a word, and a longer word than
// a shorter one: fewer addresses have it.
func newGroup(rules []rule) group {
	keys := make([]key, len(rules))
	choose(rules, keys)
	order := make([]uint32, len(rules))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(keys[a].kind, keys[b].kind), cmp.Compare(keys[a].hash, keys[b].hash))
	})
	return lay(rules, keys, order)
}

// lay puts rules and buckets in place.
func lay(rules []rule, keys []key, order []uint32) group {
	g := group{rules: make([]rule, 0, len(rules)), loose: len(rules)}
	var buckets [byNothing + 1]int
	starts := func(n int) bool { return n == 0 || keys[order[n]] != keys[order[n-1]] }
	for n, i := range order {
		if starts(n) {
			buckets[keys[i].kind]++
		}
	}
	g.hosts, g.words = newTable(buckets[byHost]), newTable(buckets[byWord])
	for n, i := range order {
		k, ru := keys[i], rules[i]
		ru.last = n+1 == len(order) || keys[order[n+1]] != k
		g.rules = append(g.rules, ru)
		if !starts(n) {
			continue
		}
		switch k.kind {
		case byHost:
			g.hosts.put(k.hash, uint32(n+1))
		case byWord:
			g.words.put(k.hash, uint32(n+1))
		case byNothing:
			g.loose = n
		}
	}
	return g
}

// choose finds the key of each rule.
func choose(rules []rule, keys []key) {
	count := map[key]int32{}
	var all []candidate // of all rules that are no whole host, one after the other
	ends := make([]int, len(rules))
	for i := range rules {
		if rules[i].form&wholeHost != 0 {
			keys[i] = key{byHost, hashHost(rules[i].pattern)}
		} else {
			from := len(all)
			all = rules[i].candidates(all)
			for _, c := range all[from:] {
				count[c.key]++
			}
		}
		ends[i] = len(all)
	}
	from := 0
	for i := range rules {
		if rules[i].form&wholeHost == 0 {
			c := rarest(all[from:ends[i]], count)
			keys[i], rules[i].at = c.key, uint16(c.at)
		}
		from = ends[i]
	}
}

// A candidate is a key that a rule could stand under, and how much it is
// worth on a tie.
type candidate struct {
	key
	length int
	at     int // where the word begins in the pattern
}

func rarest(of []candidate, count map[key]int32) candidate {
	best, cost := candidate{key: key{kind: byNothing}}, 0
	for _, c := range of {
		price := 64*int(count[c.key]) - min(c.length, 63)
		if common[c.hash] && c.kind == byWord {
			price += 64 * 1000
		}
		if best.kind == byNothing || price < cost {
			best, cost = c, price
		}
	}
	return best
}

// common are words that stand in so many addresses that a rule is hardly ever
// worth finding by them.
var common = func() map[uint32]bool {
	m := map[uint32]bool{}
	for _, w := range []string{
		"http", "https", "www", "com", "net", "org", "co", "uk", "de", "js", "css", "html", "php", "png", "gif", "jpg", "jpeg",
		"svg", "json", "woff2", "images", "image", "img", "static", "assets", "cdn", "api", "src", "id", "v", "1", "2", "0", "min",
	} {
		m[hashWord(w)] = true
	}
	return m
}()

// candidates appends the keys of a rule that is no whole host.
func (ru *rule) candidates(to []candidate) []candidate {
	if ru.regex != 0 {
		for _, l := range literals(ru.pattern) {
			to = wordsOf(to, l, false, false)
		}
		return to
	}
	open := ru.form&(anchorHost|anchorStart) != 0
	if ru.form&anchorHost != 0 {
		if h := hostOf(ru.pattern); h != "" {
			to = append(to, candidate{key{byHost, hashHost(h)}, 64, 0})
		}
	}
	return wordsOf(to, ru.pattern, open, ru.form&anchorEnd != 0)
}

// maxAt is how far into a pattern a word may begin; rule.at is no larger.
const maxAt = 1<<16 - 1

// hostOf is the host that a pattern begins with, if the pattern says where it
// ends.
func hostOf(pattern string) string {
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case c == '/' || c == '^' || c == ':' || c == '?':
			if plainHost(pattern[:i]) {
				return lower(pattern[:i])
			}
			return ""
		case c == '*':
			return ""
		}
	}
	return ""
}

// wordsOf appends the words that stand whole in a pattern: with an end of the
// address, or something that is no part of a word, on either side. Bounded
// says that the beginning, or the end, of the pattern is such a side.
func wordsOf(to []candidate, pattern string, startBounded, endBounded bool) []candidate {
	start, h := -1, uint32(0)
	for i := 0; i <= len(pattern); i++ {
		if i < len(pattern) && isWord(pattern[i]) {
			if start < 0 {
				start, h = i, hashSeed
			}
			h = hashByte(h, lowerByte(pattern[i]))
			continue
		}
		if start >= 0 {
			left := start > 0 && pattern[start-1] != '*' || start == 0 && startBounded
			right := i < len(pattern) && pattern[i] != '*' || i == len(pattern) && endBounded
			if left && right && start <= maxAt {
				to = append(to, candidate{key{byWord, h}, i - start, start})
			}
			start = -1
		}
	}
	return to
}

func lowerByte(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
