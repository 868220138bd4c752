// Package usage reads logs of calls to a provider's interface. It answers two
// questions. A client asks: which of the permissions that were granted did we
// use? An operator asks: which client reads far more than it said it needs?
//
// Start with [Read] and [Calls.Conclude] for the first, and with [Watch] for
// the second. A log is a HAR file, JSON lines, or the combined log of Apache
// and NGINX, told apart by content. Logs are streamed: a log of any length
// takes the same memory.
//
// A statement about use is never more than its window and vantage allow: that
// a permission was not used is only said where everything that the client sent
// was seen, without a gap, around the event that the purpose waits for. Every
// reader ends in a ledger that sums to its input. No address of a person's
// thing, no client address and no token is kept: paths are told in the words
// of the catalogue, and subjects are counted and forgotten.
package usage

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/internal/har"
)

// A Log says what a log is and where it was kept.
type Log struct {
	Name     string    // stands for the log in errors
	Provider string    // the catalogue's id; empty: found in the log
	Vantage  string    // one of asks.Vantages; empty: browser for a HAR file, reverse-proxy else
	From, To time.Time // the time that it covers; zero: from the first to the last call
}

// Calls is a log, counted.
type Calls struct {
	// Authorize is the first permission request that the log shows, as the
	// provider's own address; empty where it shows none.
	Authorize string
	// Granted are the permissions that the log itself says were granted, in
	// name order, and Basis is where it says so; empty where it does not.
	Granted []string
	Basis   string

	api        *asks.API
	log        Log
	format     string
	ledger     asks.UsageLedger
	firstBad   int // line of the first that could not be read
	broken     string
	cells      []tally
	fields     map[fieldAt]*tally
	bodies     map[int]int // calls of a cell of which the answer was seen
	unmatched  map[string]*tally
	seen       tally
	authorized int64 // when permission was first asked for; 0: not seen
	granted    map[string]bool
	lastGrant  []byte
	picked     []int
}

// A fieldAt is a field that an answer of a cell's calls held.
type fieldAt struct {
	cell  int
	field string
}

// Bounds on what is kept of one log.
const (
	maxLine      = 64 << 10 // bytes of one line
	maxUnmatched = 50       // different calls that are told apart
	maxGranted   = 500      // different permissions
)

// manyOthers counts calls beyond maxUnmatched.
const manyOthers = "other calls"

// whatLogsAre is what to give in place of what is no log.
const whatLogsAre = "logs are HAR files, JSON lines with method, url, status and time, or combined logs of Apache and NGINX"

// The reasons for which a line is skipped.
const (
	tooLong       = "longer than 64 KiB"
	outsideWindow = "outside the window that was stated"
)

// Read counts one log. What is no log wraps diapason.ErrUsage, and there are no
// calls. A log that ends in the middle, or of which a line could not be read,
// gives the calls of the rest and an error that wraps diapason.ErrIncomplete.
func Read(c *asks.Catalogue, r io.Reader, l Log) (*Calls, error) {
	if l.Vantage != "" && !slices.Contains(asks.Vantages, l.Vantage) {
		return nil, badLog(l.Name, "vantages: "+strings.Join(asks.Vantages, ", "), "unknown vantage %q", l.Vantage)
	}
	in := bufio.NewReaderSize(r, maxLine)
	head, err := in.Peek(maxLine)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, fmt.Errorf("read log %s: %w: %w", l.Name, err, diapason.ErrIncomplete)
	}
	k := &Calls{
		log: l, fields: map[fieldAt]*tally{}, bodies: map[int]int{}, unmatched: map[string]*tally{}, granted: map[string]bool{},
		format: formatOf(head),
	}
	if k.format == formatHAR {
		err := k.readHAR(c, in)
		if errors.Is(err, diapason.ErrUsage) {
			return nil, err
		}
		return k, err
	}
	if k.log.Vantage == "" {
		k.log.Vantage = asks.ReverseProxy
	}
	found, bad, why := providerIn(c, k.format, head)
	if bad > 0 {
		return nil, badLog(l.Name, whatLogsAre, "line %d: this is no line of a log (%s)", bad, why)
	}
	if err := k.choose(c, found); err != nil {
		return nil, err
	}
	return k.finish(k.readLines(in))
}

