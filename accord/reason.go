package accord

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/vocab"
)

// faults tells what is out of tune in a row, as far as the texts take part.
type faults struct {
	promise   bool // a text denies what was seen, asked or held
	condition bool // a text makes it wait for a yes that was not there
	untold    bool // a receiver or a held item of which no text tells
}

func (s *shelf) faults() faults {
	var f faults
	for _, pairs := range s.pairs {
		for _, p := range pairs {
			switch faultOf(p) {
			case brokenPromise, contradiction:
				f.promise = true
			case unasked:
				f.condition = true
			case untoldReceiver, untoldItem:
				f.untold = true
			}
		}
	}
	return f
}

// A fault is a way in which a flow disagrees with another voice; the greater
// the worse.
type fault int

const (
	none fault = iota
	untoldItem
	excess
	untoldReceiver
	contradiction
	unasked
	brokenPromise
)

// faultOf tells how a pair disagrees with the texts. The service's own
// collecting of what it does not mention is no disagreement: that a service
// sees what is sent to it, everybody knows; who else sees it, nobody does.
func faultOf(p Pair) fault {
	third := vocab.PartyTerm(p.Flow.Recipient) != theService
	does, holds := p.Flow.Channel == diapason.Does, p.Flow.Channel == diapason.Holds
	switch {
	case p.Verdict == Incorrect:
		return brokenPromise
	case p.Verdict == Ambiguous:
		return contradiction
	case p.Verdict == Conditional && does && p.Consent == diapason.ConsentAbsent:
		return unasked
	case p.Verdict == Omitted && does && third:
		return untoldReceiver
	case holds && (p.Verdict == Omitted || p.Verdict == Vague && p.Distance >= wide):
		return untoldItem
	}
	return none
}

// brokenBy tells whether a voice's flows disagree with the texts.
func (s *shelf) brokenBy(ch diapason.Channel) bool {
	return slices.ContainsFunc(s.pairs[ch], func(p Pair) bool { return faultOf(p) != none })
}

// A reason is one sentence on why a row is out of tune.
type reason struct {
	rank     int
	recorded bool // seen in a recording only; what our own visits saw is told first
	sentence string
}

// maxReasons is how many sentences a row gives; its cells show the rest.
const maxReasons = 2

// reasons lists why the voices disagree, the worst first.
func (s *shelf) reasons() []reason {
	type group struct {
		channel diapason.Channel
		fault   fault
		words   string // the statement and what was seen: only equals are told together
	}
	var groups []group
	pairs := map[group][]Pair{}
	for _, ch := range diapason.Channels {
		told := map[string]bool{}
		for _, p := range ownFirst(s.pairs[ch]) {
			f := faultOf(p)
			again := fmt.Sprint(f, p.Against, p.Practice, p.Flow.Data, p.Flow.Recipient.ID)
			if f == none || told[again] { // the earliest sight of the same is enough
				continue
			}
			told[again] = true
			g := group{ch, f, p.Denial + "\n" + p.Quote + "\n" + seen(p.Flow)}
			if ch == diapason.Holds {
				g.words = p.Denial
			}
			if pairs[g] == nil {
				groups = append(groups, g)
			}
			pairs[g] = append(pairs[g], p)
		}
	}
	var list []reason
	for _, g := range groups {
		list = append(list, reason{int(g.fault), pairs[g][0].Flow.Mode == diapason.Manual, s.sentence(g.channel, g.fault, pairs[g])})
	}
	if text := s.excess(); text != "" {
		list = append(list, reason{rank: int(excess), sentence: text})
	}
	slices.SortStableFunc(list, func(a, b reason) int { return cmp.Or(cmp.Compare(b.rank, a.rank), order(a.recorded, b.recorded)) })
	return list
}

// ownFirst puts what was seen in recordings after what our own visits saw.
func ownFirst(pairs []Pair) []Pair {
	sorted := slices.Clone(pairs)
	slices.SortStableFunc(sorted, func(a, b Pair) int { return order(a.Flow.Mode == diapason.Manual, b.Flow.Mode == diapason.Manual) })
	return sorted
}

// tell joins the first reasons.
func tell(list []reason) string {
	var parts []string
	for _, r := range list[:min(len(list), maxReasons)] {
		parts = append(parts, r.sentence)
	}
	return strings.Join(parts, " ")
}

func (s *shelf) sentence(ch diapason.Channel, f fault, pairs []Pair) string {
	p := pairs[0]
	deed := s.deed(ch, pairs)
	switch f {
	case brokenPromise:
		return fmt.Sprintf("The policy says %s, yet %s.", quote(p.Denial), deed)
	case contradiction:
		return fmt.Sprintf("The policy says %s and also %s, and %s.", quote(p.Quote), quote(p.Denial), deed)
	case unasked:
		return fmt.Sprintf("The policy says %s, yet %s.", quote(p.Quote), deed)
	case untoldReceiver:
		return fmt.Sprintf("%s, and the policy tells of no such receiver.", upper(deed))
	default:
		return fmt.Sprintf("%s, and the policy says nothing of it.", upper(deed))
	}
}

// deed tells in one clause what a voice shows.
func (s *shelf) deed(ch diapason.Channel, pairs []Pair) string {
	var flows []diapason.Flow
	for _, p := range pairs {
		flows = append(flows, p.Flow)
	}
	who, _ := receivers(flows)
	switch ch {
	case diapason.Holds:
		return "the export holds it"
	case diapason.Asks:
		return and(who) + plural(int64(len(who)), " asks for it", " ask for it")
	}
	return and(who) + seen(flows[0])
}

// seen tells what was received, how and when.
func seen(f diapason.Flow) string {
	return fmt.Sprintf(" received the %s%s%s", words(f), carried(f), when(f))
}

// excess tells of permissions that their purpose does not need.
func (s *shelf) excess() string {
	var n int64
	for _, scope := range s.scopes {
		if told[scope.Class] == moreThanNeeded {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	if n == 1 {
		return "A permission that is asked for opens it, and the purpose does not need that one."
	}
	return fmt.Sprintf("%d permissions that are asked for open it, and the purpose does not need them.", n)
}

func quote(text string) string { return "“" + strings.TrimRight(text, ". ") + "”" }

func upper(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

func and(names []string) string {
	switch n := len(names); {
	case n == 0:
		return "somebody"
	case n == 1:
		return names[0]
	case n > 4:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), n-3)
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

func words(f diapason.Flow) string { return vocab.Default().Label(f.Data) }

// carried tells in which form typed data arrived.
func carried(f diapason.Flow) string {
	if f.Data != "dia:HashedContact" && slices.Contains(f.Payload, "hashed-seed") && !slices.Contains(f.Payload, "plain-seed") {
		return ", as a hash that still names you,"
	}
	return ""
}

// when tells in which state of a person's choices a flow was seen.
func when(f diapason.Flow) string {
	if f.Mode == diapason.Manual {
		return " in a recording that was handed in"
	}
	if w := f.Phase.When(); w != "" {
		return " " + w
	}
	return ""
}
