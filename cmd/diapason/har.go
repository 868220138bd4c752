package main

import (
	"fmt"

	"diapason.dev/diapason/audit"
	"github.com/spf13/cobra"
)

func harCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "har RUN FOLDER",
		Short: "Write the visits of a run as HTTP Archives, for other tools",
		Long: long(`
Har writes every visit and recording of a run as an HTTP Archive (HAR 1.2) into
a new folder, one file each. Cookies, tokens, passwords and other secrets are
replaced by salted commitments; equal values have equal commitments.`),
		Example: `  diapason har runs/acme acme-har
  diapason does --har acme-har/A1.har`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			names, err := audit.WriteHAR(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				return printJSON(cmd, map[string][]string{"files": names})
			}
			for _, n := range names {
				fmt.Fprintln(cmd.OutOrStdout(), n)
			}
			return nil
		},
	}
}
