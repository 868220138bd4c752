package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/report"
	"diapason.dev/diapason/rule"
	"github.com/spf13/cobra"
)

func remedyCommand() *cobra.Command {
	var list, who string
	c := &cobra.Command{
		Use:   "remedy RUN",
		Short: "Tell what can be done about what a run showed",
		Long: long(`
Remedy reads the evidence of a run folder, without a browser and without the
network, and tells what can be done about it. For a person: how to be rid of
each identifier that came back, as far as a visit of the run proved it; what
helps against each company that tracked; letters to send as they are. For who
runs the service: the headers and settings that stop each finding, ready to
copy for the very address that it names.

With --blocklist it writes the list of what tracked, in the syntax of uBlock
Origin: no wider than what was seen, and held against every request of the run
before it is written. To tell what can be done is no failure: the exit status is
0, whatever there is to do.`),
		Example: `  diapason remedy build/demo
  diapason remedy build/demo --blocklist nocturne.txt
  diapason remedy build/demo --for operator`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if who != "" && who != "person" && who != "operator" {
				return diapason.WithHint(fmt.Errorf("--for is %q: %w", who, diapason.ErrUsage), "write person or operator, or leave it out for both")
			}
			if list == "-" && asJSON(cmd) {
				return diapason.WithHint(fmt.Errorf("--json and --blocklist - both want standard output: %w", diapason.ErrUsage), "name a file for the blocklist; it is in the JSON too")
			}
			if err := outside(list, args[0]); err != nil {
				return err
			}
			return tellRemedies(cmd, args[0], list, who)
		},
	}
	c.Flags().StringVar(&list, "blocklist", "", "write the list of what tracked to this file; - prints it and nothing else")
	c.Flags().StringVar(&who, "for", "", "whom to tell: person or operator; both if left out")
	return c
}

// tellRemedies concludes again from a run and prints what can be done.
func tellRemedies(cmd *cobra.Command, run, list, who string) error {
	r, same, err := audit.Judge(cmd.Context(), run, rule.Default())
	if err != nil {
		return err
	}
	if !same {
		fmt.Fprintln(os.Stderr, "The findings differ from those recorded (other rules, or other evidence).")
	}
	switch who {
	case "person":
		r.Remedies.Operator = nil
	case "operator":
		r.Remedies.Person = nil
	}
	out := cmd.OutOrStdout()
	if err := writeList(out, r, list); err != nil {
		return err
	}
	switch {
	case list == "-":
		return nil
	case asJSON(cmd):
		return report.AdviceJSON(out, r.Remedies)
	}
	return report.Advice(out, r, list, screen())
}

// outside refuses to write into the run folder: its manifest lists every file.
func outside(list, run string) error {
	if list == "" || list == "-" {
		return nil
	}
	in, err := filepath.Abs(run)
	if err != nil {
		return fmt.Errorf("find folder %s: %w: %w", run, err, diapason.ErrUsage)
	}
	file, err := filepath.Abs(list)
	if err != nil {
		return fmt.Errorf("find file %s: %w: %w", list, err, diapason.ErrUsage)
	}
	if strings.HasPrefix(file, in+string(filepath.Separator)) {
		return diapason.WithHint(fmt.Errorf("write blocklist %s: it would lie in the run folder, whose evidence is sealed: %w", list, diapason.ErrUsage), "name a file outside of it")
	}
	return nil
}

// writeList writes the blocklist of a result to a file or to standard output.
func writeList(out io.Writer, r *audit.Result, file string) error {
	text := r.Remedies.Blocklist.Text()
	switch file {
	case "":
		return nil
	case "-":
		_, err := io.WriteString(out, text)
		return err
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return diapason.WithHint(fmt.Errorf("write blocklist: %w: %w", err, diapason.ErrUsage), "name a file that can be written")
	}
	return nil
}
