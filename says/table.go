package says

import (
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// role is what a column of a table tells.
type role int

const (
	roleText role = iota
	roleData
	rolePurpose
	roleRecipient
	roleSource
	roleBasis
	roleLimit
	roleCookie
)

// roleOf reads a column's role from its header.
func roleOf(header string) role {
	h := strings.ToLower(header)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(h, w) })
	}
	switch {
	case has("cookie") && !has("categor", "purpose", "type", "use"), strings.Trim(h, "* ") == "name":
		return roleCookie
	case has("retention", "how long", "kept", "storage period", "lifetime", "expir", "duration", "keep", "stored for", "period"):
		return roleLimit
	case has("basis", "legal ground", "lawful"):
		return roleBasis
	case has("source", "receive your data from", "collected from"):
		return roleSource
	case strings.HasPrefix(strings.Trim(h, "* "), "categories of personal") || strings.HasPrefix(strings.Trim(h, "* "), "categories of data"), has("categories of personal", "data categor", "categories of information", "categories of sensitive"):
		return roleData
	case has("purpose", "why", "reason", "how we use", "what for", "used for", "use of"):
		return rolePurpose
	case has("recipient", "third part", "3rd part", "shared with", "disclosed to", "who ", "receives", "provider"):
		return roleRecipient
	case has("data", "information", "categor", "what we"):
		return roleData
	}
	return roleText
}

// A grid is a table with the roles of its columns.
type grid struct {
	roles []role
	rows  []*node
	title string
}

func (g grid) has(want role) bool { return slices.Contains(g.roles, want) }

// table reads a table row by row; rows of figures are no practices.
func (r *reader) table(n *node, sc scope) {
	g := r.grid(n)
	if sc.skip || r.figures(g) || len(g.rows) == 0 {
		return
	}
	if g.title != "" {
		sc = sc.under(g.title)
	}
	sc.table = true
	for _, row := range g.rows {
		r.row(row, g, sc)
	}
}

// grid finds the header: the first row, or the second where the first is a
// title that spans the table.
func (r *reader) grid(n *node) grid {
	var g grid
	rows := n.kids
	for len(rows) > 0 && r.filled(rows[0]) == 0 {
		rows = rows[1:]
	}
	if len(rows) > 1 && r.filled(rows[0]) == 1 && len(rows[1].kids) > 1 {
		for _, c := range rows[0].kids {
			g.title += strings.Trim(r.text[c.own.start:c.own.end], "*_ ")
		}
		rows = rows[1:]
	}
	if len(rows) == 0 {
		return g
	}
	for _, c := range rows[0].kids {
		g.roles = append(g.roles, roleOf(r.text[c.own.start:c.own.end]))
	}
	g.rows = rows[1:]
	if low := strings.ToLower(g.title); strings.Contains(low, "source") || strings.Contains(low, "receive your data from") || strings.Contains(low, "collect") {
		for i := range g.roles {
			if g.roles[i] == roleRecipient {
				g.roles[i] = roleSource
			}
		}
	}
	if g.has(roleCookie) && !g.has(rolePurpose) && !g.has(roleLimit) { // a column "Name" alone names no cookies
		for i := range g.roles {
			if g.roles[i] == roleCookie {
				g.roles[i] = roleText
			}
		}
	}
	return g
}

func (r *reader) filled(row *node) int {
	n := 0
	for _, c := range row.kids {
		if c.own.end > c.own.start {
			n++
		}
	}
	return n
}

// figures tells a table of statistics: most cells behind the first column are
// numbers.
func (r *reader) figures(g grid) bool {
	cells, numbers := 0, 0
	for _, row := range g.rows {
		for _, c := range row.kids[min(1, len(row.kids)):] {
			t := r.text[c.own.start:c.own.end]
			cells++
			if t != "" && t[0] >= '0' && t[0] <= '9' {
				numbers++
			}
		}
	}
	return cells > 0 && numbers*10 >= cells*6 && !g.has(roleCookie) && !g.has(roleLimit)
}

// A line is one row taken apart.
type line struct {
	data    []piece
	parties []piece
	frame   frame
	label   string
	labelAt span
	cookie  string
	basis   string
	all     span
}

