package main

import (
	"fmt"
	"io"

	"diapason.dev/diapason"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/vocab"
	"github.com/spf13/cobra"
)

func holdsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "holds EXPORT",
		Short: "Read the data that a service sent you: what is in it",
		Long: long(`
Holds reads an export (a ZIP file or a folder) where it lies: nothing is
unpacked, nothing is sent, no value is stored. It lists every kind of data with
its count and dates, what it could not name, and an account of every record
that was read.`),
		Example: `  diapason holds my_spotify_data.zip
  diapason holds my_spotify_data.zip --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p := newProgress()
			p.Tell("reading " + args[0])
			export, items, gaps, err := holds.Read(cmd.Context(), args[0], nil)
			p.Stop()
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				if err := printJSON(cmd, map[string]any{"export": export, "items": items, "gaps": gaps}); err != nil {
					return err
				}
			} else {
				printExport(cmd.OutOrStdout(), export, items, gaps)
			}
			for _, g := range gaps {
				if !g.Minor {
					return diapason.WithHint(fmt.Errorf("%s: %s: %w", g.What, g.Why, diapason.ErrIncomplete), g.Next)
				}
			}
			return nil
		},
	}
}

func printExport(w io.Writer, e holds.Export, items []holds.Item, gaps []diapason.Gap) {
	tree := vocab.Default()
	fmt.Fprintf(w, "%s: %d kinds of data, %d plays\n\n", e.Name, len(items), e.Plays)
	fmt.Fprintf(w, "%-58s %-30s %-9s %-14s %9s  %s\n", "path", "kind of data", "origin", "about", "records", "from – to")
	for _, i := range items {
		span := ""
		if !i.Oldest.IsZero() {
			span = i.Oldest.Format("2006-01-02") + " – " + i.Newest.Format("2006-01-02")
		}
		fmt.Fprintf(w, "%-58s %-30s %-9s %-14s %9d  %s\n", oneLine(i.Path), tree.Label(i.Data), i.Origin, i.Subject, i.Count, span)
	}
	l := e.Ledger
	fmt.Fprintf(w, "\nRecords: %d read = %d kept + %d skipped + %d duplicate + %d malformed; %d bytes unread\n", l.Read, l.Kept, l.Skipped, l.Duplicate, l.Malformed, l.UnreadBytes)
	if len(e.Unmapped) > 0 {
		fmt.Fprintf(w, "Without a name in our list: %d paths\n", len(e.Unmapped))
		for _, u := range e.Unmapped {
			fmt.Fprintln(w, "  "+oneLine(u))
		}
	}
	for _, g := range gaps {
		fmt.Fprintf(w, "Not read: %s: %s\n", oneLine(g.What), oneLine(g.Why))
	}
}
