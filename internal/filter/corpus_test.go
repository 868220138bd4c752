package filter

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A pair is an address and the rules each of which, alone, must name it. They
// are other people's data, read where they lie: beside the checkout, or where
// DIAPASON_CORPUS says.
type pair struct {
	URL     string   `json:"url"`
	Source  string   `json:"sourceUrl"`
	Type    string   `json:"type"`
	Filters []string `json:"filters"`
}

func pairs(t *testing.T) []pair {
	t.Helper()
	dir := os.Getenv("DIAPASON_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "filter")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("there are no pairs at %s", dir)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "pairs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []pair
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 5000 {
		t.Fatalf("%d pairs", len(all))
	}
	return all
}

// whole gives an address back what was cut off it. Whoever made the pairs cut
// each address down to what the rule is about; some have nothing left but
// "https://", an address that nobody can ask for. Three of them stand beside a
// rule for |ws://.
func (p pair) whole(filter string) string {
	if pattern, _, _ := strings.Cut(filter, "$"); p.URL == "https://" && pattern == "|ws://" {
		return pattern[1:]
	}
	return p.URL
}

func TestEveryRuleOfThePairsNamesItsAddress(t *testing.T) {
	restored := 0
	for _, p := range pairs(t) {
		for _, f := range p.Filters {
			url := p.whole(f)
			r := NewRequest(url, p.Source, p.Type, "GET")
			if url != p.URL {
				restored++
			}
			e, skipped, err := Load(NewList("pair", f))
			if err != nil || len(skipped) > 0 {
				t.Fatalf("%s: %v %v", f, skipped, err)
			}
			if hits := e.All(r); len(hits) != 1 || hits[0].Rule != f {
				t.Errorf("%s does not name %s (%s from %s)", f, p.URL, p.Type, p.Source)
			}
		}
	}
	if restored > 3 {
		t.Errorf("%d addresses are not as the pairs have them", restored)
	}
}
