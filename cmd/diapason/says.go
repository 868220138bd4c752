package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
	"github.com/spf13/cobra"
)

func saysCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "says POLICY",
		Short: "Read a privacy policy: what it says is done with which data",
		Long: long(`
Says reads one text (an address, a file, or - for standard input; HTML,
Markdown or plain text) into practices: which data, what is done with it, who
gets it, and whether it depends on your consent. Each carries its literal
quote.`),
		Example: `  diapason says https://music.example/privacy
  diapason says policy.md --json
  diapason says diff 2015-05.md 2015-09.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			doc, practices, err := readText(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				if err := printJSON(cmd, map[string]any{"document": doc, "practices": practices}); err != nil {
					return err
				}
			} else {
				printPractices(cmd.OutOrStdout(), doc, practices)
			}
			return analysable(doc)
		},
	}
	c.AddCommand(saysDiffCommand())
	return c
}

func saysDiffCommand() *cobra.Command {
	var failOn []string
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell what changed between two texts, practice by practice",
		Long: long(`
Diff compares what two texts allow, not their lines: a change shows the words
of both. Other wording for the same practice is no change. With --fail-on it
exits 1 when a change of a named class is found.`),
		Example: `  diapason says diff policy-2015-05.md policy-2015-09.md
  diapason says diff main.md draft.md --fail-on added,broadened,required,recipient`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			changes, err := diffTexts(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				if err := printJSON(cmd, map[string]any{"changes": changes}); err != nil {
					return err
				}
			} else {
				printChanges(cmd.OutOrStdout(), changes)
			}
			n := 0
			for _, ch := range changes {
				for _, class := range failOn {
					if ch.Class == class {
						n++
					}
				}
			}
			if n > 0 {
				return fmt.Errorf("%d changes of the classes %s: %w", n, strings.Join(failOn, ", "), diapason.ErrFindings)
			}
			return nil
		},
	}
	c.Flags().StringSliceVar(&failOn, "fail-on", nil, "exit 1 when a change of one of these classes is found, such as added,broadened,required")
	return c
}

// readText fetches and reads one text.
func readText(ctx context.Context, name string) (says.Document, []says.Practice, error) {
	t, err := fetchText(ctx, name, false)
	if err != nil {
		return says.Document{}, nil, err
	}
	doc, practices := says.Read(t)
	return doc, practices, nil
}

// fetchText takes a text from an address, a file or standard input.
func fetchText(ctx context.Context, name string, earlier bool) (says.Text, error) {
	src := says.Source{ID: "policy", Kind: "policy", File: name, Earlier: earlier}
	if strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://") {
		src.URL, src.File = name, ""
	}
	g, err := gate.Start(ctx, gate.Options{})
	if err != nil {
		return says.Text{}, err
	}
	defer g.Close()
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: g.DialContext}}
	return says.Fetch(ctx, client, src)
}

func diffTexts(ctx context.Context, older, newer string) ([]says.Change, error) {
	var texts [2]says.Text
	for i, name := range []string{older, newer} {
		t, err := fetchText(ctx, name, i == 0)
		if err != nil {
			return nil, err
		}
		if doc, _ := says.Read(t); !doc.Analysable {
			return nil, analysableAs(name, doc)
		}
		texts[i] = t
	}
	return says.Diff(texts[0], texts[1]), nil
}

func analysable(doc says.Document) error {
	if doc.Analysable {
		return nil
	}
	return analysableAs(doc.Source, doc)
}

func analysableAs(name string, doc says.Document) error {
	return diapason.WithHint(fmt.Errorf("read %s: %s: %w", name, doc.Why, diapason.ErrIncomplete), "give the text of the policy itself, as HTML, Markdown or plain text")
}

// printPractices lists what a text says, one kind of data after the other.
func printPractices(w io.Writer, doc says.Document, practices []says.Practice) {
	tree := vocab.Default()
	fmt.Fprintf(w, "%s: %d words, %d clauses, %d statements about data", doc.Title, doc.Words, doc.Clauses, len(practices))
	if doc.Dated != "" {
		fmt.Fprintf(w, ", dated %s", doc.Dated)
	}
	fmt.Fprintln(w)
	for _, p := range practices {
		word := string(p.Operation)
		if p.Polarity == diapason.Denied {
			word = "not " + word
		}
		fmt.Fprintf(w, "\n%-12s %s", word, tree.Label(p.Data))
		if p.RecipientName != "" {
			fmt.Fprintf(w, " → %s", p.RecipientName)
		} else if p.Recipient != "" && p.Recipient != "dia:Service" {
			fmt.Fprintf(w, " → %s", tree.Label(p.Recipient))
		}
		if p.Condition != "" && p.Condition != diapason.Unconditional {
			fmt.Fprintf(w, "  [only with %s]", p.Condition)
		} else if p.Modality == "optional" {
			fmt.Fprint(w, "  [optional]")
		}
		fmt.Fprintf(w, "\n             “%s”\n", oneLine(p.Quote))
	}
	if n := len(doc.Unread); n > 0 {
		fmt.Fprintf(w, "\nNot understood: %d clauses that speak of data (--json lists them).\n", n)
	}
}

func printChanges(w io.Writer, changes []says.Change) {
	if len(changes) == 0 {
		fmt.Fprintln(w, "No practice changed.")
		return
	}
	fmt.Fprintf(w, "%d practices changed.\n", len(changes))
	for _, c := range changes {
		fmt.Fprintf(w, "\n%-12s %s\n", c.Class, c.Sentence)
		for _, side := range []struct {
			word string
			p    *says.Practice
		}{{"before", c.Before}, {"after", c.After}} {
			if side.p != nil {
				fmt.Fprintf(w, "  %-7s “%s”\n", side.word, oneLine(side.p.Quote))
			}
		}
	}
}

// oneLine folds white space and drops control characters.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return ' '
		}
		return r
	}, s)), " ")
}
