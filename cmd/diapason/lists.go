package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/filter"
	"github.com/spf13/cobra"
)

func listsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "lists",
		Short: "Look at filter lists, and fetch them",
		Long: long(`
Filter lists (EasyList, EasyPrivacy and their like) say which addresses carry
advertising and tracking. None comes with the program: it reads those that you
give it, those that the system has, or those that you told it to fetch.`),
		Example: `  diapason lists show --system
  diapason lists update`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(listsShowCommand(), listsUpdateCommand())
	return c
}

func listsShowCommand() *cobra.Command {
	var system bool
	c := &cobra.Command{
		Use:   "show [PATH …]",
		Short: "Tell what filter lists are and what is read of them",
		Long: long(`
Show reads lists from files, from the system's uBlock Origin package with
--system, or, without either, those that update has fetched. It tells what each
says about itself, what kinds of rules it has, and which lines it cannot use,
by reason.`),
		Example: `  diapason lists show easylist.txt my-own.txt
  diapason lists show --system --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			paths, err := listPaths(args, system)
			if err != nil {
				return err
			}
			shown, err := readLists(paths)
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				return printJSON(cmd, map[string]any{"lists": shown})
			}
			printLists(cmd.OutOrStdout(), shown)
			return nil
		},
	}
	c.Flags().BoolVar(&system, "system", false, "the lists of the system's uBlock Origin package")
	return c
}

// listPaths are the files that a person means.
func listPaths(args []string, system bool) ([]string, error) {
	if system {
		found, err := filter.System()
		return append(args, found...), err
	}
	if len(args) > 0 {
		return args, nil
	}
	folder, err := listFolder()
	if err != nil {
		return nil, err
	}
	if args = filter.Stored(folder); len(args) == 0 {
		return nil, diapason.WithHint(fmt.Errorf("no filter lists in %s: %w", folder, diapason.ErrUsage),
			"give files, or use --system, or fetch some: diapason lists update")
	}
	return args, nil
}

// listFolder is where lists are kept that were fetched.
func listFolder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of filter lists: %w: %w", err, diapason.ErrUsage)
	}
	return filepath.Join(cache, "diapason", "lists"), nil
}

// A shownList is a list as show tells it.
type shownList struct {
	filter.List
	File          string        `json:"file"`
	NonCommercial bool          `json:"non_commercial"` // its licence keeps it from being used for money
	Counts        filter.Counts `json:"counts"`
	Skipped       []reason      `json:"skipped"` // the most frequent first
}

// A reason says why lines were skipped, how many, and which is the first.
type reason struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
	Line   int    `json:"line"`
}

func readLists(paths []string) ([]shownList, error) {
	lists := make([]filter.List, len(paths))
	shown := make([]shownList, len(paths))
	for i, p := range paths {
		var err error
		if lists[i], err = filter.Open(p); err != nil {
			return nil, err
		}
		shown[i] = shownList{List: lists[i], File: p, NonCommercial: lists[i].NonCommercial(), Skipped: []reason{}}
	}
	e, skipped, err := filter.Load(lists...)
	if err != nil {
		return nil, err
	}
	for i, c := range e.Counts() {
		shown[i].Counts = c
		shown[i].Skipped = reasons(skipped[:c.Skipped])
		skipped = skipped[c.Skipped:]
	}
	return shown, nil
}

// reasons sums the lines that were skipped.
func reasons(skipped []filter.Skipped) []reason {
	out, at := []reason{}, map[string]int{}
	for _, s := range skipped {
		i, ok := at[s.Reason]
		if !ok {
			i = len(out)
			at[s.Reason] = i
			out = append(out, reason{Reason: s.Reason, Line: s.Line})
		}
		out[i].Count++
	}
	slices.SortStableFunc(out, func(a, b reason) int { return b.Count - a.Count })
	return out
}

func printLists(w io.Writer, lists []shownList) {
	told := func(s string) string {
		if s == "" {
			return "not told"
		}
		return oneLine(s)
	}
	for i, l := range lists {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, oneLine(l.Name))
		fmt.Fprintln(w, "  file     ", l.File)
		if l.URL != "" {
			fmt.Fprintln(w, "  from     ", oneLine(l.URL), "on", l.Fetched.Format("2006-01-02 15:04 MST"))
		}
		fmt.Fprintln(w, "  version  ", told(l.Version))
		fmt.Fprintln(w, "  date     ", told(l.Date))
		fmt.Fprintln(w, "  licence  ", told(l.License))
		if l.NonCommercial {
			fmt.Fprintln(w, "            not for commercial use")
		}
		fmt.Fprintln(w, "  SHA-256  ", l.SHA256)
		c := l.Counts
		fmt.Fprintf(w, "  lines     %d = %d block + %d exception + %d modifier + %d cosmetic + %d disabled + %d comment + %d skipped\n",
			c.Lines, c.Blocks, c.Excepts, c.Modifiers, c.Cosmetic, c.Disabled, c.Comments, c.Skipped)
		for _, r := range l.Skipped {
			fmt.Fprintf(w, "  skipped   %d: %s (line %d)\n", r.Count, oneLine(r.Reason), r.Line)
		}
	}
}
