package says

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestZZDump(t *testing.T) {
	for _, f := range strings.Fields(os.Getenv("SAYS_DUMP")) {
		tx, err := Fetch(context.Background(), nil, Source{ID: "privacy", Kind: "policy", File: f})
		if err != nil {
			t.Fatal(err)
		}
		d, ps := Read(tx)
		fmt.Printf("== %s analysable=%v %s dated=%s words=%d clauses=%d practices=%d unread=%d missing=%v title=%q\n", f, d.Analysable, d.Why, d.Dated, d.Words, d.Clauses, len(ps), len(d.Unread), d.Missing, d.Title)
		for _, p := range ps {
			fmt.Printf("%s %-8s %-7s→%s %s [%s %s %s%s] a=%s p=%v %s lim=%.0f pl=%s ck=%s ess=%v anon=%v hedge=%v ex=%v subj=%s basis=%s\n    %s | %q ph=%q rule=%s\n", p.ID, p.Polarity, p.Operation, strings.TrimPrefix(string(p.Recipient), "dia:"), p.RecipientName, p.Modality, p.Condition, p.Default, map[bool]string{true: ""}[true], p.Actor, p.Purpose, p.Data, p.Limit, p.Place, p.Cookie, p.Essential, p.Anonymous, p.Hedged, p.Exclusive, p.Subject, p.Basis, strings.Join(p.Path, " > "), strings.Join(strings.Fields(p.Quote), " "), p.Phrase, p.Rule)
		}
		for _, u := range d.Unread {
			fmt.Printf("UNREAD %q\n", strings.Join(strings.Fields(u), " "))
		}
	}
}
