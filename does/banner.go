package does

import (
	"slices"

	"diapason.dev/diapason"
)

// choiceOf is what the visits of a phase choose; empty for a phase in which
// nothing is chosen.
func choiceOf(p diapason.Phase) string {
	switch p {
	case diapason.P1, diapason.P41:
		return "reject"
	case diapason.P2, diapason.P42:
		return "accept"
	case diapason.P3:
		return "withdraw"
	}
	return ""
}

// chose tells whether a visit made the choice of its phase. What happens in a
// visit that did not is no consequence of one.
func chose(c *diapason.Capture) bool {
	want := choiceOf(c.Phase)
	return want == "" || c.Banner != nil && c.Banner.Chosen == want && !c.Banner.Since.IsZero()
}

// telling tells whether a visit shows what its phase is about: its choice was
// seen to register. Having looked for a way to withdraw in vain shows it too.
func telling(c *diapason.Capture) bool {
	b := c.Banner
	switch {
	case choiceOf(c.Phase) == "":
		return true
	case b == nil || !b.Registered:
		return false
	case c.Phase == diapason.P3 && b.Chosen == "accept":
		return b.Withdraw.Clicks < 0
	}
	return chose(c)
}

// after is what a visit did once its choice had been made. What happened
// before that is what visits without a choice show.
func after(c *diapason.Capture) *diapason.Capture {
	if choiceOf(c.Phase) == "" {
		return c
	}
	since := c.Banner.Since.Add(-beforeClick) // the page had come to rest before the click
	cut := *c
	cut.Requests = slices.DeleteFunc(slices.Clone(c.Requests), func(q diapason.Request) bool { return q.At.Before(since) })
	cut.Calls = slices.DeleteFunc(slices.Clone(c.Calls), func(k diapason.Call) bool { return k.At.Before(since) })
	cut.Pages = slices.DeleteFunc(slices.Clone(c.Pages), func(p diapason.Page) bool { return !p.At.IsZero() && p.At.Before(since) })
	cut.Dials = slices.DeleteFunc(slices.Clone(c.Dials), func(d diapason.Dial) bool { return d.At.Before(since) })
	return &cut
}

// stood is what lay in the profile right before a visit made its choice.
func stood(c *diapason.Capture) map[place][]string {
	return entriesOf(&diapason.Capture{Cookies: c.Banner.Cookies, Stores: c.Banner.Stores}, nil)
}

// banners tells of every look at what asks for a choice.
func (r *reading) banners() []Banner {
	var all []Banner
	for _, c := range r.all {
		b := c.Banner
		if b == nil || !measured(c) || !r.ours(c) {
			continue
		}
		all = append(all, Banner{
			Phase: c.Phase, Run: c.Run, Visit: c.ID, URL: redactURL(b.URL), Found: b.Found, By: b.By, Accept: b.Accept, Reject: b.Reject, Withdraw: b.Withdraw,
			Preset: b.Preset, Chosen: b.Chosen, Registered: b.Registered, Why: b.Why,
			Evidence: []diapason.Ref{{Record: "visit/" + c.ID, URL: redactURL(b.URL)}},
		})
	}
	return all
}
