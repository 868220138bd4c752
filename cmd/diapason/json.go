package main

import (
	"encoding/json"

	"github.com/spf13/cobra"
)

// printJSON writes one value, indented, on standard output.
func printJSON(cmd *cobra.Command, v any) error {
	enc := json.NewEncoder(cmd.OutOrStdout())
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
