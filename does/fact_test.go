package does

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// id is the value of an identifier in a profile.
func id(n uint64, profile int) string { return random(n*10+uint64(profile), 32, hexDigits) }

// everyday is a service with one of each: a name in a first-party cookie that
// also goes to another company in a picture's address, another company's own
// cookie, and what a page needs.
func everyday() []*diapason.Capture {
	return fourCaptures(func(c *diapason.Capture, profile, before int) {
		token := random(uint64(900+profile*10+before), 32, hexDigits)
		jar(c, "nocturne.example", "nid", id(1, profile), 400)
		jar(c, ".nocturne.example", "csrftoken", id(2, profile), 365)
		jar(c, "nocturne.example", "lang", "en", 365)
		jar(c, "nocturne.example", "session", token, 0)
		jar(c, "nocturne.example", "seen", fmt.Sprint(c.Started.Unix()), 365)
		jar(c, "nocturne.example", "cookie_consent", id(3, profile), 180)
		jar(c, "nocturne.example", "short", random(uint64(profile), 5, decimals), 180)
		jar(c, "pulse.example", "pid", id(4, profile), 365)
		jar(c, "pulse.example", "ping", "1", 365)
		jar(c, "pulse.example", "turn", random(uint64(990+profile*10+before), 32, hexDigits), 365)
		keep(c, "localStorage", "https://nocturne.example", "nid", id(1, profile))
		keep(c, "sessionStorage", "https://nocturne.example", "tab", id(5, profile+10*before))
		q := ask(c, "document", "https://nocturne.example/", "Cookie", "nid="+id(1, profile)+"; lang=en; session="+token)
		q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "session=" + token + "; Path=/; HttpOnly\nlang=en; Max-Age=31536000"}}
		q = ask(c, "script", "https://pulse.example/tag.js", "Cookie", "pid="+id(4, profile), "Referer", "https://nocturne.example/")
		q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "pid=" + id(4, profile) + "; Max-Age=31536000; Secure; SameSite=None"}}
		ask(c, "image", "https://adsum.example/p.gif?u="+id(1, profile), "Referer", "https://nocturne.example/")
		ask(c, "font", "https://fonts.example/a.woff2", "Referer", "https://nocturne.example/")
		noise := ask(c, "other", "https://update.example/check?id="+id(6, profile))
		noise.From = "browser"
	})
}

func TestAccessesTellWhatNeedsConsent(t *testing.T) {
	f := reader(t).Read(everyday())
	type told struct{ nx, exemption string }
	got := map[string]told{}
	for _, a := range f.Accesses {
		k := a.Kind + " " + a.Name + " " + a.Recipient.ID
		if old, known := got[k]; known && old != (told{a.NX, a.Exemption}) {
			t.Errorf("%s is told in two ways", k)
		}
		got[k] = told{a.NX, a.Exemption}
		if a.NX != "unknown" && a.Deciding == "" {
			t.Errorf("%s: nothing is named that decided %s", k, a.NX)
		}
		if len(a.Evidence) == 0 || a.Count < 1 {
			t.Errorf("%s: evidence %v, count %d", k, a.Evidence, a.Count)
		}
	}
	want := map[string]told{
		"set nid nocturne":                    {"yes", ""},
		"read nid nocturne":                   {"yes", ""},
		"set csrftoken nocturne":              {"no", "guards forms"},
		"set lang nocturne":                   {"no", "setting"},
		"read lang nocturne":                  {"no", "setting"},
		"set session nocturne":                {"no", "session"},
		"read session nocturne":               {"no", "session"},
		"set seen nocturne":                   {"no", "changing value"},
		"set cookie_consent nocturne":         {"no", "record of a choice"},
		"set short nocturne":                  {"unknown", ""},
		"set tab nocturne":                    {"no", "session"},
		"set pid pulse":                       {"yes", ""},
		"read pid pulse":                      {"yes", ""},
		"set ping pulse":                      {"unknown", ""},
		"set turn pulse":                      {"unknown", ""},
		"contact pulse.example pulse":         {"unknown", ""},
		"contact adsum.example adsum":         {"yes", ""},
		"contact fonts.example fonts.example": {"unknown", ""},
	}
	for k, w := range want {
		if got[k] != w {
			t.Errorf("%s: %q by %q, want %q by %q", k, got[k].nx, got[k].exemption, w.nx, w.exemption)
		}
	}
	for k := range got {
		if _, known := want[k]; !known {
			t.Errorf("%s was told and should not", k)
		}
	}
}

