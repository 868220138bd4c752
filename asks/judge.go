package asks

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// Judge reads one request and judges it against its purposes. It returns the
// request with its verdict, one Scope for each distinct name in the order of
// the request, and one Grant for each permission that the catalogue knows.
//
// The error wraps diapason.ErrUsage where the input is no request, or names a
// purpose or tier that the provider does not have; nothing else is then
// returned. It wraps diapason.ErrIncomplete where the request can only be
// described: the host is not in the catalogue or only looks like it, the list
// of scopes cannot be seen, or purposes are not known for this provider.
func (c *Catalogue) Judge(a Ask) (Request, []Scope, []Grant, error) {
	r, err := c.read(a)
	if err != nil {
		return Request{}, nil, nil, err
	}
	j := &judgement{reading: r, verdict: newVerdict()}
	if err := j.setAims(); err != nil {
		return Request{}, nil, nil, err
	}
	j.describe()
	j.classify()
	req := j.request()
	req.Text = Explain(req, j.scopes)
	return req, j.scopes, j.grants(), j.shortfall()
}

// A judgement is a reading on its way to a verdict.
type judgement struct {
	*reading
	tier       string
	core, also []*purpose
	unaimed    bool // purposes were given and the provider has none
	verdict    Verdict
	scopes     []Scope
	known      []int // position of each name in the provider's list; -1 unknown
	cover      cover // what the core purposes need
	global     cover
	optional   []int
	stranded   []int
	disputes   []disputed
	found      flags // URL flags
}

// setAims resolves the tier and the purposes.
func (j *judgement) setAims() error {
	p := j.provider
	if p == nil {
		return nil
	}
	j.tier = j.ask.Tier
	if j.tier == "" {
		j.tier = p.defaultTier()
	}
	if p.plans[j.tier] == nil {
		return badAsk("known tiers: "+strings.Join(p.tierNames(), ", "),
			"judge permission request: %s has no tier %q", p.Name, j.ask.Tier)
	}
	if len(p.Purposes) == 0 {
		j.unaimed = len(j.ask.For) > 0
		return nil
	}
	var err error
	if j.core, err = p.purposes(j.ask.For); err != nil {
		return err
	}
	if j.also, err = p.purposes(j.ask.Also); err != nil {
		return err
	}
	if len(j.core) == 0 && len(j.also) > 0 {
		return badAsk("say what the request is mainly for", "judge permission request: there is a separate choice and no purpose")
	}
	return nil
}

// purposes resolves names and aliases, each purpose once.
func (p *provider) purposes(names []string) ([]*purpose, error) {
	var found []*purpose
	for _, text := range names {
		text = strings.TrimSpace(text)
		at := slices.IndexFunc(p.Purposes, func(u *purpose) bool { return u.ID == text || slices.Contains(u.Aliases, text) })
		if at < 0 {
			return nil, p.noPurpose(text)
		}
		if !slices.Contains(found, p.Purposes[at]) {
			found = append(found, p.Purposes[at])
		}
	}
	return found, nil
}

func (p *provider) noPurpose(text string) error {
	var ids []string
	for _, u := range p.Purposes {
		ids = append(append(ids, u.ID), u.Aliases...)
	}
	next := "known purposes: " + strings.Join(ids, ", ")
	if near := nearest(text, ids); near != "" {
		next = "did you mean " + near + "? " + next
	}
	return badAsk(next, "judge permission request: %s has no purpose %q", p.Name, text)
}

