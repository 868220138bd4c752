package remedy

import (
	"slices"

	"diapason.dev/diapason/does"
)

// The two boxes of Chromium's page "Delete browsing data" that empty stores in
// which a site can keep a name for a person.
const (
	siteDataBox = "“Cookies and other site data”"
	cacheBox    = "“Cached images and files”"
)

// boxOf tells which box empties a store of a browser profile.
func boxOf(store string) (string, bool) {
	for _, m := range mechanisms() {
		if m.Atom == store {
			return map[string]string{"site-data": siteDataBox, "cache": cacheBox}[m.Deletes], true
		}
	}
	return "", false
}

// Boxes names the boxes that empty these stores, in the order of the browser's
// page. It returns false if no box is known for one of them.
func Boxes(stores []string) ([]string, bool) {
	var named []string
	for _, s := range stores {
		b, ok := boxOf(s)
		if !ok {
			return nil, false
		}
		if !slices.Contains(named, b) {
			named = append(named, b)
		}
	}
	slices.SortFunc(named, func(a, b string) int { return order(a) - order(b) })
	return named, true
}

func order(box string) int {
	if box == siteDataBox {
		return 0
	}
	return 1
}

// Deletion gives the words "boxes" and "proof" for an identifier that came
// back: the boxes to tick and the visit which proved that it then stays away.
// Both are empty unless the run's own last experiment proved the recipe.
func Deletion(r does.Respawn) (boxes, proof string) {
	if !r.RecipeProved {
		return "", ""
	}
	named, ok := Boxes(append([]string{r.Target}, r.Recipe...))
	if !ok {
		return "", ""
	}
	if proof = proving(r); proof == "" {
		return "", ""
	}
	return And(named), proof
}

// proving is the visit that kept the most stores, none of the recipe's among
// them, and did not see the identifier again.
func proving(r does.Respawn) string {
	visit, most := "", -1
	for _, t := range r.Tests {
		hit := slices.ContainsFunc(t.Kept, func(s string) bool { return s == r.Target || slices.Contains(r.Recipe, s) })
		if !t.Returned && !hit && len(t.Kept) >= most {
			visit, most = t.Visit, len(t.Kept)
		}
	}
	return visit
}
