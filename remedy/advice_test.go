package remedy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
)

var began = time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)

// The parties of the made-up service Tremolo.
var (
	tremolo = diapason.Party{ID: "tremolo", Name: "Tremolo", Role: diapason.RoleService, Relation: diapason.FirstParty}
	beacon  = diapason.Party{ID: "beacon", Name: "Beacon", Role: diapason.RoleAnalytics, Relation: diapason.ThirdParty}
	till    = diapason.Party{ID: "till", Name: "Till", Role: diapason.RoleProcessor, Relation: diapason.ThirdParty}
)

const shop = "https://tremolo.example/"

// asked is a request that the page of a visit sent.
func asked(id, kind, url string, edit ...func(*diapason.Request)) diapason.Request {
	q := diapason.Request{ID: id, URL: url, Type: kind, Method: "GET", From: "page", Page: shop, Frame: shop, Initiator: shop, At: began.Add(time.Duration(len(id)+int(id[len(id)-1])) * time.Millisecond)}
	for _, e := range edit {
		e(&q)
	}
	return q
}

func by(script string) func(*diapason.Request) {
	return func(q *diapason.Request) { q.Initiator = script }
}

func in(frame string) func(*diapason.Request) {
	return func(q *diapason.Request) { q.Frame, q.Initiator = frame, frame }
}

// tremoloRun is a run that saw a tracker, a payment provider, a content network
// and an identifier that comes back.
func tremoloRun(t *testing.T) Seen {
	t.Helper()
	companies, err := entity.New([]entity.Own{
		{Domain: "beacon.example", Name: "Beacon", Role: "analytics"},
		{Domain: "till.example", Name: "Till", Role: "processor"},
		{Domain: "files.example", Name: "Files", Role: "processor"},
		{Domain: "wide.example", Name: "Wide", Role: "advertiser"},
	})
	if err != nil {
		t.Fatal(err)
	}
	visit := &diapason.Capture{
		ID: "A1", Site: shop, Source: "chromium", Started: began,
		Requests: []diapason.Request{
			asked("r1", "document", shop, in("")),
			asked("r2", "script", "https://static.tremolo.example/ear.js"),
			asked("r3", "script", "https://beacon.example/tag.js"),
			asked("r4", "document", "https://beacon.example/frame?s=tremolo", by("https://beacon.example/tag.js")),
			asked("r5", "fetch", "https://beacon.example/beat", in("https://beacon.example/frame?s=tremolo")),
			asked("r6", "fetch", "https://tremolo.example/ear", by("https://static.tremolo.example/ear.js")),
			asked("r7", "stylesheet", "https://files.example/site.css"),
			asked("r8", "fetch", "https://till.example/pay"),
			asked("r9", "other", "https://updates.example/", func(q *diapason.Request) { q.From = "browser" }),
		},
		Cookies: []diapason.Cookie{{Name: "tid", Value: "x", Domain: ".tremolo.example", Path: "/", Secure: true}},
		Pages:   []diapason.Page{{URL: shop, HTML: `<script src="a.js"></script><script>go()</script>`}},
	}
	ref := func(at, url string) []diapason.Ref {
		return []diapason.Ref{{Record: "visit/A1", At: at, URL: url}}
	}
	return Seen{
		Service: diapason.Service{ID: "tremolo", Name: "Tremolo", Domains: []string{"tremolo.example"}}, Run: "20261124T200000Z-tremolo", Started: began, Tool: "diapason 1",
		Entities: companies, Captures: []*diapason.Capture{visit},
		Findings: []diapason.Finding{
			{Rule: "EV-01", Sentence: "“tid” comes back.", Recipient: tremolo, Evidence: ref("r6", "https://tremolo.example/ear"), Remedy: diapason.Remedy{Operator: []diapason.Step{{Text: "Run this in your pipeline."}}}},
			{Rule: "CN-01", Sentence: "Beacon stored “bid”.", Recipient: beacon, Evidence: ref("r3", "https://beacon.example/tag.js"), Remedy: diapason.Remedy{Person: []diapason.Step{{Text: "Refuse."}}, Operator: []diapason.Step{{Text: "Run this in your pipeline."}}}},
		},
		Facts: does.Facts{
			Visits: []does.Visit{{ID: "A1", Site: shop, URL: shop, Source: "chromium"}},
			Identifiers: []does.Identifier{
				{ID: "cookie tid @ tremolo.example", Site: "tremolo.example", Store: "cookie", Key: "tid", Host: "tremolo.example", Class: "identifier", Commitment: "c1", Addresses: []string{"https://tremolo.example/ear"}},
				{ID: "etag ear.js @ static.tremolo.example", Site: "tremolo.example", Store: "etag", Key: "ear.js", Host: "static.tremolo.example", Class: "identifier", Commitment: "c1"},
				{ID: "cookie bid @ beacon.example", Site: "tremolo.example", Store: "cookie", Key: "bid", Host: "beacon.example", Class: "identifier", Commitment: "c2", Addresses: []string{"https://beacon.example/beat", "https://beacon.example/frame", "https://beacon.example/tag.js"}},
				{ID: "cookie short @ files.example", Site: "tremolo.example", Store: "cookie", Key: "short", Host: "files.example", Class: "weak", Addresses: []string{"https://files.example/site.css"}},
			},
			Respawns: []does.Respawn{{
				Kind: "storage", Identifier: "cookie tid @ tremolo.example", Target: "Cookies", Key: "tid", Recipient: tremolo, Proved: true,
				Stores: [][]string{{"Cache"}, {"TransportSecurity"}}, Recipe: []string{"Cache", "TransportSecurity"}, RecipeProved: true,
				Tests:    []does.Test{{Visit: "T1", Kept: []string{"Cache"}, Returned: true}, {Visit: "T2", Kept: []string{"Local Storage"}}},
				Evidence: ref("r6", "https://tremolo.example/ear"),
			}},
			Leaks: []does.Leak{{Data: "pd:EmailAddress", Transform: "plain", Visit: "A1", Recipient: till, Evidence: ref("r8", "https://till.example/pay")}},
		},
	}
}

