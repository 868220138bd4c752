package browse

import "time"

// A Step is one thing to do on the way through a page. Open, Fill, Click,
// StopBefore and Wait are done in this order; empty ones are left out.
type Step struct {
	Open       string        // address, absolute or relative to the page
	Fill       []Field       // typed key by key, not submitted
	Click      string        // CSS selector, or "text=" and the words on it
	StopBefore string        // the element must be there; the journey ends without touching it
	Wait       time.Duration // after the rest
}

// A Field is one form field and what is typed into it.
type Field struct {
	Selector string
	Value    string // the text, or bait.email, bait.name, bait.password, bait.text, bait.phone: made up for the visit
}
