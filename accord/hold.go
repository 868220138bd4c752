package accord

import (
	"fmt"
	"slices"

	"diapason.dev/diapason"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

// Hold gives a verdict on every flow that was seen, requested or held, in the
// order given; what the texts themselves say is passed over. Only current
// documents count. saysExamined is false where no text could be read: then
// nothing is omitted, and every verdict is "not analysable".
func Hold(flows []diapason.Flow, f says.Facts, saysExamined bool) []Pair {
	b := open(vocab.Default(), f, saysExamined)
	for _, flow := range flows {
		for _, p := range []diapason.Party{flow.Sender, flow.Recipient} {
			if vocab.PartyTerm(p) == theService && !slices.Contains(b.service, p.Name) {
				b.service = append(b.service, p.Name)
			}
		}
	}
	var pairs []Pair
	for _, flow := range flows {
		if flow.Channel != diapason.Says && flow.Polarity != diapason.Absent && flow.Polarity != diapason.Denied {
			pairs = append(pairs, b.hold(flow))
		}
	}
	return pairs
}

// hold gives the verdict on one flow.
func (b *book) hold(f diapason.Flow) Pair {
	p := Pair{Flow: f}
	switch {
	case !b.examined:
		return p.with(NotAnalysable, "No policy was read, so nothing can be said about what it tells.")
	case f.Data == "" || f.Data == vocab.RootData || b.tree.Kind(f.Data) != "pd":
		return p.with(Undecided, "It is not known well enough which data this is.")
	case f.Recipient.ID == "" && f.Recipient.Name == "":
		return p.with(Undecided, "It is not known who received this.")
	}
	s := look(b.tree, f)
	yes, no := b.relevant(s, b.asserted, tells), b.relevant(s, b.denied, b.denies)
	yes, no, contradicted := b.settle(s, yes, no)
	p.cite(yes, no)
	switch {
	case len(yes)+len(no) == 0:
		return b.silent(s, p)
	case contradicted:
		return p.with(Ambiguous, "The policy says this in one place and denies it in another.")
	case len(no) > 0:
		return p.with(Incorrect, "The policy denies this.")
	}
	return b.told(s, p, yes[0])
}

// settle decides between assertions and denials that both speak of a flow: it
// drops the side that loses and tells whether they contradict each other.
func (b *book) settle(s sight, yes, no []match) (_, _ []match, contradicted bool) {
	if len(yes) == 0 || len(no) == 0 {
		return yes, no, false
	}
	contradictions, narrowings := b.clashes(s, yes, no)
	if contradictions+narrowings == 0 { // one sentence made both: its nearer half is what it means
		y, n := yes[0], no[0]
		if n.toParty < y.toParty || n.toParty == y.toParty && n.toData < y.toData {
			return nil, no, false
		}
		return yes, nil, false
	}
	return yes, no, contradictions > 0
}

// cite keeps the words of the nearest statements.
func (p *Pair) cite(yes, no []match) {
	if len(no) > 0 {
		p.Against, p.Denial, p.Distance = no[0].ID, no[0].Quote, no[0].vague
	}
	if len(yes) > 0 {
		p.Practice, p.Quote, p.Distance = yes[0].ID, yes[0].Quote, yes[0].vague
	}
}

func (p Pair) with(v Verdict, why string) Pair {
	p.Verdict, p.Why = v, why
	return p
}

// silent is the verdict where no statement speaks of a flow for certain.
func (b *book) silent(s sight, p Pair) Pair {
	switch {
	case b.unread:
		return p.with(NotAnalysable, "A text of the service could not be read, and the others do not tell of this.")
	case s.party == unknownParty && b.mayConcern(s):
		return p.with(Undecided, "The policy speaks of this data and some kind of company; which kind this receiver is, is not known.")
	case b.deniedForSomething(s):
		return p.with(Undecided, "The policy denies this for some purposes only, and what it was for could not be seen.")
	case s.first:
		return p.with(Omitted, "The policy does not tell that the service has this data.")
	}
	return p.with(Omitted, "The policy tells of no such receiver of this data.")
}

// mayConcern tells whether a statement would speak of the flow if its unknown
// receiver were of some kind, or were called by another name.
func (b *book) mayConcern(s sight) bool {
	may := func(from []statement, denial bool) bool {
		for _, st := range from {
			_, data := b.dataDistance(s, st.Data, denial)
			deed := !denial && tells(st, s) || denial && b.denies(st, s)
			if data && deed && st.party != theService && (st.RecipientName != "" || b.tree.Is(st.party, otherParty)) {
				return true
			}
		}
		return false
	}
	return may(b.asserted, false) || may(b.denied, true)
}

// deniedForSomething tells whether a denial that is limited to purposes would
// speak of the flow if it were for one of them.
func (b *book) deniedForSomething(s sight) bool {
	limited := b.relevant(s, b.denied, func(st statement, s sight) bool { return deniesDeed(st.Operation, s) && !b.deniedPurpose(st, s.Flow) })
	return len(limited) > 0 && s.Purpose == ""
}

// told is the verdict where the policy tells of a flow and does not deny it.
func (b *book) told(s sight, p Pair, nearest match) Pair {
	if b.conditional(nearest.Practice) {
		p.Consent = consent(s, nearest.Practice)
		seen := map[diapason.Consent]string{
			diapason.ConsentPresent: "and it was fulfilled", diapason.ConsentAbsent: "and it was not fulfilled",
			diapason.ConsentUnknown: "and whether it was fulfilled is not known",
		}[p.Consent]
		return p.with(Conditional, "The policy allows this on a condition, "+seen+".")
	}
	if nearest.toParty == 0 && nearest.toData == 0 {
		return p.with(Clear, "The policy tells this.")
	}
	wide := ""
	if nearest.toData > 0 {
		wide = fmt.Sprintf(": “%s” for %s", b.tree.Label(nearest.Data), b.tree.Label(s.Data))
	}
	if nearest.toParty > 0 {
		if wide == "" {
			wide = ":"
		} else {
			wide += ","
		}
		wide += fmt.Sprintf(" “%s” for this receiver", b.tree.Label(nearest.party))
	}
	return p.with(Vague, "The policy tells this in wider words"+wide+".")
}
