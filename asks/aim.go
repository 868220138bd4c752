package asks

import (
	"slices"
	"strings"
	"sync"
)

// An aim is what a set of purposes takes from one kind of app. It is worked
// out once and does not change; the zero aim is that of an unknown provider.
type aim struct {
	tier       string
	core, also []*purpose
	unaimed    bool // purposes were given and the provider has none
	title      string
	doing      string
	needs      [][]alternative // of the core purposes
	later      [][]alternative // of those that are a separate choice
	unserved   []string
	stranded   []int
	disputes   []disputed
	useless    [3]string // why a scope is not needed, by its kind of use
	minima     [2]cover  // what the core purposes need; without and with a grant that lasts
}

// maxAims bounds how many aims a provider remembers. A run has a handful; names
// of purposes that come from outside must not fill the memory.
const maxAims = 256

// An aimBook remembers aims by the words in which they were asked for.
type aimBook struct {
	mu   sync.RWMutex
	aims map[string]*aim
}

// aim resolves tier and purposes of a request.
func (p *provider) aim(a *Ask) (*aim, error) {
	var buf [256]byte
	key := append(buf[:0], a.Tier...)
	for _, names := range [][]string{a.For, a.Also} {
		key = append(key, 0, 0) // no input holds a zero byte
		for _, name := range names {
			key = append(append(key, name...), 0)
		}
	}
	p.book.mu.RLock()
	known := p.book.aims[string(key)]
	p.book.mu.RUnlock()
	if known != nil {
		return known, nil
	}
	made, err := p.newAim(a)
	if err != nil {
		return nil, err
	}
	p.book.mu.Lock()
	defer p.book.mu.Unlock()
	if p.book.aims == nil || len(p.book.aims) >= maxAims {
		p.book.aims = make(map[string]*aim)
	}
	p.book.aims[string(key)] = made
	return made, nil
}

func (p *provider) newAim(a *Ask) (*aim, error) {
	m := &aim{tier: a.Tier}
	if m.tier == "" {
		m.tier = p.defaultTier()
	}
	if p.plans[m.tier] == nil {
		return nil, badAsk("known tiers: "+strings.Join(p.tierNames(), ", "),
			"judge permission request: %s has no tier %q", p.Name, a.Tier)
	}
	if len(p.Purposes) == 0 {
		m.unaimed = len(a.For) > 0
		m.excuse()
		return m, nil
	}
	var err error
	if m.core, err = p.purposes(a.For); err != nil {
		return nil, err
	}
	if m.also, err = p.purposes(a.Also); err != nil {
		return nil, err
	}
	if len(m.core) == 0 && len(m.also) > 0 {
		return nil, badAsk("say what the request is mainly for", "judge permission request: there is a separate choice and no purpose")
	}
	titles := []string{}
	for _, u := range m.core {
		titles = append(titles, u.Title)
	}
	m.title = join(titles)
	if len(m.core) == 1 {
		m.doing = m.core[0].Doing
	}
	m.excuse()
	m.needs, m.later = m.gather(p, m.core), m.gather(p, m.also)
	for i := range m.minima {
		m.minima[i] = p.smallest(m.needs, nil, i == 1)
	}
	return m, nil
}

// globalMinimum is what the core purposes need, asked for or not.
func (m *aim) globalMinimum(persist bool) cover {
	if persist {
		return m.minima[1]
	}
	return m.minima[0]
}

// gather joins the plans of several purposes.
func (m *aim) gather(p *provider, purposes []*purpose) [][]alternative {
	var needs [][]alternative
	for _, u := range purposes {
		made := p.plans[m.tier][u.ID]
		needs = append(needs, made.needs...)
		m.stranded = append(m.stranded, made.stranded...)
		m.disputes = append(m.disputes, made.disputes...)
		for _, op := range made.unserved {
			if !slices.Contains(m.unserved, op) {
				m.unserved = append(m.unserved, op)
			}
		}
	}
	return needs
}

// The kinds of use that a scope can have.
const (
	readsAndWrites = iota
	onlyReads
	onlyWrites
)

func (s *scope) kindOfUse() int {
	switch {
	case len(s.Writes) == 0:
		return onlyReads
	case len(s.Reads) == 0:
		return onlyWrites
	}
	return readsAndWrites
}

// excuse words why a scope is more than the purposes need.
func (m *aim) excuse() {
	for kind, verb := range [...]string{readsAndWrites: " needs it", onlyReads: " reads it", onlyWrites: " does it"} {
		who := "none of this"
		if m.doing != "" {
			who = m.doing + " never"
		}
		m.useless[kind] = who + verb + "; refusing breaks nothing here"
	}
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
