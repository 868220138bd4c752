package says

import (
	_ "embed" // for the lexica
	"slices"
	"strings"
	"sync"

	"diapason.dev/diapason"
)

var (
	//go:embed lexicon/data.txt
	dataWords string
	//go:embed lexicon/parties.txt
	partyWords string
	//go:embed lexicon/purposes.txt
	purposeWords string
)

// A phrase is one way in which texts name a term.
type phrase struct {
	words []string
	term  diapason.Term // empty: looks like one and is none
	weak  bool          // only after a possessive, or in a list
	claim bool          // claims that the data names nobody
	upper bool          // only where it is written as a name: "User Data"
}

// A lexicon finds the longest phrase at a place, by the first word.
type lexicon map[string][]phrase

// lexica are the word lists.
type lexica struct{ data, parties, purposes lexicon }

// known are the lexica of the program, read once.
var known = sync.OnceValue(func() lexica {
	return lexica{parseLexicon(dataWords), parseLexicon(partyWords), parseLexicon(purposeWords)}
})

// self stands in the lexica for the name of the service that a text is about.
const self = "@self"

func parseLexicon(file string) lexicon {
	l := lexicon{}
	for line := range strings.Lines(file) {
		head, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		p := phrase{term: diapason.Term(strings.TrimRight(head, " ?!^-"))}
		p.weak, p.claim, p.upper = strings.HasSuffix(head, "?"), strings.HasSuffix(head, "!"), strings.HasSuffix(head, "^")
		for _, w := range strings.Split(list, "|") {
			p.words = strings.Fields(w)
			l.add(p)
		}
	}
	for first := range l {
		slices.SortStableFunc(l[first], func(a, b phrase) int { return len(b.words) - len(a.words) })
	}
	return l
}

// add files a phrase under its first word. A word with "=" before it stands
// for itself only, not for its singular.
func (l lexicon) add(p phrase) {
	ws := slices.Clone(p.words)
	for i, w := range ws {
		if w[0] != '=' && w != self {
			ws[i] = singular(w)
		}
	}
	p.words = ws
	first := singular(strings.TrimPrefix(ws[0], "="))
	l[first] = append(l[first], p)
}

// A mention is a place where a text names a term.
type mention struct {
	term     diapason.Term
	from, to int // tokens
	claim    bool
}

// find lists the mentions in a sentence from left to right, the longest at
// each place, none inside another.
func (l lexicon) find(ts []token) []mention {
	var ms []mention
	for i := 0; i < len(ts); {
		p, n := l.at(ts, i)
		if n == 0 {
			i++
			continue
		}
		if p.term != "" {
			ms = append(ms, mention{p.term, i, i + n, p.claim})
		}
		i += n
	}
	return ms
}

func (l lexicon) at(ts []token, i int) (phrase, int) {
	for _, p := range l[ts[i].stem] {
		n := len(p.words)
		if i+n > len(ts) || !fits(ts[i:i+n], p.words) || (p.weak && !mayFollow(ts, i)) || (p.upper && !(ts[i].upper && ts[i+n-1].upper)) {
			continue
		}
		return p, n
	}
	return phrase{}, 0
}

func fits(ts []token, words []string) bool {
	for k, w := range words {
		t := &ts[k]
		if w[0] == '=' {
			if t.word != w[1:] {
				return false
			}
		} else if t.stem != w && !(t.mark && t.word == w) {
			return false
		}
	}
	return true
}

// mayFollow tells whether a weak word at i stands where data is named.
func mayFollow(ts []token, i int) bool {
	if i == 0 {
		return true
	}
	return weakLeft[ts[i-1].word]
}

var weakLeft = set("your user users 's ' , and or as including includes include like ( : ; . full profile mobile collect \" personal other certain such some any same — gather obtain request")

// set makes a set of the words of a list.
func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}
