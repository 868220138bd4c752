package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"github.com/spf13/cobra"
)

// catalogueKey is the context key of the catalogue that --catalogue names.
type catalogueKey struct{}

// useCatalogue gives a command and those below it the flag --catalogue.
func useCatalogue(c *cobra.Command) {
	var dir string
	c.PersistentFlags().StringVar(&dir, "catalogue", "", "folder of catalogue files, in place of those that are built in")
	c.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if dir == "" || cmd.Annotations["reads-catalogue"] == "itself" {
			return nil
		}
		if err := isFolder(dir); err != nil {
			return err
		}
		catalogue, err := asks.Load(os.DirFS(dir))
		if err != nil {
			return err
		}
		cmd.SetContext(context.WithValue(cmd.Context(), catalogueKey{}, catalogue))
		return nil
	}
}

func isFolder(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no folder", dir)
	}
	if err != nil {
		return diapason.WithHint(fmt.Errorf("read catalogue: %w: %w", err, diapason.ErrUsage), "give a folder that holds one JSON file for each provider")
	}
	return nil
}

// catalogueOf is the catalogue that a command judges with.
func catalogueOf(cmd *cobra.Command) *asks.Catalogue {
	if c, ok := cmd.Context().Value(catalogueKey{}).(*asks.Catalogue); ok {
		return c
	}
	return asks.Default()
}

func asksCatalogueCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "catalogue",
		Short: "List and check the files that say what permissions open",
		Long: long(`
The catalogue says for each provider how it is asked, what each permission
opens, which call needs which and which purpose needs which call. One file is
one provider. --catalogue judges with files of your own.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(catalogueListCommand(), catalogueCheckCommand())
	return c
}

func catalogueListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Tell which providers the catalogue knows, and how much of them",
		Long: long(`
List prints one line for each provider: the day its facts were read, its kinds
of app, how many permissions, calls and purposes are described, and the start of
the file's SHA-256. A provider without permissions is known by the way it is
asked only.`),
		Example: `  diapason asks catalogue list
  diapason asks catalogue list --catalogue my-files --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := catalogueOf(cmd)
			if asJSON(cmd) {
				return printJSON(cmd, map[string]any{"digest": c.Digest(), "providers": c.Providers()})
			}
			return printProviders(cmd.OutOrStdout(), c)
		},
	}
}

func printProviders(out io.Writer, c *asks.Catalogue) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PROVIDER\tREAD\tTIERS\tPERMISSIONS\tCALLS\tPURPOSES\tFILE")
	for _, p := range c.Providers() {
		tiers := strings.Join(p.Tiers, ", ")
		if tiers == "" {
			tiers = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\n", p.ID, p.Version, tiers, p.Scopes, p.Operations, len(p.Purposes), p.Digest[:len("sha256:")+12])
	}
	fmt.Fprintf(w, "\nThe whole catalogue: %s\n", c.Digest())
	return w.Flush()
}

func catalogueCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FOLDER]",
		Short: "Check catalogue files and tell every mistake with its line",
		Long: long(`
Check reads the catalogue files of a folder, or those that are built in, as a
judgement would. For every mistake it tells the file and line, what stands
there, what was expected and what to do next. It exits with 2 if there is one.`),
		Example: `  diapason asks catalogue check my-files
  diapason asks catalogue check --json`,
		Args:        cobra.MaximumNArgs(1),
		Annotations: map[string]string{"reads-catalogue": "itself"},
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, _ := cmd.Flags().GetString("catalogue")
			if len(args) == 1 {
				dir = args[0]
			}
			fsys := asks.BuiltIn()
			if dir != "" {
				if err := isFolder(dir); err != nil {
					return err
				}
				fsys = os.DirFS(dir)
			}
			mistakes, err := asks.CheckCatalogue(fsys)
			if err != nil {
				return err
			}
			for i := range mistakes {
				mistakes[i].File = path.Join(filepath.ToSlash(dir), mistakes[i].File)
			}
			return tellMistakes(cmd, mistakes)
		},
	}
}

func tellMistakes(cmd *cobra.Command, mistakes []asks.Mistake) error {
	if asJSON(cmd) {
		if err := printJSON(cmd, map[string]any{"mistakes": append([]asks.Mistake{}, mistakes...)}); err != nil {
			return err
		}
	} else {
		for _, m := range mistakes {
			text := fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Problem)
			if m.Expected != "" {
				text += "; expected " + m.Expected
			}
			fmt.Fprintln(cmd.OutOrStdout(), oneLine(text+"; next: "+m.Next))
		}
	}
	switch len(mistakes) {
	case 0:
		if !asJSON(cmd) {
			fmt.Fprintln(cmd.OutOrStdout(), "No mistake.")
		}
		return nil
	case 1:
		return fmt.Errorf("1 mistake in the catalogue: %w", diapason.ErrUsage)
	}
	return fmt.Errorf("%d mistakes in the catalogue: %w", len(mistakes), diapason.ErrUsage)
}
