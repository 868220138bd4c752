package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/report"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// auditFlags are the flags of commands that write a run folder.
type auditFlags struct {
	out, chromium, failOn string
	unsandboxed           bool
	allow                 []string
}

func (f *auditFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.out, "out", "", "run folder to write (default: runs/SERVICE-TIME)")
	c.Flags().StringVar(&f.chromium, "chromium", "", "path of Chromium or Chrome (default: the installed one)")
	c.Flags().BoolVar(&f.unsandboxed, "unsandboxed", false, "run Chromium without its sandbox, as root must; the record says so")
	c.Flags().StringVar(&f.failOn, "fail-on", "high", "exit 1 for findings from this severity: critical, high, medium, low or never")
	c.Flags().StringSliceVar(&f.allow, "allow-net", nil, "address ranges inside your own network that pages may reach, such as 10.1.0.0/16")
}

func (f *auditFlags) severity() (diapason.Severity, error) {
	s := diapason.Severity(f.failOn)
	if f.failOn == "never" {
		return "", nil
	}
	if s.Rank() == 0 {
		return "", fmt.Errorf("--fail-on %q: expected critical, high, medium, low or never: %w", f.failOn, diapason.ErrUsage)
	}
	return s, nil
}

func (f *auditFlags) options(service string) (audit.Options, error) {
	o := audit.Options{Dir: f.out, Chromium: f.chromium, Unsandboxed: f.unsandboxed}
	if o.Dir == "" {
		o.Dir = filepath.Join("runs", service+"-"+time.Now().UTC().Format("20060102T150405Z"))
	}
	for _, a := range f.allow {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return o, fmt.Errorf("--allow-net %q: expected a range such as 10.1.0.0/16: %w", a, diapason.ErrUsage)
		}
		o.Allow = append(o.Allow, p)
	}
	keys, err := keyFolder()
	o.Keys = keys
	return o, err
}

// keyFolder is where the key that signs ledgers lies: in the person's
// configuration folder, never in a run.
func keyFolder() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", diapason.WithHint(fmt.Errorf("find the folder of the signing key: %w: %w", err, diapason.ErrUsage), "set HOME or XDG_CONFIG_HOME")
	}
	return filepath.Join(dir, "diapason"), nil
}

func auditCommand() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "audit [diapason.yaml]",
		Short: "Look at a service in all four voices and report where they clash",
		Long: long(`
Audit reads the policy, judges the permission requests, visits the pages with a
real Chromium and reads the export that diapason.yaml names, holds the four
against each other and writes a run folder: the evidence, the ledger over it,
report.html and report.json. Ctrl-C ends it with a report of what was seen.`),
		Example: `  diapason audit
  diapason audit acme.yaml --out runs/acme --fail-on medium
  diapason audit --json > result.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := "diapason.yaml"
			if len(args) == 1 {
				file = args[0]
			}
			cfg, err := audit.LoadConfig(file)
			if err != nil {
				return err
			}
			failOn, err := f.severity()
			if err != nil {
				return err
			}
			o, err := f.options(cfg.Service.ID)
			if err != nil {
				return err
			}
			r, err := runAudit(cmd, cfg, o)
			if err != nil {
				return err
			}
			return r.Err(failOn)
		},
	}
	f.register(c)
	return c
}

// runAudit looks, writes the reports into the run folder and prints the
// result. What was seen is printed even where the audit had to stop.
func runAudit(cmd *cobra.Command, cfg *audit.Config, o audit.Options) (*audit.Result, error) {
	p := newProgress()
	o.Progress = p.Tell
	r, folder, stopped := audit.Run(cmd.Context(), cfg, o)
	p.Stop()
	if r == nil {
		return nil, stopped
	}
	dir := folder.Dir
	if err := writeReports(context.WithoutCancel(cmd.Context()), folder, r); err != nil {
		stopped, dir = errors.Join(stopped, err), ""
	}
	return r, errors.Join(stopped, printResult(cmd, r, dir))
}

// writeReports writes every report into the run folder and seals it.
func writeReports(ctx context.Context, folder *audit.Folder, r *audit.Result) error {
	findings, err := r.FindingsText()
	if err != nil {
		return err
	}
	files := map[string][]byte{audit.FindingsFile: findings}
	var page, data bytes.Buffer
	if err := report.HTML(&page, r); err != nil {
		return err
	}
	if err := report.JSON(&data, r); err != nil {
		return err
	}
	files["report.html"], files["report.json"] = page.Bytes(), data.Bytes()
	return folder.Finish(ctx, files)
}

// printResult prints a result on standard output: for people, or as JSON.
func printResult(cmd *cobra.Command, r *audit.Result, dir string) error {
	out := cmd.OutOrStdout()
	if asJSON(cmd) {
		return report.JSON(out, r)
	}
	if err := report.Terminal(out, r, screen()); err != nil {
		return err
	}
	if dir != "" {
		fmt.Fprintf(out, "\nThe report: %s\nCheck it:   diapason verify %s\nWhat to do: diapason remedy %s\n", filepath.Join(dir, "report.html"), dir, dir)
	}
	return nil
}

// screen is the size and colour of standard output.
func screen() report.Screen {
	s := report.Screen{Width: 100}
	fd := int(os.Stdout.Fd())
	if term.IsTerminal(fd) {
		if w, _, err := term.GetSize(fd); err == nil {
			s.Width = w
		}
		s.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return s
}

func asJSON(cmd *cobra.Command) bool {
	on, _ := cmd.Flags().GetBool("json")
	return on
}