func ruleTexts(b Blocklist) (texts []string) {
	for _, x := range b.Blocks {
		texts = append(texts, x.Rule)
	}
	return texts
}

func TestTheListStopsWhatTrackedAndNothingElse(t *testing.T) {
	b := Advise(tremoloRun(t)).Blocklist
	want := []string{"||beacon.example^$third-party,domain=tremolo.example", "||static.tremolo.example/ear.js^$domain=tremolo.example"}
	if got := ruleTexts(b); !slices.Equal(got, want) {
		t.Errorf("rules %q, want %q", got, want)
	}
	if want := (Check{Visits: 1, Pages: 1, Tracking: 4, Stopped: 4, Followed: 1, Others: 3, Missing: 1}); b.Check != want {
		t.Errorf("check %+v, want %+v", b.Check, want)
	}
	if len(b.Left) != 1 || !strings.Contains(b.Left[0].What, "Till") {
		t.Errorf("left alone: %+v", b.Left)
	}
	for _, want := range []string{"! Run: 20261124T200000Z-tremolo\n", "! Date: 2026-11-24\n", "[CN-01]\n||beacon.example^", "[EV-01]\n||static.tremolo.example/ear.js^", "This is matching: no visit was made"} {
		if !strings.Contains(b.Text(), want) {
			t.Errorf("%q is not in\n%s", want, b.Text())
		}
	}
}

