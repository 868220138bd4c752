package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/usage"
	"github.com/spf13/cobra"
)

func asksClientsCommand() *cobra.Command {
	var log, provider, declared, zone string
	c := &cobra.Command{
		Use:   "clients",
		Short: "Find the clients of an interface that read more than they declared, or harvest",
		Long: long(`
Clients reads an interface's own access log as a stream and holds each client
against what it declared: calls that its purpose does not need, hours above what
it said it needs, a usual hour far above that of its peers, and single hours far
above its own. A sign is a reason to ask, not a verdict. Lines are JSON with
time, method, url, status, client and subject (a pseudonym of the person whose
data it is); subjects are counted and not kept. Clients are declared in YAML:

  clients:
    - id: tune-sync
      for: [top-artists]
      most: {subjects-per-hour: 200, requests-per-hour: 2000}`),
		Example: `  diapason asks clients --log api.log --provider spotify --declared clients.yaml
  diapason asks clients --log api.log --provider spotify --declared clients.yaml --zone Europe/Paris --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, f := range []struct{ flag, value string }{{"log", log}, {"provider", provider}, {"declared", declared}} {
				if f.value == "" {
					return diapason.WithHint(fmt.Errorf("--%s is missing: %w", f.flag, diapason.ErrUsage), "see: "+cmd.CommandPath()+" --help")
				}
			}
			w, err := watchClients(cmd, log, provider, declared, zone)
			if w == nil {
				return err
			}
			if asJSON(cmd) {
				if err := printJSON(cmd, w); err != nil {
					return err
				}
			} else {
				for _, line := range w.Text {
					fmt.Fprintln(cmd.OutOrStdout(), oneLine(line))
				}
			}
			return outcome(w, err)
		},
	}
	c.Flags().StringVar(&log, "log", "", "access log of the interface, - for standard input")
	c.Flags().StringVar(&provider, "provider", "", "whose interface it is, by the catalogue's name")
	c.Flags().StringVar(&declared, "declared", "", "YAML file that says what each client is for")
	c.Flags().StringVar(&zone, "zone", "UTC", "time zone in which night is told")
	return c
}

func watchClients(cmd *cobra.Command, log, provider, declared, zone string) (*usage.Watched, error) {
	z, err := time.LoadLocation(zone)
	if err != nil {
		return nil, diapason.WithHint(fmt.Errorf("--zone: unknown time zone %q: %w", zone, diapason.ErrUsage), "write an IANA name such as Europe/Paris")
	}
	file, err := os.Open(declared)
	if err != nil {
		return nil, fmt.Errorf("read clients: %w: %w", err, diapason.ErrUsage)
	}
	defer file.Close()
	clients, err := usage.ReadClients(file, filepath.Base(declared))
	if err != nil {
		return nil, err
	}
	in := cmd.InOrStdin()
	if log != "-" {
		f, err := os.Open(log)
		if err != nil {
			return nil, fmt.Errorf("read log: %w: %w", err, diapason.ErrUsage)
		}
		defer f.Close()
		in = f
	}
	return usage.Watch(catalogueOf(cmd), in, usage.Log{Name: filepath.Base(log), Provider: provider}, clients, z)
}

// outcome is the end of the command: signs first, then what was not looked at.
func outcome(w *usage.Watched, read error) error {
	signs, silent := 0, 0
	for _, c := range w.Clients {
		if len(c.Signs) > 0 {
			signs++
		}
		if len(c.Declared) == 0 {
			silent++
		}
	}
	switch {
	case signs > 0:
		return fmt.Errorf("%d of %d clients are to be asked what they do: %w", signs, len(w.Clients), diapason.ErrFindings)
	case read != nil:
		return read
	case silent > 0:
		return diapason.WithHint(fmt.Errorf("%d of %d clients declared nothing: %w", silent, len(w.Clients), diapason.ErrIncomplete), "add them to the file of declared clients")
	}
	return nil
}
