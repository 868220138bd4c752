package does

import (
	"fmt"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// running is a visit in which everything was deleted in the running browser and
// the cookie then had a value.
func running(n int, value string) *diapason.Capture {
	c := visit(fmt.Sprint(memoryPrefix, n), diapason.P5, n)
	c.Profile = diapason.Profile{State: "transplant", Kept: append([]string{"Cookies"}, tenAtoms...)}
	c.Cleared = c.Started.Add(time.Second)
	jar(c, "nocturne.example", "nid", value, 400)
	return c
}

func TestWhatComesBackFromARunningBrowserAloneLivesInItsMemory(t *testing.T) {
	old := id(1, 7)
	still := running(1, id(1, 90))
	at(still, ask(still, "image", "https://nocturne.example/p.gif?still="+old), 2*time.Second)
	for name, c := range map[string]struct {
		s     service
		after []*diapason.Capture
		want  string
	}{
		"twice":                             {service{}, []*diapason.Capture{running(1, old), running(2, old)}, "[memory true true 0]"},
		"once":                              {service{}, []*diapason.Capture{running(1, old), running(2, id(1, 91))}, "[memory false false 1]"},
		"not at all":                        {service{}, []*diapason.Capture{running(1, id(1, 90))}, "[]"},
		"sent by a page that stayed open":   {service{}, []*diapason.Capture{still}, "[]"},
		"a store brought it back before":    {service{restoredBy: [][]string{{"Cache"}}, rewrites: true}, []*diapason.Capture{running(1, old), running(2, old)}, "[storage true true 0]"},
		"nothing was looked at in this way": {service{}, nil, "[]"},
		"twice, listed in another order":    {service{}, []*diapason.Capture{running(2, old), running(1, old)}, "[memory true true 0]"},
	} {
		f := reader(t).Read(append(c.s.experiment(nil), c.after...))
		var got []any
		for _, r := range f.Respawns {
			got = append(got, r.Kind, r.Proved, r.RecipeProved, len(r.NotLooked))
			if r.Kind == memoryKind && (len(r.Stores)+len(r.Recipe) > 0 || !r.Written || len(r.Evidence) == 0 || !r.Tests[len(r.Tests)-1].Running) {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}
