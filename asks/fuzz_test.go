package asks

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"diapason.dev/diapason"
)

// FuzzURL holds what must be true of any address: it is refused as no request,
// or told as incomplete, or judged; every name has one class; nothing that a
// terminal would obey is in the text; narrowing changes the scope value only
// and twice is once.
func FuzzURL(f *testing.F) {
	for _, pc := range publicCases(f) {
		for _, u := range pc.URLs {
			f.Add(u, pc.Page)
		}
	}
	for _, u := range []string{
		good("scope", "user-library-modify\u202e\x1b[31m"), good() + "&scope=streaming", strings.ReplaceAll(good(), "&", "&#38;"),
		authorize + "scope=a%2520b%00", "https://user@accounts.spotify.com:443/authorize?scope=%zz#f", "//accounts.spotify.com/de/authorize/?scope=,,",
		"https://authorize.music.apple.com/woa?a=e30", "https://www.facebook.com/v19.0/dialog/oauth?client_id=1&scope=email,public_profile",
		good("authorization_details", `[{"type":"x","actions":["a"]}]`),
	} {
		f.Add(u, "https://campaign.example/c/1")
	}
	f.Fuzz(func(t *testing.T, address, page string) {
		a := Ask{URL: address, Page: page}
		if p, _ := Default().find(readAddress(address)); p != nil && len(p.Purposes) > 0 {
			a.For = []string{p.Purposes[0].ID}
		}
		req, scopes, _, err := Default().Judge(a)
		if errors.Is(err, diapason.ErrUsage) {
			return
		}
		if err != nil && !errors.Is(err, diapason.ErrIncomplete) {
			t.Fatalf("error %v", err)
		}
		v := req.Verdict
		if len(scopes) != v.Requested || len(v.Scopes) != v.Requested {
			t.Fatalf("%d requested, %d scopes, %d verdicts", v.Requested, len(scopes), len(v.Scopes))
		}
		if text := strings.Join(req.Text, " ") + strings.Join(v.ParseFlags, " ") + strings.Join(v.URLFlags, " ") + req.App + req.Evidence[0].URL; strings.ContainsFunc(text, hidden) {
			t.Fatalf("the text holds what must not be shown: %q", text)
		}
		narrow(t, a, v)
	})
}

func narrow(t *testing.T, a Ask, v Verdict) {
	once, err := Narrow(Default(), a)
	if err != nil {
		return
	}
	at := readAddress(a.URL)
	head, tail := a.URL, ""
	if params := at.all(v.ScopeParameter); len(params) == 1 {
		head, tail = a.URL[:params[0].start], a.URL[params[0].end:]
	}
	if !strings.HasPrefix(once, head) || !strings.HasSuffix(once, tail) || len(once) > len(a.URL) {
		t.Fatalf("%q became %q", a.URL, once)
	}
	a.URL = once
	if twice, err := Narrow(Default(), a); err != nil || twice != once {
		t.Fatalf("once %q, twice %q, %v", once, twice, err)
	}
}

// FuzzCatalogue holds that a file is taken, or refused with lines that it has.
func FuzzCatalogue(f *testing.F) {
	f.Add(sound)
	for _, tc := range spoilt {
		f.Add(strings.Replace(sound, tc.old, tc.new, 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		mistakes, err := CheckCatalogue(fstest.MapFS{"acme.json": {Data: []byte(text)}})
		if err != nil {
			t.Fatal(err)
		}
		last := 1 + strings.Count(text, "\n")
		for _, m := range mistakes {
			if m.Line < 1 || m.Line > last || m.Problem == "" || m.Next == "" {
				t.Fatalf("%+v in a file of %d lines", m, last)
			}
		}
		c, err := Load(fstest.MapFS{"acme.json": {Data: []byte(text)}})
		if (err == nil) != (len(mistakes) == 0) {
			t.Fatalf("loaded with %v, checked with %v", err, mistakes)
		}
		if err != nil {
			return
		}
		for _, p := range c.providers {
			for _, u := range p.Purposes {
				if _, err := c.Verdict(Ask{Provider: p.Provider, Scopes: "songs plays x", For: []string{u.ID}}); err != nil && !errors.Is(err, diapason.ErrIncomplete) && !errors.Is(err, diapason.ErrUsage) {
					t.Fatal(err)
				}
			}
		}
	})
}

// FuzzNeed holds that an expression that a catalogue takes stands for sets of
// which none contains another, each in ascending order, and for the same sets
// with its parts in any order.
func FuzzNeed(f *testing.F) {
	for _, n := range []string{
		`"songs"`, `"none"`, `{"all":["songs","plays"]}`, `{"any":["songs",{"all":["plays","songs"]}]}`,
		`{"when":"k","cases":[{"is":["a","b"],"need":"songs"},{"is":["c"],"need":{"any":["none","plays"]}}]}`, `{"al":1}`, `{}`, `null`,
	} {
		f.Add(n, "a")
	}
	f.Fuzz(func(t *testing.T, expression, value string) {
		file := strings.Replace(sound, `"need": {"when": "kind", "cases": [{"is": ["song"], "need": "plays"}]}`, `"need": `+expression, 1)
		c, err := Load(fstest.MapFS{"acme.json": {Data: []byte(strings.Replace(file, `, "params": {"kind": "song"}`, "", 1))}})
		if err != nil {
			return
		}
		p := c.providers[0]
		at := slices.IndexFunc(p.Operations, func(o *operation) bool { return o.Op == "GET /plays" })
		n := p.Operations[at].Need
		for _, params := range append(n.settings(), map[string]string{"k": value}, nil) {
			alts, err := p.alternatives(n, params)
			if err != nil {
				continue
			}
			for i, a := range alts {
				if !slices.IsSorted(a) {
					t.Fatalf("%s: %v", expression, alts)
				}
				for j, b := range alts {
					if i != j && within(a, b) {
						t.Fatalf("%s: %v holds %v", expression, b, a)
					}
				}
			}
			slices.Reverse(n.All)
			slices.Reverse(n.Any)
			again, _ := p.alternatives(n, params)
			if !slices.EqualFunc(alts, again, func(a, b alternative) bool { return slices.Equal(a, b) }) {
				t.Fatalf("%s: %v, in another order %v", expression, alts, again)
			}
		}
	})
}