// Each case changes what was seen and names the rules that then stand.
func TestTheListIsAsNarrowAsItsEvidence(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Seen)
		want   []string
		left   string
	}{
		"seen on two sites, blocked on all": {func(s *Seen) {
			s.Facts.Links = []does.Link{{Receiver: beacon, Sites: []string{"news.example", "tremolo.example"}, Identifier: "cookie bid @ beacon.example", Evidence: s.Findings[1].Evidence}}
		}, []string{"||beacon.example^$third-party", "||static.tremolo.example/ear.js^$domain=tremolo.example"}, ""},
		"a host that also serves styles is blocked at its trackers only": {func(s *Seen) {
			s.Captures[0].Requests = append(s.Captures[0].Requests, asked("s1", "stylesheet", "https://beacon.example/site.css"), asked("s2", "image", "https://beacon.example/u/88231177665544332211/p.gif?x=1"))
			s.Facts.Identifiers[2].Addresses = []string{"https://beacon.example/beat", "https://beacon.example/u/…/p.gif"}
		}, []string{"||beacon.example/beat^", "||beacon.example/u/*/p.gif^$third-party,domain=tremolo.example", "||static.tremolo.example/ear.js^$domain=tremolo.example"}, ""},
		"another host below it is left alone": {func(s *Seen) {
			s.Captures[0].Requests = append(s.Captures[0].Requests, asked("s1", "script", "https://cdn.beacon.example/lib.js"))
		}, []string{"|https://beacon.example/$third-party,domain=tremolo.example", "||static.tremolo.example/ear.js^$domain=tremolo.example"}, ""},
		"in a frame of somebody else the page is no longer the site": {func(s *Seen) {
			s.Captures[0].Requests = append(s.Captures[0].Requests, asked("s1", "image", "https://beacon.example/p.gif", in("https://frames.example/")))
		}, []string{"||beacon.example^$third-party", "||static.tremolo.example/ear.js^$domain=tremolo.example"}, ""},
		"a cloaked host is no third party to a blocker": {func(s *Seen) {
			s.Captures[0].Requests = append(s.Captures[0].Requests, asked("s1", "image", "https://m.tremolo.example/p.gif", func(q *diapason.Request) { q.CNAME = []string{"t.wide.example"} }))
			s.Facts.Cloaks = []does.Cloak{{Host: "m.tremolo.example", Party: diapason.Party{ID: "wide"}, Identifiers: []string{"cookie tid @ tremolo.example"}}}
		}, []string{"||beacon.example^$third-party,domain=tremolo.example", "||m.tremolo.example^", "||static.tremolo.example/ear.js^$domain=tremolo.example"}, ""},
		"nor is one that the addresses do not tell of": {func(s *Seen) {
			s.Facts.Cloaks = []does.Cloak{{Host: "m.tremolo.example", Party: diapason.Party{ID: "nobody.example"}, Identifiers: []string{"cookie tid @ tremolo.example"}}}
		}, []string{"||beacon.example^$third-party,domain=tremolo.example", "||m.tremolo.example^", "||static.tremolo.example/ear.js^$domain=tremolo.example"}, ""},
		"a cloaked host that shows pages is left alone": {func(s *Seen) {
			page := "https://m.tremolo.example/"
			s.Captures[0].Requests = append(s.Captures[0].Requests, asked("s1", "document", page, func(q *diapason.Request) { q.Page, q.CNAME = page, []string{"t.wide.example"} }))
			s.Facts.Cloaks = []does.Cloak{{Host: "m.tremolo.example", Party: diapason.Party{ID: "wide"}, Identifiers: []string{"cookie tid @ tremolo.example"}}}
		}, []string{"||beacon.example^$third-party,domain=tremolo.example", "||static.tremolo.example/ear.js^$domain=tremolo.example"}, "it would stop a page itself"},
		"a script that writes the identifier again": {func(s *Seen) {
			s.Facts.Identifiers = slices.Delete(s.Facts.Identifiers, 1, 2)
			s.Facts.Respawns[0].Tests[0].Written = true
			s.Facts.Visits = append(s.Facts.Visits, does.Visit{ID: "respawn/T1"})
			s.Captures = append(s.Captures, &diapason.Capture{ID: "respawn/T1", Source: "chromium", Calls: []diapason.Call{
				{API: "document.cookie=", Name: "tid", Script: "https://tremolo.example/again.js?v=3"},
				{API: "document.cookie=", Name: "lang", Script: "https://tremolo.example/lang.js"},
				{API: "document.cookie=", Name: "tid", Script: shop},
				{API: "Storage.getItem", Name: "tid", Script: "https://tremolo.example/reads.js"},
			}})
		}, []string{"||beacon.example^$third-party,domain=tremolo.example", "||tremolo.example/again.js^$domain=tremolo.example"}, ""},
		"what the page itself restores": {func(s *Seen) { s.Facts.Identifiers = slices.Delete(s.Facts.Identifiers, 1, 2) }, []string{"||beacon.example^$third-party,domain=tremolo.example"}, "the page itself does"},
		"an address that would say something else in a list": {func(s *Seen) {
			s.Facts.Identifiers[1].Key = "ear$important,x"
			s.Captures[0].Requests = append(s.Captures[0].Requests, asked("s1", "script", "https://static.tremolo.example/ear$important,x"))
		}, []string{"||beacon.example^$third-party,domain=tremolo.example"}, "cannot be written as a rule"},
		"a decorated link": {func(s *Seen) {
			s.Facts.Decorations = []does.Decoration{{Parameter: "bclid", From: "tremolo.example", To: "tickets.example", Party: diapason.Party{ID: "tickets.example"}}}
		}, []string{"||beacon.example^$third-party,domain=tremolo.example", "||static.tremolo.example/ear.js^$domain=tremolo.example", "||tickets.example^$doc,removeparam=bclid"}, ""},
		"nothing tracked": {func(s *Seen) { s.Facts = does.Facts{} }, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := tremoloRun(t)
			c.change(&s)
			b := Advise(s).Blocklist
			if got := ruleTexts(b); !slices.Equal(got, c.want) {
				t.Errorf("rules %q, want %q", got, c.want)
			}
			if b.Check.Stopped != b.Check.Tracking {
				t.Errorf("not all is stopped: %+v", b.Check)
			}
			if c.left != "" && !slices.ContainsFunc(b.Left, func(l Left) bool { return strings.Contains(l.Why, c.left) }) {
				t.Errorf("nothing is left alone because %q: %+v", c.left, b.Left)
			}
		})
	}
}