// describe fills what does not depend on a purpose.
func (j *judgement) describe() {
	v := &j.verdict
	v.Requested = len(j.names)
	v.ScopeParameter, v.ClientParameter, v.Separator = j.format.ScopeParam, j.format.ClientParam, j.format.Separator
	v.ParseFlags = append(v.ParseFlags, j.odd...)
	j.checkURL()
	v.URLFlags = append(v.URLFlags, j.found...)
	v.PersistentAccess = !j.pages && persistent(j.address, j.format, j.names)
	for _, f := range j.found {
		if text, ok := strings.CutPrefix(f, "unknown-param:"); ok {
			if near := nearest(text, j.format.KnownParams); near != "" {
				v.Suggestions[text] = near
			}
		}
	}
	p := j.provider
	if p == nil {
		return
	}
	v.Provider, v.Tier, v.Catalogue = p.Provider, j.tier, p.Version
	v.GrantLife, v.EndAt = lifeWords(p.Request.GrantLife), p.Request.Revocation.URL
	titles := []string{}
	for _, u := range j.core {
		v.Purposes = append(v.Purposes, u.ID)
		titles = append(titles, u.Title)
	}
	for _, u := range j.also {
		v.Also = append(v.Also, u.ID)
	}
	v.Aim = join(titles)
	if len(j.core) == 1 {
		v.Doing = j.core[0].Doing
	}
}

// checkURL looks at the address. On a page that only carries a scope
// parameter nothing but repetition is judged.
func (j *judgement) checkURL() {
	switch {
	case j.address == nil:
		j.found.add("state-not-visible", "pkce-not-visible")
	case j.pages:
		j.found.add(repeated(j.address)...)
	default:
		if j.looks != nil {
			j.found.add("host-lookalike")
		}
		j.found.add(checkAddress(j.address, j.format, surroundings{j.earlier, j.ask.Page, j.ask.Window})...)
	}
}

// request puts the record together.
func (j *judgement) request() Request {
	state := ""
	if j.address != nil {
		state, _ = j.address.get("state")
	}
	id := j.ask.ID
	if id == "" {
		id = "1"
	}
	req := Request{
		ID: id, Provider: j.verdict.Provider, App: j.app(), Page: visible(j.ask.Page),
		Purpose: slices.Clone(j.verdict.Purposes), Flaws: flaws(j.found, state),
		Inspectable: j.inspectable(),
		Evidence:    []diapason.Ref{{Record: "request/" + id, URL: j.redacted()}},
	}
	for i := range j.scopes {
		j.scopes[i].Request = id
		j.scopes[i].Evidence = []diapason.Ref{{
			Record: "request/" + id, At: j.format.ScopeParam, Quote: j.scopes[i].ID, URL: req.Evidence[0].URL,
		}}
	}
	for _, f := range req.Flaws {
		j.verdict.Findings = append(j.verdict.Findings, Finding{ID: "asks.request." + f, Severity: diapason.Medium})
	}
	req.Narrowed, req.NotNarrowed = j.narrowed()
	req.Verdict = j.verdict
	return req
}

// shortfall is the error of a request that could only be described.
func (j *judgement) shortfall() error {
	fail := func(next, format string, args ...any) error {
		return diapason.WithHint(fmt.Errorf("judge permission request: "+format+": %w", append(args, diapason.ErrIncomplete)...), next)
	}
	switch {
	case j.looks != nil:
		return fail("do not sign in there; check where the link came from",
			"%s only looks like an address of %s", visible(j.address.host), j.looks.Name)
	case j.provider == nil:
		return fail("ask the provider what these permissions open, or add a catalogue file for it",
			"%s is not in the catalogue", visible(j.address.host))
	case !j.inspectable():
		return fail("open the page and give the address that the button really opens",
			"the list of permissions of %s cannot be seen in the address", visible(j.address.host))
	case j.unaimed:
		return fail("the request was described; its purposes are not in the catalogue yet",
			"what a purpose needs from %s is not known", j.provider.Name)
	}
	return nil
}

// grants tells for each known permission how long it reaches. Whether it was
// used cannot be seen from the request.
func (j *judgement) grants() []Grant {
	var list []Grant
	for i, s := range j.scopes {
		if j.known[i] < 0 {
			continue
		}
		g := Grant{Request: s.Request, Scope: s.ID, Use: "not-observable"}
		if j.verdict.PersistentAccess {
			g.Ends, _ = lifeDays(j.provider.Request.GrantLife) // checked when the catalogue was loaded
			g.ShorterOffered = j.provider.Request.ShorterOffered
		}
		list = append(list, g)
	}
	return list
}
