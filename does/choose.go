package does

import (
	"fmt"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/browse"
)

// An offer is what the visits that look found to choose.
type offer struct{ accept, reject bool }

// offeredIn reads from the visits before any choice what can be chosen. One
// that found a way is enough to go it.
func offeredIn(captures []*diapason.Capture) offer {
	var o offer
	for _, c := range captures {
		if b := c.Banner; b != nil && b.Found && c.Phase == diapason.P0 && measured(c) {
			o.accept, o.reject = o.accept || b.Accept.Clicks > 0, o.reject || b.Reject.Clicks > 0
		}
	}
	return o
}

// choices lists the visits that choose. What cannot be chosen is not visited:
// that no banner or no way to refuse was found is told by the visits that looked.
func (p Plan) choices(o offer) []chain {
	var all []chain
	add := func(can bool, phases ...diapason.Phase) {
		for _, phase := range phases {
			if can {
				all = append(all, p.choosing(phase)...)
			}
		}
	}
	add(o.reject, diapason.P1)
	add(o.accept, diapason.P2, diapason.P3)
	add(o.reject && p.GPC, diapason.P41)
	add(o.accept && p.GPC, diapason.P42)
	return all
}

// choosing lists the visits of one phase, each in an empty profile. After the
// choice they open every page, and where there is only one, that one again: a
// value is known for what it is when it comes a second time.
func (p Plan) choosing(phase diapason.Phase) []chain {
	kind, signal := "consent", strings.HasPrefix(string(phase), "P4")
	if signal {
		kind = "gpc"
	}
	var all []chain
	for run := 1; run <= runs; run++ {
		v := p.plain(fmt.Sprintf("%s/%s/%d", kind, phase, run), phase, run)
		v.Choose, v.GPC, v.Selectors = choiceOf(phase), signal, p.Selectors
		if len(v.Steps) == 0 {
			v.Steps = []browse.Step{{Open: p.Start[0]}}
		}
		all = append(all, chain{visits: []browse.Visit{v}})
	}
	return all
}

// looking is a plain visit, which looks for what asks for a choice where the
// plan wants to know that.
func (p Plan) looking(id string, run int) browse.Visit {
	v := p.plain(id, diapason.P0, run)
	if p.Consent {
		v.Choose, v.Selectors = "look", p.Selectors
	}
	return v
}

// agree adds to a visit that everything is accepted that the page asks for.
func (p Plan) agree(v *browse.Visit) { v.Choose, v.Selectors = choiceOf(diapason.P2), p.Selectors }
