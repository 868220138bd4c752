package says

import (
	"fmt"
	"strings"

	"diapason.dev/diapason"
)

// tell says a change in a sentence for a person who reads no policies. It
// speaks of the service as "it".
func (d *differ) tell(c Change, a, b *entry) string {
	switch c.Class {
	case "added":
		return d.isNew(b)
	case "removed":
		return d.gone(c, a)
	case "required":
		return fmt.Sprintf("It now %s in any case: %s. Before: %s.", d.does(b), d.label(b), onTerms(a))
	case "conditional", "optional":
		return fmt.Sprintf("It now %s %s: %s. %s", d.does(b), onTerms(b), d.label(b), d.unasked(a, b))
	case "broadened", "narrowed":
		return d.wider(c, a, b)
	case "recipient":
		return fmt.Sprintf("It tells of a receiver that it did not name before: %s. It gets: %s%s.", d.who(b), d.label(b), withTerms(b))
	case "purpose":
		return fmt.Sprintf("It gives a new purpose for this: %s. The purpose: %s.", d.label(b), d.tree.Label(b.purposes[0]))
	case "denial-lost":
		return fmt.Sprintf("It no longer says that it does not %s.", d.undone(a))
	case "denial-new":
		return fmt.Sprintf("It now says that it does not %s.", d.undone(b))
	case "retention":
		return fmt.Sprintf("It changes how long it keeps this: %s. Now: %s. Before: %s.", d.label(b), lasting(b.limit), lasting(a.limit))
	case "place":
		return fmt.Sprintf("It names other places for this: %s. Now: %s. Before: %s.", d.label(b), list(b.places), list(a.places))
	}
	if b.claimed {
		return fmt.Sprintf("It now calls this anonymous: %s.", d.label(b))
	}
	return fmt.Sprintf("It no longer calls this anonymous: %s.", d.label(b))
}

// isNew tells of a practice that is new.
func (d *differ) isNew(e *entry) string {
	if e.key.deed == diapason.Sell {
		return fmt.Sprintf("It now says that it sells this to %s: %s%s.", d.who(e), d.label(e), withTerms(e))
	}
	if e.key.recipient != service {
		return fmt.Sprintf("It now names data that goes to %s: %s%s.", d.who(e), d.label(e), withTerms(e))
	}
	verb := deeds[e.best.Operation][0]
	if e.best.Modality == "may" {
		verb = "may " + deeds[e.best.Operation][1]
	}
	return fmt.Sprintf("It now says that it %s this: %s%s.", verb, d.label(e), withTerms(e))
}

func (d *differ) gone(c Change, a *entry) string {
	switch {
	case c.Kind == "purpose":
		return fmt.Sprintf("It no longer gives this purpose for %s: %s.", d.label(a), d.tree.Label(a.purposes[0]))
	case c.Kind == "recipient":
		return fmt.Sprintf("It no longer names this receiver: %s.", d.who(a))
	case a.key.recipient != service:
		return fmt.Sprintf("It no longer names this as data that goes to %s: %s.", d.who(a), d.label(a))
	}
	return fmt.Sprintf("It no longer says that it %s this: %s.", deeds[a.best.Operation][0], d.label(a))
}

// unasked tells how it was before a condition was stated.
func (d *differ) unasked(a, b *entry) string {
	if a.key.data == b.key.data {
		return "Before, no such condition was stated."
	}
	return fmt.Sprintf("Before, it spoke of %s, with no such condition.", d.label(a))
}

// wider tells of data, or of a receiver, that is named more widely or more
// narrowly than before.
func (d *differ) wider(c Change, a, b *entry) string {
	how := map[string]string{"broadened": "more widely", "narrowed": "more narrowly"}[c.Class]
	if c.Kind == "recipient" {
		return fmt.Sprintf("It now speaks %s of who gets this: %s. Now: %s. Before: %s.", how, d.label(b), d.who(b), d.who(a))
	}
	return fmt.Sprintf("It now speaks %s of what it %s: %s%s. Before: %s.", how, d.does(b), d.label(b), withTerms(b), d.label(a))
}

// does is what is done, for "it": "collects", "shares with advertisers".
func (d *differ) does(e *entry) string {
	switch {
	case e.key.recipient == service:
		return deeds[e.best.Operation][0]
	case e.key.deed == diapason.Sell:
		return "sells to " + d.who(e)
	}
	return "shares with " + d.who(e)
}

var deeds = map[diapason.Operation][2]string{
	diapason.Collect: {"collects", "collect"}, diapason.Store: {"keeps", "keep"}, diapason.Use: {"uses", "use"},
	diapason.Share: {"shares", "share"}, diapason.Sell: {"sells", "sell"}, diapason.Derive: {"works out", "work out"}, diapason.Act: {"acts with", "act with"},
}

// undone is what a text says is not done.
func (d *differ) undone(e *entry) string {
	what := deeds[e.best.Operation][1] + " this"
	switch {
	case e.key.recipient == service || e.key.recipient == other && e.key.deed == diapason.Sell:
	case e.key.deed == diapason.Sell:
		what += " to " + d.who(e)
	default:
		what = "share this with " + d.who(e)
	}
	what += ": " + d.label(e)
	if e.key.child {
		what += ", of children"
	}
	if e.best.Hedged {
		what += ", within limits"
	}
	return what
}

// label names the data; the words of the text stand in the quote beside it.
func (d *differ) label(e *entry) string {
	switch {
	case e.best.Cookie != "":
		return e.best.Cookie
	case general(e.key.data):
		return "data about you"
	}
	return d.tree.Label(e.key.data)
}

func (d *differ) who(e *entry) string {
	if e.best.RecipientName != "" {
		return e.best.RecipientName
	}
	return d.tree.Label(e.key.recipient)
}

// withTerms adds the condition to a sentence; empty where there is none.
func withTerms(e *entry) string {
	if t := onTerms(e); t != "" {
		return ", " + t
	}
	return ""
}

// onTerms are the conditions of a practice in plain words; empty where there
// are none.
func onTerms(e *entry) string {
	switch e.best.Condition {
	case diapason.OnConsent:
		return "only if you agree"
	case diapason.OnSetting:
		if e.best.Default == "off" {
			return "only if you switch it on"
		}
		return "unless you switch it off"
	case diapason.OnFeature:
		return "only if you use a certain feature"
	case diapason.OnPayment:
		return "only if you buy something"
	}
	if e.best.Modality == "optional" {
		return "only if you choose to give it"
	}
	return ""
}

func lasting(days float64) string {
	if days == 0 {
		return "no time is stated"
	}
	return fmt.Sprintf("for up to %.4g days", days)
}

func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
