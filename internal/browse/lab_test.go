package browse

import (
	"testing"

	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
)

func TestEveryRequestThatTheLabSawIsInTheCapture(t *testing.T) {
	t.Parallel()
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	g, err := gate.Start(t.Context(), gate.Options{Dial: l.Dial()})
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: Brisk}
	before := 0
	for _, service := range []lab.Service{lab.Nocturne(), lab.Clean()} {
		p, err := b.NewProfile()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []Visit{
			{ID: "A1", URL: service.Origin + "/", Profile: p},
			{ID: "A2", URL: service.Origin + "/", Profile: p},
			{ID: "journey/sign-up/1", Steps: []Step{
				{Open: service.Origin + "/join"},
				{Fill: []Field{{"#email", "bait.email"}, {"#name", "bait.name"}, {"#password", "bait.password"}}},
				{Click: "text=Create account"},
			}},
		} {
			c := visit(t, b, v)
			if !c.Complete || c.Settle != "idle" || len(c.Gaps) > 0 {
				t.Errorf("%s %s: settle %s, gaps %v, cut %v", service.ID, v.ID, c.Settle, c.Gaps, c.Cut)
			}
			hits := l.Log()
			var log []seen
			for _, h := range hits[before:] {
				log = append(log, seen{method: h.Method, url: h.URL()})
			}
			before = len(hits)
			if len(log) == 0 {
				t.Errorf("%s %s: the lab saw nothing", service.ID, v.ID)
			}
			holdAgainst(t, log, c)
			for _, r := range c.Requests {
				if r.From == "page" && len(r.Headers) > 0 && r.Headers[0].Name[0] == ':' {
					t.Errorf("%s has the header %s", r.URL, r.Headers[0].Name)
				}
			}
		}
	}
}
