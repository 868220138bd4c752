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
		return d.only1("now", b)
	case "removed":
		return d.gone(c, a)
	case "required":
		return fmt.Sprintf("It now %s in any case. Before, %s.", d.does(b), d.onTerms(a))
	case "conditional", "optional":
		return fmt.Sprintf("It now %s %s. Before, it %s and asked for nothing.", d.does(b), terms2(b), d.does(a))
	case "broadened":
		return fmt.Sprintf("It now speaks of more: it %s, where it was %s.", d.does(b), d.label(a))
	case "narrowed":
		return fmt.Sprintf("It now speaks of less: it %s%s, where it was %s.", d.does(b), terms1(b), d.label(a))
	case "recipient":
		return fmt.Sprintf("It tells of a receiver that it did not name before: %s.%s", d.who(b), d.gets(b))
	case "purpose":
		return fmt.Sprintf("It now uses %s for a purpose that it did not give before: %s.", d.label(b), d.tree.Label(b.purposes[0]))
	case "denial-lost":
		return fmt.Sprintf("It no longer says that it does not %s.", d.undone(a))
	case "denial-new":
		return fmt.Sprintf("It now says that it does not %s.", d.undone(b))
	case "retention":
		return fmt.Sprintf("It now keeps %s %s. Before: %s.", d.label(b), lasting(b.limit), lasting(a.limit))
	case "place":
		return fmt.Sprintf("It names other places for %s: %s. Before: %s.", d.label(b), list(b.places), list(a.places))
	}
	if b.claimed {
		return fmt.Sprintf("It now calls %s anonymous.", d.label(b))
	}
	return fmt.Sprintf("It no longer calls %s anonymous.", d.label(b))
}

// only1 tells of a practice that is new.
func (d *differ) only1(when string, e *entry) string {
	if e.key.recipient != service {
		return fmt.Sprintf("It %s tells that %s gets data that it did not name before: %s.%s", when, d.who(e), d.label(e), sentence(terms1(e)))
	}
	may := ""
	if e.best.Modality == "may" {
		may = "may "
	}
	return fmt.Sprintf("It %s says that it %s%s, which it did not name before%s.", when, may, d.deed(e, may != ""), terms1(e))
}

func (d *differ) gone(c Change, a *entry) string {
	switch {
	case c.Kind == "purpose":
		return fmt.Sprintf("It no longer says that it uses %s for this: %s.", d.label(a), d.tree.Label(a.purposes[0]))
	case c.Kind == "recipient":
		return fmt.Sprintf("It no longer names this receiver: %s.", d.who(a))
	case a.key.recipient != service:
		return fmt.Sprintf("It no longer tells that %s gets this: %s.", d.who(a), d.label(a))
	}
	return fmt.Sprintf("It no longer says that it %s.", d.does(a))
}

// does is what is done, for "it": "collects the e-mail address".
func (d *differ) does(e *entry) string {
	if e.key.recipient != service {
		return "lets " + d.who(e) + " have " + d.label(e)
	}
	return d.deed(e, false)
}

var deeds = map[diapason.Operation][2]string{
	diapason.Collect: {"collects", "collect"}, diapason.Store: {"keeps", "keep"}, diapason.Use: {"uses", "use"},
	diapason.Share: {"shares", "share"}, diapason.Sell: {"sells", "sell"}, diapason.Derive: {"works out", "work out"}, diapason.Act: {"acts with", "act with"},
}

func (d *differ) deed(e *entry, infinitive bool) string {
	w := deeds[e.best.Operation]
	if infinitive {
		return w[1] + " " + d.label(e)
	}
	return w[0] + " " + d.label(e)
}

// undone is what a text says is not done.
func (d *differ) undone(e *entry) string {
	what := deeds[e.best.Operation][1] + " " + d.label(e)
	if e.key.child {
		what += " of children"
	}
	if e.key.recipient != service {
		what = "let " + d.who(e) + " have " + d.label(e)
	}
	if e.best.Hedged {
		what += ", within limits"
	}
	return what
}

// label names the data; the words of the text stand in the quote beside it.
func (d *differ) label(e *entry) string {
	if e.best.Cookie != "" {
		return e.best.Cookie
	}
	l := d.tree.Label(e.key.data)
	if e.key.data == "dpv:PersonalData" || e.key.data == "dpv:Data" {
		return "data about you"
	}
	return "your " + l
}

func (d *differ) who(e *entry) string {
	if e.best.RecipientName != "" {
		return e.best.RecipientName
	}
	return d.tree.Label(e.key.recipient)
}

func (d *differ) gets(e *entry) string {
	if general(e.key.data) {
		return sentence(terms1(e))
	}
	return fmt.Sprintf(" It gets %s%s.", d.label(e), terms1(e))
}

// terms1 adds the condition to a sentence; empty where there is none.
func terms1(e *entry) string {
	if t := terms2(e); t != "" {
		return ", " + t
	}
	return ""
}

func terms2(e *entry) string {
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

func (d *differ) onTerms(e *entry) string {
	return fmt.Sprintf("it %s %s", d.does(e), terms2(e))
}

// sentence makes a sentence of its own of words that were joined by a comma.
func sentence(joined string) string {
	words := strings.TrimPrefix(joined, ", ")
	if words == "" {
		return ""
	}
	return " " + strings.ToUpper(words[:1]) + words[1:] + "."
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
