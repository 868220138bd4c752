package does

import (
	"slices"
	"testing"

	"diapason.dev/diapason"
)

func TestOnlyWhatChangesWithTheBrowsersFeaturesIsDeviceDerived(t *testing.T) {
	language := "de-DE,de"
	for _, c := range []struct {
		name          string
		before, later string
		want          string
	}{
		{"a hash over features", sha("en-US;UTC"), sha("de-DE;Asia/Tokyo"), classDevice},
		{"the same all the time", "v2026.11.3-f00dfeed12345678", "v2026.11.3-f00dfeed12345678", classConstant},
		{"a language", "en-US", "de-DE", classConstant},
		{"the language itself, at length", "accepts:en-US,en", "accepts:de-DE,de", classConstant},
		{"a few bits", "1a2b", "c3d4", classConstant},
		{"a bundle in a field of JSON", `{"v":3,"bundle":"` + sha("english")[:16] + `"}`, `{"v":3,"bundle":"` + sha("german")[:16] + `"}`, classDevice},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := fourCaptures(func(v *diapason.Capture, _, _ int) { jar(v, "nocturne.example", "x", c.before, 400) })
			changed := visit(changedID, diapason.P0, 4)
			changed.Browser.Shown = map[string]string{"language": language, "time zone": "Asia/Tokyo"}
			jar(changed, "nocturne.example", "x", c.later, 400)
			p := place{"cookie", "nocturne.example", "x"}
			got := sortOut(append(all, changed)).identify()[p]
			if got.class != c.want || (got.class == classDevice) != (got.score >= identifying) || (got.class == classDevice) != slices.Contains(got.visits, changedID) {
				t.Errorf("class %s, score %.0f, proved by %v; want %s", got.class, got.score, got.visits, c.want)
			}
			if without := sortOut(all).identify()[p]; without.class != classConstant {
				t.Errorf("without the visit that changes features: %s", without.class)
			}
			facts := reader(t).Read(append(all, changed))
			if len(facts.Identifiers) > 0 || len(facts.Cookies) != 1 || facts.Cookies[0].Class != c.want || (facts.Cookies[0].NX == "no") != (c.want == classConstant) {
				t.Errorf("identifiers %+v, cookies %+v", facts.Identifiers, facts.Cookies)
			}
			for _, a := range facts.Accesses {
				if a.Visit == changedID {
					t.Errorf("the visit that changes features counts as an everyday one: %+v", a)
				}
			}
		})
	}
}

// What differs between profiles is an identifier already, and no feature's.
func TestAnIdentifierStaysOneWhenFeaturesChange(t *testing.T) {
	all := fourCaptures(func(v *diapason.Capture, profile, _ int) { jar(v, "nocturne.example", "nid", id(1, profile), 400) })
	changed := visit(changedID, diapason.P0, 4)
	changed.Browser.Shown = showing(fourFeatures)
	jar(changed, "nocturne.example", "nid", id(1, 5), 400)
	if got := sortOut(append(all, changed)).identify()[place{"cookie", "nocturne.example", "nid"}]; got.class != classIdentifier {
		t.Errorf("class %s", got.class)
	}
}
