package usage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason.dev/diapason/asks"
)

// A Grant is what a log is held against.
type Grant struct {
	Request   string     // id of the request; may stay empty
	Requested []string   // permissions that were asked for; assumed to be granted where the log does not tell
	Event     asks.Event // what the purpose waits for; zero: not known
}

// API is what recognised the calls.
func (k *Calls) API() *asks.API { return k.api }

// Conclude tells which permissions were used. It may be called more than once.
func (k *Calls) Conclude(g Grant) asks.Usage {
	c := &conclusion{Calls: k, uses: map[string]*use{}}
	u := asks.Usage{
		Request: g.Request, Provider: k.api.Provider(), Log: k.log.Name, Format: k.format, Vantage: k.log.Vantage,
		Window: k.window(), Event: g.Event, Basis: k.Basis, Ledger: k.ledger,
		Granted: []asks.Use{}, Unmatched: []asks.Tally{}, Unexplained: []asks.Tally{}, Doubts: []string{},
	}
	if k.authorized != 0 {
		u.Authorized = time.Unix(0, k.authorized).UTC()
	}
	granted := k.Granted
	if len(granted) == 0 {
		granted, u.Basis = slices.Compact(slices.Sorted(slices.Values(g.Requested))), "assumed"
	}
	for _, id := range granted {
		c.uses[id] = &use{operations: map[string]bool{}, through: map[string]bool{}}
	}
	c.credit()
	for _, what := range sortedNames(k.unmatched) {
		u.Unmatched = append(u.Unmatched, k.unmatched[what].told(what))
	}
	u.Unmatched = append(u.Unmatched, c.unknown...)
	u.Unexplained = append(u.Unexplained, c.unexplained...)
	u.Doubts = append(u.Doubts, c.doubts(u)...)
	for _, id := range granted {
		u.Granted = append(u.Granted, c.tell(id, u.Doubts))
	}
	u.Text = tell(u)
	return u
}

// window is the time that the log covers, with what is missing in it.
func (k *Calls) window() asks.Window {
	w := asks.Window{From: k.log.From, To: k.log.To, Stated: !k.log.From.IsZero() && !k.log.To.IsZero(), Gaps: []string{}}
	if k.seen.dated {
		if w.From.IsZero() {
			w.From = time.Unix(0, k.seen.first).UTC()
		}
		if w.To.IsZero() {
			w.To = time.Unix(0, k.seen.last).UTC()
		}
	}
	if k.broken != "" {
		w.Gaps = append(w.Gaps, k.broken)
	}
	if n := k.ledger.Skipped - k.ledger.Reasons[outsideWindow]; n > 0 {
		w.Gaps = append(w.Gaps, fmt.Sprintf("%s could not be read (%s)", count(n, k.unit()), k.reasons()))
	}
	return w
}

func (k *Calls) unit() string {
	if k.format == formatHAR {
		return "entry"
	}
	return "line"
}

// A conclusion credits calls to permissions.
type conclusion struct {
	*Calls
	uses        map[string]*use
	unexplained []asks.Tally
	unknown     []asks.Tally
}

// A use is what is known of one permission.
type use struct {
	taken, instead tally
	refused        int
	operations     map[string]bool
	through        map[string]bool // permissions that were taken instead
	opens          bool            // some call of the catalogue takes it
	unseen         []string        // fields that it adds to answers that the log does not show
}

// credit gives every call to the cheapest set that was granted.
func (c *conclusion) credit() {
	for i := range c.cells {
		sets, known := c.api.Takes(i)
		c.marks(i, sets)
		t := c.cells[i]
		if t.n+t.refused == 0 {
			continue
		}
		for id := range names(sets) {
			if u := c.uses[id]; u != nil {
				u.refused += t.refused
			}
		}
		switch {
		case t.n == 0:
		case !known:
			c.unknown = append(c.unknown, t.told(c.api.Operation(i)+" with a value that is not listed"))
		default:
			if !c.take(sets, t, c.api.Operation(i)) {
				c.unexplained = append(c.unexplained, t.told(c.api.Operation(i)))
			}
			c.fieldsOf(i)
		}
	}
}

// marks notes which permissions calls can show at all.
func (c *conclusion) marks(cell int, sets [][]string) {
	for id := range names(sets) {
		if u := c.uses[id]; u != nil {
			u.opens = true
		}
	}
	for _, more := range c.api.Fields(cell) {
		for id := range names(more) {
			if u := c.uses[id]; u != nil {
				u.opens = true
			}
		}
	}
}

func names(sets [][]string) map[string]bool {
	all := map[string]bool{}
	for _, set := range sets {
		for _, id := range set {
			all[id] = true
		}
	}
	return all
}

