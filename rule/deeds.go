package rule

import (
	"fmt"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/does"
)

// deed tells in a sentence what a fact of the pages and apps shows.
func (j *judging) deed(fact any) string {
	switch f := fact.(type) {
	case does.Access:
		verb := map[string]string{"set": "stored for", "read": "read for"}[f.Kind]
		if f.Kind == "contact" {
			return fmt.Sprintf("The page contacted %s %s.", j.name(f.Recipient), f.Phase.When())
		}
		return fmt.Sprintf("“%s” was %s %s %s.", f.Name, verb, j.name(f.Recipient), f.Phase.When())
	case does.Cookie:
		return fmt.Sprintf("“%s” of %s stays %s.", f.Name, f.Host, duration(f.Lifetime))
	case does.Identifier:
		return fmt.Sprintf("The value “%s” (%s) differs from browser to browser: %.0f bits.", f.Key, plain(j.pack.words, f.Store), f.Score)
	case does.Respawn:
		return fmt.Sprintf("“%s” was deleted and had its old value again on the next visit.", f.Key)
	case does.Link:
		return fmt.Sprintf("%s got one and the same identifier on %s.", j.name(f.Receiver), strings.Join(f.Sites, " and "))
	case does.Leak:
		return fmt.Sprintf("The made-up %s reached %s %s.", label(f.Data), j.name(f.Recipient), transformed(f.Transform))
	case does.Probe:
		return fmt.Sprintf("The page tried to reach %s.", f.Host)
	case does.Night:
		return fmt.Sprintf("%s between midnight and six, %d of them with a value that names the device or person.", counted(float64(f.Requests), "request"), f.Identifiers)
	case does.Visit:
		return fmt.Sprintf("Seen on %s.", f.URL)
	case does.Banner:
		return offered(f)
	case accord.Pair:
		return j.deed(f.Flow)
	case diapason.Flow:
		if f.Channel == diapason.Does {
			return strings.TrimSuffix(fmt.Sprintf("%s received the %s %s", j.name(f.Recipient), label(f.Data), f.Phase.When()), " ") + "."
		}
	}
	return ""
}

// transformed tells how bait was written when it arrived.
func transformed(transform string) string {
	switch {
	case transform == "plain" || transform == "":
		return "as it was typed"
	case strings.Contains(transform, "hash"):
		return "as a hash, which still names you to anyone who has your address"
	default:
		return "in another spelling"
	}
}

// offered tells how the choices are offered, in the banner's own words.
func offered(b does.Banner) string {
	if !b.Found {
		return "Nothing asked for a choice."
	}
	if b.Phase == diapason.P3 {
		return fmt.Sprintf("To agree: %s. To withdraw: %s.", reached(b.Accept), reached(b.Withdraw))
	}
	return fmt.Sprintf("To agree: %s. To refuse: %s.", reached(b.Accept), reached(b.Reject))
}

func reached(c diapason.Control) string {
	if c.Clicks < 0 {
		return "no way was found"
	}
	return fmt.Sprintf("%s, “%s”", counted(float64(c.Clicks), "click"), c.Words)
}
