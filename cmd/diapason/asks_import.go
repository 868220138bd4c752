package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

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
	c.Flags().StringVar(&f.options.Date, "date", time.Now().UTC().Format(time.DateOnly), "the day of reading, for descriptions that bring none")
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
	c.AddCommand(importOpenAPICommand(), importGoogleCommand())
	for _, f := range importFormats {
		c.AddCommand(f.command())
	}
	return c
}

func importOpenAPICommand() *cobra.Command {
	var f importFlags
	var semantics string
	c := &cobra.Command{
		Use:   "openapi FILE --provider ID --semantics any|all|conditional",
		Short: "Import an OpenAPI description, version 2 or 3, YAML or JSON",
		Long: long(`
OpenAPI reads the scopes and the security requirements of a description. Several
scopes beside a call can mean that each is enough (any), that all are needed
(all), or that it depends on what is asked for (conditional): the description
does not say which, so you must. With conditional a scope that only the reading
of all needs is disputed, never excess, until an entry in an overlay settles it.`),
		Example: `  diapason asks import openapi api.yaml --provider acme --semantics any --out acme.json`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if f.options.Semantics, err = importer.ReadSemantics(semantics); err != nil {
				return err
			}
			src, err := readSource(args[0])
			if err != nil {
				return err
			}
			return f.finish(cmd, func(o importer.Options) (importer.Result, error) { return importer.OpenAPI(src, o) })
		},
	}
	f.register(c)
	c.Flags().StringVar(&semantics, "semantics", "", "what several scopes beside a call mean: any, all or conditional")
	return c
}

// An importFormat is a format of which one file says everything.
type importFormat struct {
	name, file, short, about string
	read                     func(importer.Source, importer.Options) (importer.Result, error)
}

var importFormats = []importFormat{
	{"graph", "permissions.json", "Import Microsoft Graph's permissions.json", `
Graph reads permissions with their ways of signing in, privilege level and
administrator's consent, and the paths that each opens. Any permission of a path
is enough, with what it also requires.`, importer.Graph},
	{"android", "AndroidManifest.xml", "Import the manifest of the Android platform", `
Android reads the platform's own manifest (core/res/AndroidManifest.xml) and
keeps the permissions that a person is asked for or switches on.`, importer.Android},
	{"webext", "manifest.json", "Import the manifest of a browser extension", `
Webext reads the permissions and host patterns of an extension, also those that
it may ask for later, and the lines that Chrome prints for them.`, importer.WebExtension},
}

func (format importFormat) command() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:     format.name + " FILE",
		Short:   format.short,
		Long:    long(format.about),
		Example: "  diapason asks import " + format.name + " " + format.file + " --out " + format.name + ".json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			src, err := readSource(args[0])
			if err != nil {
				return err
			}
			return f.finish(cmd, func(o importer.Options) (importer.Result, error) { return format.read(src, o) })
		},
	}
	f.register(c)
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
