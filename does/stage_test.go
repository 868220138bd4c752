package does

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// A scene is a service that asks for a choice, in made-up visits: what its
// page does when it is opened for the first time, and each time after the choice.
type scene struct {
	before func(c *diapason.Capture, profile int, at time.Duration) // on the first page, before the choice
	after  func(c *diapason.Capture, profile int, at time.Duration) // on a page that is opened after the choice
}

const page = "https://nocturne.example/"

// ids of visits by phase; the profile of run n of each is its own.
func (s scene) visits(phase diapason.Phase) []*diapason.Capture {
	var all []*diapason.Capture
	for run := 1; run <= 3; run++ {
		c := visit(fmt.Sprintf("consent/%s/%d", phase, run), phase, run)
		c.Started = noon.Add(time.Hour + time.Duration(run)*time.Minute)
		c.Ended = c.Started.Add(4 * time.Second)
		profile := len(phase)*100 + int(phase[1])*10 + run
		at(c, ask(c, "document", page), 0)
		if s.before != nil {
			s.before(c, profile, 100*time.Millisecond)
		}
		if want := choiceOf(phase); want != "" {
			c.Banner = &diapason.Banner{
				URL: page, Found: true, Chosen: want, Registered: true, Since: c.Started.Add(time.Second),
				Cookies: slices.Clone(c.Cookies), Stores: slices.Clone(c.Stores),
			}
		}
		for _, opened := range []time.Duration{2 * time.Second, 3 * time.Second} {
			at(c, ask(c, "document", page), opened)
			if s.after != nil {
				s.after(c, profile, opened+100*time.Millisecond)
			}
		}
		all = append(all, c)
	}
	return all
}

// tracked asks Adsum for its picture at a time of the visit. The first time it
// sets a cookie with the profile's value, and then the browser sends it.
func tracked(name, value string, days float64) func(*diapason.Capture, int, time.Duration) {
	return func(c *diapason.Capture, profile int, when time.Duration) {
		v := value
		if v == "" {
			v = id(70, profile)
		}
		known := slices.ContainsFunc(c.Cookies, func(k diapason.Cookie) bool { return k.Name == name })
		q := ask(c, "image", "https://adsum.example/p.gif")
		at(c, q, when)
		if known {
			q.Headers = []diapason.Header{{Name: "Cookie", Value: name + "=" + v}}
			return
		}
		line := name + "=" + v
		if days > 0 {
			line += fmt.Sprintf("; Max-Age=%.0f", days*86400)
		}
		q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: line}}
		jar(c, "adsum.example", name, v, days)
	}
}

// accessesIn lists a phase's accesses as "kind name nx", each once.
func accessesIn(f Facts, phase diapason.Phase) []string {
	var all []string
	for _, a := range f.Accesses {
		line := fmt.Sprintf("%s %s %s", a.Kind, a.Name, a.NX)
		if a.Phase == phase && !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	slices.Sort(all)
	return all
}

func quiet() []*diapason.Capture {
	return fourCaptures(func(c *diapason.Capture, _, _ int) { ask(c, "document", page) })
}

func TestWhatHappensAfterAChoiceCountsForThatChoice(t *testing.T) {
	uid := tracked("uid", "", 365)
	gone := func(c *diapason.Capture, _ int, when time.Duration) { // the first answer after the choice deletes the cookie
		if when > 2500*time.Millisecond {
			return
		}
		q := ask(c, "image", "https://adsum.example/p.gif", "Cookie", "uid="+c.Cookies[0].Value)
		at(c, q, when)
		q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "uid=; Max-Age=-1"}}
		c.Cookies = nil
	}
	stored := func(c *diapason.Capture, profile int, when time.Duration) {
		if len(c.Stores) == 0 {
			keep(c, "localStorage", "https://nocturne.example", "uid", id(71, profile))
		}
		at(c, ask(c, "image", "https://adsum.example/p.gif?u="+id(71, profile)), when)
	}
	everything := func(phases ...diapason.Phase) []*diapason.Capture {
		var all []*diapason.Capture
		for _, p := range phases {
			all = append(all, scene{after: uid}.visits(p)...)
		}
		return all
	}
	for name, c := range map[string]struct {
		captures []*diapason.Capture
		phase    diapason.Phase
		want     string
	}{
		"a company goes on after a refusal":           {scene{after: uid}.visits(diapason.P1), diapason.P1, "contact adsum.example unknown; read uid yes; set uid yes"},
		"before any choice nobody saw anything of it": {scene{after: uid}.visits(diapason.P1), diapason.P0, ""},
		"what was done before the refusal is over":    {scene{before: uid}.visits(diapason.P1), diapason.P1, ""},
		"what was set before the refusal is read on":  {scene{before: uid, after: uid}.visits(diapason.P1), diapason.P1, "contact adsum.example unknown; read uid yes"},
		"an opt-out that all have alike names nobody": {append(scene{after: tracked("uid", "opted-out", 365)}.visits(diapason.P1), everything(diapason.P2)...), diapason.P1, "contact adsum.example unknown; read uid unknown; set uid unknown"},
		"an opt-out in two visits that others would take for an identifier": {
			append(scene{after: tracked("uid", "opted-out", 365)}.visits(diapason.P1)[:2], everything(diapason.P2)...), diapason.P1, "contact adsum.example unknown; read uid unknown; set uid unknown",
		},
		"a value that ends with the session": {scene{after: tracked("uid", "", 0)}.visits(diapason.P1), diapason.P1, "contact adsum.example unknown; read uid unknown; set uid unknown"},
		"a value that is kept in web storage and sent": {
			scene{after: stored}.visits(diapason.P1), diapason.P1, "contact adsum.example yes; set uid yes",
		},
		"withdrawn, and still sent":                       {scene{before: uid, after: uid}.visits(diapason.P3), diapason.P3, "contact adsum.example unknown; read uid yes"},
		"withdrawn, and deleted by the next answer":       {scene{before: uid, after: gone}.visits(diapason.P3), diapason.P3, "contact adsum.example unknown"},
		"a signal is ignored":                             {scene{after: uid}.visits(diapason.P40), diapason.P40, "contact adsum.example unknown; read uid yes; set uid yes"},
		"two visits know the place from those that agree": {append(everything(diapason.P2), scene{after: uid}.visits(diapason.P1)[:2]...), diapason.P1, "contact adsum.example unknown; read uid yes; set uid yes"},
	} {
		t.Run(name, func(t *testing.T) {
			f := reader(t).Read(append(quiet(), c.captures...))
			if got := strings.Join(accessesIn(f, c.phase), "; "); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.phase, got, c.want)
			}
		})
	}
}

