package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/presave/mock"
	"diapason.dev/diapason/asks/presave/receipt"
	"diapason.dev/diapason/asks/usage"
	"github.com/spf13/cobra"
)

func presaveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "presave",
		Short: "Run a pre-save campaign that asks for one permission",
		Long: long(`
A pre-save saves a release to a listener's library on the day it comes out.
This service asks for the one permission that saving needs, keeps it encrypted
until the day begins where the listener lives, and deletes it then. Every
listener gets a signed receipt, and can cancel with it without signing in.`),
		Example: `  diapason asks presave serve --config presave.yaml
  diapason asks presave mock --clock 2026-09-03T21:59:00Z
  diapason asks presave verify-receipt pre-save-receipt.jsonld`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(presaveServeCommand(), presaveMockCommand(), presaveVerifyCommand())
	return c
}

// mockFlags describe a provider on this machine.
type mockFlags struct {
	listen, clock, tier, client, log string
	redirects                        []string
	rate                             int
}

func presaveMockCommand() *cobra.Command {
	var f mockFlags
	c := &cobra.Command{
		Use:   "mock",
		Short: "Be a music provider on this machine, to try a campaign with",
		Long: long(`
Mock is a fictional provider in Spotify's request format: a consent page,
tokens that rotate and end six months after the authorization, a library and
limits. Its log is what diapason asks --log reads. Its clock starts at --clock
and runs on; set it with

  curl -X PUT -d 2026-09-04T00:00:00Z http://127.0.0.1:8787/clock

and let the service follow it with diapason asks presave serve --follow-clock.`),
		Example: `  diapason asks presave mock --clock 2026-09-03T21:59:00Z --log mock.log
  diapason asks --log mock.log --vantage mock --event release=2026-09-04T00:00:00+02:00 --for save-release`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serveMock(cmd, f) },
	}
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8787", "address of this machine to listen on")
	c.Flags().StringVar(&f.clock, "clock", "", "time that the provider's clock starts at (default the machine's)")
	c.Flags().StringVar(&f.tier, "tier", "development", "tier of the app: development (five accounts) or extended")
	c.Flags().StringVar(&f.client, "client", "campaign", "id of the app that is registered")
	c.Flags().StringSliceVar(&f.redirects, "redirect", []string{"http://127.0.0.1:8080/callback/spotify"}, "addresses that the app's answers may go to")
	c.Flags().IntVar(&f.rate, "rate", 0, "calls that the app may make in 30 seconds; 0 sets no limit")
	c.Flags().StringVar(&f.log, "log", "", "file to add a line of JSON to for each request")
	return c
}

func serveMock(cmd *cobra.Command, f mockFlags) error {
	clock := &mock.Clock{}
	if f.clock != "" {
		at, err := usage.ReadTime("--clock", f.clock)
		if err != nil {
			return err
		}
		clock.Set(at)
	}
	if f.tier != "development" && f.tier != "extended" {
		return fmt.Errorf("--tier %q: expected development or extended: %w", f.tier, diapason.ErrUsage)
	}
	o := mock.Options{
		Clients:  []mock.Client{{ID: f.client, Name: "the campaign " + f.client, Redirects: f.redirects}},
		Extended: f.tier == "extended", Now: clock.Now, Rate: f.rate,
	}
	if f.log != "" {
		file, err := os.OpenFile(f.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("write log: %w: %w", err, diapason.ErrUsage)
		}
		defer file.Close()
		o.Log = file
	}
	l, err := listenHere(f.listen)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", mock.New(o))
	mux.HandleFunc("PUT /clock", func(w http.ResponseWriter, r *http.Request) { setClock(w, r, clock) })
	if err := announce(cmd, map[string]string{"listen": "http://" + l.Addr().String()}, "A fictional provider listens on http://"+l.Addr().String()); err != nil {
		return err
	}
	return serveUntilDone(cmd.Context(), server(mux), l)
}

// setClock sets the clock to the time in the body.
func setClock(w http.ResponseWriter, r *http.Request, clock *mock.Clock) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 100))
	if err == nil {
		var at time.Time
		if at, err = usage.ReadTime("clock", strings.TrimSpace(string(text))); err == nil {
			clock.Set(at)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// listenHere listens on an address of this machine.
func listenHere(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, diapason.WithHint(fmt.Errorf("listen: %w: %w", err, diapason.ErrUsage), "give another address, such as 127.0.0.1:0 for any free port")
	}
	if ip := net.ParseIP(hostOf(l.Addr())); ip == nil || !ip.IsLoopback() {
		l.Close()
		return nil, fmt.Errorf("listen on %s: expected an address of this machine alone, such as 127.0.0.1:8787: %w", address, diapason.ErrUsage)
	}
	return l, nil
}

func hostOf(a net.Addr) string {
	host, _, _ := net.SplitHostPort(a.String())
	return host
}

// announce tells on standard output that the command is ready, and where.
func announce(cmd *cobra.Command, where map[string]string, text string) error {
	if asJSON(cmd) {
		return printJSON(cmd, where)
	}
	fmt.Fprintln(cmd.OutOrStdout(), text)
	return nil
}

func presaveVerifyCommand() *cobra.Command {
	var key string
	c := &cobra.Command{
		Use:   "verify-receipt FILE",
		Short: "Check a listener's receipt, without asking anybody",
		Long: long(`
Verify-receipt checks the signature of a receipt and tells what it says. The
key that signed is part of the receipt: compare it with the one that the
campaign shows, or give that one with --key.`),
		Example: `  diapason asks presave verify-receipt pre-save-receipt.jsonld
  diapason asks presave verify-receipt --key did:key:z6Mk… pre-save-receipt.jsonld`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return verifyReceipt(cmd, args[0], key) },
	}
	c.Flags().StringVar(&key, "key", "", "the key that must have signed it, did:key:…")
	return c
}

func verifyReceipt(cmd *cobra.Command, name, key string) error {
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("read receipt: %w: %w", err, diapason.ErrUsage)
		}
		defer f.Close()
		in = f
	}
	const most = 1 << 20
	data, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return fmt.Errorf("read receipt %s: %w: %w", name, err, diapason.ErrUsage)
	}
	v, err := receipt.Verify(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if key != "" && key != v.Key {
		return fmt.Errorf("%s: signed by %s, not by %s: %w", name, v.Key, key, diapason.ErrAltered)
	}
	if asJSON(cmd) {
		return printJSON(cmd, v)
	}
	for _, line := range []string{
		"The signature holds: nothing was changed since it was signed by " + v.Key + ".",
		"On " + v.Given + " somebody allowed " + v.Controller + " to " + v.Title + ".",
		"State on " + v.Day + ": " + v.State + ".",
		"To cancel: " + strings.TrimSuffix(v.Cancel, "/cancel"),
		"To end it at the provider: " + v.Apps,
	} {
		fmt.Fprintln(cmd.OutOrStdout(), oneLine(line))
	}
	return nil
}
