package usage

import (
	"fmt"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// ReadTime reads a time of RFC 3339, or a date, which is its first moment in
// UTC. what names it in the error, which wraps diapason.ErrUsage.
func ReadTime(what, text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, said("write times as 2026-09-04T00:00:00+02:00", "%s: %q is not a time", what, text)
}

// ReadEvent reads NAME=TIME, such as release=2026-09-04, and holds it against
// what the purposes wait for. It returns how many days after the event they are
// over, the longest of them. An empty text is no event.
func ReadEvent(what, text string, api *asks.API, purposes []string) (e asks.Event, grace float64, err error) {
	if text == "" {
		return e, 0, nil
	}
	name, at, ok := strings.Cut(text, "=")
	if !ok {
		return e, 0, said("write it as release=2026-09-04T00:00:00+02:00", "%s: %q is not NAME=TIME", what, text)
	}
	if e.At, err = ReadTime(what, at); err != nil {
		return e, 0, err
	}
	e.Name = name
	for _, p := range purposes {
		own, days := api.Event(p)
		if own != "" && own != name {
			return e, 0, said("write it as "+own+"="+at, "%s: %s waits for %s, not for %q", what, p, own, name)
		}
		grace = max(grace, days)
	}
	return e, grace, nil
}

// ReadWindow reads FROM/TO, the time that a log covers. An empty text is none.
func ReadWindow(what, text string) (from, to time.Time, err error) {
	if text == "" {
		return from, to, nil
	}
	first, last, _ := strings.Cut(text, "/")
	if from, err = ReadTime(what, first); err != nil {
		return from, to, err
	}
	if to, err = ReadTime(what, last); err != nil {
		return from, to, err
	}
	if to.Before(from) {
		return from, to, said("write it as FROM/TO", "%s ends before it begins", what)
	}
	return from, to, nil
}

func said(next, format string, args ...any) error {
	return diapason.WithHint(fmt.Errorf(format+": %w", append(args, diapason.ErrUsage)...), next)
}