func TestAnEverydayVisitIsNotToldTwice(t *testing.T) {
	f := reader(t).Read(everyday())
	runs := map[string][]string{}
	for _, a := range f.Accesses {
		runs[a.Kind+" "+a.Name] = append(runs[a.Kind+" "+a.Name], a.Visit)
	}
	if got := fmt.Sprint(runs["read pid"]); got != "[A1 A2 B C]" {
		t.Errorf("pid was read in %s", got)
	}
	if got := fmt.Sprint(runs["set seen"]); got != "[A1 A2 B C]" {
		t.Errorf("a value that changed on return was set in %s", got)
	}
	if got := fmt.Sprint(runs["set short"]); got != "[A1 B C]" {
		t.Errorf("a value that stayed was set in %s", got)
	}
}

func TestASessionsTokenThatReachesAnotherCompanyIsNotExempt(t *testing.T) {
	all := everyday()
	for _, c := range all {
		ask(c, "image", "https://adsum.example/p.gif?s="+c.Cookies[3].Value)
	}
	for _, a := range reader(t).Read(all).Accesses {
		if a.Name == "session" && a.NX != "unknown" {
			t.Errorf("%s in %s: %s by %s", a.Name, a.Visit, a.NX, a.Deciding)
		}
	}
}

func TestACloakedHostReceivesTheServicesOwnCookies(t *testing.T) {
	all := everyday()
	for _, c := range all {
		q := ask(c, "xhr", "https://metrics.nocturne.example/c", "Cookie", "nid="+c.Cookies[0].Value+"; session="+c.Cookies[3].Value)
		q.CNAME = []string{"nocturne.customers.pulse.example"}
	}
	f := reader(t).Read(all)
	var contacts int
	for _, a := range f.Accesses {
		if a.Kind == "contact" && a.Name == "metrics.nocturne.example" {
			contacts++
			if a.Recipient.ID != "pulse" || a.Recipient.Relation != diapason.CloakedParty || a.NX != "unknown" && a.NX != "yes" {
				t.Errorf("%+v", a)
			}
		}
		if a.Name == "session" && a.NX != "unknown" {
			t.Errorf("session: %s by %s", a.NX, a.Deciding)
		}
	}
	if contacts != 4 {
		t.Errorf("%d contacts", contacts)
	}
	nid := f.Identifiers[1]
	if !slices.ContainsFunc(nid.Receivers, func(p diapason.Party) bool { return p.ID == "pulse" && p.Relation == diapason.CloakedParty }) {
		t.Errorf("nid reached %v", nid.Receivers)
	}
}

func TestACompanyThatReadsNothingElseAndGetsACookieIsTold(t *testing.T) {
	all := fourCaptures(func(c *diapason.Capture, profile, _ int) {
		jar(c, "nocturne.example", "nid", id(1, profile), 400)
		q := ask(c, "xhr", "https://metrics.nocturne.example/c", "Cookie", "nid="+id(1, profile))
		q.CNAME = []string{"nocturne.customers.pulse.example"}
	})
	for _, a := range reader(t).Read(all).Accesses {
		if a.Kind == "contact" && (a.NX != "yes" || a.Data != cookieData) {
			t.Errorf("%+v", a)
		}
	}
}

