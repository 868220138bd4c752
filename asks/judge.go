package asks

import (
	"cmp"
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
	j, err := c.judge(a)
	if err != nil {
		return Request{}, nil, nil, err
	}
	req, scopes := j.request()
	req.Text = Explain(req, scopes)
	return req, scopes, j.grants(), j.shortfall()
}

// Verdict judges one request as Judge does and returns the verdict alone: for
// many requests, of which nobody reads the text. Its errors are those of Judge.
func (c *Catalogue) Verdict(a Ask) (Verdict, error) {
	j, err := c.judge(a)
	if err != nil {
		return Verdict{}, err
	}
	return j.verdict, j.shortfall()
}

func (c *Catalogue) judge(a Ask) (*judgement, error) {
	j := &judgement{reading: reading{ask: a, format: &generic}, aim: &aim{}, verdict: newVerdict()}
	if err := c.read(&j.reading); err != nil {
		return nil, err
	}
	if j.provider != nil {
		var err error
		if j.aim, err = j.provider.aim(&j.ask); err != nil {
			return nil, err
		}
	}
	if err := j.checkEvent(); err != nil {
		return nil, err
	}
	j.verdict.Digest = c.digest
	j.describe()
	j.classify()
	state := ""
	if j.address != nil {
		state, _ = j.address.get("state")
	}
	j.flaws = flaws(j.found, state)
	for _, f := range j.flaws {
		j.find("asks.request."+f, diapason.Medium, "")
	}
	j.span()
	return j, nil
}

// A judgement is a reading on its way to a verdict.
type judgement struct {
	reading
	*aim
	verdict  Verdict
	known    []int // position of each name in the provider's list; -1 unknown
	cover    cover // what the core purposes need
	global   cover
	optional []int
	found    flags // URL flags
	flaws    []string
	lasting  Duration
}

// describe fills what does not depend on a purpose.
func (j *judgement) describe() {
	v := &j.verdict
	v.Requested = len(j.list.names)
	v.ScopeParameter, v.ClientParameter, v.Separator = j.format.ScopeParam, j.format.ClientParam, j.format.Separator
	v.ParseFlags = j.list.odd.words()
	j.checkURL()
	v.PersistentAccess = !j.pages && persistent(j.address, j.format, j.list.names)
	if v.PersistentAccess && j.provider != nil && !j.format.PersistentByDefault {
		j.found.add("online-not-used")
	}
	v.URLFlags = j.found.words()
	for _, f := range j.found {
		if text, ok := strings.CutPrefix(f, "unknown-param:"); ok {
			if near := nearest(text, j.format.KnownParams); near != "" {
				v.Suggestions[text] = near
			}
		}
	}
	if j.looks != nil {
		v.LooksLike = j.looks.Name
	}
	p := j.provider
	if p == nil {
		return
	}
	v.ProviderName, v.Undescribed = p.Name, len(p.Scopes) == 0
	v.CannotBeNarrowed = p.bundle() >= 0
	for _, u := range j.core {
		if u.Instead != "" && v.CannotBeNarrowed {
			v.Instead = append(v.Instead, u.Instead)
		}
	}
	v.Provider, v.Tier, v.Catalogue = p.Provider, j.tier, p.Version
	v.GrantLife, v.EndAt = p.lifeWords, p.Request.Revocation.URL
	v.Purposes, v.Also = idsOf(j.core), idsOf(j.also)
	v.Aim, v.Doing = j.title, j.doing
}

func idsOf(purposes []*purpose) []string {
	ids := make([]string, len(purposes))
	for i, u := range purposes {
		ids[i] = u.ID
	}
	return ids
}

// checkURL looks at the address. On a page that only carries a scope
// parameter nothing but repetition is judged.
func (j *judgement) checkURL() {
	switch {
	case j.address == nil && j.provider.byManifest():
	case j.address == nil:
		j.found.add("state-not-visible", "pkce-not-visible")
	case j.pages:
		j.found.add(repeated(j.address)...)
	default:
		if j.looks != nil {
			j.found.add("host-lookalike")
		}
		j.found = append(j.found, checkAddress(j.address, j.format, surroundings{j.earlier, j.ask.Page, j.ask.Window, j.ask.client()})...)
		j.verdict.Demands = j.address.demands()
	}
}

func (j *judgement) id() string { return cmp.Or(j.ask.ID, "1") }

// request puts the record together, with one for each permission.
func (j *judgement) request() (Request, []Scope) {
	ref := diapason.Ref{Record: "request/" + j.id(), URL: j.redacted()}
	req := Request{
		ID: j.id(), Provider: j.verdict.Provider, App: j.app(), Page: visible(j.ask.Page),
		Purpose: slices.Clone(j.verdict.Purposes), Flaws: j.flaws,
		Inspectable: j.inspectable(), Evidence: []diapason.Ref{ref}, Verdict: j.verdict,
		Duration: j.lasting,
	}
	req.Narrowed, req.NotNarrowed = j.narrowed()
	ref.At = j.format.ScopeParam
	return req, j.records(ref)
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
	case len(j.provider.Scopes) == 0 && len(j.list.names) > 0:
		return fail("ask the provider what they open; the rest of the request was checked",
			"the catalogue knows how %s is asked and not what its permissions open", j.provider.Name)
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
	for i, s := range j.verdict.Scopes {
		if j.known[i] < 0 {
			continue
		}
		g := Grant{Request: j.id(), Scope: s.ID, Use: "not-observable"}
		if j.verdict.PersistentAccess {
			g.Ends, g.ShorterOffered = j.provider.lifeDays, j.provider.Request.ShorterOffered
		}
		if d := j.lasting; !d.GrantEnds.IsZero() {
			g.Ends = daysBetween(d.Authorized, d.GrantEnds)
		}
		if d := j.lasting; d.PurposeEnd.After(d.Authorized) {
			g.PurposeEnds = daysBetween(d.Authorized, d.PurposeEnd)
		}
		list = append(list, g)
	}
	return list
}
