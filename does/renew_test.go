package does

import (
	"testing"
	"time"

	"diapason.dev/diapason"
)

func TestACookieThatIsIssuedAgainWhileItIsThereIsRenewed(t *testing.T) {
	for name, c := range map[string]struct {
		ends func(before int, at time.Time) time.Time
		want bool
	}{
		"a year from every visit": {func(_ int, at time.Time) time.Time { return at.AddDate(1, 0, 0) }, true},
		"a year from the first":   {func(int, time.Time) time.Time { return noon.AddDate(1, 0, 0) }, false},
		"with the session":        {func(int, time.Time) time.Time { return time.Time{} }, false},
		"a moment later by chance": {func(before int, _ time.Time) time.Time {
			return noon.AddDate(1, 0, 0).Add(time.Duration(before) * time.Second)
		}, false},
	} {
		all := fourCaptures(func(v *diapason.Capture, profile, before int) {
			v.Cookies = append(v.Cookies, diapason.Cookie{Name: "nid", Value: id(1, profile), Domain: "nocturne.example", Path: "/", Expires: c.ends(before, v.Started)})
		})
		f := reader(t).Read(all)
		if len(f.Identifiers) != 1 || f.Identifiers[0].Renewed != c.want {
			t.Errorf("%s: %+v", name, f.Identifiers)
		}
	}
}