func TestASignUpsSessionIsExempt(t *testing.T) {
	c := signUp()
	jar(c, "nocturne.example", "session", id(7, 0), 0)
	jar(c, "nocturne.example", "remember", id(8, 0), 400)
	f := reader(t).Read([]*diapason.Capture{c})
	want := map[string]string{"session": "no", "remember": "unknown"}
	for _, k := range f.Cookies {
		if k.NX != want[k.Name] || k.Class != classUnclear {
			t.Errorf("%s: %s, %s", k.Name, k.NX, k.Class)
		}
	}
	if len(f.Cookies) != 2 || len(f.Identifiers) != 0 {
		t.Errorf("%d cookies, %d identifiers", len(f.Cookies), len(f.Identifiers))
	}
}

func TestCookiesAreToldOnceForEachPhase(t *testing.T) {
	all := everyday()
	all[0].Blocked = []diapason.Blocked{{Kind: "cookie-set", Name: "refused", URL: "https://adsum.example/p.gif", Reason: "third-party"}}
	var lines []string
	for _, c := range reader(t).Read(all).Cookies {
		lines = append(lines, fmt.Sprintf("%s %s @ %s: %s attempted=%t stored=%t sent=%t %g", c.Store, c.Name, c.Host, c.Class, c.Attempted, c.Stored, c.Sent, c.Lifetime))
	}
	want := []string{
		"cookie refused @ adsum.example: unclear attempted=true stored=false sent=false 0",
		"cookie cookie_consent @ nocturne.example: consent record attempted=true stored=true sent=false 180",
		"cookie csrftoken @ nocturne.example: identifier attempted=true stored=true sent=false 365",
		"cookie lang @ nocturne.example: constant attempted=true stored=true sent=true 365",
		"cookie nid @ nocturne.example: identifier attempted=true stored=true sent=true 400",
		"cookie seen @ nocturne.example: time attempted=true stored=true sent=false 365",
		"cookie session @ nocturne.example: token attempted=true stored=true sent=true 0",
		"cookie short @ nocturne.example: unclear attempted=true stored=true sent=false 180",
		"cookie pid @ pulse.example: identifier attempted=true stored=true sent=true 365",
		"cookie ping @ pulse.example: constant attempted=true stored=true sent=false 365",
		"cookie turn @ pulse.example: token attempted=true stored=true sent=false 365",
		"localStorage nid @ nocturne.example: identifier attempted=true stored=true sent=false -1",
		"sessionStorage tab @ nocturne.example: token attempted=true stored=true sent=false 0",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("cookies\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

func TestALifetimeIsWhatTheBrowserGrants(t *testing.T) {
	c := visit("A1", diapason.P0, 1)
	jar(c, "nocturne.example", "long", "1", 400)
	q := ask(c, "document", "https://nocturne.example/")
	q.ResponseHeaders = []diapason.Header{
		{Name: "Set-Cookie", Value: "long=1; Max-Age=63072000\nshort=1; Max-Age=1800"},
		{Name: "set-cookie", Value: "dated=1; Expires=" + q.At.Add(48*time.Hour).Format(time.RFC1123)},
		{Name: "set-cookie", Value: "brief=1"},
		{Name: "set-cookie", Value: "gone=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"},
		{Name: "set-cookie", Value: "\x00broken"},
	}
	got := map[string]float64{}
	for _, k := range reader(t).Read([]*diapason.Capture{c}).Cookies {
		got[k.Name] = k.Lifetime
	}
	if want := map[string]float64{"long": 400, "short": 0.02, "dated": 2, "brief": 0}; !maps.Equal(got, want) {
		t.Errorf("lifetimes %v, want %v", got, want)
	}
}

func TestAnIdentifierTellsItsReceiversAndItsWay(t *testing.T) {
	f := reader(t).Read(everyday())
	var lines []string
	for _, i := range f.Identifiers {
		var who []string
		for _, p := range i.Receivers {
			who = append(who, p.ID)
		}
		lines = append(lines, fmt.Sprintf("%s: %s by %s to %s", i.ID, i.Class, i.Carrier, strings.Join(who, ",")))
		if i.Site != "nocturne.example" || len(i.Commitment) != 32 || !slices.Equal(i.Visits, fourIDs[:]) || len(i.Evidence) == 0 {
			t.Errorf("identifier %+v", i)
		}
	}
	want := []string{
		"cookie csrftoken @ nocturne.example: identifier by  to ",
		"cookie nid @ nocturne.example: identifier by pixel to adsum,nocturne",
		"cookie pid @ pulse.example: identifier by cookie to pulse",
		"localStorage nid @ nocturne.example: identifier by  to adsum,nocturne",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("identifiers\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if f.Identifiers[1].Commitment != f.Identifiers[3].Commitment || f.Identifiers[1].Commitment == f.Identifiers[2].Commitment {
		t.Error("commitments do not tell equal values from different ones")
	}
	other := reader(t)
	other.Salt = []byte("another run")
	if other.Read(everyday()).Identifiers[1].Commitment == f.Identifiers[1].Commitment {
		t.Error("the commitment is the same in another run")
	}
}

func TestFlowsTellWhoReceivedWhat(t *testing.T) {
	r := reader(t)
	c := signUp()
	at(c, ask(c, "image", "https://adsum.example/match?em="+sha(strings.ToLower(baited))), 6*time.Second)
	q := ask(c, "document", "https://nocturne.example/join")
	q.Method, q.Body = "POST", diapason.Body{Text: "email=" + baited, Mime: "application/x-www-form-urlencoded"}
	at(c, q, 6*time.Second)
	var lines []string
	for _, f := range r.Flows(r.Read(append(everyday(), c))) {
		var records []string
		for _, e := range f.Evidence {
			records = append(records, strings.TrimPrefix(e.Record, "visit/"))
		}
		lines = append(lines, fmt.Sprintf("%s %s → %s: %s %s %v %s [%s]", f.Phase, f.Sender.ID, f.Recipient.ID, f.Operation, f.Data, f.Payload, f.Consent, strings.Join(records, " ")))
		if f.Channel != diapason.Does || f.Polarity != diapason.Observed || f.Count < 1 {
			t.Errorf("flow %+v", f)
		}
	}
	want := []string{
		"P0 nocturne → adsum: share dia:CookieIdentifier [page-address persistent-id] absent [A1 A2 B C]",
		"P0 nocturne → fonts.example: share pd:IPAddress [page-address] absent [A1 A2 B C]",
		"P0 visitor → nocturne: collect dia:CookieIdentifier [persistent-id] absent [A1 A2 B C]",
		"P0 nocturne → pulse: share dia:CookieIdentifier [page-address persistent-id] absent [A1 A2 B C]",
		"P6 nocturne → adsum: share pd:EmailAddress [hashed-seed] unknown [journey/sign-up/1]",
		"P6 visitor → nocturne: collect pd:EmailAddress [plain-seed] unknown [journey/sign-up/1]",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("flows\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// linked makes the visits of two profiles to two sites, in opposite order.
func linked(fill func(c *diapason.Capture, profile int, site string)) []*diapason.Capture {
	var all []*diapason.Capture
	for profile, order := range [][]string{{"nocturne.example", "gazette.example"}, {"gazette.example", "nocturne.example"}} {
		for i, site := range order {
			c := visit(fmt.Sprintf("link/%s/%d", []string{"P", "Q"}[profile], i+1), diapason.P0, profile+1)
			c.Site = "https://" + site + "/"
			fill(c, profile, site)
			all = append(all, c)
		}
	}
	return all
}

func TestOneValueOnTwoSitesIsALink(t *testing.T) {
	for name, c := range map[string]struct {
		fill func(c *diapason.Capture, profile int, site string)
		want string
	}{
		"a company's own cookie": {func(c *diapason.Capture, profile int, site string) {
			jar(c, "pulse.example", "pid", id(1, profile), 365)
			ask(c, "script", "https://pulse.example/tag.js", "Cookie", "pid="+id(1, profile), "Referer", "https://"+site+"/")
		}, "L3 pulse cookie pid @ pulse.example [gazette.example nocturne.example]"},
		"an address": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile)+"&s="+site)
		}, "L3 pulse url u @ pulse.example [gazette.example nocturne.example]"},
		"a hash of it": {func(c *diapason.Capture, profile int, site string) {
			v := id(1, profile)
			if site == "gazette.example" {
				v = sha(v)
			}
			ask(c, "image", "https://pulse.example/p.gif?u="+v+"&s="+site)
		}, "L2 pulse url u @ pulse.example [gazette.example nocturne.example]"},
		"another value on each site": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+random(uint64(profile*100+len(site)), 32, hexDigits)+"&s="+site)
		}, ""},
		"the same value in every profile": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, 0)+"&s="+site)
		}, ""},
		"one value for everyone beside one for each visit": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, 0)+"&s="+site)
			ask(c, "image", "https://pulse.example/p.gif?u="+random(uint64(profile*100+len(site)), 32, hexDigits)+"&s="+site)
		}, ""},
		"a receiver that cannot tell the sites": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile))
		}, ""},
		"only one site": {func(c *diapason.Capture, profile int, site string) {
			if site == "nocturne.example" {
				ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile)+"&s="+site)
			}
		}, ""},
		"too short to name a browser": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?s="+site+"&u="+[]string{"aaaaaa-1", "aaaaaa-2"}[profile])
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			for _, l := range reader(t).Read(linked(c.fill)).Links {
				lines = append(lines, fmt.Sprintf("%s %s %s %v", l.Level, l.Receiver.ID, l.Identifier, l.Sites))
				if l.Score < weakly || len(l.Evidence) != 2 || l.MemoryOnly {
					t.Errorf("link %+v", l)
				}
			}
			if got := strings.Join(lines, "; "); got != c.want {
				t.Errorf("links %q, want %q", got, c.want)
			}
		})
	}
}