// choose sets the provider: the one that was named, else the one found.
func (k *Calls) choose(c *asks.Catalogue, found string) (err error) {
	id := k.log.Provider
	if id == "" {
		id = found
	}
	if id == "" {
		return badLog(k.log.Name, "name the provider: --provider spotify", "it calls no provider that the catalogue knows")
	}
	if k.api, err = c.API(id); err != nil {
		return err
	}
	if k.log.Vantage == asks.MockProvider {
		k.api = k.api.AtHome()
	}
	k.cells = make([]tally, k.api.Cells())
	return nil
}

func badLog(name, next, format string, args ...any) error {
	return diapason.WithHint(fmt.Errorf("read log %s: "+format+": %w", append(append([]any{name}, args...), diapason.ErrUsage)...), next)
}

// readLines reads to the end; an error means that the reader failed.
func (k *Calls) readLines(in *bufio.Reader) error {
	parse := parsers[k.format]
	var l line
	return eachLine(in, func(number int, text []byte, why string) {
		k.ledger.Read++
		if why == "" && len(text) == 0 {
			k.ledger.Blank++
			return
		}
		if why == "" {
			why = parse(text, &l)
		}
		if why != "" {
			k.skip(number, why)
			return
		}
		k.count(&l)
	})
}

func (k *Calls) skip(number int, why string) {
	if k.ledger.Reasons == nil {
		k.ledger.Reasons = map[string]int{}
	}
	if k.firstBad == 0 && why != outsideWindow {
		k.firstBad = number
	}
	k.ledger.Skipped++
	k.ledger.Reasons[why]++
}

// finish tells what came of it.
func (k *Calls) finish(failed error) (*Calls, error) {
	k.Granted = sortedNames(k.granted)
	l := k.ledger
	odd := l.Skipped - l.Reasons[outsideWindow]
	switch {
	case failed != nil:
		k.broken = "the log breaks off"
		return k, diapason.WithHint(fmt.Errorf("read log %s: after %d lines: %w: %w", k.log.Name, l.Read, failed, diapason.ErrIncomplete), "read it again, or keep a new one")
	case odd > 0 && odd == l.Read-l.Blank:
		return nil, badLog(k.log.Name, whatLogsAre, "line %d: this is no line of a log (%s)", k.firstBad, k.reasons())
	case l.Read == l.Blank:
		return nil, badLog(k.log.Name, "give the log of a time in which the client called the provider", "it is empty")
	case odd > 0:
		return k, diapason.WithHint(fmt.Errorf("read log %s:%d: %d of %d lines could not be read (%s): %w", k.log.Name, k.firstBad, odd, l.Read, k.reasons(), diapason.ErrIncomplete),
			"keep the log in one format; what it tells of the rest is told, but not what was never used")
	}
	return k, nil
}

func (k *Calls) reasons() string {
	var parts []string
	for _, why := range sortedNames(k.ledger.Reasons) {
		if why != outsideWindow {
			parts = append(parts, fmt.Sprintf("%s: %d", why, k.ledger.Reasons[why]))
		}
	}
	return strings.Join(parts, "; ")
}

// readHAR counts the entries of a HAR file, of which it sees answers too.
func (k *Calls) readHAR(c *asks.Catalogue, in io.Reader) error {
	if k.log.Vantage == "" {
		k.log.Vantage = asks.Browser
	}
	capture, ledger, err := har.Read(in, k.log.Name)
	if capture == nil {
		return err
	}
	found := ""
	for i := 0; i < len(capture.Requests) && found == ""; i++ {
		found, _ = c.ProviderOf(capture.Requests[i].URL)
	}
	if chosen := k.choose(c, found); chosen != nil {
		return chosen
	}
	k.ledger.Read, k.ledger.Skipped, k.ledger.Reasons = ledger.Read, ledger.Skipped, ledger.Reasons
	for i := range capture.Requests {
		k.countEntry(&capture.Requests[i])
	}
	k.Granted = sortedNames(k.granted)
	if err != nil {
		k.broken = "the file breaks off"
	} else if !capture.Complete {
		k.broken = "entries of the file could not be used"
		err = diapason.WithHint(fmt.Errorf("read log %s: %d of %d entries could not be used: %w", k.log.Name, ledger.Skipped, ledger.Read, diapason.ErrIncomplete), "record it again")
	}
	return err
}

func sortedNames[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// eachLine gives every line without its end, or why it cannot be given.
func eachLine(in *bufio.Reader, do func(number int, text []byte, why string)) error {
	for number := 1; ; number++ {
		text, err := in.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		switch {
		case long:
			do(number, nil, tooLong)
		case len(text) > 0:
			do(number, bytes.TrimRight(text, "\r\n \t"), "")
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