// A piece is a mention in a cell, with the words it stands in.
type piece struct {
	m mention
	v *sentenceView
}

func (r *reader) row(row *node, g grid, sc scope) {
	l := line{frame: r.rowFrame(g, sc), all: row.own}
	for i, c := range row.kids {
		if i >= len(g.roles) || c.own.end == c.own.start {
			continue
		}
		if l.label == "" {
			l.labelAt = r.firstLine(c)
			l.label = strings.Trim(strings.Join(strings.Fields(r.text[l.labelAt.start:l.labelAt.end]), " "), "*_` ")
			l.all.start = c.own.start
		}
		l.all.end = c.own.end
		r.cell(c, g.roles[i], &l)
	}
	in := sc.under(l.label)
	r.emitRow(l, g, in)
	r.rowProse(row, g, l, in)
}

// rowFrame is the statement that the rows complete, from the columns, the
// title and the heading.
func (r *reader) rowFrame(g grid, sc scope) frame {
	f := frame{op: diapason.Collect, actor: service, modality: "performed", rule: "table"}
	if sc.last != nil {
		f.op, f.modality, f.cond, f.terms = sc.last.op, sc.last.modality, sc.last.cond, sc.last.terms
		f.denied = false
	}
	switch {
	case g.has(roleSource):
		f.op = diapason.Collect
	case g.has(roleRecipient):
		f.op = diapason.Share
	case g.has(rolePurpose) && f.op == diapason.Share:
		f.op = diapason.Use
	case g.has(rolePurpose) && f.op == diapason.Collect && !g.has(roleLimit) && !g.has(roleBasis):
		f.op = diapason.Use
	}
	low := strings.ToLower(g.title + " " + strings.Join(sc.path[max(0, len(sc.path)-2):], " "))
	if strings.Contains(low, "choose to") || strings.Contains(low, "optional") {
		f.modality = "optional"
	} else if f.modality == "optional" || f.modality == "conditional" {
		f.modality, f.cond = "performed", false
	}
	return f
}

func (r *reader) firstLine(c *node) span {
	for _, k := range c.kids {
		if k.own.end > k.own.start {
			return k.own
		}
	}
	return c.own
}

func (r *reader) cell(c *node, as role, l *line) {
	words := r.text[c.own.start:c.own.end]
	if as == roleCookie {
		l.cookie = strings.Trim(strings.Fields(words)[0], "*`_,")
		if strings.HasPrefix(words, "_") {
			l.cookie = strings.TrimRight(strings.Trim(strings.Fields(words)[0], "*`,"), "_")
		}
		return
	}
	if as == roleLimit {
		ts := r.tokens(c.own)
		l.frame.limit = limit(ts, 0, len(ts))
		return
	}
	if as == roleBasis {
		l.basis = basis(strings.ToLower(words), true)
		return
	}
	for _, s := range r.lines(c) {
		r.cellLine(s, as, l)
	}
}

func (r *reader) cellLine(s span, as role, l *line) {
	v := view(r.tokens(s))
	switch as {
	case roleData:
		if v.tells() {
			return // a sentence in the cell is read as one
		}
		for _, m := range choose(v.data) {
			l.data = append(l.data, piece{m, v})
		}
	case roleRecipient:
		for _, m := range v.parties {
			if m.from < 12 && !slices.ContainsFunc(l.parties, func(p piece) bool { return p.m.term == m.term }) {
				l.parties = append(l.parties, piece{m, v})
			}
		}
	case rolePurpose:
		for _, m := range v.purposes {
			if !slices.Contains(l.frame.purposes, m.term) {
				l.frame.purposes = append(l.frame.purposes, m.term)
			}
		}
	}
}

// tells whether a line is a statement, not only the name of something.
func (v *sentenceView) tells() bool {
	return len(v.ts) > 6 && slices.ContainsFunc(v.clauses, func(c clause) bool { return c.kind == mainClause && c.subject != "" }) && len(v.frames()) > 0
}

// lines lists the lines of a cell, those of nested lists too.
func (r *reader) lines(c *node) []span {
	var out []span
	var down func(n *node)
	down = func(n *node) {
		for _, k := range n.kids {
			if k.own.end > k.own.start && k.kind != kindList {
				out = append(out, k.own)
			}
			down(k)
		}
	}
	down(c)
	if len(out) == 0 {
		out = append(out, c.own)
	}
	return out
}

