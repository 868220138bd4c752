package audit

import (
	"errors"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestAMistakeInTheConfigurationIsToldWithItsPlaceAndAWayOn(t *testing.T) {
	for name, c := range map[string]struct{ text, want, next string }{
		"an unknown key":              {"service:\n  id: acme\n  jurisdiction: [EU]\n", `f.yaml:3:3: unknown key "service.jurisdiction"`, `did you mean "jurisdictions"?`},
		"an unknown key far from all": {"service:\n  id: acme\nzzzzzzzz: 1\n", `f.yaml:3:1: unknown key "zzzzzzzz"`, "known here: asks, does, holds, parties, says, service"},
		"a key of a list entry":       {"service: {id: a}\nasks:\n  - {ulr: x}\n", `f.yaml:3:6: unknown key "asks.ulr"`, `did you mean "url"?`},
		"a key of a recording":        {"service: {id: a}\ndoes:\n  captures:\n    - {har: x, tz: Z}\n", `f.yaml:4:16: unknown key "does.captures.tz"`, "known here: as, har, zone"},
		"no service":                  {"says: []\n", "f.yaml:1: service.id is missing", "add `service"},
		"a text without a place":      {"service: {id: a}\nsays:\n  - {id: p}\n", "f.yaml:3: says entry 1 wants either fetch: or file:", "give the address"},
		"a text with two places":      {"service: {id: a}\nsays:\n  - {fetch: x, file: y}\n", "says entry 1 wants either fetch: or file:", "give the address"},
		"a request with two places":   {"service: {id: a}\nasks:\n  - {url: x, page: y}\n", "asks entry 1 wants either url: or page:", "give the permission link"},
		"a cookie policy":             {"service: {id: a}\ndoes:\n  third-party-cookies: some\n", `f.yaml:3: third-party-cookies is "some"`, "write allow or block"},
		"a short known value":         {"service: {id: a}\ndoes:\n  known:\n    - {id: e, data: \"pd:EmailAddress\", value: short, scope: s}\n", `f.yaml:4: 5 characters are found by chance`, "made-up value of 8 characters"},
		"known data of no kind":       {"service: {id: a}\ndoes:\n  known:\n    - {id: e, data: \"pd:Emial\", value: longenough, scope: s}\n", `f.yaml:4: "pd:Emial" is no term of the vocabulary`, "write a term such as pd:EmailAddress"},
		"known by no permission":      {"service: {id: a}\ndoes:\n  known:\n    - {id: e, data: \"pd:EmailAddress\", value: longenough}\n", `f.yaml:4: id or scope is missing`, "the permission (scope)"},
		"a journey that is not there": {"service: {id: a}\ndoes:\n  journeys: {in: [{open: x}]}\n  sign-in: on\n", `f.yaml:4: sign-in names "on"`, "write the steps that sign in"},
		"a manifest with a purpose":   {"service: {id: a}\nasks:\n  - {manifests: [x], for: [y]}\n", `f.yaml:3: asks entry 1 has manifests: beside for:`, "an entry of its own"},
		"a vantage without a log":     {"service: {id: a}\nasks:\n  - {url: x, vantage: mock}\n", `f.yaml:3: asks entry 1 has vantage:, event: or window: and no log:`, "add `log:`"},
		"an unknown vantage":          {"service: {id: a}\nasks:\n  - {url: x, log: y, vantage: moon}\n", `f.yaml:3: asks entry 1 has the unknown vantage "moon"`, "client-egress"},
		"an event without a time":     {"service: {id: a}\nasks:\n  - {url: x, log: y, event: release}\n", `f.yaml:3: asks entry 1 has the event "release"`, "release="},
		"a window without an end":     {"service: {id: a}\nasks:\n  - {url: x, log: y, window: 2026-08-01}\n", `f.yaml:3: asks entry 1 has a window that cannot be read`, "2026-08-01/"},
		"a recording of no kind":      {"service: {id: a}\ndoes:\n  captures:\n    - {har: x, as: D}\n", `f.yaml:4: a recording is named as "D"`, "write A1, A2, B or C: A1 is a first visit"},
		"two first recordings":        {"service: {id: a}\ndoes:\n  captures:\n    - {har: x, as: A1}\n    - {har: y}\n    - {har: z, as: A1}\n", `f.yaml:6: two recordings are named as A1: entries 1 and 3`, "A2 the same device"},
		"two of four recordings":      {"service: {id: a}\ndoes:\n  captures:\n    - {har: w}\n    - {har: x, as: A1}\n    - {har: y, as: B}\n", `f.yaml:5: identifiers are told from four recordings; missing: A2, C`, "B and C are two other"},
		"recordings beside visits":    {"service: {id: a}\ndoes:\n  start: [https://a.example/]\n  captures: [{har: a, as: A1}, {har: b, as: A2}, {har: c, as: B}, {har: d, as: C}]\n", `f.yaml:4: pages to visit and four recordings were both given`, "one after the other"},
		"choices without a question":  {"service: {id: a}\ndoes:\n  start: [https://a.example/]\n  banner: {accept: \"#yes\"}\n", "f.yaml:4: banner says where the choices are, and no visit is to choose", "add `consent: true`"},
		"a key of the banner":         {"service: {id: a}\ndoes:\n  banner: {refuse: \"#no\"}\n", `f.yaml:3:12: unknown key "does.banner.refuse"`, "known here: accept, banner, reject, settings, withdraw"},
		"choices without a page":      {"service: {id: a}\ndoes:\n  consent: true\n", "f.yaml:3: consent needs a page to visit", "add `start:`"},
		"a signal without a page":     {"service: {id: a}\ndoes:\n  gpc: true\n", "f.yaml:3: gpc needs a page to visit", "add `start:`"},
		"a date":                      {"service: {id: a}\nholds:\n  - {export: x, received: 2026-13-40}\n", `f.yaml:3: "2026-13-40" is not a date`, "write dates as 2026-03-01"},
		"no YAML":                     {"service: [\n", "f.yaml: line", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseConfig([]byte(c.text), "f.yaml")
			if !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want a usage error with %q", err, c.want)
			}
			var hint *diapason.Hint
			if next := ""; errors.As(err, &hint) {
				next = hint.Next
				if !strings.Contains(next, c.next) {
					t.Errorf("hint %q, want %q", next, c.next)
				}
			} else if c.next != "" {
				t.Errorf("no hint, want %q", c.next)
			}
		})
	}
}

