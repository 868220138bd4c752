package says

import (
	"strings"
	"testing"

	"diapason.dev/diapason/vocab"
)

func TestEveryWordOfTheLexicaNamesATermOfItsKind(t *testing.T) {
	tree := vocab.Default()
	for kind, l := range map[string]lexicon{"pd": known().data, "party": known().parties, "purpose": known().purposes} {
		n := 0
		for first, phrases := range l {
			for i, p := range phrases {
				n++
				if p.term != "" && tree.Kind(p.term) != kind {
					t.Errorf("%q: %s is of the kind %q, want %q", strings.Join(p.words, " "), p.term, tree.Kind(p.term), kind)
				}
				if i > 0 && len(p.words) > len(phrases[i-1].words) {
					t.Errorf("%q: a longer phrase stands behind a shorter one", first)
				}
			}
		}
		if n < 50 {
			t.Errorf("%s: %d phrases", kind, n)
		}
	}
}

func TestNoPhraseNamesTwoTerms(t *testing.T) {
	for name, l := range map[string]lexicon{"data": known().data, "parties": known().parties, "purposes": known().purposes} {
		for _, phrases := range l {
			seen := map[string]phrase{}
			for _, p := range phrases {
				k := strings.Join(p.words, " ")
				if q, ok := seen[k]; ok && q.term != p.term && !p.upper && !q.upper {
					t.Errorf("%s: %q names %q and %q", name, k, q.term, p.term)
				}
				seen[k] = p
			}
		}
	}
}
