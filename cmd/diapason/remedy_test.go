package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
	"diapason.dev/diapason/remedy"
)

// The list that a run gives is put into a real Chromium, as the rules of an
// extension: its own matcher reads the same patterns. Then nothing that tracked
// is reached, what was deleted stays away although every other store was kept,
// and the site works to the end of signing up.
func TestInABrowserWithTheListNothingFollowsAndTheSiteWorks(t *testing.T) {
	d, _, _ := demonstrations(t)
	triesTheList(t, d.result.Remedies.Blocklist)
}

func triesTheList(t *testing.T, list remedy.Blocklist) {
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	g, err := gate.Start(t.Context(), gate.Options{Dial: l.Dial()})
	if err != nil {
		t.Fatal(err)
	}
	b := &browse.Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: browse.Brisk}
	seed, err := b.NewProfile()
	if err != nil {
		t.Fatal(err)
	}
	nid := ""
	for _, k := range visited(t, b, browse.Visit{ID: "seed", URL: lab.Nocturne().Origin + "/", Profile: seed}).Cookies {
		if k.Name == "nid" {
			nid = k.Value
		}
	}
	if nid == "" {
		t.Fatal("the first visit got no identifier")
	}
	without := signUpAgain(t, l, b, seed, nid)
	b.Path = blocking(t, list)
	with := signUpAgain(t, l, b, seed, nid)
	for what, want := range map[string][2]bool{ // without the list, and with it
		"pulse.example is reached": {true, false}, "adsum.example is reached": {true, false}, "static.nocturne.example is reached": {true, false},
		"the deleted identifier comes back": {true, false},
		"nocturne.example is reached":       {true, true}, "the form is sent": {true, true},
		"the page / shows": {true, true}, "the page /join shows": {true, true}, "the page /welcome shows": {true, true},
	} {
		if got := [2]bool{without[what], with[what]}; got != want {
			t.Errorf("%s without the list and with it: %v, want %v", what, got, want)
		}
	}
}

// signUpAgain returns to Nocturne with everything kept but the cookies, signs
// up, and tells what the lab saw and what the browser showed.
func signUpAgain(t *testing.T, l *lab.Lab, b *browse.Browser, seed *browse.Profile, nid string) map[string]bool {
	t.Helper()
	var kept []string
	for _, a := range browse.Atoms[1:] {
		kept = append(kept, a.Name)
	}
	p, err := b.Transplant(seed, kept)
	if err != nil {
		t.Fatal(err)
	}
	before := len(l.Log())
	c := visited(t, b, browse.Visit{ID: "again", URL: "https://almanac.example/", Profile: p, Steps: []browse.Step{
		{Open: lab.Nocturne().Origin + "/"},
		{Open: lab.Nocturne().Origin + "/join"},
		{Fill: []browse.Field{{Selector: "#email", Value: "bait.email"}, {Selector: "#name", Value: "bait.name"}, {Selector: "#password", Value: "bait.password"}}},
		{Click: "text=Create account"},
	}})
	seen := map[string]bool{"the deleted identifier comes back": slices.ContainsFunc(c.Cookies, func(k diapason.Cookie) bool { return k.Value == nid })}
	for _, h := range l.Log()[before:] {
		seen[h.Host+" is reached"] = true
		if strings.Contains(h.URL()+h.Header.Get("Cookie")+h.Header.Get("If-None-Match")+string(h.Body), nid) {
			seen["the deleted identifier comes back"] = true
		}
		if h.Method == "POST" && h.Path == "/join" {
			seen["the form is sent"] = true
		}
	}
	for _, p := range c.Pages {
		if path, ok := strings.CutPrefix(p.URL, lab.Nocturne().Origin); ok && strings.Contains(p.Title, "Nocturne") && strings.Contains(p.HTML, "<h1") {
			seen["the page "+path+" shows"] = true
		}
	}
	return seen
}

func visited(t *testing.T, b *browse.Browser, v browse.Visit) *diapason.Capture {
	t.Helper()
	c, err := b.Visit(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	for _, gap := range c.Gaps {
		t.Logf("visit %s: %s: %s", v.ID, gap.What, gap.Why) // on a busy machine; what counts is asked of the lab
	}
	return c
}

// blocking is a program that starts Chromium with the rules of a list. An
// extension that declares rules runs no code.
func blocking(t *testing.T, list remedy.Blocklist) string {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		t.Fatal("no Chromium is installed")
	}
	var rules []any
	for i, b := range list.Blocks {
		rules = append(rules, map[string]any{"id": i + 1, "priority": 1, "action": map[string]any{"type": "block"}, "condition": condition(t, b.Rule)})
	}
	dir := t.TempDir()
	for name, v := range map[string]any{
		"rules.json": rules,
		"manifest.json": map[string]any{
			"manifest_version": 3, "name": "list", "version": "1", "permissions": []string{"declarativeNetRequest"},
			"declarative_net_request": map[string]any{"rule_resources": []any{map[string]any{"id": "list", "enabled": true, "path": "rules.json"}}},
		},
	} {
		raw, err := json.Marshal(v)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// A visit starts what a script wraps and not the script, if it can tell what
	// that is: so the name of the program stands in a link.
	start, browser := filepath.Join(t.TempDir(), "with-list"), filepath.Join(t.TempDir(), "browser")
	if err := os.Symlink(program, browser); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' '--load-extension=%s' \"$@\"\n", browser, dir)
	if err := os.WriteFile(start, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return start
}

// condition is a rule of the list in the words of Chromium's own blocker.
func condition(t *testing.T, rule string) map[string]any {
	t.Helper()
	pattern, options, _ := strings.Cut(rule, "$")
	c := map[string]any{"urlFilter": pattern}
	for option := range strings.SplitSeq(options, ",") {
		switch name, value, _ := strings.Cut(option, "="); name {
		case "":
		case "third-party":
			c["domainType"] = "thirdParty"
		case "domain":
			c["initiatorDomains"] = strings.Split(value, "|")
		default:
			t.Fatalf("%s has the option %s, which this test does not know", rule, name)
		}
	}
	return c
}

func TestTheRemedyOfARunIsThatOfItsReport(t *testing.T) {
	d, _, clean := demonstrations(t)
	for _, one := range []*demonstration{d, clean} {
		cmd := newRoot()
		var out bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetArgs([]string{"remedy", one.dir, "--json"})
		if err := cmd.Execute(); err != nil {
			t.Fatal(err)
		}
		var again any
		if err := json.Unmarshal(out.Bytes(), &again); err != nil {
			t.Fatal(err)
		}
		var diff []string
		compare("remedies", one.raw.(map[string]any)["remedies"], again, &diff)
		if len(diff) > 0 {
			t.Errorf("%s: %q", one.dir, diff)
		}
	}
	var rules []string
	for _, b := range d.result.Remedies.Blocklist.Blocks {
		rules = append(rules, b.Rule)
	}
	want := []string{"||adsum.example^$third-party,domain=nocturne.example", "||pulse.example^$third-party", "||static.nocturne.example/ear.js^$domain=nocturne.example"}
	if !slices.Equal(rules, want) {
		t.Errorf("the list is %q, want %q", rules, want)
	}
	if c := d.result.Remedies.Blocklist.Check; c.Tracking < 100 || c.Stopped != c.Tracking || c.Others == 0 || c.Pages == 0 {
		t.Errorf("the list does this to the record: %s", c)
	}
	if r := clean.result.Remedies; len(r.Person)+len(r.Operator)+len(r.Blocklist.Blocks)+len(r.Blocklist.Left) > 0 {
		t.Errorf("about the clean twin: %+v", r)
	}
}