func (r *reader) emitRow(l line, g grid, sc scope) {
	if g.has(roleCookie) && l.cookie != "" {
		r.emitCookie(l, sc)
		return
	}
	d := direction{frame: l.frame, actor: service, recipients: []recipient{{term: service}}}
	if g.has(roleRecipient) {
		d.recipients = nil
		for _, p := range l.parties {
			d.recipients = append(d.recipients, recipient{term: p.m.term})
		}
		if len(d.recipients) == 0 && roleOfLabel(g) == roleRecipient && isName(l.label) {
			d.recipients = []recipient{{other, l.label}}
		} else if len(d.recipients) == 0 {
			d.recipients = []recipient{{term: service}}
			d.frame.op = diapason.Collect
		}
	}
	seen := map[diapason.Term]bool{}
	for _, p := range l.data {
		if seen[p.m.term] || general(p.m.term) && d.frame.op != diapason.Share {
			continue
		}
		seen[p.m.term] = true
		quote, at := r.rowQuote(l, p)
		for _, to := range d.recipients {
			before := len(r.practices)
			r.add(p.v, d.frame, d, p.m, to, sc, quote, at)
			if len(r.practices) > before && l.basis != "" {
				r.practices[before].Basis = l.basis
			}
		}
	}
}

// isName tells a label that can be the name of a receiver from a sentence that
// stands in its place.
func isName(label string) bool {
	words := strings.Fields(strings.ToLower(label))
	return len(words) > 0 && len(words) <= 4 && !subordinators[words[0]] && words[0] != "to" && words[0] != "for"
}

func roleOfLabel(g grid) role {
	if len(g.roles) == 0 {
		return roleText
	}
	return g.roles[0]
}

// rowQuote is the row, or as much of it as can be read at a glance.
func (r *reader) rowQuote(l line, p piece) (string, span) {
	_, own := quoteOf(r.text, p.v.ts)
	for _, s := range []span{l.all, {min(l.labelAt.start, own.start), max(own.end, l.labelAt.end)}, own} {
		if s.end-s.start <= 400 {
			return r.text[s.start:s.end], s
		}
	}
	return r.text[own.start:own.end], own
}

func (r *reader) emitCookie(l line, sc scope) {
	s := l.all
	if s.end-s.start > 400 {
		s = l.labelAt
	}
	low := strings.ToLower(r.text[l.all.start:l.all.end])
	to := recipient{term: service}
	if len(l.parties) > 0 {
		to.term = l.parties[0].m.term
	}
	f := l.frame
	f.op, f.modality, f.cond = diapason.Store, "performed", false
	v := view(r.tokens(s))
	before := len(r.practices)
	r.add(v, f, direction{frame: f, actor: to.term}, mention{term: "dia:CookieIdentifier", from: -1}, to, sc, r.text[s.start:s.end], s)
	if len(r.practices) == before {
		return
	}
	p := &r.practices[before]
	p.Cookie, p.Rule, p.Basis, p.Confidence = l.cookie, "cookie-table", l.basis, 0.9
	p.Essential = essential(low)
	if p.Actor == string(service) {
		p.Actor = "service"
	}
}

// rowProse reads what the cells say in sentences, with the row's label.
func (r *reader) rowProse(row *node, g grid, l line, sc scope) {
	if g.has(roleCookie) {
		return
	}
	for _, p := range l.data {
		if p.v.ts[0].start >= l.labelAt.start && p.v.ts[0].start < l.labelAt.end {
			sc.label = append(sc.label, p.m)
		}
	}
	sc.label = specific(sc.label)
	f := l.frame
	sc.last, sc.lead = &f, nil
	for i, c := range row.kids {
		if i >= len(g.roles) || g.roles[i] == roleData && i > 0 && g.has(roleRecipient) {
			continue
		}
		if g.roles[i] == roleText || g.roles[i] == rolePurpose || g.roles[i] == roleRecipient || (g.roles[i] == roleData && i > 0) {
			if g.roles[i] != roleText {
				sc.last = nil
			}
			r.walk(c, sc)
		}
	}
}
