package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/lab"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func demoCommand() *cobra.Command {
	var f auditFlags
	var clean bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Audit a fictional music service on this machine",
		Long: long(`
Demo starts Nocturne, a fictional music service that does everything wrong on
purpose, with its neighbours, on this machine; audits it in all four voices
with a real Chromium; and writes the report. Nothing leaves the machine. With
--clean it audits Serenade, the twin that does nothing wrong.

Findings are what a demonstration is for, so they do not change its exit
status unless --fail-on says so.`),
		Example: `  diapason demo
  diapason demo --clean --fail-on low
  diapason demo --out build/demo`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := lab.Nocturne()
			if clean {
				s = lab.Clean()
			}
			return demo(cmd, &f, s)
		},
	}
	f.register(c)
	c.Flags().BoolVar(&clean, "clean", false, "audit the twin that does nothing wrong")
	if flag := c.Flags().Lookup("fail-on"); flag != nil {
		flag.DefValue, f.failOn = "never", "never"
	}
	return c
}

// demo starts the lab and audits one of its services.
func demo(cmd *cobra.Command, f *auditFlags, s lab.Service) error {
	failOn, err := f.severity()
	if err != nil {
		return err
	}
	o, err := f.options(s.ID)
	if err != nil {
		return err
	}
	l, err := lab.Start()
	if err != nil {
		return fmt.Errorf("start the lab: %w", err)
	}
	defer l.Close()
	dir, err := os.MkdirTemp("", "diapason-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demonstration: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := s.Write(dir); err != nil {
		return fmt.Errorf("write the demonstration's files: %w", err)
	}
	cfg, err := audit.LoadConfig(filepath.Join(dir, "diapason.yaml"))
	if err != nil {
		return err
	}
	o.Dial, o.Roots, o.PinSPKI, o.Settle = l.Dial(), l.Roots(), l.PinSPKI(), browse.Brisk
	o.Vantage = "this machine"
	if os.Geteuid() == 0 && !o.Unsandboxed {
		o.Unsandboxed = true
		fmt.Fprintln(os.Stderr, "You are root, so Chromium runs without its sandbox: it visits pages of this program on this machine only.")
	}
	began := time.Now()
	r, err := runAudit(cmd, cfg, o)
	if err != nil {
		return err
	}
	if !asJSON(cmd) {
		fmt.Fprintf(cmd.OutOrStdout(), "Took %.0f seconds.\n", time.Since(began).Seconds())
		show(filepath.Join(o.Dir, "report.html"))
	}
	return r.Err(failOn)
}

// show opens the report where somebody sits in front of a screen.
func show(page string) {
	opener := map[string]string{"linux": "xdg-open", "darwin": "open"}[runtime.GOOS]
	seen := runtime.GOOS == "darwin" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
	if opener == "" || !seen || os.Getenv("CI") != "" || !term.IsTerminal(int(os.Stdout.Fd())) {
		return
	}
	if path, err := exec.LookPath(opener); err == nil {
		_ = exec.Command(path, page).Start() // a report that does not open is still written
	}
}
