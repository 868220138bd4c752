package does

import (
	"maps"
	"slices"

	"diapason.dev/diapason"
)

// A stage is the everyday visits in one state of a person's choices. Each is
// judged on its own: what a service does after a yes is no evidence of what it
// does before anybody chose.
type stage struct {
	visits []*diapason.Capture // after their choice
	own    findings            // what these visits alone show
	needs  map[place]need
	seen   map[*diapason.Capture][]tagSighting // identifiers in what these visits sent
}

// stageOf names the stage of a phase. Visits without a choice are one, whether
// somebody signed in or not.
func stageOf(p diapason.Phase) diapason.Phase {
	if choiceOf(p) != "" || p == diapason.P40 {
		return p
	}
	return diapason.P0
}

// sortStages sorts the everyday visits by the state of a person's choices.
func (r *reading) sortStages() {
	r.stages = map[diapason.Phase]*stage{}
	r.whole = map[*diapason.Capture]*diapason.Capture{}
	for _, c := range r.all {
		if !measured(c) || !r.ours(c) || !chose(c) {
			continue
		}
		cut := after(c)
		r.whole[cut] = c
		s := r.stage(c.Phase)
		s.visits = append(s.visits, cut)
		r.everyday = append(r.everyday, cut)
	}
	for p, s := range r.stages {
		if p != diapason.P0 {
			s.own = r.record.identifyIn(p)
		}
	}
}

// stage is that of a phase, made if it is not there.
func (r *reading) stage(p diapason.Phase) *stage {
	p = stageOf(p)
	if r.stages[p] == nil {
		r.stages[p] = &stage{needs: map[place]need{}, seen: map[*diapason.Capture][]tagSighting{}}
	}
	return r.stages[p]
}

// identifyIn judges the places of one phase's visits: the first of them,
// before and after a page was opened again, stands for two visits of one
// profile, and the second and third for two other profiles. That a value
// outlives a reload is less than that it outlives the browser, so only what is
// kept for longer than the session is told, and as what it is.
func (r record) identifyIn(p diapason.Phase) findings {
	all := findings{}
	var three [3]*diapason.Capture
	for _, c := range r.all {
		if c.Phase == p && c.Run >= 1 && c.Run <= 3 && measured(c) && c.Complete && telling(c) && chose(c) {
			three[c.Run-1] = after(c)
		}
	}
	if slices.Contains(three[:], nil) {
		return all
	}
	before, then, ok := halves(three[0])
	if !ok {
		return all
	}
	for at, v := range identify([4]*diapason.Capture{before, then, three[1], three[2]}) {
		if !at.kept() || at.store == "body" || lifetimeIn(three[0], at) == 0 || v.class == classUnclear {
			continue
		}
		v.visits = []string{three[0].ID, three[1].ID, three[2].ID}
		v.reloaded = true
		all[at] = v
	}
	return all
}

// halves divides a visit at the last time that it opened a page. In the first
// half stand the cookies that it began with, that were set in it or that were
// sent with the page that begins the second, and those entries of web storage whose value had been sent.
func halves(c *diapason.Capture) (before, then *diapason.Capture, ok bool) {
	last, first := diapason.Request{}, true
	for _, q := range c.Requests {
		if q.Type == "document" && q.URL == q.Page && q.Target != "iframe" && (first || q.At.After(last.At)) {
			last, first = q, false
		}
	}
	if first {
		return nil, nil, false
	}
	early, late := *c, *c
	early.Requests = slices.DeleteFunc(slices.Clone(c.Requests), func(q diapason.Request) bool { return !q.At.Before(last.At) })
	late.Requests = slices.DeleteFunc(slices.Clone(c.Requests), func(q diapason.Request) bool { return q.At.Before(last.At) })
	if len(early.Requests) == 0 {
		return nil, nil, false
	}
	early.Cookies, early.Stores = cookiesAt(c, &early, last), entriesSent(c, &early)
	return &early, &late, true
}

// cookiesAt lists the cookies of a visit as they stood when it opened a page.
func cookiesAt(c, early *diapason.Capture, opened diapason.Request) []diapason.Cookie {
	now := map[place]string{}
	if c.Banner != nil {
		for _, k := range c.Banner.Cookies {
			now[cookiePlace(k)] = k.Value
		}
	}
	settings := settingsOf(early)
	slices.SortStableFunc(settings, func(a, b setting) int { return a.request.At.Compare(b.request.At) })
	for _, s := range settings {
		if now[s.place] = s.value; s.deletes {
			delete(now, s.place)
		}
	}
	for _, x := range carried(opened) {
		if x.place.store == "cookie" {
			now[home(c, x.place.host, x.place.key)] = x.value
		}
	}
	var all []diapason.Cookie
	for _, k := range c.Cookies {
		if value, ok := now[cookiePlace(k)]; ok {
			k.Value = value
			all = append(all, k)
		}
	}
	return all
}

// entriesSent lists the entries of web storage that hold a value which had
// been sent somewhere in the first half: they lay there then.
func entriesSent(c, early *diapason.Capture) []diapason.StoreEntry {
	looks := looksAt(early)
	return slices.DeleteFunc(slices.Clone(c.Stores), func(e diapason.StoreEntry) bool {
		for _, l := range leaves(e.Value) {
			if len(l.value) < 2*shortest {
				continue
			}
			forms := formsOf(l.value)
			if slices.ContainsFunc(looks, func(at look) bool { _, _, ok := forms.find(at.layers); return ok }) {
				return false
			}
		}
		return true
	})
}

