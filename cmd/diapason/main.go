// Command diapason tells whether an online service is in tune with its word:
// what it says, asks, does and holds, side by side, with evidence that a
// stranger can check and remedies that were tried.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"diapason.dev/diapason"
	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() { // a second interrupt ends the program at once
		<-ctx.Done()
		stop()
	}()
	os.Exit(run(ctx, os.Args[1:]))
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		explain(root, err)
	}
	return diapason.ExitCode(err)
}

// newRoot lists every command in plain sight.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "diapason",
		Short:         "Is the service in tune with its word?",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().Bool("json", false, "print the documented JSON and nothing else on standard output")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return diapason.WithHint(fmt.Errorf("%w: %w", err, diapason.ErrUsage), "see: "+c.CommandPath()+" --help")
	})
	root.AddCommand(demoCommand(), auditCommand(), initCommand(), saysCommand(), asksCommand(), doesCommand(), holdsCommand(), judgeCommand(), verifyCommand(), remedyCommand(), listsCommand(), harCommand())
	asUsage(root)
	return root
}
