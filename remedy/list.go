package remedy

import (
	"fmt"
	"strings"
	"time"
)

// Text is the blocklist as a file for a content blocker, in the syntax of
// uBlock Origin: what it is and rests on in comments, then the rules, each under
// its reason. Equal lists give equal bytes.
func (b Blocklist) Text() string {
	var t listText
	t.comment("Title: %s: what followed its visitors", b.Service)
	t.comment("Description: Stops what one audit saw to track. It is no wider than what was seen.")
	t.comment("Run: %s", b.Run)
	t.comment("Date: %s", b.Date.UTC().Format(time.DateOnly))
	t.comment("Made by: %s", b.Tool)
	t.comment("Licence: none needed, these are facts")
	t.comment("")
	if len(b.Blocks) == 0 {
		t.comment("No rule: nothing that a list could stop was seen to track.")
	} else {
		t.comment("%s", b.Check)
	}
	why := ""
	for _, x := range b.Blocks {
		if x.Why != why {
			t.line("")
			t.comment("%s%s", x.Why, bracketed(x.Rules))
			why = x.Why
		}
		t.line(x.Rule)
	}
	if len(b.Left) > 0 {
		t.line("")
		t.comment("Left alone:")
		for _, l := range b.Left {
			t.comment("- %s: %s.", l.What, l.Why)
		}
	}
	return t.String()
}

func bracketed(rules []string) string {
	if len(rules) == 0 {
		return ""
	}
	return " [" + strings.Join(rules, ", ") + "]"
}

// A listText is a list under way. Nothing that a service chose can begin a
// line of its own in it.
type listText struct{ strings.Builder }

func (t *listText) line(s string) {
	t.WriteString(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
	t.WriteByte('\n')
}

func (t *listText) comment(format string, args ...any) {
	t.line(strings.TrimRight("! "+fmt.Sprintf(format, args...), " "))
}
