package does

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does/respawn"
	"diapason.dev/diapason/internal/browse"
)

// A Plan says which pages to visit and which experiments to make.
type Plan struct {
	Start    []string                 // pages of the service; every plain visit opens all of them, in order
	Linkage  []string                 // pages of unrelated sites, to see who knows a visitor on both
	Journeys map[string][]browse.Step // ways through the service by name, each walked three times
	Respawn  bool                     // delete each identifier and see what brings it back
	// Quick keeps in the experiment what the browser's box "Cookies and other
	// site data" leaves, all together, and then nothing. It takes three visits
	// and shows whether an identifier outlives that box, not what brings it back.
	Quick bool
	// SignIn signs in with one and the same account; the visits of the respawn
	// experiment walk it too. Empty: they stay signed out.
	SignIn []browse.Step
	// Consent makes visits that look for what asks for a choice, and others that
	// refuse everything, accept everything, and take agreement back. GPC makes
	// visits with Global Privacy Control on.
	Consent, GPC bool
	Selectors    browse.Selectors // where the banner is, for a page on which it is not found
	AtOnce       int              // visits that go on at a time; below one: as many as pay here, see [browse.AtOnce]
}

// runs is how often a phase is repeated, so that a finding rests on two of three.
const runs = 3

// Run makes the visits: A1 and A2 in one profile with a new browser process
// between them, B and C each in an empty one, and before a full respawn experiment D
// in one to which the browser shows itself differently; then every journey; then the
// sites of the linkage in one order and, in another profile, in the other, and
// in a third one all of them without quitting the browser; then
// the visits with Global Privacy Control on;
// then those that choose, as far as A1, B and C found something to choose;
// then the experiment on what brings identifiers back, which is tried on a page
// of our own first, and what comes back while the browser runs. The order of
// the phases is always the same. Some visits go on at a time. Each capture is given to done as soon as those before it in the
// plan were, never two at once.
//
// What was not visited comes back as gaps. The error is [diapason.ErrUsage] or
// [diapason.ErrNoBrowser] if nothing can be visited, or the context's.
func (p Plan) Run(ctx context.Context, b *browse.Browser, done func(*diapason.Capture)) ([]*diapason.Capture, []diapason.Gap, error) {
	t := &tour{browser: b, done: done, atOnce: p.AtOnce}
	if t.atOnce < 1 {
		t.atOnce = browse.AtOnce(b.Settle)
	}
	t.walk(ctx, p.chains())
	if p.Consent && len(p.Start) > 0 {
		if t.err != nil {
			t.unseen = append(t.unseen, "those that choose")
		} else {
			t.walk(ctx, p.choices(offeredIn(t.captures)))
		}
	}
	if p.Respawn && len(p.Start) > 0 {
		if t.err == nil {
			t.restore(ctx, p)
		}
		if t.err != nil {
			t.unseen = append(t.unseen, "what else "+experiment+" takes")
		}
	}
	return t.captures, t.gaps(), t.err
}

// experiment is how gaps call the visits that return with chosen stores.
const experiment = "the experiment on deleted identifiers"

// chains lists all visits that do not depend on what others show.
func (p Plan) chains() []chain {
	var all []chain
	if len(p.Start) > 0 {
		all = append(all,
			chain{visits: []browse.Visit{p.looking("A1", 1), p.plain("A2", diapason.P0, 1)}},
			chain{visits: []browse.Visit{p.looking("B", 2)}},
			chain{visits: []browse.Visit{p.looking("C", 3)}})
		if p.Respawn && !p.Quick {
			changed := p.plain(changedID, diapason.P0, 1)
			changed.Change = browse.Features()
			all = append(all, chain{visits: []browse.Visit{changed}})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Journeys)) {
		for run := 1; run <= runs; run++ {
			all = append(all, chain{visits: []browse.Visit{p.journey(name, run)}})
		}
	}
	if len(p.Start) > 0 && len(p.Linkage) > 0 {
		there := append([]string{p.Start[0]}, p.Linkage...)
		back := slices.Clone(there)
		slices.Reverse(back)
		all = append(all, link("P", 1, there), link("Q", 2, back), inOneGo(3, there))
	}
	if p.GPC && len(p.Start) > 0 {
		all = append(all, p.choosing(diapason.P40)...)
	}
	return all
}

// plain is a visit that opens the pages and touches nothing.
func (p Plan) plain(id string, phase diapason.Phase, run int) browse.Visit {
	v := browse.Visit{ID: id, URL: p.Start[0], Phase: phase, Run: run}
	for _, page := range p.Start[1:] {
		v.Steps = append(v.Steps, browse.Step{Open: page})
	}
	return v
}