func TestVisitsOfAnotherSiteTellNothingOfTheService(t *testing.T) {
	f := reader(t).Read(linked(func(c *diapason.Capture, profile int, site string) {
		jar(c, "gazette.example", "gid", id(1, profile), 365)
		ask(c, "script", "https://pulse.example/tag.js")
		c.Pages = []diapason.Page{{URL: c.Site, HTML: `<form><input type=email></form>`}}
	}))
	if len(f.Cookies)+len(f.Accesses) > 0 || len(f.Visits) != 4 {
		t.Errorf("%d cookies, %d accesses, %d visits", len(f.Cookies), len(f.Accesses), len(f.Visits))
	}
	for _, v := range f.Visits {
		if v.Collects != (v.Site == "https://nocturne.example/") {
			t.Errorf("%s collects: %t", v.Site, v.Collects)
		}
	}
}

func TestProbesOfThePersonsOwnNetwork(t *testing.T) {
	all := everyday()
	c := all[0]
	c.Dials = []diapason.Dial{
		{Host: "127.0.0.1", Port: 12387, Address: "127.0.0.1:12387", Refused: "special-purpose address (loopback)"},
		{Host: "router.test", Port: 80, Address: "192.168.1.1:80", Refused: "special-purpose address (private)"},
		{Host: "pulse.example", Port: 443, Address: "127.0.0.1:40001"}, // dialled for this test's service
		{Host: "nowhere.example", Port: 443, Refused: "no such host"},
		{Host: "blocked.example", Port: 443, Address: "0.0.0.0:443", Refused: "special-purpose address (this network)"},
		{Host: "home.adsum.example", Port: 8443, Address: "127.0.0.1:8443", Refused: "special-purpose address (loopback)"},
	}
	q := ask(c, "xhr", "http://127.0.0.1:12387/hello?id="+id(1, 0))
	q.Initiator, q.Status, q.Failed = "https://adsum.example/ad.js", 0, "net::ERR_TUNNEL_CONNECTION_FAILED"
	q = ask(c, "xhr", "https://home.adsum.example:8443/"+id(1, 0))
	q.Initiator, q.Status, q.Failed = "https://adsum.example/ad.js", 0, "net::ERR_TUNNEL_CONNECTION_FAILED"
	q = ask(c, "websocket", "ws://localhost/x")
	q.Initiator, q.Status, q.Failed = "https://nocturne.example/app.js", 0, "net::ERR_FAILED"
	var lines []string
	for _, p := range reader(t).Read(all).Probes {
		lines = append(lines, fmt.Sprintf("%s %s %s by %s id=%t sent=%t blocked=%t", p.Visit, p.Target, p.Host, p.Recipient.ID, p.CarriesID, p.Sent, p.Blocked))
	}
	want := []string{
		"A1 loopback 127.0.0.1:12387 by adsum id=true sent=false blocked=true",
		"A1 loopback home.adsum.example:8443 by adsum id=true sent=false blocked=true",
		"A1 loopback localhost:80 by nocturne id=false sent=false blocked=true",
		"A1 lan router.test:80 by  id=false sent=false blocked=true",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("probes\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

func TestPagesAreReadAsAPersonWouldFillThemIn(t *testing.T) {
	for name, c := range map[string]struct {
		html             string
		collects, linked bool
		unsafe           int
	}{
		"a sign-up without a link":   {`<form action="/join"><input type="email"></form>`, true, false, 0},
		"a sign-up with a link":      {`<form><input name="Full-Name"></form><a href="/legal">Privacy notice</a>`, true, true, 0},
		"a link in another language": {`<a href="/daten">Datenschutzerklärung</a>`, false, true, 0},
		"a search field":             {`<form action="/s"><input type="search" name="q"></form><a href="/privacy">x</a>`, false, true, 0},
		"a hidden field":             {`<form><input type="hidden" name="email"></form>`, false, false, 0},
		"a form in clear":            {`<form action="http://nocturne.example/join"><input name="email"></form>`, true, false, 1},
		"two forms to one address":   {`<form action="http://a.example/"><input></form><form action="http://a.example/"><input></form>`, false, false, 1},
		"a base in clear":            {`<base href="http://nocturne.example/"><form action="join"><input></form>`, false, false, 1},
		"a button alone":             {`<form action="http://nocturne.example/out"><input type="submit"></form>`, false, false, 0},
		"an empty page":              {``, false, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit("A1", diapason.P0, 1)
			v.Pages = []diapason.Page{{URL: "https://nocturne.example/join", HTML: c.html}}
			got := reader(t).Read([]*diapason.Capture{v}).Visits[0]
			if got.Collects != c.collects || got.PolicyLink != c.linked || got.UnsafeForms != c.unsafe {
				t.Errorf("collects %t, links %t, unsafe %d", got.Collects, got.PolicyLink, got.UnsafeForms)
			}
		})
	}
}

func TestTheLinkMustStandOnThePageThatAsks(t *testing.T) {
	v := visit("A1", diapason.P0, 1)
	v.Pages = []diapason.Page{
		{URL: "https://nocturne.example/", HTML: `<a href="/privacy">Privacy</a>`},
		{URL: "https://nocturne.example/join?ref=abc", HTML: `<input type=email>`},
	}
	got := reader(t).Read([]*diapason.Capture{v}).Visits[0]
	if !got.Collects || got.PolicyLink || got.URL != "https://nocturne.example/join?ref=…" {
		t.Errorf("visit %+v", got)
	}
}

// night makes a recording with requests at the given hours of the clock in Paris.
func night(zone string, hours ...int) *diapason.Capture {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	c := &diapason.Capture{ID: "phone/1", Source: "har", Mode: diapason.Manual, Zone: zone, Complete: true}
	for i, h := range hours {
		q := ask(c, "xhr", "https://pulse.example/beat?device_id=redacted:0a1b2c3d&n="+fmt.Sprint(i))
		q.At = time.Date(2026, 11, 24, h, 10, 0, 0, paris).UTC()
		q.Body = diapason.Body{Text: `{"battery":81}`, Size: 14, Mime: "application/json"}
	}
	q := ask(c, "xhr", "https://adsum.example/config?app=3.1")
	q.At = time.Date(2026, 11, 24, 2, 0, 0, 0, paris).UTC()
	q = ask(c, "xhr", "https://api.nocturne.example/me")
	q.At = time.Date(2026, 11, 24, 13, 0, 0, 0, paris).UTC()
	return c
}

func TestActivityIsToldByTheDevicesOwnClock(t *testing.T) {
	got := reader(t).Read([]*diapason.Capture{night("Europe/Paris", 0, 3, 3, 5, 6, 23)}).Nights
	if len(got) != 3 {
		t.Fatalf("%d receivers: %+v", len(got), got)
	}
	adsum, own, pulse := got[0], got[1], got[2]
	if pulse.Receiver.ID != "pulse" || !pulse.Known || pulse.Requests != 4 || pulse.Identifiers != 4 || pulse.Hours[3] != 2 || pulse.Hours[6] != 1 || pulse.Hours[23] != 1 {
		t.Errorf("pulse %+v", pulse)
	}
	if pulse.Bytes < 4*70 || pulse.First.Format("15:04") != "00:10" || pulse.Last.Format("15:04") != "05:10" {
		t.Errorf("pulse: %d bytes from %s to %s", pulse.Bytes, pulse.First, pulse.Last)
	}
	if adsum.Requests != 1 || adsum.Identifiers != 0 {
		t.Errorf("adsum %+v", adsum)
	}
	if own.Receiver.Relation != diapason.FirstParty || own.Requests != 0 || own.Hours[13] != 1 {
		t.Errorf("own %+v", own)
	}
}

func TestWithoutAZoneNobodyKnowsWhenItWasNight(t *testing.T) {
	for _, n := range reader(t).Read([]*diapason.Capture{night("", 3)}).Nights {
		if n.Known || n.Requests != 0 || n.Hours != [24]int{} {
			t.Errorf("%+v", n)
		}
	}
	c := night("", 3)
	for i := range c.Requests {
		c.Requests[i].At = c.Requests[i].At.In(time.FixedZone("", 3600))
	}
	for _, n := range reader(t).Read([]*diapason.Capture{c}).Nights {
		if !n.Known || n.Zone != "UTC+01:00" || n.Receiver.ID == "pulse" && n.Hours[3] != 1 {
			t.Errorf("%+v", n)
		}
	}
}

func TestARecordedDeviceIsAFlowOfItsIdentifier(t *testing.T) {
	r := reader(t)
	var lines []string
	for _, f := range r.Flows(r.Read([]*diapason.Capture{night("Europe/Paris", 3, 14)})) {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %d", f.Recipient.ID, f.Data, f.Mode, f.Consent, f.Count))
	}
	want := []string{"adsum pd:IPAddress manual unknown 1", "pulse dia:DeviceIdentifier manual unknown 2"}
	if !slices.Equal(lines, want) {
		t.Errorf("flows %v, want %v", lines, want)
	}
}

func TestTheSameCapturesGiveTheSameFactsInAnyOrder(t *testing.T) {
	build := func() []*diapason.Capture {
		all := append(everyday(), linked(func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile)+"&s="+site)
		})...)
		return append(all, signUp(), night("Europe/Paris", 1, 2, 3))
	}
	r := reader(t)
	want := r.Read(build())
	for seed := range uint64(20) {
		all := build()
		x := rand.New(rand.NewPCG(seed, 3))
		x.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, c := range all {
			x.Shuffle(len(c.Requests), func(i, j int) { c.Requests[i], c.Requests[j] = c.Requests[j], c.Requests[i] })
			x.Shuffle(len(c.Cookies), func(i, j int) { c.Cookies[i], c.Cookies[j] = c.Cookies[j], c.Cookies[i] })
		}
		got := r.Read(all)
		if a, b := jsonOf(t, got), jsonOf(t, want); a != b {
			t.Fatalf("seed %d: facts\n%s\nwant\n%s", seed, a, b)
		}
		if a, b := jsonOf(t, r.Flows(got)), jsonOf(t, r.Flows(want)); a != b {
			t.Fatalf("seed %d: flows\n%s\nwant\n%s", seed, a, b)
		}
	}
}