func task(t *testing.T, all []Task, against string) Task {
	t.Helper()
	for _, x := range all {
		if strings.Contains(x.Where+" "+x.Against, against) {
			return x
		}
	}
	t.Fatalf("no task against %q in %+v", against, all)
	return Task{}
}

func copies(x Task) string {
	var all []string
	for _, s := range x.Steps {
		all = append(all, s.Copy)
	}
	return strings.Join(all, "\n")
}

func TestThePersonGetsTheProvedDeletionAndALineAgainstEachCompany(t *testing.T) {
	s := tremoloRun(t)
	s.Findings[1].Remedy.Person = append(s.Findings[1].Remedy.Person, Default().For("block", "", map[string]string{"recipient": "Beacon"}).Person...)
	a := Advise(s)
	for _, x := range a.Person {
		if slices.ContainsFunc(x.Steps, func(s diapason.Step) bool {
			return strings.Contains(s.Text, "an extension that blocks requests to Beacon")
		}) {
			t.Errorf("the line itself is told already: %+v", x)
		}
	}
	back := task(t, a.Person, "“tid” comes back")
	if !back.Steps[0].Proved || back.Steps[0].Proof != "T2" || !slices.Equal(back.Rules, []string{"EV-01"}) {
		t.Errorf("%+v", back)
	}
	if x := task(t, a.Person, "Beacon (audience measuring) received the identifier “bid” on tremolo.example."); x.Steps[0].Copy != "||beacon.example^$third-party,domain=tremolo.example" {
		t.Errorf("%+v", x)
	}
	for _, x := range a.Person {
		if strings.Contains(x.Against, "Till") || strings.Contains(x.Against, "Files") {
			t.Errorf("nothing was seen against it: %+v", x)
		}
	}
}

