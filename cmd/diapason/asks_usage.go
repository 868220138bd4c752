package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/usage"
	"github.com/spf13/cobra"
)

// logFlags describe a log of calls that a grant is held against.
type logFlags struct {
	file, vantage, event, window string
}

func (f *logFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "log", "", "log of calls (HAR, JSON lines, combined log): which permissions were used")
	c.Flags().StringVar(&f.vantage, "vantage", "", "where the log was kept: "+strings.Join(asks.Vantages, ", ")+" (default browser for a HAR file, else reverse-proxy)")
	c.Flags().StringVar(&f.event, "event", "", "what the purpose waits for, and when: release=2026-09-04T00:00:00+02:00")
	c.Flags().StringVar(&f.window, "window", "", "the time that the log covers, FROM/TO (default first to last call)")
}

// log is what the flags say of the log.
func (f *logFlags) log(provider string) (l usage.Log, err error) {
	l = usage.Log{Name: filepath.Base(f.file), Provider: provider, Vantage: f.vantage}
	l.From, l.To, err = usage.ReadWindow("--window", f.window)
	return l, err
}

// judgeLog judges a request and what a log tells of its use.
func judgeLog(cmd *cobra.Command, f *askFlags, l *logFlags, args []string, failOn diapason.Severity) error {
	calls, readErr := l.read(cmd, f.ask.Provider)
	if calls == nil {
		return readErr
	}
	if err := f.takeFrom(cmd, args, calls); err != nil {
		return err
	}
	request, scopes, grants, judgeErr := catalogueOf(cmd).Judge(f.ask)
	if judgeErr != nil && request.ID == "" {
		return judgeErr
	}
	event, grace, err := usage.ReadEvent("--event", l.event, calls.API(), request.Purpose)
	if err != nil {
		return err
	}
	var requested []string
	for _, s := range scopes {
		requested = append(requested, s.ID)
	}
	u := calls.Conclude(usage.Grant{Request: request.ID, Requested: requested, Event: event})
	facts := asks.Facts{Grants: grants}
	facts.Learn(u, grace)
	if asJSON(cmd) {
		if err := printJSON(cmd, map[string]any{"request": request, "scopes": scopes, "grants": facts.Grants, "usage": u}); err != nil {
			return err
		}
	} else {
		printUsage(cmd.OutOrStdout(), u, request, scopes)
	}
	if err := tooMuch(scopes, failOn); err != nil {
		return err
	}
	if readErr != nil {
		return readErr
	}
	return judgeErr
}

func (f *logFlags) read(cmd *cobra.Command, provider string) (*usage.Calls, error) {
	l, err := f.log(provider)
	if err != nil {
		return nil, err
	}
	if f.file == "-" {
		return usage.Read(catalogueOf(cmd), cmd.InOrStdin(), l)
	}
	in, err := os.Open(f.file)
	if err != nil {
		return nil, fmt.Errorf("read log: %w: %w", err, diapason.ErrUsage)
	}
	defer in.Close()
	return usage.Read(catalogueOf(cmd), in, l)
}

// takeFrom takes the request from the arguments, else from the log: the first
// request that it shows, else what it says was granted.
func (f *askFlags) takeFrom(cmd *cobra.Command, args []string, calls *usage.Calls) error {
	if len(args) > 0 || f.ask.Scopes != "" {
		return f.take(cmd, args)
	}
	f.ask.ID = "1"
	switch {
	case calls.Authorize != "":
		f.ask.URL, f.ask.Provider = calls.Authorize, ""
	case len(calls.Granted) > 0:
		f.ask.Provider, f.ask.Scopes = calls.API().Provider(), strings.Join(calls.Granted, " ")
	default:
		return diapason.WithHint(fmt.Errorf("the log shows neither the permission request nor what was granted: %w", diapason.ErrUsage),
			"give the authorize address too, or --provider with --scopes")
	}
	return nil
}

func printUsage(w io.Writer, u asks.Usage, r asks.Request, scopes []asks.Scope) {
	if len(r.Purpose) > 0 {
		used, excess := 0, 0
		for _, g := range u.Granted {
			if g.Use == asks.Exercised {
				used++
			}
			if slices.ContainsFunc(scopes, func(s asks.Scope) bool { return s.ID == g.Scope && s.Class == "excess" }) {
				excess++
			}
		}
		fmt.Fprintf(w, "granted %d, exercised %d, excess %d\n\n", len(u.Granted), used, excess)
	}
	for _, line := range u.Text {
		fmt.Fprintln(w, oneLine(line))
	}
	fmt.Fprintln(w)
	printRequest(w, r, scopes)
}
