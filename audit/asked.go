package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/manifest"
	"diapason.dev/diapason/asks/usage"
	"diapason.dev/diapason/internal/ledger"
)

// A Log is what a log of calls told about one request: counts, and no call.
type Log struct {
	Usage asks.Usage `json:"usage"`
	Grace float64    `json:"grace"` // days after the event at which the purpose is over
}

// wrong tells what is wrong in an entry, and what to do.
func (c AsksConfig) wrong() (what, next string) {
	kinds := 0
	for _, given := range []bool{c.URL != "", c.Page != "", len(c.Manifests) > 0} {
		if given {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return "wants either url: or page:, or manifests: alone", "give the permission link itself, the page that carries it, or the manifests of apps"
	case len(c.Manifests) > 0 && len(c.For)+len(c.Also)+len(c.Tier)+len(c.Log) > 0:
		return "has manifests: beside for:, also:, tier: or log:", "a manifest has no purpose; give it an entry of its own"
	case c.Log == "" && (c.Vantage != "" || c.Event != "" || c.Window != ""):
		return "has vantage:, event: or window: and no log:", "add `log:` with the log of the client's calls"
	case c.Vantage != "" && !slices.Contains(asks.Vantages, c.Vantage):
		return fmt.Sprintf("has the unknown vantage %q", c.Vantage), "write one of " + strings.Join(asks.Vantages, ", ")
	}
	if _, _, err := usage.ReadWindow("window", c.Window); err != nil {
		return "has a window that cannot be read: " + diapason.Plain(err), "write window: 2026-08-01/2026-09-30"
	}
	if _, at, ok := strings.Cut(c.Event, "="); c.Event != "" {
		if _, err := usage.ReadTime("event", at); !ok || err != nil {
			return fmt.Sprintf("has the event %q, which is not NAME=TIME", c.Event), "write event: release=2026-09-04T00:00:00+02:00"
		}
	}
	return "", ""
}

// manifests records what the manifests of an entry ask for; n numbers them.
// What is recorded is what they ask for and why, and nothing else in them.
func (a *run) manifests(c AsksConfig, n int) (int, error) {
	for _, name := range c.Manifests {
		a.tell("asks: reading %s", name)
		m, err := readManifest(a.path(name))
		if err != nil {
			if err := a.missed(diapason.Asks, "manifest "+name, err); err != nil {
				return n, err
			}
			continue
		}
		n++
		if err := a.put(a.keep, kindManifest, fmt.Sprintf("manifest/%d", n), m, nil, ledger.Entry{Mode: string(diapason.Auto)}); err != nil {
			return n, err
		}
	}
	return n, nil
}

func readManifest(file string) (*manifest.Manifest, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read manifest %s: %w (%w)", filepath.Base(file), errReason(err), diapason.ErrUsage)
	}
	defer in.Close()
	return manifest.Read(in, filepath.Base(file))
}

// log records what the log of an entry tells about its requests. The log
// itself is not kept.
func (a *run) log(c AsksConfig, requests []asks.Ask) error {
	a.tell("asks: reading %s", c.Log)
	for _, ask := range requests {
		l, err := a.readLog(c, ask)
		if l != nil {
			if err := a.put(a.keep, kindLog, "log/"+ask.ID, l, nil, ledger.Entry{Mode: string(diapason.Manual), Vantage: l.Usage.Vantage}); err != nil {
				return err
			}
		}
		if err != nil {
			if err := a.missed(diapason.Asks, "log "+c.Log, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// readLog counts a log for one request. Part of a log is better than nothing.
func (a *run) readLog(c AsksConfig, ask asks.Ask) (*Log, error) {
	request, scopes, _, err := asks.Default().Judge(ask)
	if err != nil && request.ID == "" {
		return nil, err
	}
	in, err := os.Open(a.path(c.Log))
	if err != nil {
		return nil, fmt.Errorf("read log %s: %w (%w)", c.Log, errReason(err), diapason.ErrUsage)
	}
	defer in.Close()
	from, to, err := usage.ReadWindow("window", c.Window)
	if err != nil {
		return nil, err
	}
	calls, readErr := usage.Read(asks.Default(), in, usage.Log{Name: filepath.Base(c.Log), Provider: request.Provider, Vantage: c.Vantage, From: from, To: to})
	if calls == nil {
		return nil, readErr
	}
	event, grace, err := usage.ReadEvent("event", c.Event, calls.API(), request.Purpose)
	if err != nil {
		return nil, errors.Join(err, readErr)
	}
	var requested []string
	for _, s := range scopes {
		requested = append(requested, s.ID)
	}
	return &Log{Usage: calls.Conclude(usage.Grant{Request: request.ID, Requested: requested, Event: event}), Grace: grace}, readErr
}

// readManifests adds what manifests ask for to the facts, and returns what the
// developers say of it.
func (m *Material) readManifests(r *Result) (said []diapason.Flow) {
	for i, one := range m.Manifests {
		id := fmt.Sprintf("manifest/%d", i+1)
		request, scopes, err := one.Judge(asks.Default(), id)
		if err != nil {
			r.Gaps = append(r.Gaps, diapason.Gap{Channel: diapason.Asks, What: "manifest " + one.Name, Why: diapason.Plain(err), Next: "give the manifest of one app"})
			continue
		}
		own := asks.Facts{Requests: []asks.Request{request}, Scopes: scopes}
		said = append(said, one.Says(asks.Default(), own, r.Service, id)...)
		r.Facts.Asks.Requests = append(r.Facts.Asks.Requests, request)
		r.Facts.Asks.Scopes = append(r.Facts.Asks.Scopes, scopes...)
		if n := len(request.Verdict.Unknown); n > 0 {
			r.Gaps = append(r.Gaps, diapason.Gap{
				Channel: diapason.Asks, What: fmt.Sprintf("%d permissions of %s", n, one.Name), Why: "the catalogue does not know them: " + strings.Join(request.Verdict.Unknown, ", "),
				Next: "ask who defines them what they open",
			})
		}
	}
	return said
}
