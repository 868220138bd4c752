package main

import (
	"errors"
	"fmt"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/rule"
	"github.com/spf13/cobra"
)

func judgeCommand() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "judge RUN",
		Short: "Compute the findings of a run again, offline",
		Long: long(`
Judge reads the evidence of a run folder and concludes again, without a browser
and without the network. With the same rules the findings are the same, byte
for byte; with newer rules they may differ, and judge says so.`),
		Example: `  diapason judge build/demo
  diapason judge runs/acme --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			failOn, err := f.severity()
			if err != nil {
				return err
			}
			r, same, err := audit.Judge(cmd.Context(), args[0], rule.Default())
			if err != nil {
				return err
			}
			if err := printResult(cmd, r, ""); err != nil {
				return err
			}
			if !asJSON(cmd) {
				word := "The findings are identical to those recorded."
				if !same {
					word = "The findings DIFFER from those recorded (other rules, or other evidence)."
				}
				fmt.Fprintln(cmd.OutOrStdout(), "\n"+word)
			}
			return r.Err(failOn)
		},
	}
	c.Flags().StringVar(&f.failOn, "fail-on", "high", "exit 1 for findings from this severity: critical, high, medium, low or never")
	return c
}

func verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify RUN",
		Short: "Check that the evidence of a run was not changed",
		Long: long(`
Verify checks every file of a run folder against its manifest, every piece of
evidence against the ledger, and the ledger against its signature. It is a
second implementation: none of the code that wrote the ledger reads it here.`),
		Example: `  diapason verify build/demo`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			checks, err := audit.Verify(cmd.Context(), args[0])
			if asJSON(cmd) {
				if err := printJSON(cmd, checks); err != nil {
					return err
				}
				return err
			}
			out := cmd.OutOrStdout()
			for _, c := range checks {
				line := fmt.Sprintf("%-20s %s", c.Word, c.What)
				if c.Path != "" {
					line += "  " + c.Path
				}
				if c.Why != "" {
					line += "  (" + c.Why + ")"
				}
				fmt.Fprintln(out, line)
			}
			if errors.Is(err, diapason.ErrAltered) {
				return diapason.WithHint(err, "do not rely on this folder; ask for it again from whoever made it")
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(out, "The record was not changed since it was signed. That it is true, no signature can show.")
			return nil
		},
	}
}