func TestWhatAYesBringsIsNoCaseForTheTimeBefore(t *testing.T) {
	same := fourCaptures(func(c *diapason.Capture, _, _ int) {
		ask(c, "document", page)
		jar(c, "nocturne.example", "uid", "none-yet", 365)
	})
	own := scene{after: func(c *diapason.Capture, profile int, when time.Duration) {
		q := ask(c, "xhr", page+"count", "Cookie", "uid="+id(72, profile))
		at(c, q, when)
		if len(c.Cookies) == 0 {
			q.Headers, q.ResponseHeaders = nil, []diapason.Header{{Name: "Set-Cookie", Value: "uid=" + id(72, profile) + "; Max-Age=31536000"}}
			jar(c, "nocturne.example", "uid", id(72, profile), 365)
		}
	}}
	f := reader(t).Read(append(same, own.visits(diapason.P2)...))
	if got := strings.Join(accessesIn(f, diapason.P2), "; "); got != "read uid yes; set uid yes" {
		t.Errorf("after a yes: %s", got)
	}
	if got := strings.Join(accessesIn(f, diapason.P0), "; "); got != "set uid no" {
		t.Errorf("before: %s", got)
	}
}

func TestAnIdentifierThatOnlyARefusalLeavesIsToldForThatPhase(t *testing.T) {
	pixel := scene{after: func(c *diapason.Capture, profile int, when time.Duration) {
		if len(c.Stores) == 0 {
			keep(c, "localStorage", "https://nocturne.example", "uid", id(71, profile))
		}
		at(c, ask(c, "image", "https://adsum.example/p.gif?u="+id(71, profile)), when)
	}}
	f := reader(t).Read(append(quiet(), pixel.visits(diapason.P1)...))
	if len(f.Identifiers) != 1 {
		t.Fatalf("identifiers %+v", f.Identifiers)
	}
	i := f.Identifiers[0]
	if i.Phase != diapason.P1 || i.Carrier != "pixel" || i.Class != "identifier" || len(i.Receivers) != 1 || i.Receivers[0].ID != "adsum" || len(i.Visits) != 3 || i.Lifetime != endless {
		t.Errorf("identifier %+v", i)
	}
}

// What a page sends when it is left, of which only the gate knows, is a contact
// that carries nobody knows what.
func TestWhatWentOutWhenAPageWasLeftIsAContact(t *testing.T) {
	all := fourCaptures(func(c *diapason.Capture, _, _ int) {
		ask(c, "document", page)
		for _, to := range []string{"https://adsum.example/", "https://nocturne.example/"} {
			q := ask(c, "other", to)
			q.Method, q.From, q.Body = "CONNECT", "left", diapason.Body{Size: 900, Absent: "not told"}
		}
	})
	if got, want := accessesIn(reader(t).Read(all), diapason.P0), []string{"contact adsum.example unknown"}; !slices.Equal(got, want) {
		t.Errorf("accesses %q, want %q", got, want)
	}
	for _, a := range reader(t).Read(all).Accesses {
		if !strings.Contains(a.Deciding, "had been left") {
			t.Errorf("decided by %q", a.Deciding)
		}
	}
}