func TestAConfigurationHasDefaultsThatItTells(t *testing.T) {
	c, err := ParseConfig([]byte("service: {id: acme}\nsays:\n  - {file: p.md}\ndoes: {start: [https://acme.example/]}\n"), "sub/diapason.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Service.Name != "acme" || c.Service.Jurisdictions[0] != "EU" || c.Says[0].ID != "document-1" || c.Says[0].Kind != "policy" || c.Does.ThirdPartyCookies != "allow" {
		t.Errorf("defaults: %+v", c)
	}
	if got := c.path("p.md"); got != "sub/p.md" {
		t.Errorf("a file is looked for at %q, not beside the configuration", got)
	}
	if got := c.path("/tmp/p.md"); got != "/tmp/p.md" {
		t.Errorf("an absolute path became %q", got)
	}
}

func TestJourneysTakeSecretsFromTheEnvironmentOnly(t *testing.T) {
	t.Setenv("DIAPASON_TEST_SECRET", "s3cret")
	text := `service: {id: acme}
does:
  journeys:
    sign-up:
      - open: https://acme.example/join
      - fill: {"#b": bait.email, "#a": secret.DIAPASON_TEST_SECRET}
      - wait: 2s
      - click: "text=Go"
`
	c, err := ParseConfig([]byte(text), "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	js, err := c.journeys()
	if err != nil {
		t.Fatal(err)
	}
	steps := js["sign-up"]
	if len(steps) != 4 || steps[1].Fill[0].Selector != "#b" || steps[1].Fill[1].Value != "s3cret" || steps[2].Wait.Seconds() != 2 || steps[3].Click != "text=Go" {
		t.Errorf("steps: %+v", steps)
	}
	if strings.Contains(string(c.raw), "s3cret") {
		t.Error("the secret is in the recorded configuration")
	}
	c.Does.Journeys["sign-up"][2].Wait = "soon"
	if _, err := c.journeys(); !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "step 3") {
		t.Errorf("a wait of %q gave %v", "soon", err)
	}
}
