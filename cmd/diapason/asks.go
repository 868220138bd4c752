package main

import (
	"fmt"
	"io"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"github.com/spf13/cobra"
)

// askFlags describe one permission request.
type askFlags struct {
	ask     asks.Ask
	failOn  string
	consent string // file of the consent page
	seen    string // day on which it was kept
	client  string
}

func (f *askFlags) register(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.ask.For, "for", nil, "what the permission is for, such as save-release; without it the request is described, not judged")
	c.Flags().StringSliceVar(&f.ask.Also, "also", nil, "what is offered as a separate choice, such as follow-artist")
	c.Flags().StringVar(&f.ask.Tier, "tier", "", "the provider's tier of the app, such as extended")
	c.Flags().StringVar(&f.ask.Page, "page", "", "address of the page that carries the link")
	c.Flags().StringVar(&f.consent, "consent", "", "file with the provider's consent page, HTML or text, whose lines are counted")
	c.Flags().StringVar(&f.seen, "consent-date", "", "the day on which that page was kept, such as 2026-09-04")
	c.Flags().StringVar(&f.client, "client", "", "the name of the app on that page, to be held against --page")
	c.Flags().StringVar(&f.ask.Provider, "provider", "", "provider, with --scopes in place of an address")
	c.Flags().StringVar(&f.ask.Scopes, "scopes", "", "permissions asked for, in place of an address")
}

// take reads the address from the arguments or from standard input.
func (f *askFlags) take(cmd *cobra.Command, args []string) error {
	f.ask.ID = "1"
	if err := f.takeConsent(); err != nil {
		return err
	}
	if len(args) == 0 {
		if f.ask.Provider == "" || f.ask.Scopes == "" && !givesAll(cmd, f.ask.Provider) {
			return diapason.WithHint(fmt.Errorf("no permission request was given: %w", diapason.ErrUsage),
				"give the authorize address, - for standard input, or --provider with --scopes")
		}
		return nil
	}
	f.ask.URL = args[0]
	if args[0] == "-" {
		raw, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 64<<10))
		if err != nil {
			return fmt.Errorf("read standard input: %w: %w", err, diapason.ErrUsage)
		}
		f.ask.URL = strings.TrimRight(string(raw), "\n")
	}
	return nil
}

func asksCommand() *cobra.Command {
	var f askFlags
	var l logFlags
	var m manyFlags
	var file string
	c := &cobra.Command{
		Use:   "asks ADDRESS",
		Short: "Judge a permission request: what would it let its holder see and do?",
		Long: long(`
Asks reads a permission link (it never opens it) and tells in plain words what
agreeing would allow, which part the purpose needs, and how to ask for less.
With a log of the client's calls it tells which permissions were used. That one
was not used is only told where everything that the client sent was seen.`),
		Example: `  diapason asks 'https://accounts.spotify.com/authorize?…' --for save-release
  diapason asks narrow 'https://accounts.spotify.com/authorize?…' --for save-release
  diapason asks --provider spotify --scopes 'user-read-email user-library-modify' --for save-release
  diapason asks --log egress.log --vantage client-egress --event release=2026-09-04 --provider spotify --scopes user-library-modify --for save-release
  diapason asks --log capture.har --for save-release
  diapason asks --batch urls.txt --for save-release --format jsonl
  diapason asks - --for save-release --format sarif --fail-on medium < url.txt
  diapason asks --manifest AndroidManifest.xml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			limit := auditFlags{failOn: f.failOn}
			failOn, err := limit.severity()
			if err != nil {
				return err
			}
			if file != "" {
				if len(args) > 0 || len(f.ask.For) > 0 || f.ask.Scopes != "" || l.file != "" {
					return diapason.WithHint(fmt.Errorf("--manifest: a manifest has no purpose, address or log: %w", diapason.ErrUsage), "give --manifest alone")
				}
				return judgeManifest(cmd, file)
			}
			if l.file != "" {
				return judgeLog(cmd, &f, &l, args, failOn)
			}
			many, err := m.many(cmd)
			if err != nil {
				return err
			}
			if err := m.waits(&f.ask, l.event); err != nil {
				return err
			}
			if m.batch == "" || len(args) > 0 {
				if err := f.take(cmd, args); err != nil {
					return err
				}
			}
			if many {
				return judgeMany(cmd, f.ask, &m, failOn)
			}
			request, scopes, grants, judgeErr := catalogueOf(cmd).Judge(f.ask)
			if judgeErr != nil && request.ID == "" {
				return judgeErr
			}
			if asJSON(cmd) {
				if err := printJSON(cmd, map[string]any{"request": request, "scopes": scopes, "grants": grants}); err != nil {
					return err
				}
			} else {
				printRequest(cmd.OutOrStdout(), request, scopes)
			}
			if err := tooMuch(scopes, failOn); err != nil {
				return err
			}
			return judgeErr
		},
	}
	f.register(c)
	l.register(c)
	m.register(c)
	c.Flags().StringVar(&file, "manifest", "", "AndroidManifest.xml, a browser extension's manifest.json, or Info.plist: what the app will ask for")
	c.Flags().StringVar(&f.failOn, "fail-on", "high", "exit 1 for excess permissions from this severity: critical, high, medium, low or never")
	c.AddCommand(asksNarrowCommand(), asksImportCommand(), asksDiffCommand(), asksClientsCommand(), asksCatalogueCommand(), presaveCommand())
	useCatalogue(c)
	return c
}

// tooMuch is the error of a request with excess permissions at or above a severity.
func tooMuch(scopes []asks.Scope, failOn diapason.Severity) error {
	n := 0
	for _, s := range scopes {
		if s.Class == "excess" && failOn != "" && s.Severity.Rank() >= failOn.Rank() {
			n++
		}
	}
	if n > 0 {
		return fmt.Errorf("%d permissions more than the purpose needs: %w", n, diapason.ErrFindings)
	}
	return nil
}

func asksNarrowCommand() *cobra.Command {
	var f askFlags
	c := &cobra.Command{
		Use:   "narrow ADDRESS",
		Short: "Print the same permission link with only what the purpose needs",
		Long: long(`
Narrow replaces the permissions in the link by the smallest set that the
purpose needs and leaves every other byte as it is. Open the narrowed link in
the same browser, soon: the app may compare what it got with what it asked.`),
		Example: `  diapason asks narrow 'https://accounts.spotify.com/authorize?…' --for save-release`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.take(cmd, args); err != nil {
				return err
			}
			narrowed, err := asks.Narrow(catalogueOf(cmd), f.ask)
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				return printJSON(cmd, map[string]string{"narrowed": narrowed})
			}
			fmt.Fprintln(cmd.OutOrStdout(), narrowed)
			if v, err := catalogueOf(cmd).Verdict(f.ask); err == nil && len(v.Missing) > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "Needed and not asked for, and not added: %s\n", oneLine(strings.Join(v.Missing, ", ")))
			}
			return nil
		},
	}
	f.register(c)
	c.Flags().BoolVar(&f.ask.KeepUnknown, "keep-unknown", false, "keep names that the catalogue does not know, in place of refusing")
	return c
}

func printRequest(w io.Writer, r asks.Request, scopes []asks.Scope) {
	for _, line := range r.Text {
		fmt.Fprintln(w, oneLine(line))
	}
	if r.Narrowed != "" {
		fmt.Fprintf(w, "\nThe same link with only what is needed:\n%s\n", r.Narrowed)
	} else if r.NotNarrowed != "" {
		fmt.Fprintf(w, "\nNo narrower link: %s\n", r.NotNarrowed)
	}
}
