package usage

import (
	"fmt"
	"strings"
	"time"

	"diapason.dev/diapason/asks"
)

// tell puts a usage into sentences: the counts first, then what they rest on,
// then a line for each permission.
func tell(u asks.Usage) []string {
	n := map[string]int{}
	for _, g := range u.Granted {
		n[g.Use]++
	}
	text := []string{
		fmt.Sprintf("Granted %d, exercised %d, exercised through another %d, not exercised %d, not observable from here %d.",
			len(u.Granted), n[asks.Exercised], n[asks.ExercisedOtherwise], n[asks.NotExercised], n[asks.NotObservable]),
		grounds(u),
	}
	for _, g := range u.Granted {
		text = append(text, row(g))
	}
	for _, t := range u.Unmatched {
		text = append(text, "`unmatched` "+t.What+", "+times(t)+".")
	}
	for _, t := range u.Unexplained {
		text = append(text, "`unexplained` "+t.What+", "+times(t)+": nothing that was granted opens it.")
	}
	if len(u.Doubts) > 0 {
		text = append(text, "What was never used cannot be told: "+strings.Join(u.Doubts, "; ")+".")
	}
	return text
}

var fromWhere = map[string]string{
	asks.Browser: "in one browser", asks.ReverseProxy: "at a reverse proxy",
	asks.ClientEgress: "where the client's calls go out", asks.MockProvider: "at a mock provider",
}

var whence = map[string]string{
	"assumed":        "that all that was asked for was granted is assumed",
	"token response": "the grant is that of the token response",
	"X-OAuth-Scopes": "the grant is that of the header X-OAuth-Scopes",
	"log":            "the grant is that of the log",
}

func grounds(u asks.Usage) string {
	text := "Seen " + fromWhere[u.Vantage]
	if !u.Window.From.IsZero() {
		text += " from " + stamp(u.Window.From) + " to " + stamp(u.Window.To)
		if !u.Window.Stated {
			text += " (first to last call)"
		}
	}
	if len(u.Window.Gaps) > 0 {
		text += ", with gaps: " + strings.Join(u.Window.Gaps, "; ")
	}
	return text + "; " + whence[u.Basis] + "."
}

func row(g asks.Use) string {
	line := "`" + g.Use + "` " + g.Scope
	if g.Count > 0 {
		line += ", " + times(g.Tally)
	}
	if len(g.Operations) > 0 {
		line += ", by " + strings.Join(g.Operations, ", ")
	}
	if g.Refused > 0 {
		line += "; " + count(g.Refused, "call") + " refused"
	}
	if g.Use != asks.Exercised {
		line += ": " + g.Why
	}
	return line + "."
}

func times(t asks.Tally) string {
	switch {
	case t.Count == 1:
		return "once, on " + stamp(t.First)
	case t.First.Equal(t.Last):
		return fmt.Sprintf("%d times, on %s", t.Count, stamp(t.First))
	}
	return fmt.Sprintf("%d times, from %s to %s", t.Count, stamp(t.First), stamp(t.Last))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