// take credits a tally to the first set that was granted; the others that were
// granted too are used through it. It tells whether there is one.
func (c *conclusion) take(sets [][]string, t tally, operation string) bool {
	held := slices.DeleteFunc(slices.Clone(sets), func(set []string) bool {
		return slices.ContainsFunc(set, func(id string) bool { return c.uses[id] == nil })
	})
	if len(held) == 0 {
		return false
	}
	for _, id := range held[0] {
		c.uses[id].taken.merge(t)
		c.uses[id].operations[operation] = true
	}
	for _, set := range held[1:] {
		for _, id := range set {
			if slices.Contains(held[0], id) {
				continue
			}
			c.uses[id].instead.merge(t)
			for _, by := range held[0] {
				c.uses[id].through[by] = true
			}
		}
	}
	return true
}

// fieldsOf credits what answers held besides. Where answers were not seen, a
// granted permission that adds to them is neither used nor unused.
func (c *conclusion) fieldsOf(cell int) {
	fields := c.api.Fields(cell)
	for _, field := range sortedNames(fields) {
		if t := c.fields[fieldAt{cell, field}]; t != nil {
			c.take(fields[field], *t, c.api.Operation(cell)+" ("+field+")")
			continue
		}
		if c.bodies[cell] == c.cells[cell].n {
			continue
		}
		for id := range names(fields[field]) {
			if u := c.uses[id]; u != nil {
				u.unseen = append(u.unseen, field+" in the answer to "+c.api.Operation(cell))
			}
		}
	}
}

// doubts lists why nothing can be said to be unused.
func (c *conclusion) doubts(u asks.Usage) []string {
	var list []string
	switch u.Vantage {
	case asks.Browser:
		list = append(list, "a browser does not see what the client's servers send")
	case asks.ReverseProxy:
		list = append(list, "a reverse proxy sees what reaches it, not all that the client sends")
	}
	list = append(list, u.Window.Gaps...)
	switch e := u.Event; {
	case e.At.IsZero():
		list = append(list, "the event that the purpose waits for is not known")
	case u.Window.From.IsZero() || e.At.Before(u.Window.From) || e.At.After(u.Window.To):
		list = append(list, "the "+e.Name+" is outside the window")
	}
	if n := total(u.Unmatched); n > 0 {
		list = append(list, count(n, "call")+" to "+c.api.ProviderName()+" "+are(n)+" not in the catalogue")
	}
	if n := total(u.Unexplained); n > 0 {
		list = append(list, count(n, "call")+" succeeded that nothing granted opens")
	}
	return list
}

func total(tallies []asks.Tally) int {
	n := 0
	for _, t := range tallies {
		n += t.Count
	}
	return n
}

// tell is the record of one permission.
func (c *conclusion) tell(id string, doubts []string) asks.Use {
	s := c.uses[id]
	u := asks.Use{Scope: id, Tally: s.taken.told(""), Refused: s.refused, Operations: []string{}, Through: []string{}}
	u.Operations = append(u.Operations, sortedNames(s.operations)...)
	switch {
	case s.taken.n > 0:
		u.Use, u.Why = asks.Exercised, "calls took it"
	case s.instead.n > 0:
		u.Use, u.Tally, u.Through = asks.ExercisedOtherwise, s.instead.told(""), sortedNames(s.through)
		u.Why = "every call that it opens took " + strings.Join(u.Through, ", ") + ", which was granted too"
	default:
		u.Use, u.Why = s.unused(c.api.Known(id), doubts)
	}
	return u
}

// unused tells whether a permission that no call took can be called unused.
func (s *use) unused(known bool, doubts []string) (verdict, why string) {
	switch {
	case !known:
		return asks.NotObservable, "the catalogue does not know it"
	case !s.opens:
		return asks.NotObservable, "no call of the catalogue takes it, so calls cannot show its use"
	case s.refused > 0:
		return asks.NotObservable, "calls that take it were made and refused"
	case len(s.unseen) > 0:
		return asks.NotObservable, "it adds " + s.unseen[0] + ", and the log does not show answers"
	case len(doubts) > 0:
		return asks.NotObservable, strings.Join(doubts, "; ")
	}
	return asks.NotExercised, "everything that was sent was seen, and no call took it"
}

func count(n int, one string) string {
	switch {
	case n == 1:
		return "1 " + one
	case strings.HasSuffix(one, "y"):
		return strconv.Itoa(n) + " " + strings.TrimSuffix(one, "y") + "ies"
	}
	return strconv.Itoa(n) + " " + one + "s"
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
