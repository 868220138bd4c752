package accord

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

// The states of a cell: it takes part in a disagreement, it fits, it has
// nothing that could fit or not, nobody looked.
const (
	good  = "good"
	bad   = "bad"
	quiet = "quiet"
	blind = "blind"
)

// The words of cells that are not counts.
const (
	notExamined    = "not examined"
	stated         = "stated"
	deniedWord     = "denied"
	onlyIfYouAgree = "only if you agree"
	notMentioned   = "not mentioned"
	needed         = "needed"
	moreThanNeeded = "more than needed"
	asked          = "asked"
	notAsked       = "not asked"
	notSeen        = "not seen"
	notInExport    = "not in this export"
)

// maxQuotes is how many quotes a cell opens; the rest is counted.
const maxQuotes = 5

// told gives the word for each class of a permission that opens something.
// A permission without a stated purpose, or whose need is disputed, is asked
// and not judged.
var told = map[string]string{
	"excess": moreThanNeeded, "needed": needed, "optional": asked, "disputed": asked, "described": asked, "unknown": asked,
}

// cell starts the cell of a voice.
func (s *shelf) cell(ch diapason.Channel, nothing string) Cell {
	if !s.examined[ch] {
		return Cell{Channel: ch, Word: notExamined, State: blind}
	}
	c := Cell{Channel: ch, Word: nothing, State: quiet}
	for _, f := range s.flows[ch] {
		c.Flows = append(c.Flows, f.ID)
	}
	return c
}

func (s *shelf) says() Cell {
	c := s.cell(diapason.Says, notMentioned)
	if c.State == blind {
		return c
	}
	faults, quoted := s.faults(), s.quoted()
	c.Word = s.saying(faults)
	switch {
	case faults.promise || faults.condition || faults.untold && c.Word == notMentioned:
		c.State = bad
	case c.Word != notMentioned && !faults.untold && s.covers():
		c.State = good
	}
	for _, p := range quoted {
		c.Quotes = append(c.Quotes, quoteOf(p))
		if p.RecipientName != "" && p.Polarity == diapason.Asserted && !slices.Contains(c.Who, p.RecipientName) {
			c.Who = append(c.Who, p.RecipientName)
		}
	}
	slices.Sort(c.Who)
	c.Quotes = limit(c.Quotes)
	return c
}

// saying is the word for what the texts say about a kind of data. Words that
// speak of it by name count; where there are none, those of the nearest wider
// statement do, unless they are so wide that they tell nothing.
func (s *shelf) saying(f faults) string {
	switch {
	case f.promise:
		return deniedWord
	case f.condition:
		return onlyIfYouAgree
	}
	var yes, free, no int
	for _, p := range s.quoted() {
		switch {
		case p.Polarity == diapason.Denied:
			no++
		case agreed(p):
			yes++
		default:
			yes, free = yes+1, free+1
		}
	}
	switch {
	case f.untold && len(s.practices) == 0, yes+no == 0:
		return notMentioned
	case yes == 0:
		return deniedWord
	case free == 0:
		return onlyIfYouAgree
	}
	return stated
}

// agreed tells whether a practice waits for the person's yes.
func agreed(p says.Practice) bool {
	return p.Modality == "optional" || p.Condition == diapason.OnConsent || p.Condition == diapason.OnSetting && p.Default != "on"
}

// quoted lists the statements behind a cell: those that verdicts rest on,
// broken promises first, then those about the data by name.
func (s *shelf) quoted() []says.Practice {
	var list []says.Practice
	add := func(p says.Practice, ok bool) {
		same := func(q says.Practice) bool { return q.Quote == p.Quote && q.Polarity == p.Polarity }
		if ok && !slices.ContainsFunc(list, same) {
			list = append(list, p)
		}
	}
	for _, denials := range []bool{true, false} {
		for _, ch := range diapason.Channels {
			for _, p := range s.pairs[ch] {
				id := p.Practice
				if denials {
					id = p.Against
				}
				practice, ok := s.all[id]
				add(practice, ok && id != "" && (denials || p.Distance < wide))
			}
		}
	}
	for _, p := range s.practices {
		add(p, true)
	}
	if len(list) == 0 {
		for _, ch := range []diapason.Channel{diapason.Asks, diapason.Does} {
			for _, p := range s.pairs[ch] {
				practice, ok := s.all[p.Practice]
				add(practice, ok)
			}
		}
	}
	return list
}

// wide is from where on a statement's words are too general to tell a person
// that the data is meant: half way up to the root of the vocabulary. It is the
// rule pack's threshold "vague".
const wide = 0.5

// covers tells whether a flow was seen, asked or held that the texts tell of.
func (s *shelf) covers() bool {
	for _, pairs := range s.pairs {
		if slices.ContainsFunc(pairs, func(p Pair) bool { return p.Verdict == Clear || p.Verdict == Vague || p.Verdict == Conditional }) {
			return true
		}
	}
	return false
}

func quoteOf(p says.Practice) diapason.Quote {
	q := diapason.Quote{Channel: diapason.Says, Text: p.Quote, Source: p.Document}
	if n := len(p.Path); n > 0 {
		q.Source += ", under “" + p.Path[n-1] + "”"
	}
	if len(p.Evidence) > 0 {
		q.Ref = p.Evidence[0]
	}
	return q
}

