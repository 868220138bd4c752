package audit

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/rule"
)

const (
	asks4choice = `service: {id: tremolo, name: Tremolo, domains: [tremolo.example], jurisdictions: [EU, CA]}
parties: [{domain: adsum.example, name: Adsum, role: advertiser}]
does: {start: [https://tremolo.example/], consent: true, gpc: true}
`
	asksNothing = `service: {id: tremolo, name: Tremolo, domains: [tremolo.example], jurisdictions: [EU, CA]}
does: {start: [https://tremolo.example/]}
`
)

var (
	fair = diapason.Control{Words: "Accept", Kind: "button", Clicks: 1, Layer: 1, Contrast: 9, Area: 4000}
	none = diapason.Control{Clicks: -1}
)

// A tune is how a made-up service takes a choice: in which phases its
// advertiser's picture, which names the browser in a cookie, goes on loading.
type tune struct {
	tracks []diapason.Phase
	banner bool
	reject diapason.Control
}

// visits are all that an audit of consent and GPC makes of it.
func (s tune) visits() []*diapason.Capture {
	var all []*diapason.Capture
	for i, id := range []string{"A1", "A2", "B", "C"} {
		all = append(all, s.visit(id, diapason.P0, []int{1, 1, 2, 3}[i]))
	}
	for _, p := range []diapason.Phase{diapason.P1, diapason.P2, diapason.P3, diapason.P40} {
		if p != diapason.P40 && !s.banner || p == diapason.P1 && s.reject.Clicks < 0 {
			continue
		}
		for run := 1; run <= 3; run++ {
			all = append(all, s.visit(fmt.Sprintf("choice/%s/%d", p, run), p, run))
		}
	}
	return all
}

func (s tune) visit(id string, p diapason.Phase, run int) *diapason.Capture {
	began := time.Date(2026, 11, 24, 12, run, 0, 0, time.UTC)
	c := &diapason.Capture{
		ID: id, Site: "https://tremolo.example/", Phase: p, Run: run, Source: "chromium", Mode: diapason.Auto, Settle: "idle", Complete: true,
		Started: began, Ended: began.Add(5 * time.Second), GPC: p == diapason.P40,
	}
	if id != "A2" {
		c.Banner = &diapason.Banner{URL: c.Site, Found: s.banner, Accept: fair, Reject: s.reject, Withdraw: fair}
		if want := map[diapason.Phase]string{diapason.P1: "reject", diapason.P2: "accept", diapason.P3: "withdraw"}[p]; want != "" {
			c.Banner.Chosen, c.Banner.Registered, c.Banner.Since = want, true, began.Add(time.Second)
		}
	}
	value := fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Replace(id, "A2", "A1", 1))))[:32]
	ask := func(kind, url string, at time.Duration, headers ...diapason.Header) *diapason.Request {
		if c.GPC {
			headers = append(headers, diapason.Header{Name: "Sec-GPC", Value: "1"})
		}
		c.Requests = append(c.Requests, diapason.Request{ID: fmt.Sprint(len(c.Requests)), URL: url, Method: "GET", Type: kind, At: began.Add(at), Page: c.Site, From: "page", Status: 200, Headers: headers})
		return &c.Requests[len(c.Requests)-1]
	}
	ask("document", c.Site, 0)
	ask("document", c.Site, 2*time.Second)
	if slices.Contains(s.tracks, p) {
		ask("image", "https://adsum.example/p.gif", 2100*time.Millisecond).ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "aid=" + value + "; Max-Age=31536000"}}
		ask("image", "https://adsum.example/p.gif", 3100*time.Millisecond, diapason.Header{Name: "Cookie", Value: "aid=" + value})
		c.Cookies = []diapason.Cookie{{Name: "aid", Value: value, Domain: "adsum.example", Path: "/", Expires: c.Ended.AddDate(1, 0, 0)}}
	}
	ask("document", c.Site, 3*time.Second)
	return c
}

// outcomes judges visits and tells the outcomes of the rules about choices.
func outcomes(t *testing.T, config string, captures []*diapason.Capture) (string, *Result) {
	t.Helper()
	cfg, err := ParseConfig([]byte(config), "diapason.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := Material{Settings: Settings{ID: "run", Salt: []byte("salt")}, Config: cfg, Captures: captures}
	r, err := m.Conclude(t.Context(), rule.Default())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, v := range r.Verdicts {
		if strings.HasPrefix(v.Rule, "CN-0") && v.Rule < "CN-07" || v.Rule == "US-01" {
			all = append(all, v.Rule+" "+string(v.Outcome))
		}
	}
	return strings.Join(all, ", "), r
}

func TestWhatComesOfAChoiceIsJudgedByItsOwnRule(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		tune   tune
		want   string
	}{
		"every choice is obeyed": {
			asks4choice,
			tune{[]diapason.Phase{diapason.P2}, true, fair},
			"CN-01 pass, CN-02 pass, CN-03 pass, CN-04 pass, CN-05 pass, CN-06 pass, US-01 pass",
		},
		"a refusal is ignored": {
			asks4choice,
			tune{[]diapason.Phase{diapason.P1, diapason.P2}, true, fair},
			"CN-01 pass, CN-02 pass, CN-03 fail, CN-04 pass, CN-05 pass, CN-06 pass, US-01 pass",
		},
		"a withdrawal is ignored": {
			asks4choice,
			tune{[]diapason.Phase{diapason.P2, diapason.P3}, true, fair},
			"CN-01 pass, CN-02 pass, CN-03 pass, CN-04 pass, CN-05 pass, CN-06 fail, US-01 pass",
		},
		"nobody can refuse": {
			asks4choice,
			tune{[]diapason.Phase{diapason.P2}, true, none},
			"CN-01 pass, CN-02 fail, CN-03 inconclusive, CN-04 pass, CN-05 pass, CN-06 pass, US-01 pass",
		},
		"nobody is asked, and the signal is ignored": {
			asks4choice,
			tune{[]diapason.Phase{diapason.P0, diapason.P40}, false, none},
			"CN-01 fail, CN-02 not-applicable, CN-03 not-applicable, CN-04 not-applicable, CN-05 not-applicable, CN-06 not-applicable, US-01 fail",
		},
		"nobody is asked, and the signal is obeyed": {
			asks4choice,
			tune{[]diapason.Phase{diapason.P0}, false, none},
			"CN-01 fail, CN-02 not-applicable, CN-03 not-applicable, CN-04 not-applicable, CN-05 not-applicable, CN-06 not-applicable, US-01 pass",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := outcomes(t, c.config, c.tune.visits())
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			captures := c.tune.visits()
			slices.Reverse(captures)
			if again, _ := outcomes(t, c.config, captures); again != got {
				t.Errorf("in another order %s", again)
			}
		})
	}
}

func TestChoicesThatWereNotAskedForAreToldAndNotJudged(t *testing.T) {
	visits := tune{banner: true, reject: none}.visits()[:4]
	for _, c := range visits {
		c.Banner = nil
	}
	got, r := outcomes(t, asksNothing, visits)
	if want := "CN-01 pass, CN-02 not-applicable, CN-03 not-applicable, CN-04 not-applicable, CN-05 not-applicable, CN-06 not-applicable, US-01 not-applicable"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	told := strings.Join(r.NotExamined, "\n")
	for _, want := range []string{"`consent: true`", "`gpc: true`"} {
		if !strings.Contains(told, want) {
			t.Errorf("nothing says that %s was not set:\n%s", want, told)
		}
	}
}
