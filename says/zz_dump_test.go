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

func TestZZDiff(t *testing.T) {
	fs := strings.Fields(os.Getenv("SAYS_DIFF"))
	for i := 0; i+1 < len(fs); i += 2 {
		a, err := Fetch(context.Background(), nil, Source{ID: "privacy", Kind: "policy", File: fs[i]})
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Fetch(context.Background(), nil, Source{ID: "privacy", Kind: "policy", File: fs[i+1]})
		cs := Diff(a, b)
		fmt.Printf("== %s → %s: %d\n", fs[i], fs[i+1], len(cs))
		for _, c := range cs {
			fmt.Printf("%-11s %-9s %-22s cond=%-8s %s\n", c.Class, c.Kind, c.Data, c.Condition, c.Sentence)
			q := func(p *Practice) string {
				if p == nil {
					return "-"
				}
				return p.ID + " " + strings.Join(strings.Fields(p.Quote), " ")
			}
			if os.Getenv("SAYS_Q") != "" {
				fmt.Printf("      < %.260s\n      > %.260s\n", q(c.Before), q(c.After))
			}
		}
	}
}
