package does

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does/respawn"
)

var tenAtoms = []string{"Local Storage", "IndexedDB", "WebStorage", "Service Worker", "File System", "Cache", "TransportSecurity", "Favicons", "Reporting and NEL", "Preferences"}

var fourFeatures = []string{"user agent", "language", "time zone", "screen"}

// A service of the tests sets a cookie that something brings back.
type service struct {
	restoredBy [][]string // sets of atoms
	rewrites   bool       // the cookie is written again; otherwise its value is only sent
	hashed     bool       // it is sent as a hash
	madeOf     []string   // features; the cookie is a hash over what the browser shows
	account    bool       // who signs in gets the account's value
	signIn     bool       // the visits of the experiment sign in
	quick      bool       // the experiment is made by the quick plan
}

func (s service) restores(kept []string) bool {
	return slices.ContainsFunc(s.restoredBy, func(set []string) bool {
		return !slices.ContainsFunc(set, func(a string) bool { return !slices.Contains(kept, a) })
	})
}

// fresh is the value that a profile gets that has nothing.
func (s service) fresh(c *diapason.Capture, n int) string {
	switch {
	case s.account && c.Journey != "":
		return id(1, 1000)
	case s.madeOf != nil:
		made := ""
		for _, f := range s.madeOf {
			made += f + c.Browser.Shown[f] + ";"
		}
		return sha(made)
	}
	return id(1, n)
}

// experiment plays the visits of the respawn experiment on made-up captures,
// as a browser would have left them.
func (s service) experiment(spoil func(*diapason.Capture)) []*diapason.Capture {
	all := fourCaptures(func(c *diapason.Capture, profile, _ int) {
		jar(c, "nocturne.example", "nid", s.fresh(c, profile), 400)
		jar(c, "nocturne.example", "tongue", "en-US,en;q=0.9 and a long constant 0123456789", 400)
	})
	changed := visit(changedID, diapason.P0, 4)
	changed.Browser.Shown = showing(fourFeatures)
	jar(changed, "nocturne.example", "nid", s.fresh(changed, 6), 400)
	jar(changed, "nocturne.example", "tongue", "other language, other zone and a long constant 0123456789", 400)
	seed := visit(seedID, diapason.P0, 1)
	if s.signIn {
		seed.Journey = "sign-in"
	}
	jar(seed, "nocturne.example", "nid", s.fresh(seed, 7), 400)
	keep(seed, "localStorage", "https://nocturne.example", "copy", id(1, 7))
	all = append(all, changed, seed)
	var trials []respawn.Trial
	for {
		tagged := sortOut(all).identify().traceable()
		marks := seeded(tagged, seed, all)
		plan := marks.plan(tenAtoms, fourFeatures, seed)
		if s.quick {
			plan.Quick, plan.Atoms = true, cacheBox
		}
		next := plan.Next(trials)
		if len(next) == 0 {
			return all
		}
		for _, v := range next {
			c := visit(respawnPrefix+v.Name, diapason.P5, len(trials)+1)
			c.Profile = diapason.Profile{State: "transplant", Kept: v.Keep}
			c.Browser.Shown = showing(v.Change)
			if v.SignedIn {
				c.Journey = "sign-in"
			}
			s.returns(c, v.Keep, len(trials))
			if spoil != nil {
				spoil(c)
			}
			all = append(all, c)
			trials = append(trials, marks.trial(c))
		}
	}
}

// showing is what a browser shows of features that are changed.
func showing(features []string) map[string]string {
	all := map[string]string{}
	for _, f := range features {
		all[f] = "other " + f
	}
	return all
}

func (s service) returns(c *diapason.Capture, kept []string, n int) {
	if slices.Contains(kept, "Local Storage") {
		keep(c, "localStorage", "https://nocturne.example", "copy", id(1, 7))
	}
	if !s.restores(kept) {
		jar(c, "nocturne.example", "nid", s.fresh(c, 8+n), 400)
		return
	}
	value := id(1, 7)
	if s.rewrites {
		jar(c, "nocturne.example", "nid", value, 400)
		return
	}
	if s.hashed {
		value = sha(value)
	}
	ask(c, "image", "https://pulse.example/p.gif?again="+value)
}

