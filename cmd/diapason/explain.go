package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"diapason.dev/diapason"
	"github.com/spf13/cobra"
)

// asUsage makes a wrong number of arguments, anywhere, a mistake of usage.
func asUsage(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return diapason.WithHint(fmt.Errorf("%w: %w", err, diapason.ErrUsage), "see: "+c.CommandPath()+" --help")
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		asUsage(sub)
	}
}

// explain prints an error and what to do next; with --json as JSON.
func explain(root *cobra.Command, err error) {
	var hint *diapason.Hint
	next := ""
	if errors.As(err, &hint) {
		next = hint.Next
	}
	if asJSON, _ := root.PersistentFlags().GetBool("json"); asJSON {
		_ = json.NewEncoder(os.Stderr).Encode(map[string]any{"error": diapason.Plain(err), "next": next, "exit": diapason.ExitCode(err)})
		return
	}
	fmt.Fprintln(os.Stderr, "diapason:", diapason.Plain(err))
	if next != "" {
		fmt.Fprintln(os.Stderr, "  next:", next)
	}
}
