package asks

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// A publicCase is one request of testdata/cases.json with its verdict.
type publicCase struct {
	ID             string         `json:"id"`
	Provider       string         `json:"provider"`
	Operations     []string       `json:"operations"`
	ScopeParam     string         `json:"scope_param"`
	Scopes         []string       `json:"scopes"`
	URLs           []string       `json:"urls"`
	Page           string         `json:"page"`
	WindowFeatures string         `json:"window_features"`
	Expect         map[string]any `json:"expect"`
}

// sharedCases is where the public cases lie beside a checkout; kept is the copy
// that comes with the project.
var (
	sharedCases = filepath.Join("..", "..", "shared", "data", "asks", "cases.json")
	keptCases   = filepath.Join("testdata", "cases.json")
)

func publicCases(t testing.TB) []publicCase {
	t.Helper()
	data, err := os.ReadFile(sharedCases)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = os.ReadFile(keptCases)
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []publicCase }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

func TestKeptCasesAreThoseThatLieBesideTheCheckout(t *testing.T) {
	kept, err := os.ReadFile(keptCases)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := os.ReadFile(sharedCases)
	if errors.Is(err, fs.ErrNotExist) {
		shared, err = kept, nil // nothing lies there: the copy is all there is
	}
	if err != nil || !bytes.Equal(kept, shared) {
		t.Errorf("%s differs from %s (%v): copy it anew", keptCases, sharedCases, err)
	}
}

// described tells whether the catalogue knows what the permissions of the case's
// provider open.
func (pc publicCase) described() bool {
	p := Default().byID(pc.Provider)
	return p != nil && len(p.Scopes) > 0
}

func (pc publicCase) ask() Ask {
	a := Ask{For: pc.Operations, Page: pc.Page, Window: pc.WindowFeatures}
	if len(pc.URLs) == 0 {
		a.Provider, a.Scopes = pc.Provider, pc.ScopeParam
		if a.Scopes == "" {
			a.Scopes = strings.Join(pc.Scopes, Default().byID(pc.Provider).Request.Separator)
		}
		return a
	}
	a.URL = pc.URLs[0]
	if len(pc.URLs) > 1 {
		a.Earlier = pc.URLs[1]
	}
	return a
}

func caseByID(t testing.TB, id string) publicCase {
	t.Helper()
	cases := publicCases(t)
	at := slices.IndexFunc(cases, func(pc publicCase) bool { return pc.ID == id })
	if at < 0 {
		t.Fatalf("testdata/cases.json has no case %s", id)
	}
	return cases[at]
}

// verdictKeys turns a verdict into its published JSON keys.
func verdictKeys(t testing.TB, v Verdict) map[string]any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(data, &keys); err != nil {
		t.Fatal(err)
	}
	return keys
}

func texts(v any) []string {
	list := []string{}
	for _, item := range v.([]any) {
		word, _, _ := strings.Cut(item.(string), " ")
		list = append(list, word)
	}
	return list
}

// comparison tells how one key of an expectation is held against a verdict;
// every key that is not here is a key of the verdict and must be equal.
var comparison = map[string]func(pc publicCase, v Verdict, got map[string]any, want any) (shown any, ok bool){
	// Flags are compared up to the first space. Without an address an empty list asserts nothing.
	"url_flags": func(pc publicCase, _ Verdict, got map[string]any, want any) (any, bool) {
		g, w := texts(got["url_flags"]), texts(want)
		return g, reflect.DeepEqual(g, w) || len(pc.URLs) == 0 && len(w) == 0
	},
	"flags": func(_ publicCase, v Verdict, _ map[string]any, want any) (any, bool) {
		all := slices.Concat(v.ParseFlags, v.URLFlags)
		return all, !slices.ContainsFunc(texts(want), func(w string) bool { return !slices.Contains(all, w) })
	},
	"redundant": func(_ publicCase, v Verdict, _ map[string]any, want any) (any, bool) {
		return v.Redundant, want == float64(len(v.Redundant))
	},
	"operation_equivalent_subset": func(_ publicCase, v Verdict, _ map[string]any, want any) (any, bool) {
		rest := []string{}
		for _, s := range v.Scopes {
			if !slices.ContainsFunc(v.Redundant, func(r Redundancy) bool { return r.Scope == s.ID }) {
				rest = append(rest, s.ID)
			}
		}
		return rest, slices.Equal(rest, texts(want))
	},
	"implied_by_parent": func(_ publicCase, v Verdict, _ map[string]any, want any) (any, bool) {
		list := []string{}
		for _, r := range v.Redundant {
			if r.Basis == "implies" {
				list = append(list, r.Scope+"<"+r.By)
			}
		}
		return list, slices.Equal(list, texts(want))
	},
}

func TestEveryPublicCaseComesOutAsExpected(t *testing.T) {
	ran := map[string]int{}
	for _, pc := range publicCases(t) {
		ran[pc.Provider]++
		t.Run(pc.ID, func(t *testing.T) {
			req, _, _, err := Default().Judge(pc.ask())
			if err != nil && (pc.described() || !errors.Is(err, diapason.ErrIncomplete)) {
				t.Fatal(err)
			}
			got := verdictKeys(t, req.Verdict)
			for _, key := range slices.Sorted(maps.Keys(pc.Expect)) {
				want := pc.Expect[key]
				shown, ok := got[key], reflect.DeepEqual(got[key], want)
				if compare := comparison[key]; compare != nil {
					shown, ok = compare(pc, req.Verdict, got, want)
				}
				if !ok {
					t.Errorf("%s = %v, want %v", key, shown, want)
				}
			}
		})
	}
	for provider, want := range map[string]int{"spotify": 13, "deezer": 2, "github": 1, "discord": 1, "tiktok": 1, "google": 1, "microsoft": 1} {
		if ran[provider] != want {
			t.Errorf("%d cases of %s ran, want %d", ran[provider], provider, want)
		}
	}
}

func TestScopesGivenAloneAreJudgedAsInTheAddress(t *testing.T) {
	for _, pc := range publicCases(t) {
		if pc.Provider != "spotify" || len(pc.URLs) == 0 {
			continue
		}
		inURL, _, _, err := Default().Judge(pc.ask())
		if err != nil {
			t.Fatal(err)
		}
		alone, _, _, err := Default().Judge(Ask{Provider: "spotify", Scopes: pc.ScopeParam, For: pc.Operations})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(inURL.Verdict.Scopes, alone.Verdict.Scopes) {
			t.Errorf("%s: the address gives %v, the list alone %v", pc.ID, inURL.Verdict.Scopes, alone.Verdict.Scopes)
		}
	}
}
