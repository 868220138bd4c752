package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/usage"
	"github.com/spf13/cobra"
)

// manyFlags tell where a list of addresses is and how verdicts are written.
type manyFlags struct {
	batch, format, authorized string
}

func (f *manyFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.batch, "batch", "", "file with one address a line, - for standard input: judge them all")
	c.Flags().StringVar(&f.format, "format", "", "text, json, jsonl (one verdict a line) or sarif (for code scanning); default text, of a list jsonl")
	c.Flags().StringVar(&f.authorized, "authorized", "", "when the person agrees, with --event (default now)")
}

// waits puts into a request what its purpose waits for, and when the person agrees.
func (f *manyFlags) waits(a *asks.Ask, event string) error {
	if f.authorized != "" {
		var err error
		if a.Authorized, err = usage.ReadTime("--authorized", f.authorized); err != nil {
			return err
		}
	}
	if event == "" {
		return nil
	}
	name, at, ok := strings.Cut(event, "=")
	when, err := usage.ReadTime("--event", at)
	if !ok || name == "" || err != nil {
		return diapason.WithHint(fmt.Errorf("--event %q is not NAME=TIME: %w", event, diapason.ErrUsage), "write --event release=2026-09-04T00:00:00+02:00")
	}
	a.Event = asks.Event{Name: name, At: when}
	if a.Authorized.IsZero() {
		a.Authorized = time.Now()
	}
	return nil
}

// many tells whether verdicts are to be written one by one.
func (f *manyFlags) many(cmd *cobra.Command) (bool, error) {
	formats := []string{"", "text", "json", "jsonl", "sarif"}
	switch {
	case !slices.Contains(formats, f.format):
		return false, fmt.Errorf("--format %q: expected text, json, jsonl or sarif: %w", f.format, diapason.ErrUsage)
	case f.batch != "" && (f.format == "text" || f.format == "json"), f.format != "" && f.format != "json" && asJSON(cmd):
		return false, diapason.WithHint(fmt.Errorf("--format %s does not go with the other flags: %w", f.format, diapason.ErrUsage),
			"a list is written with --format jsonl or sarif; --json is --format json")
	case f.format == "json":
		return false, cmd.Flags().Set("json", "true")
	}
	return f.batch != "" || f.format == "jsonl" || f.format == "sarif", nil
}

// verdictWriter writes verdicts as they come.
type verdictWriter interface {
	line(asks.BatchLine) error
	end(asks.BatchLedger, error) error
}

// judgeMany judges the addresses of a list, or the request that was given, and
// ends with an account of all on standard error.
func judgeMany(cmd *cobra.Command, a asks.Ask, f *manyFlags, failOn diapason.Severity) error {
	list, name, err := f.open(cmd, &a)
	if err != nil {
		return err
	}
	if list != nil {
		defer list.Close()
	}
	buffered := bufio.NewWriterSize(cmd.OutOrStdout(), 1<<16)
	var out verdictWriter = &jsonlWriter{w: buffered}
	if f.format == "sarif" {
		out = newSarifWriter(buffered, name, catalogueOf(cmd).Digest())
	}
	t := tally{limit: failOn}
	each := func(l asks.BatchLine) error {
		t.add(l)
		return errors.Join(cmd.Context().Err(), out.line(l))
	}
	var ledger asks.BatchLedger
	if list != nil {
		ledger, err = catalogueOf(cmd).Batch(list, a, each)
	} else {
		one := catalogueOf(cmd).Line(a, &ledger)
		err = each(one)
		if one.Outcome == asks.LineRefused {
			err = errors.Join(one.Err, err)
		}
	}
	err = errors.Join(err, out.end(ledger, err), buffered.Flush())
	fmt.Fprintln(cmd.ErrOrStderr(), account(ledger))
	return t.result(ledger, err)
}

// open opens the list; it is nil where one request was given instead.
func (f *manyFlags) open(cmd *cobra.Command, a *asks.Ask) (list io.ReadCloser, name string, err error) {
	switch {
	case f.batch == "":
		return nil, "", nil
	case a.URL != "" || a.Provider != "" || a.Scopes != "":
		return nil, "", diapason.WithHint(fmt.Errorf("a request and a list of addresses were both given: %w", diapason.ErrUsage), "give one of the two")
	case f.batch == "-":
		return io.NopCloser(cmd.InOrStdin()), "", nil
	}
	file, err := os.Open(f.batch)
	if err != nil {
		return nil, "", fmt.Errorf("read list of addresses: %w: %w", err, diapason.ErrUsage)
	}
	return file, filepath.ToSlash(f.batch), nil
}

// A tally counts what decides the exit status.
type tally struct {
	limit      diapason.Severity
	tooMuch    int // requests
	incomplete int
}

func (t *tally) add(l asks.BatchLine) {
	if errors.Is(l.Err, diapason.ErrIncomplete) {
		t.incomplete++
	}
	if t.limit != "" && slices.ContainsFunc(l.Verdict.Scopes, func(s asks.ScopeVerdict) bool {
		return s.Class == "excess" && s.Severity.Rank() >= t.limit.Rank()
	}) {
		t.tooMuch++
	}
}

func (t *tally) result(l asks.BatchLedger, err error) error {
	switch {
	case t.tooMuch > 0:
		return errors.Join(fmt.Errorf("%d requests ask for more than the purpose needs: %w", t.tooMuch, diapason.ErrFindings), err)
	case err != nil:
		return err
	case l.Read == l.Blank:
		return diapason.WithHint(fmt.Errorf("the list holds no address: %w", diapason.ErrUsage), "write one authorize address a line")
	case l.Refused+t.incomplete > 0:
		return diapason.WithHint(fmt.Errorf("%d lines were refused and %d could only be described: %w", l.Refused, t.incomplete, diapason.ErrIncomplete),
			"the verdicts say why, line by line")
	}
	return nil
}

// account says the ledger on one line.
func account(l asks.BatchLedger) string {
	text := fmt.Sprintf("%d lines read = %d judged + %d described + %d refused + %d blank", l.Read, l.Judged, l.Described, l.Refused, l.Blank)
	var reasons []string
	for _, why := range slices.Sorted(maps.Keys(l.Reasons)) {
		reasons = append(reasons, fmt.Sprintf("%d: %s", l.Reasons[why], why))
	}
	if len(reasons) > 0 {
		text += "\nrefused " + strings.Join(reasons, "; ")
	}
	return text
}

// A jsonlWriter writes one JSON object a line.
type jsonlWriter struct {
	w   *bufio.Writer
	buf []byte
}

func (j *jsonlWriter) line(l asks.BatchLine) error {
	b := fmt.Appendf(j.buf[:0], `{"line":%d,"outcome":%q`, l.Line, l.Outcome)
	if l.Err != nil {
		var hint *diapason.Hint
		next := ""
		if errors.As(l.Err, &hint) {
			next = hint.Next
		}
		why, err := json.Marshal(map[string]string{"why": diapason.Plain(l.Err), "next": next})
		if err != nil {
			return err
		}
		b = append(append(b, ','), why[1:len(why)-1]...)
	}
	if l.Outcome != asks.LineRefused {
		app, err := json.Marshal(l.App)
		if err != nil {
			return err
		}
		b = append(append(b, `,"app":`...), app...)
		b = l.Verdict.AppendJSON(append(b, `,"verdict":`...))
	}
	j.buf = append(b, '}', '\n')
	_, err := j.w.Write(j.buf)
	return err
}

func (j *jsonlWriter) end(asks.BatchLedger, error) error { return nil }