// limit keeps the first quotes and counts the rest.
func limit(qs []diapason.Quote) []diapason.Quote {
	if len(qs) <= maxQuotes {
		return qs
	}
	more := diapason.Quote{Channel: qs[0].Channel, Text: fmt.Sprintf("And %d more.", len(qs)-maxQuotes), Absent: true}
	return append(qs[:maxQuotes:maxQuotes], more)
}

func (s *shelf) asks() Cell {
	c := s.cell(diapason.Asks, notAsked)
	if c.State == blind || len(s.scopes) == 0 {
		return c
	}
	c.Word = asked
	for _, word := range []string{needed, moreThanNeeded} {
		for _, scope := range s.scopes {
			if told[scope.Class] == word {
				c.Word = word
			}
		}
	}
	switch {
	case c.Word == moreThanNeeded || s.brokenBy(diapason.Asks):
		c.State = bad
	case c.Word == needed:
		c.State = good
	}
	for _, scope := range s.scopes {
		text := strings.TrimSuffix(scope.Sentence, ".")
		if text == "" {
			text = scope.ID
		}
		c.Quotes = append(c.Quotes, diapason.Quote{
			Channel: diapason.Asks, Text: fmt.Sprintf("%s (%s).", text, told[scope.Class]), Source: fmt.Sprintf("permission %s, request %s", scope.ID, scope.Request),
			Ref: first(scope.Evidence),
		})
	}
	c.Who, _ = receivers(s.flows[diapason.Asks])
	c.Quotes = limit(c.Quotes)
	return c
}

func first(refs []diapason.Ref) diapason.Ref {
	if len(refs) == 0 {
		return diapason.Ref{}
	}
	return refs[0]
}

// receivers names who gets the data, others than the service first, and counts
// those others.
func receivers(flows []diapason.Flow) (names []string, others int) {
	var outside, inside []string
	seen := map[string]bool{}
	for _, f := range flows {
		if seen[f.Recipient.ID] {
			continue
		}
		seen[f.Recipient.ID] = true
		if vocab.PartyTerm(f.Recipient) == theService {
			inside = append(inside, called(f.Recipient))
		} else {
			outside = append(outside, called(f.Recipient))
		}
	}
	slices.Sort(outside)
	slices.Sort(inside)
	return append(outside, inside...), len(outside)
}

func called(p diapason.Party) string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}

func (s *shelf) does() Cell {
	c := s.cell(diapason.Does, notSeen)
	flows := s.flows[diapason.Does]
	if c.State == blind || len(flows) == 0 {
		return c
	}
	names, others := receivers(flows)
	if c.Who = names; others > 0 {
		c.Who = names[:others] // that the service has it too, its flows tell
	}
	switch others {
	case 0:
		c.Word = "received by the service"
	case 1:
		c.Word = "received by 1 company"
	default:
		c.Word = fmt.Sprintf("received by %d companies", others)
	}
	if c.State = good; s.brokenBy(diapason.Does) {
		c.State = bad
	}
	for _, f := range s.worstFirst(diapason.Does) {
		c.Quotes = append(c.Quotes, sightOf(f))
	}
	c.Quotes = limit(c.Quotes)
	return c
}

// worstFirst lists a voice's flows, those that disagree with the texts first.
func (s *shelf) worstFirst(ch diapason.Channel) []diapason.Flow {
	faults := map[string]fault{}
	for _, p := range s.pairs[ch] {
		faults[p.Flow.ID] = max(faults[p.Flow.ID], faultOf(p))
	}
	flows := slices.Clone(s.flows[ch])
	slices.SortStableFunc(flows, func(a, b diapason.Flow) int { return cmp.Compare(faults[b.ID], faults[a.ID]) })
	return flows
}

// sightOf tells one flow as it was seen.
func sightOf(f diapason.Flow) diapason.Quote {
	q := diapason.Quote{Channel: diapason.Does, Ref: first(f.Evidence)}
	q.Text = called(f.Recipient) + seen(f) + "."
	if q.Source = q.Ref.URL; q.Ref.Record != "" {
		q.Source = strings.TrimPrefix(q.Source+", "+q.Ref.Record, ", ")
	}
	return q
}

func (s *shelf) holds() Cell {
	c := s.cell(diapason.Holds, notInExport)
	if c.State == blind || len(s.items) == 0 {
		return c
	}
	n := s.records()
	c.Word = grouped(n) + " " + plural(n, "record", "records")
	if c.State = good; s.brokenBy(diapason.Holds) {
		c.State = bad
	}
	for _, i := range s.items {
		c.Quotes = append(c.Quotes, diapason.Quote{
			Channel: diapason.Holds, Text: fmt.Sprintf("%s: %d %s, %s.", i.Path, i.Count, plural(i.Count, "value", "values"), i.Origin),
			Source: "export " + i.Export, Ref: first(i.Evidence),
		})
	}
	c.Quotes = limit(c.Quotes)
	return c
}

// records counts the records that hold a kind of data. A record has several
// paths: the longest path of a member counts for it.
func (s *shelf) records() int64 {
	longest := map[string]int64{}
	for _, i := range s.items {
		key := i.Export + " " + i.Member
		longest[key] = max(longest[key], i.Count)
	}
	var n int64
	for _, count := range longest {
		n += count
	}
	return n
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// grouped writes a number with its thousands apart: 12,034.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
