package asks

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
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

func publicCases(t testing.TB) []publicCase {
	t.Helper()
	data, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []publicCase }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
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

// covered are the providers whose permissions the catalogue describes.
var covered = []string{"spotify"}

func TestEverySpotifyCaseComesOutAsExpected(t *testing.T) {
	ran := 0
	for _, pc := range publicCases(t) {
		if !slices.Contains(covered, pc.Provider) {
			continue
		}
		ran++
		t.Run(pc.ID, func(t *testing.T) {
			req, _, _, err := Default().Judge(pc.ask())
			if err != nil {
				t.Fatal(err)
			}
			got := verdictKeys(t, req.Verdict)
			for _, key := range slices.Sorted(maps.Keys(pc.Expect)) {
				want := pc.Expect[key]
				switch key {
				case "url_flags":
					if len(pc.URLs) == 0 && len(want.([]any)) == 0 {
						continue // the address was not visible: nothing is asserted
					}
					if g, w := texts(got[key]), texts(want); !reflect.DeepEqual(g, w) {
						t.Errorf("%s = %q, want %q", key, g, w)
					}
				default:
					if !reflect.DeepEqual(got[key], want) {
						t.Errorf("%s = %v, want %v", key, got[key], want)
					}
				}
			}
		})
	}
	if ran != 13 {
		t.Errorf("%d Spotify cases ran, want 13", ran)
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