func TestAReturnedCookieIsTracedFromTheCapturesAlone(t *testing.T) {
	for name, c := range map[string]struct {
		s     service
		spoil func(*diapason.Capture)
		want  string
	}{
		"either of two stores": {
			service{restoredBy: [][]string{{"Cache"}, {"Local Storage"}}, rewrites: true},
			nil,
			"storage proved=true [[Cache] [Local Storage]] recipe [Cache Local Storage]=true written=true sent=false tests=18 survives [cookie-box cache-box]",
		},
		"sent again, not written": {
			service{restoredBy: [][]string{{"Favicons"}}},
			nil,
			"storage proved=true [[Favicons]] recipe [Favicons]=true written=false sent=true tests=17 survives [cookie-box]",
		},
		"sent as a hash": {
			service{restoredBy: [][]string{{"IndexedDB"}}, hashed: true},
			nil,
			"storage proved=true [[IndexedDB]] recipe [IndexedDB]=true written=false sent=true tests=17 survives [cache-box]",
		},
		"a store, or two together": {
			service{restoredBy: [][]string{{"Cache"}, {"Local Storage", "IndexedDB"}}, rewrites: true},
			nil,
			"storage proved=true [[Cache] [Local Storage IndexedDB]] recipe [Cache Local Storage]=true written=true sent=false tests=26 survives [cookie-box cache-box]",
		},
		"two only together": {
			service{restoredBy: [][]string{{"Local Storage", "IndexedDB"}}, rewrites: true},
			nil,
			"storage proved=true [[Local Storage IndexedDB]] recipe [Local Storage]=true written=true sent=false tests=24 survives [cache-box]",
		},
		"nothing": {service{}, nil, ""},
		"no store at all": {
			service{restoredBy: [][]string{{}}, rewrites: true},
			nil,
			"stateless proved=true [] recipe []=false written=true sent=false tests=9 survives [cookie-box cache-box]; whether it is",
		},
		"a value that expires": {
			service{restoredBy: [][]string{{"Cache"}}, rewrites: true},
			func(c *diapason.Capture) {
				if c.Run > 4 {
					c.Cookies = nil
				}
			},
			"storage proved=false [] recipe []=false written=true sent=false tests=15 survives []; what brings it",
		},
		"one that stays away more often than not": {
			service{restoredBy: [][]string{{"Cache"}}, rewrites: true},
			func(c *diapason.Capture) {
				if slices.Contains([]int{1, 4, 6, 7}, c.Run) {
					c.Cookies = nil
				}
			},
			"storage proved=false [] recipe []=false written=true sent=false tests=8 survives []; what brings it",
		},
		"a hash over what the browser shows": {
			service{madeOf: []string{"language", "screen"}},
			nil,
			"stateless proved=true [] recipe []=false written=true sent=false tests=14 survives []; whether it is; made of [[language screen]]",
		},
		"the account": {
			service{account: true, signIn: true},
			nil,
			"account proved=true [] recipe []=false written=true sent=false tests=6 survives []",
		},
		"the account, where nobody signs in": {service{account: true}, nil, ""},
		"a store, while signed in": {
			service{restoredBy: [][]string{{"Cache"}}, rewrites: true, signIn: true},
			nil,
			"storage proved=true [[Cache]] recipe [Cache]=true written=true sent=false tests=17 survives [cookie-box]",
		},
		"a store that the box for cookies leaves, in brief": {
			service{restoredBy: [][]string{{"Cache"}, {"Local Storage"}}, rewrites: true, quick: true},
			nil,
			"storage proved=false [] recipe []=false written=true sent=false tests=2 survives [cookie-box]; which of Cache,; whether a store; how to be",
		},
		"a store that it empties, in brief": {service{restoredBy: [][]string{{"Local Storage"}}, rewrites: true, quick: true}, nil, ""},
		"no store at all, in brief": {
			service{restoredBy: [][]string{{}}, rewrites: true, quick: true},
			nil,
			"stateless proved=false [] recipe []=false written=true sent=false tests=2 survives [cookie-box cache-box]; of which features; whether it is",
		},
		"a proof that broke off": {
			service{restoredBy: [][]string{{"Cache"}}, rewrites: true},
			func(c *diapason.Capture) { c.Complete = len(c.Profile.Kept) != 9 },
			"storage proved=true [[Cache]] recipe [Cache]=false written=true sent=false tests=17 survives [cookie-box]; whether other sets",
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := c.s.experiment(c.spoil)
			slices.Reverse(all) // a record is read in whatever order it is listed
			f := reader(t).Read(all)
			var lines []string
			for _, r := range f.Respawns {
				line := fmt.Sprintf("%s proved=%t %v recipe %v=%t written=%t sent=%t tests=%d survives %v", r.Kind, r.Proved, r.Stores, r.Recipe, r.RecipeProved, r.Written, r.Sent, len(r.Tests), survivors(f, r.Identifier))
				for _, n := range r.NotLooked {
					line += "; " + strings.Join(strings.Fields(n)[:min(3, len(strings.Fields(n)))], " ")
				}
				if len(r.Features) > 0 {
					line += fmt.Sprintf("; made of %v", r.Features)
				}
				lines = append(lines, line)
				if r.Identifier != "cookie nid @ nocturne.example" || r.Key != "nid" || r.Target != "Cookies" || r.Recipient.ID != "nocturne" || r.Score < identifying || len(r.Evidence) == 0 {
					t.Errorf("respawn %+v", r)
				}
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func survivors(f Facts, id string) []string {
	for _, i := range f.Identifiers {
		if i.ID == id {
			return i.Survives
		}
	}
	return nil
}

// A copy that lies in a store that was kept is not a return: only what was
// written into an emptied store, or sent, is.
func TestAKeptCopyIsNoReturn(t *testing.T) {
	all := service{}.experiment(nil)
	if f := reader(t).Read(all); len(f.Respawns) > 0 {
		t.Errorf("respawns %+v", f.Respawns)
	}
	kept, emptied := all[6], visit(respawnPrefix+"T1", diapason.P5, 1)
	marks := seeded(identify(fourVisits(all)).traceable(), all[5], all)
	keep(emptied, "localStorage", "https://nocturne.example", "copy", id(1, 7))
	if marks.trial(kept).Back[marks.ids()[0]].Back() || !marks.trial(emptied).Back[marks.ids()[0]].Written {
		t.Error("a copy in a kept store counts, or one in an emptied store does not")
	}
}

func TestACacheTagOutlivesTheCookieBox(t *testing.T) {
	tagged := func(c *diapason.Capture, tag string, returning bool) {
		q := ask(c, "script", "https://nocturne.example/n.js")
		q.ResponseHeaders = []diapason.Header{{Name: "ETag", Value: `"` + tag + `"`}}
		if returning {
			q.Headers = []diapason.Header{{Name: "If-None-Match", Value: `"` + tag + `"`}}
			q.Revalidated = true
		}
	}
	all := fourCaptures(func(c *diapason.Capture, profile, before int) { tagged(c, id(1, profile), before > 0) })
	seed := visit(seedID, diapason.P0, 1)
	tagged(seed, id(1, 7), false)
	all = append(all, seed)
	for i, kept := range [][]string{tenAtoms, nil, {"Local Storage"}, {"Cache"}} {
		c := visit(fmt.Sprint(respawnPrefix, "T", i+1), diapason.P5, i+1)
		c.Profile.Kept = kept
		if slices.Contains(kept, "Cache") {
			tagged(c, id(1, 7), true)
		} else {
			tagged(c, id(1, 20+i), false)
		}
		all = append(all, c)
	}
	f := reader(t).Read(all)
	if len(f.Identifiers) != 1 || len(f.Respawns) != 0 {
		t.Fatalf("identifiers %+v, respawns %+v", f.Identifiers, f.Respawns)
	}
	i := f.Identifiers[0]
	if i.Store != "etag" || i.Key != "n.js" || i.Host != "nocturne.example" || i.Carrier != "header" || fmt.Sprint(i.Survives) != "[cookie-box]" || len(i.Receivers) != 1 || i.Receivers[0].ID != "nocturne" {
		t.Errorf("identifier %+v", i)
	}
}

// A browser says by its hash which dictionary it has, for every file for which
// it is good: that is one identifier, and not one for each file.
func TestACompressionDictionaryOutlivesTheCookieBox(t *testing.T) {
	hash := func(profile int) string {
		sum := sha256.Sum256([]byte(id(1, profile)))
		return ":" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	}
	has := func(c *diapason.Capture, profile int) {
		for _, file := range []string{"a.js", "b.js"} {
			ask(c, "script", "https://nocturne.example/"+file).Headers = []diapason.Header{{Name: "Available-Dictionary", Value: hash(profile)}}
		}
	}
	all := fourCaptures(func(c *diapason.Capture, profile, _ int) { has(c, profile) })
	seed := visit(seedID, diapason.P0, 1)
	has(seed, 7)
	all = append(all, seed)
	for i, kept := range [][]string{tenAtoms, nil, {"Cache"}} {
		c := visit(fmt.Sprint(respawnPrefix, "T", i+1), diapason.P5, i+1)
		c.Profile.Kept = kept
		if slices.Contains(kept, "Cache") {
			has(c, 7)
		}
		all = append(all, c)
	}
	f := reader(t).Read(all)
	if len(f.Identifiers) != 1 {
		t.Fatalf("identifiers %+v", f.Identifiers)
	}
	i := f.Identifiers[0]
	if i.ID != "dictionary a.js @ nocturne.example" || i.Class != "identifier" || i.Carrier != "header" || fmt.Sprint(i.Survives) != "[cookie-box]" || len(i.Receivers) != 1 {
		t.Errorf("identifier %+v", i)
	}
}

// If the seeding visit got a value that another profile had before, its return
// in a later visit shows nothing.
func TestAValueThatOthersHadMarksNothing(t *testing.T) {
	all := fourCaptures(func(c *diapason.Capture, profile, _ int) { jar(c, "nocturne.example", "nid", id(1, profile), 400) })
	seed := visit(seedID, diapason.P0, 1)
	jar(seed, "nocturne.example", "nid", id(1, 2), 400)
	if marks := seeded(identify(fourVisits(all)).traceable(), seed, all); len(marks) > 0 {
		t.Errorf("marks %v", marks.ids())
	}
}
