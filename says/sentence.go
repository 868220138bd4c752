package says

import "strings"

// abbreviations end with a full stop that ends no sentence.
var abbreviations = set("e.g i.e etc inc ltd llc corp co vs no art st mr ms dr u.s u.k e.u a.m p.m g e i cf approx sec para")

// sentences cuts a run of tokens at the ends of sentences. A full stop before
// a small letter ends none: texts write lists with full stops for semicolons.
func sentences(ts []token) [][]token {
	var out [][]token
	begin := 0
	for i := range ts {
		long := i-begin >= maxSentence
		if !long && !endsSentence(ts, i) {
			continue
		}
		end := i + 1
		for end < len(ts) && ts[end].mark && (ts[end].word == "\"" || ts[end].word == ")") && ts[end].start == ts[end-1].end {
			end++
		}
		if end > begin {
			out = append(out, ts[begin:end])
		}
		begin = max(end, begin)
	}
	if begin < len(ts) {
		out = append(out, ts[begin:])
	}
	return out
}

// enumerators number the parts of one sentence: "(i) … . (ii) …".
var enumerators = set("i ii iii iv v vi vii viii ix x a b c d e f g h 1 2 3 4 5 6 7 8 9 10")

func endsSentence(ts []token, i int) bool {
	t := ts[i]
	if !t.mark || (t.word != "." && t.word != "!" && t.word != "?") {
		return false
	}
	if i+1 == len(ts) {
		return true
	}
	next := ts[i+1]
	if next.mark {
		return next.word == "\"" || (next.word == "(" && !(i+3 < len(ts) && ts[i+3].word == ")" && enumerators[ts[i+2].word]))
	}
	if next.start == t.end { // a dot inside an address
		return false
	}
	if t.word == "." && i > 0 && (abbreviations[strings.TrimSuffix(ts[i-1].word, ".")] && !next.upper) {
		return false
	}
	if t.word == "." && i > 0 && abbreviations[ts[i-1].word] && len(ts[i-1].word) < 4 && ts[i-1].word != "co" && ts[i-1].word != "no" {
		return false
	}
	c := next.word[0]
	return next.upper || (c >= '0' && c <= '9')
}

// quoteOf is the literal text from one token to another.
func quoteOf(text string, ts []token) (string, span) {
	s := span{ts[0].start, ts[len(ts)-1].end}
	return text[s.start:s.end], s
}

// index finds the first place of a sequence of words at or after from, before
// to; -1 if there is none.
func index(ts []token, from, to int, words ...string) int {
	for i := from; i+len(words) <= to; i++ {
		if hasAt(ts, i, words...) {
			return i
		}
	}
	return -1
}

func hasAt(ts []token, i int, words ...string) bool {
	if i < 0 || i+len(words) > len(ts) {
		return false
	}
	for k, w := range words {
		if ts[i+k].word != w {
			return false
		}
	}
	return true
}

// anyOf finds the first token of a set in a range; -1 if there is none.
func anyOf(ts []token, from, to int, words map[string]bool) int {
	for i := from; i < to; i++ {
		if words[ts[i].word] {
			return i
		}
	}
	return -1
}