// Each way of coming back has an end of its own, and deleting is only offered
// where it is one.
func TestEveryWayOfComingBackHasItsOwnRemedy(t *testing.T) {
	for kind, want := range map[string][2]string{
		"stateless": {"Deleting cannot help", "Its “tid” has this value in my browser"},
		"account":   {"Sign out", "delete my account"},
		"memory":    {"Quit the browser", ""},
	} {
		s := tremoloRun(t)
		s.Facts.Respawns[0].Kind, s.Facts.Respawns[0].RecipeProved, s.Facts.Respawns[0].Features = kind, false, [][]string{{"time zone", "language"}}
		a := Advise(s)
		x := task(t, a.Person, "“tid” comes back")
		if !strings.Contains(x.Steps[0].Text, want[0]) || !strings.Contains(copies(x), want[1]) || strings.Contains(x.Steps[0].Text, "tick") {
			t.Errorf("%s: %+v", kind, x)
		}
		if kind == "stateless" && !strings.Contains(x.Steps[0].Text, "made of what it shows: time zone with language") {
			t.Errorf("%s: %+v", kind, x.Steps[0])
		}
		task(t, a.Operator, "“tid” comes back")
		if slices.ContainsFunc(a.Blocklist.Blocks, func(b Block) bool { return b.Kind == blockRestores }) {
			t.Errorf("%s: no file brings it back, and yet %q", kind, ruleTexts(a.Blocklist))
		}
	}
}

func TestTheOperatorGetsTheHeaderForTheVeryAddress(t *testing.T) {
	a := Advise(tremoloRun(t))
	for where, want := range map[string]string{
		"https://static.tremolo.example/ear.js The cache tag": `ETag: "<SHA-256 of the content>"`,
		"https://static.tremolo.example It keeps":             `Clear-Site-Data: "cache"`,
		"https://tremolo.example “TransportSecurity” brings":  "Strict-Transport-Security: max-age=31536000; includeSubDomains",
		"https://tremolo.example Its pages let Beacon":        "Content-Security-Policy: frame-src 'self'; script-src 'self' 'unsafe-inline' https://static.tremolo.example",
		"https://tremolo.example It keeps":                    `Clear-Site-Data: "cookies"`,
	} {
		if x := task(t, a.Operator, where); !strings.Contains(copies(x), want) {
			t.Errorf("%s: %+v, want %s", where, x, want)
		}
	}
	if x := task(t, a.Operator, "https://tremolo.example It keeps"); !strings.Contains(x.Steps[1].Text, "remembered HTTPS (HSTS)") {
		t.Errorf("what no header reaches is not told: %+v", x)
	}
	pipeline := 0
	for _, x := range a.Operator {
		for _, s := range x.Steps {
			if strings.Contains(s.Text, "pipeline") {
				pipeline++
				if !slices.Equal(x.Rules, []string{"CN-01", "EV-01"}) {
					t.Errorf("a step of two findings names %v", x.Rules)
				}
			}
		}
	}
	if pipeline != 1 {
		t.Errorf("the same step is told %d times", pipeline)
	}
}

func TestOtherSettingsAreForWhatWasSeen(t *testing.T) {
	s := tremoloRun(t)
	at := s.Findings[0].Evidence
	s.Findings = append(s.Findings,
		diapason.Finding{Rule: "EV-05", Evidence: []diapason.Ref{{Record: "visit/A1", At: "p1"}}}, diapason.Finding{Rule: "US-01", Evidence: at},
		diapason.Finding{Rule: "CN-01", Recipient: tremolo, Evidence: at}, diapason.Finding{Rule: "SD-11", Evidence: []diapason.Ref{{Record: "visit/A1", URL: "http://old.tremolo.example/form"}}})
	s.Facts.Probes = []does.Probe{{Kind: "network", Evidence: []diapason.Ref{{Record: "visit/A1", At: "p1"}}}}
	s.Facts.Cookies = []does.Cookie{{Store: "cookie", Name: "tid", Host: "tremolo.example", NX: "yes", Evidence: at}}
	s.Facts.Cloaks = []does.Cloak{{Host: "m.tremolo.example", Chain: []string{"t.wide.example"}, Party: diapason.Party{ID: "wide", Name: "Wide"}}}
	s.Facts.Links = []does.Link{{Receiver: beacon, Sites: []string{"news.example", "tremolo.example"}, Identifier: "cookie bid @ beacon.example"}}
	s.Facts.Decorations = []does.Decoration{{Parameter: "bclid", From: "tremolo.example", To: "tickets.example", Party: diapason.Party{ID: "tickets.example"}}}
	s.Captures[0].Requests[2].Headers = []diapason.Header{{Name: "Referer", Value: shop + "me?x=1"}}
	a := Advise(s)
	for where, want := range map[string]string{
		"talks to the visitor's own device": "local-network-access=()",
		"Global Privacy Control":            `{"gpc": true, "lastUpdate": "<date>"}`,
		"before anybody agreed":             "Set-Cookie: tid=; Max-Age=0; Domain=tremolo.example; Path=/; Secure",
		"without encryption":                "Strict-Transport-Security",
		"Another company stands behind":     "__Host-",
		"Beacon gets the same “bid”":        "Set-Cookie: __Host-bid=<random>; Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
		"Links to tickets.example name":     "",
		"which page is read":                "Referrer-Policy: strict-origin-when-cross-origin",
	} {
		if x := task(t, a.Operator, where); !strings.Contains(copies(x), want) {
			t.Errorf("%s: %+v, want %s", where, x, want)
		}
	}
	if x := task(t, a.Operator, "without encryption"); x.Where != "https://old.tremolo.example" {
		t.Errorf("%+v", x)
	}
}