// verdict is what the visits of a stage, or those of another that saw the same
// place, show about it. A place that names a browser in one stage counts as
// one that does in the others, unless these show themselves that it does not.
func (r *reading) verdict(s *stage, p place) verdict {
	four := r.verdicts[p]
	if s == r.stages[diapason.P0] {
		return four
	}
	own := s.own[p]
	switch {
	case own.class == classConstant || own.class == classShared || own.class == classTime || own.class == classToken:
		return own
	case four.singlesOut():
		return four
	case own.singlesOut():
		return own
	}
	if agreed := r.stages[diapason.P2]; agreed != nil && agreed.own[p].singlesOut() {
		return agreed.own[p]
	}
	return four
}

// personal lists what a visit holds or sends in a tag's place and no visit with
// another profile has there: what several have names nobody.
func (r *reading) personal(c *diapason.Capture, t tag) []string {
	at := spot{t.place, t.path}
	own := r.spotsOf(c)[at]
	for _, o := range r.everyday {
		if o != c && !(o == r.four[0] && c == r.four[1] || o == r.four[1] && c == r.four[0]) {
			own = except(own, r.spotsOf(o)[at])
		}
	}
	return own
}

// spotsOf takes what a visit holds and sends apart, once.
func (r *reading) spotsOf(c *diapason.Capture) map[spot][]string {
	if _, ok := r.spotted[c]; !ok {
		r.spotted[c] = spots(entriesOf(c, nil))
	}
	return r.spotted[c]
}

// tagsIn lists the identifiers that count in a stage.
func (r *reading) tagsIn(s *stage) []tag {
	known := []findings{r.verdicts, s.own}
	if agreed := r.stages[diapason.P2]; agreed != nil {
		known = append(known, agreed.own)
	}
	all := findings{}
	for _, found := range known {
		for p := range found {
			if v := r.verdict(s, p); v.singlesOut() {
				all[p] = v
			}
		}
	}
	return all.tags()
}

// sightingsIn lists the requests of a stage that carried an identifier's value,
// with the identifier. For visits without a choice those of the four visits
// stand, which may be recordings.
func (r *reading) sightingsIn(s *stage) []tagSighting {
	var all []tagSighting
	if s == r.stages[diapason.P0] {
		for _, t := range r.tagged {
			for _, x := range t.sightings {
				all = append(all, tagSighting{t.tag, x, t.values[0]})
			}
		}
		return all
	}
	for _, c := range s.visits {
		all = append(all, r.sightingsOf(c)...)
	}
	return all
}

// sightingsOf is sightingsIn for one visit.
func (r *reading) sightingsOf(c *diapason.Capture) []tagSighting {
	s := r.stage(c.Phase)
	if s == r.stages[diapason.P0] {
		return slices.DeleteFunc(r.sightingsIn(s), func(x tagSighting) bool { return x.capture != c })
	}
	return r.search(c, s)
}

// search looks, once, for the values that a visit's identifiers have in its profile.
func (r *reading) search(c *diapason.Capture, s *stage) []tagSighting {
	if all, ok := s.seen[c]; ok {
		return all
	}
	var all []tagSighting
	for _, t := range r.tagsIn(s) {
		for _, value := range r.personal(c, t) {
			forms := formsOf(value)
			for _, l := range r.looks(c) {
				if chain, seen, ok := forms.find(l.layers); ok {
					all = append(all, tagSighting{t, sighting{c, l, r.party(hostOf(l.request.URL)), c.Run - 1, chain, seen}, value})
				}
			}
		}
	}
	s.seen[c] = all
	return all
}

// A tagSighting is a sighting with the identifier that was sighted.
type tagSighting struct {
	tag
	sighting
	value string // in the visit's profile
}

// identifiersIn tells of the identifiers that somebody received in a phase
// other than that of the four visits. Two visits of the phase have to show it.
func (r *reading) identifiersIn(p diapason.Phase) []Identifier {
	byPlace := map[place][]tagSighting{}
	for _, x := range r.sightingsIn(r.stages[p]) {
		byPlace[x.place] = append(byPlace[x.place], x)
	}
	told := map[string]bool{} // values of which an earlier place has told
	var all []Identifier
	for _, at := range slices.SortedFunc(maps.Keys(byPlace), place.compare) {
		s := sighted{tag: byPlace[at][0].tag, primary: !told[byPlace[at][0].value]}
		f := Identifier{Phase: p, Site: hostOf(byPlace[at][0].capture.Site)}
		for _, x := range byPlace[at] {
			s.sightings = append(s.sightings, x.sighting)
			if !slices.Contains(f.Visits, x.capture.ID) {
				f.Visits = append(f.Visits, x.capture.ID)
			}
			f.Lifetime = longer(f.Lifetime, lifetimeIn(x.capture, at))
			told[x.value] = true
		}
		if f.Carrier = s.carrier(); len(f.Visits) > 1 && at.kept() {
			all = append(all, r.described(s, f))
		}
	}
	return all
}