func (p Plan) journey(name string, run int) browse.Visit {
	v := browse.Visit{ID: fmt.Sprintf("journey/%s/%d", name, run), Phase: diapason.P6, Run: run, Journey: name, Steps: p.Journeys[name]}
	if len(v.Steps) > 0 && v.Steps[0].Open == "" && len(p.Start) > 0 {
		v.URL = p.Start[0]
	}
	return v
}

func link(profile string, run int, pages []string) chain {
	var c chain
	for i, page := range pages {
		c.visits = append(c.visits, browse.Visit{ID: fmt.Sprintf("link/%s/%d", profile, i+1), URL: page, Phase: diapason.P0, Run: run})
	}
	return c
}

// inOneGo visits all sites of the linkage in one run of the browser.
func inOneGo(run int, pages []string) chain {
	v := browse.Visit{ID: linkPrefix + "M/1", URL: pages[0], Phase: diapason.P0, Run: run}
	for _, page := range pages[1:] {
		v.Steps = append(v.Steps, browse.Step{Open: page})
	}
	return chain{visits: []browse.Visit{v}}
}

// A seedProfile is the profile that others are copied from.
type seedProfile struct {
	browser *browse.Browser
	profile *browse.Profile
}

// open makes the profile, and makes it anew if the first visit in it came down.
func (s *seedProfile) open() (p *browse.Profile, err error) {
	s.remove()
	s.profile, err = s.browser.NewProfile()
	return s.profile, err
}

func (s *seedProfile) remove() {
	if s.profile != nil {
		s.profile.Remove()
	}
}

// restore tries the experiment on a page of our own, seeds a profile and
// returns with chosen stores of it, until the experiment's plan has no further
// visit. What each visit shows is read from its capture, as it is when the
// record is read later.
func (t *tour) restore(ctx context.Context, p Plan) {
	tagged := sortOut(t.captures).lasting()
	if len(tagged) == 0 {
		return
	}
	failing, ok := t.selfTest(ctx)
	if !ok {
		return
	}
	kept := seedProfile{browser: t.browser}
	defer kept.remove()
	seed := p.plain(seedID, diapason.P0, 1)
	agree := p.Consent && offeredIn(t.captures).accept
	if agree {
		p.agree(&seed)
		seed.Phase = diapason.P2
	}
	if len(p.SignIn) > 0 {
		p.signIn(&seed)
		seed.Phase = diapason.P6
	}
	before := len(t.captures)
	t.walk(ctx, []chain{{visits: []browse.Visit{seed}, profile: kept.open, kept: true}})
	seeds := toTheirEnd(t.captures[before:])
	if len(seeds) == 0 || t.err != nil {
		return
	}
	marks := seeded(tagged, seeds[0], t.captures[:before])
	if len(marks) == 0 {
		t.miss(experiment, errors.New("the visit that was to be returned to did not get the identifiers that other visits got"))
		return
	}
	var atoms []string
	for _, a := range browse.Atoms[1:] {
		if !slices.Contains(failing, a.Name) && (!p.Quick || slices.Contains(cacheBox, a.Name)) {
			atoms = append(atoms, a.Name)
		}
	}
	plan := marks.plan(atoms, browse.Features(), seeds[0])
	plan.Quick = p.Quick
	if p.Quick {
		t.missed = append(t.missed, quickGap)
	}
	var trials []respawn.Trial
	for {
		next := plan.Next(trials)
		if len(next) == 0 {
			if p.Quick {
				return
			}
			t.memory(ctx, p, kept.profile, marks, trials, failing)
			return
		}
		from := len(t.captures)
		t.walk(ctx, p.returns(t.browser, kept.profile, next, len(trials), agree))
		made := toTheirEnd(t.captures[from:])
		if t.err != nil || len(made) < len(next) {
			return
		}
		for _, c := range made {
			trials = append(trials, marks.trial(c))
		}
	}
}

// toTheirEnd leaves out the visits that came down and were made again.
func toTheirEnd(captures []*diapason.Capture) []*diapason.Capture {
	return slices.DeleteFunc(slices.Clone(captures), func(c *diapason.Capture) bool { return strings.HasPrefix(c.ID, diedPrefix) })
}

// returns are the visits of one step of the experiment.
func (p Plan) returns(b *browse.Browser, seed *browse.Profile, next []respawn.Visit, done int, agree bool) []chain {
	var all []chain
	for i, v := range next {
		visit := p.plain(respawnPrefix+v.Name, diapason.P5, done+i+1)
		visit.Change = v.Change
		if agree {
			p.agree(&visit)
		}
		if v.SignedIn {
			p.signIn(&visit)
		}
		all = append(all, chain{
			visits:  []browse.Visit{visit},
			profile: func() (*browse.Profile, error) { return b.Transplant(seed, v.Keep) },
		})
	}
	return all
}

// signIn adds to a visit that somebody signs in.
func (p Plan) signIn(v *browse.Visit) {
	v.Journey = "sign-in"
	v.Steps = append(v.Steps, p.SignIn...)
}
