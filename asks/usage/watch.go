package usage

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// Bounds on what is kept of a log of many clients.
const (
	maxClients = 2_000
	maxHours   = 1_000_000 // hours of all clients together
)

// The reasons for which a line of an interface's log is not counted.
const (
	noClient    = "without a client"
	manyClients = "of more clients than are told apart"
	manyHours   = "of more hours than are kept"
	late        = "more than an hour out of order"
)

// A watcher counts an interface's own log, hour by hour and client by client.
type watcher struct {
	api     *asks.API
	format  string
	log     Log
	ledger  WatchLedger
	first   int // line of the first that could not be read
	seen    tally
	clients map[string]*watched
	hours   int
	picked  []int
}

// A watched is one client while its log is read.
type watched struct {
	id       string
	declared *Client
	within   []bool // by cell: inside its purposes; nil: nothing declared
	cells    []tally
	all      distinct
	now      int64 // the newest hour
	open     [2]openHour
	hours    []hour
	requests int
}

// An hour is what one client did in one hour; at counts hours since 1970 UTC.
type hour struct {
	at                          int64
	requests, subjects, outside int
	exact                       bool
}

// An openHour is one that may still get lines: the newest or the one before.
type openHour struct {
	hour
	subjects distinct
	used     bool
}

// Watch reads an interface's own access log and tells for each client how much
// it reads of whom, held against what it declared. The log is read as a stream;
// subjects are counted and not kept. Errors are as of [Read]; the error wraps
// diapason.ErrUsage too where a client declares a purpose that the catalogue
// does not have.
func Watch(c *asks.Catalogue, r io.Reader, l Log, declared []Client, zone *time.Location) (*Watched, error) {
	w := &watcher{log: l, clients: map[string]*watched{}}
	var err error
	if w.api, err = c.API(l.Provider); err != nil {
		return nil, err
	}
	w.api = w.api.AtHome() // an interface logs its own calls
	for i := range declared {
		within, err := w.api.Within(declared[i].For)
		if err != nil {
			return nil, fmt.Errorf("client %s: %w", declared[i].ID, err)
		}
		w.clients[declared[i].ID] = w.client(declared[i].ID, &declared[i], within)
	}
	in := bufio.NewReaderSize(r, maxLine)
	head, err := in.Peek(maxLine)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, fmt.Errorf("read log %s: %w: %w", l.Name, err, diapason.ErrIncomplete)
	}
	if w.format = formatOf(head); w.format == formatHAR {
		return nil, badLog(l.Name, "give the access log of the interface: JSON lines with time, method, url, status, client and subject", "it is a recording of one browser, not an interface's log")
	}
	if _, bad, why := providerIn(c, w.format, head); bad > 0 {
		return nil, badLog(l.Name, whatLogsAre, "line %d: this is no line of a log (%s)", bad, why)
	}
	return w.finish(w.read(in), zone)
}

func (w *watcher) client(id string, declared *Client, within []bool) *watched {
	return &watched{id: id, declared: declared, within: within, cells: make([]tally, w.api.Cells())}
}

func (w *watcher) read(in *bufio.Reader) error {
	parse := parsers[w.format]
	var l line
	return eachLine(in, func(number int, text []byte, why string) {
		w.ledger.Read++
		if why == "" && len(text) == 0 {
			w.ledger.Blank++
			return
		}
		if why == "" {
			why = parse(text, &l)
		}
		if why == "" {
			why = w.count(&l)
		} else if w.first == 0 {
			w.first = number
		}
		if why != "" {
			w.ledger.skip(why)
		}
	})
}

// count counts a call, or tells why it cannot.
func (w *watcher) count(l *line) string {
	if len(l.client) == 0 {
		return noClient
	}
	k := w.clients[string(l.client)]
	if k == nil {
		if len(w.clients) >= maxClients {
			return manyClients
		}
		k = w.client(string(l.client), nil, nil)
		w.clients[k.id] = k
	}
	var place asks.Place
	place, w.picked = w.api.Recognise(l.method, l.url, w.picked[:0])
	switch place {
	case asks.Authorization:
		w.ledger.Authorization++
		return ""
	case asks.Elsewhere:
		w.ledger.Elsewhere++
		return ""
	}
	h, why := w.at(k, l.at/int64(time.Hour))
	if why != "" {
		return why
	}
	if place == asks.Unmatched {
		w.ledger.Unmatched++
	} else {
		w.ledger.Calls++
	}
	w.seen.stretch(l.at)
	k.requests++
	h.requests++
	if l.status >= 400 {
		return "" // nothing was read
	}
	for _, c := range w.picked {
		k.cells[c].add(l.at)
		if k.within != nil && !k.within[c] {
			h.outside++
		}
	}
	if len(l.subject) > 0 {
		hash := hashOf(l.subject)
		h.subjects.add(hash)
		k.all.add(hash)
	}
	return ""
}

// at gives the client's hour, and closes those that are over.
func (w *watcher) at(k *watched, at int64) (*openHour, string) {
	if at > k.now || k.requests == 0 && !k.open[0].used && !k.open[1].used {
		for i := range k.open {
			if k.open[i].used && k.open[i].at < at-1 {
				k.close(i)
			}
		}
		k.now = at
	}
	if at < k.now-1 {
		return nil, late
	}
	h := &k.open[at&1]
	if !h.used {
		if w.hours >= maxHours {
			return nil, manyHours
		}
		w.hours++
		*h = openHour{hour: hour{at: at}, used: true}
	}
	return h, ""
}

func (k *watched) close(i int) {
	h := &k.open[i]
	h.hour.subjects, h.hour.exact = h.subjects.count()
	k.hours = append(k.hours, h.hour)
	*h = openHour{}
}

func (w *watcher) finish(failed error, zone *time.Location) (*Watched, error) {
	for _, k := range w.clients {
		for i := range k.open {
			if k.open[i].used {
				k.close(i)
			}
		}
		slices.SortFunc(k.hours, func(a, b hour) int { return int(a.at - b.at) })
	}
	out := w.judge(zone)
	switch l := w.ledger; {
	case failed != nil:
		return out, diapason.WithHint(fmt.Errorf("read log %s: after %d lines: %w: %w", w.log.Name, l.Read, failed, diapason.ErrIncomplete), "read it again")
	case l.Read == l.Blank:
		return nil, badLog(w.log.Name, "give the log of a day", "it is empty")
	case l.Skipped > 0:
		at := w.log.Name
		if w.first > 0 {
			at = fmt.Sprintf("%s:%d", at, w.first)
		}
		return out, diapason.WithHint(fmt.Errorf("read log %s: %d of %d lines were not counted (%s): %w", at, l.Skipped, l.Read, reasonsOf(l.Reasons), diapason.ErrIncomplete),
			"a log has time, method, url, status, client and subject in every line, in the order of time")
	}
	return out, nil
}
