package does

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

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
