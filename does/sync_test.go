package does

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// companies reads captures of Nocturne among several other companies.
func companies(t testing.TB) Reader {
	t.Helper()
	r := reader(t)
	base, err := entity.New([]entity.Own{
		{Domain: "pulse.example", Name: "Pulse", Role: "analytics"},
		{Domain: "pulse-ads.example", Name: "Pulse", Role: "advertiser"},
		{Domain: "adsum.example", Name: "Adsum", Role: "advertiser"},
		{Domain: "tally.example", Name: "Tally", Role: "analytics"},
		{Domain: "bid.example", Name: "Bid", Role: "advertiser"},
		{Domain: "files.example", Name: "Files", Role: "processor"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Entities = base
	return r
}

// follow makes a request that another one redirected to.
func follow(c *diapason.Capture, from *diapason.Request, kind, url string) *diapason.Request {
	id := from.ID
	from.Status = 302
	q := ask(c, kind, url)
	q.Redirect = id
	return q
}

// sets lets the answer to a request set a cookie for a year.
func sets(q *diapason.Request, name, value string) {
	q.ResponseHeaders = append(q.ResponseHeaders, diapason.Header{Name: "Set-Cookie", Value: name + "=" + value + "; Max-Age=31536000"})
}

func syncLines(f Facts) string {
	var lines []string
	for _, s := range f.Syncs {
		lines = append(lines, fmt.Sprintf("%s: %s of %s to %s by %s %v through %v", s.Site, s.Identifier, s.Owner.ID, s.Receiver.ID, s.Way, s.Chain, s.Through))
	}
	return strings.Join(lines, "\n")
}

// named gives Pulse a cookie, as its tag on a page of Nocturne does.
func named(c *diapason.Capture, profile int) string {
	v := id(1, profile)
	jar(c, "pulse.example", "pid", v, 365)
	sets(ask(c, "script", "https://pulse.example/tag.js", "Referer", "https://nocturne.example/"), "pid", v)
	return v
}

func TestAnotherCompanyThatComesToKnowAnIdentifierIsASync(t *testing.T) {
	const told = "nocturne.example: cookie pid @ pulse.example of pulse to adsum by "
	for name, c := range map[string]struct {
		fill func(c *diapason.Capture, profile, before int)
		want string
	}{
		"in an address": {func(c *diapason.Capture, profile, _ int) {
			ask(c, "image", "https://adsum.example/m?uid="+named(c, profile))
		}, told + "url [] through []"},
		"hashed, in a path": {func(c *diapason.Capture, profile, _ int) {
			ask(c, "image", "https://adsum.example/m/"+sha(named(c, profile)))
		}, told + "url [hash:sha256 hex] through []"},
		"in a body": {func(c *diapason.Capture, profile, _ int) {
			v := named(c, profile)
			q := ask(c, "ping", "https://adsum.example/m")
			q.Method, q.Body = "POST", diapason.Body{Text: `{"u":"` + v + `"}`, Mime: "application/json"}
		}, told + "body [] through []"},
		"in the page address that was sent along": {func(c *diapason.Capture, profile, _ int) {
			ask(c, "image", "https://adsum.example/a.gif", "Referer", "https://pulse.example/frame?pid="+named(c, profile))
		}, told + "referer [] through []"},
		"in a redirect of its owner": {func(c *diapason.Capture, profile, _ int) {
			v := named(c, profile)
			follow(c, ask(c, "image", "https://pulse.example/sync", "Cookie", "pid="+v), "image", "https://adsum.example/m?uid="+v)
		}, told + "location [] through []"},
		"in redirects through another company": {func(c *diapason.Capture, profile, _ int) {
			v := named(c, profile)
			q := follow(c, ask(c, "image", "https://pulse.example/sync", "Cookie", "pid="+v), "image", "https://tally.example/x?u="+v)
			follow(c, q, "image", "https://adsum.example/m?uid="+v)
		}, told + "location [] through [tally]\nnocturne.example: cookie pid @ pulse.example of pulse to tally by location [] through []"},
		"kept by the receiver in a cookie of its own": {func(c *diapason.Capture, profile, _ int) {
			v := named(c, profile)
			q := follow(c, ask(c, "image", "https://pulse.example/sync", "Cookie", "pid="+v), "image", "https://adsum.example/m?uid="+v)
			sets(q, "partner", v)
			jar(c, "adsum.example", "partner", v, 365)
		}, told + "location [] through []"},
		"copied from server to server": {func(c *diapason.Capture, profile, _ int) {
			v := named(c, profile)
			sets(ask(c, "image", "https://adsum.example/a.gif"), "partner", v)
			jar(c, "adsum.example", "partner", v, 365)
			ask(c, "image", "https://adsum.example/b.gif", "Cookie", "partner="+v)
		}, told + "cookie [] through []"},
		"the service's own name for the browser": {func(c *diapason.Capture, profile, _ int) {
			jar(c, "nocturne.example", "nid", id(1, profile), 365)
			ask(c, "document", "https://nocturne.example/", "Cookie", "nid="+id(1, profile))
			ask(c, "image", "https://adsum.example/m?uid="+id(1, profile))
		}, "nocturne.example: cookie nid @ nocturne.example of nocturne to adsum by url [] through []"},
		"a cookie that the owner's script wrote into the site's jar": {func(c *diapason.Capture, profile, _ int) {
			jar(c, "nocturne.example", "_p", id(1, profile), 365)
			c.Calls = append(c.Calls, diapason.Call{API: "document.cookie=", Name: "_p", Value: "_p=" + id(1, profile) + "; max-age=99999", Script: "https://pulse.example/tag.js", Frame: "https://nocturne.example/", At: c.Started})
			ask(c, "image", "https://nocturne.example/a.gif", "Cookie", "_p="+id(1, profile))
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile))
			ask(c, "image", "https://adsum.example/m?uid="+id(1, profile))
		}, "nocturne.example: cookie _p @ nocturne.example of pulse to adsum by url [] through []"},
		"its owner": {func(c *diapason.Capture, profile, _ int) {
			ask(c, "image", "https://pulse.example/p.gif?u="+named(c, profile))
		}, ""},
		"another product of the owner": {func(c *diapason.Capture, profile, _ int) {
			ask(c, "image", "https://pulse-ads.example/m?u="+named(c, profile))
		}, ""},
		"another host of the service": {func(c *diapason.Capture, profile, _ int) {
			jar(c, "nocturne.example", "nid", id(1, profile), 365)
			ask(c, "image", "https://static.nocturne.example/p.gif?u="+id(1, profile))
		}, ""},
		"who only delivers files": {func(c *diapason.Capture, profile, _ int) {
			ask(c, "image", "https://files.example/p.gif?u="+named(c, profile))
		}, ""},
		"a value that every browser has": {func(c *diapason.Capture, profile, _ int) {
			jar(c, "pulse.example", "pid", id(1, 0), 365)
			ask(c, "image", "https://adsum.example/m?uid="+id(1, 0))
		}, ""},
		"a value that is new on every visit": {func(c *diapason.Capture, profile, before int) {
			v := id(uint64(50+before), profile)
			jar(c, "pulse.example", "pid", v, 365)
			ask(c, "image", "https://adsum.example/m?uid="+v)
		}, ""},
		"too short to name a browser": {func(c *diapason.Capture, profile, _ int) {
			v := random(uint64(70+profile), 5, decimals)
			jar(c, "pulse.example", "pid", v, 365)
			ask(c, "image", "https://adsum.example/m?uid="+v)
		}, ""},
		"only one profile": {func(c *diapason.Capture, profile, _ int) {
			if v := named(c, profile); profile == 1 {
				ask(c, "image", "https://adsum.example/m?uid="+v)
			}
		}, ""},
		"a program on the person's own device": {func(c *diapason.Capture, profile, _ int) {
			ask(c, "fetch", "http://127.0.0.1:47113/hello?uid="+named(c, profile))
		}, ""},
		"the browser's own request": {func(c *diapason.Capture, profile, _ int) {
			ask(c, "other", "https://adsum.example/m?uid="+named(c, profile)).From = "browser"
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := companies(t).Read(fourCaptures(c.fill))
			if got := syncLines(f); got != c.want {
				t.Errorf("syncs\n%s\nwant\n%s", got, c.want)
			}
			for _, s := range f.Syncs {
				if len(s.Visits) < 3 || len(s.Evidence) != len(s.Visits) || strings.Contains(jsonOf(t, s), id(1, 0)) {
					t.Errorf("sync %+v", s)
				}
			}
		})
	}
}

func TestTheReferrerIsNeverCalledTheSender(t *testing.T) {
	f := companies(t).Read(fourCaptures(func(c *diapason.Capture, profile, _ int) {
		v := named(c, profile)
		q := ask(c, "image", "https://adsum.example/m?uid="+v, "Referer", "https://tally.example/frame")
		q.Frame, q.Initiator = "https://tally.example/frame", "https://tally.example/frame.js"
	}))
	if got, want := syncLines(f), "nocturne.example: cookie pid @ pulse.example of pulse to adsum by url [] through []"; got != want {
		t.Errorf("syncs\n%s\nwant\n%s", got, want)
	}
}

// Of all ways in which captures and requests can come, and whatever the
// companies are called, the same companies know the same identifiers: whoever
// stands behind another in a chain of redirects knows what that one knows.
func TestWhoKnowsAnIdentifierDependsOnNoOrderAndNoName(t *testing.T) {
	words := []string{"pulse", "tally", "adsum", "bid"}
	for seed := range uint64(40) {
		x := rand.New(rand.NewPCG(seed, 11))
		length := 2 + x.IntN(3) // of the chain, the owner first
		x.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		chain := slices.Clone(words[:length])
		captures := fourCaptures(func(c *diapason.Capture, profile, _ int) {
			v := id(seed+3, profile)
			jar(c, chain[0]+".example", "n", v, 365)
			q := ask(c, "image", "https://"+chain[0]+".example/s", "Cookie", "n="+v)
			for _, next := range chain[1:] {
				q = follow(c, q, "image", "https://"+next+".example/s?u="+v)
			}
		})
		for _, c := range captures {
			x.Shuffle(len(c.Requests), func(i, j int) { c.Requests[i], c.Requests[j] = c.Requests[j], c.Requests[i] })
		}
		x.Shuffle(len(captures), func(i, j int) { captures[i], captures[j] = captures[j], captures[i] })
		var want []string
		for i := 1; i < length; i++ {
			want = append(want, fmt.Sprintf("nocturne.example: cookie n @ %s.example of %s to %s by location [] through %v", chain[0], chain[0], chain[i], chain[1:i]))
		}
		slices.Sort(want)
		if got := syncLines(companies(t).Read(captures)); got != strings.Join(want, "\n") {
			t.Fatalf("chain %v: syncs\n%s\nwant\n%s", chain, got, strings.Join(want, "\n"))
		}
	}
}

func TestFourRecordingsShowSyncs(t *testing.T) {
	if got, want := syncLines(reader(t).Read(recordings(t))), "nocturne.example: cookie who @ nocturne.example of nocturne to pulse by url [] through []"; got != want {
		t.Errorf("syncs\n%s\nwant\n%s", got, want)
	}
}

// passes makes the visits of a service that tells Adsum the browser's name once
// a choice was made, and of four visits in which it does not or does.
func passes(before bool, phases ...diapason.Phase) []*diapason.Capture {
	pass := func(c *diapason.Capture, profile int, when time.Duration) {
		if len(c.Cookies) == 0 {
			jar(c, "nocturne.example", "nid", id(1, profile), 365)
		}
		at(c, ask(c, "document", page, "Cookie", "nid="+id(1, profile)), when)
		at(c, ask(c, "image", "https://adsum.example/m?uid="+id(1, profile)), when)
		c.Pages = append(c.Pages, diapason.Page{URL: page, At: c.Started.Add(when), HTML: `<a href="https://label.example/?v=` + id(1, profile) + `">Shop</a>`})
	}
	all := fourCaptures(func(c *diapason.Capture, profile, _ int) {
		if before {
			pass(c, profile, 0)
		} else {
			ask(c, "document", page)
		}
	})
	for _, p := range phases {
		all = append(all, scene{after: pass}.visits(p)...)
	}
	return all
}

func TestASyncAndADecorationAreToldOnceWithThePhasesThatShowThem(t *testing.T) {
	for name, c := range map[string]struct {
		visits []*diapason.Capture
		want   string
	}{
		"only after a yes":   {passes(false, diapason.P2), "[P2] by 3 visits"},
		"before and after":   {passes(true, diapason.P1, diapason.P2), "[P0 P1 P2] by 10 visits"},
		"with a signal":      {passes(true, diapason.P40, diapason.P1), "[P0 P1 P4.0] by 10 visits"},
		"on a way that runs": {passes(true, diapason.P6), "[P0 P6] by 7 visits"},
		"by one visit alone": {passes(false, diapason.P2)[:5], ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := companies(t).Read(c.visits)
			var syncs, links []string
			for _, s := range f.Syncs {
				syncs = append(syncs, fmt.Sprintf("%v by %d visits", s.Phases, len(s.Visits)))
				if s.Identifier != "cookie nid @ nocturne.example" || s.Receiver.ID != "adsum" || len(s.Evidence) < len(s.Visits) {
					t.Errorf("sync %+v", s)
				}
			}
			for _, d := range f.Decorations {
				links = append(links, fmt.Sprintf("%v by %d visits", d.Phases, len(d.Visits)))
				if d.Identifier != "cookie nid @ nocturne.example" || d.Parameter != "v" || d.Score < 32 || len(d.Evidence) != len(d.Visits) {
					t.Errorf("decoration %+v", d)
				}
			}
			if a, b := strings.Join(syncs, "\n"), strings.Join(links, "\n"); a != c.want || b != c.want {
				t.Errorf("syncs %s\ndecorations %s\nwant %s", a, b, c.want)
			}
		})
	}
}

// What stood on the page before the choice is no consequence of it.
func TestALinkThatWasThereOnlyBeforeTheChoiceIsNotOfItsPhase(t *testing.T) {
	all := passes(true, diapason.P1)
	for _, c := range all[4:] {
		for i := range c.Pages {
			c.Pages[i].At = c.Started
		}
	}
	if got := companies(t).Read(all).Decorations; len(got) != 1 || !slices.Equal(got[0].Phases, []diapason.Phase{diapason.P0}) {
		t.Errorf("decorations %+v", got)
	}
}
