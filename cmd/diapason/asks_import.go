package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/importer"
	"github.com/spf13/cobra"
)

// importFlags are what all imports share.
type importFlags struct {
	overlay, out string
	options      importer.Options
}

func (f *importFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.options.Provider, "provider", "", "id of the provider in the catalogue")
	c.Flags().StringVar(&f.overlay, "overlay", "", "catalogue file with hand-written entries that stand in place of imported ones")
	c.Flags().StringVar(&f.out, "out", "", "the file to write (default: standard output)")
}

// finish reads the overlay, runs the import and hands its result over.
func (f *importFlags) finish(cmd *cobra.Command, run func(importer.Options) (importer.Result, error)) error {
	if f.overlay != "" {
		src, err := readSource(f.overlay)
		if err != nil {
			return err
		}
		f.options.Overlay = src
	}
	result, err := run(f.options)
	if err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), result.Ledger)
	if f.out != "" {
		if err := os.WriteFile(f.out, result.Catalogue, 0o644); err != nil {
			return fmt.Errorf("write catalogue file: %w: %w", err, diapason.ErrUsage)
		}
	}
	switch {
	case asJSON(cmd):
		return printJSON(cmd, map[string]any{"catalogue": json.RawMessage(result.Catalogue), "ledger": result.Ledger})
	case f.out == "":
		_, err = cmd.OutOrStdout().Write(result.Catalogue)
	}
	return err
}

// readSource reads a file as far as an import reads at all.
func readSource(name string) (importer.Source, error) {
	file, err := os.Open(name)
	if err != nil {
		return importer.Source{}, fmt.Errorf("import: %w: %w", err, diapason.ErrUsage)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, importer.MaxFile+1))
	if err != nil {
		return importer.Source{}, fmt.Errorf("import: %w: %w", err, diapason.ErrUsage)
	}
	return importer.Source{Name: name, Data: data}, nil
}

func asksImportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import",
		Short: "Write a catalogue file from what a provider publishes about its permissions",
		Long: long(`
Import reads a description of permissions and calls and writes a catalogue file
for asks. Names, calls and lists are taken over; every label and sentence is
built here, and an overlay with your own replaces them. What was read and what
was left out, and why, is told on standard error.`),
		Example: `  diapason asks import openapi api.yaml --provider acme --semantics any
  diapason asks import google --module --overlay google-overlay.json --out google.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return diapason.WithHint(fmt.Errorf("import: no format was named: %w", diapason.ErrUsage), "see: diapason asks import --help")
		},
	}
	c.AddCommand(importGoogleCommand())
	return c
}

func importGoogleCommand() *cobra.Command {
	var f importFlags
	var module bool
	c := &cobra.Command{
		Use:   "google [DIR]",
		Short: "Import Google's discovery documents",
		Long: long(`
Google reads every *-api.json file in a folder and below it. With --module it
has the go command download the Go module that carries all of them,
` + importer.GoogleModuleVersion + `. A scope beside a method is enough for it, so a
list means any of them.`),
		Example: `  diapason asks import google discovery --out google.json
  diapason asks import google --module --out google.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if module == (len(args) == 1) {
				return diapason.WithHint(fmt.Errorf("import: give a folder or --module, one of them: %w", diapason.ErrUsage),
					"--module downloads "+importer.GoogleModuleVersion)
			}
			dir := ""
			if module {
				var err error
				if dir, err = importer.GoogleModule(cmd.Context()); err != nil {
					return err
				}
			} else {
				dir = args[0]
			}
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				return fmt.Errorf("import: %w: %w", errors.Join(err, fmt.Errorf("%s is no folder", dir)), diapason.ErrUsage)
			}
			return f.finish(cmd, func(o importer.Options) (importer.Result, error) { return importer.Google(os.DirFS(dir), o) })
		},
	}
	f.register(c)
	c.Flags().BoolVar(&module, "module", false, "take the documents of Go module "+importer.GoogleModuleVersion)
	return c
}