func TestARecordingThatTellsOfPagesIsHeldAgainstTheListToo(t *testing.T) {
	s := tremoloRun(t)
	s.Captures[0].Source = "har"
	if c := Advise(s).Blocklist.Check; c.Visits != 1 || c.Stopped != 4 {
		t.Errorf("%+v", c)
	}
	for i := range s.Captures[0].Requests {
		s.Captures[0].Requests[i].Page = ""
	}
	if c := Advise(s).Blocklist.Check; c.Visits != 0 {
		t.Errorf("what an app sends is no visit: %+v", c)
	}
}

func TestTheSameMaterialGivesTheSameAdvice(t *testing.T) {
	s := tremoloRun(t)
	s.Captures = append(s.Captures, &diapason.Capture{ID: "B", Source: "chromium", Requests: s.Captures[0].Requests}, &diapason.Capture{ID: "selftest/1", Source: "chromium", Requests: s.Captures[0].Requests})
	s.Facts.Visits = append(s.Facts.Visits, does.Visit{ID: "B"})
	if c := Advise(s).Blocklist.Check; c.Visits != 2 {
		t.Errorf("a visit that no fact knows of is none of the service: %+v", c)
	}
	one, _ := json.Marshal(Advise(s))
	slices.Reverse(s.Captures)
	if other, _ := json.Marshal(Advise(s)); string(one) != string(other) {
		t.Errorf("in another order:\n%s\n%s", one, other)
	}
}

func TestMechanismsCoverEveryStoreOfAProfile(t *testing.T) {
	for _, m := range Mechanisms() {
		for _, s := range m.Operator {
			words := map[string]string{}
			for _, n := range slices.Concat(s.text.names, s.copy.names) {
				if !slices.Contains([]string{"name", "key", "where", "site"}, n) {
					t.Errorf("%s: a word that nobody has: %s", m.ID, n)
				}
				words[n] = "word"
			}
			if text := s.text.Sentence(words); !strings.HasSuffix(text, ".") || unfilled.MatchString(text) {
				t.Errorf("%s reads %q", m.ID, text)
			}
		}
	}
	good := "- {id: a, name: a, atom: Cache, deletes: cache, clears: [cache], operator: [{text: Do it.}]}\n"
	if _, err := readMechanisms([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"unknown key": strings.Replace(good, "name", "nam", 1), "unknown deletion": strings.Replace(good, "deletes: cache", "deletes: hope", 1),
		"a box that empties nothing": strings.Replace(good, "atom: Cache, ", "", 1), "no steps": strings.Replace(good, "[{text: Do it.}]", "[]", 1), "broken text": strings.Replace(good, "Do it", `"{"`, 1),
	} {
		if _, err := readMechanisms([]byte(text)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestNothingThatAServiceChoseBeginsALineOfTheList(t *testing.T) {
	s := tremoloRun(t)
	s.Facts.Identifiers[2].Key = "bid\n||everything.example^"
	for l := range strings.SplitSeq(Advise(s).Blocklist.Text(), "\n") {
		if strings.HasPrefix(l, "||everything") {
			t.Errorf("the list holds %q", l)
		}
	}
}
