package holds

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An Event is one thing that a person did, or that a service noted about them.
// Events are handed over while an export is read and are kept nowhere: they
// are the person's data, not facts.
type Event struct {
	Service string // of the mapping: "spotify"
	Kind    string // play, search, follow, library, playlist, share, session, account, inference, message
	Item    EventItem
	Time    Time
	Played  int64 // ms that were played; Unknown where the export does not say
	Started string
	Ended   string // why the play ended, as the export words it
	Text    string // a search, a message, an inference
	Flags   Flags
	Context Context
	Origin  Origin
}

// Unknown is an amount that the export does not state.
const Unknown = -1

// EventItem is what was played, saved, followed or found.
type EventItem struct {
	Kind      string // track, episode, audiobook, album, artist, show, playlist, person
	Title     string
	Creator   string
	Container string // album, show
	IDs       []string
}

// Time is when something happened, with how exactly that is known.
type Time struct {
	At        time.Time // UTC; zero: not stated
	Basis     string    // start, end, unknown
	Precision string    // ms, s, min, day
	Zone      string    // utc, or unknown where the export states local hours without a zone
	// Offline is when a device says that it played without a connection. It
	// stands beside At and never replaces it; zero: not stated.
	Offline time.Time
}

// Flag is yes, no or unknown.
type Flag int8

// The flags' values. The zero value is unknown.
const (
	No  Flag = -1
	Yes Flag = 1
)

// Flags tell how an item was played.
type Flags struct{ Shuffle, Skipped, Offline, Private Flag }

// Context is where and with what: kept apart, so that it can be left out as a whole.
type Context struct{ IP, Agent, Country, Device string }

// Origin is the place in the export that an event was read from.
type Origin struct {
	Member string
	Index  int64 // of the record in the member, from 0
}

// An eventSpec says how records of a kind are read as events. Its paths are
// relative to the list element Of.
type eventSpec struct {
	Of        string            `yaml:"of"`
	Kind      string            `yaml:"kind"`
	At        string            `yaml:"at"`
	Basis     string            `yaml:"basis"`
	Precision string            `yaml:"precision"`
	Zone      string            `yaml:"zone"`
	Items     []itemSpec        `yaml:"items"`
	Take      map[string]string `yaml:"take"` // played, started, ended, text, shuffle, skipped, offline, private, offline-at, ip, agent, country, device

	paths []string // of the slots
	vals  [][]byte
	set   []bool
	at    int
	items []itemSlots
	take  map[string]int
}

type itemSpec struct {
	Kind      string   `yaml:"kind"`
	Title     string   `yaml:"title"`
	Creator   string   `yaml:"creator"`
	Container string   `yaml:"container"`
	IDs       []string `yaml:"ids"`
}

type itemSlots struct {
	kind                      string
	title, creator, container int
	ids                       []int
}

// A slot is a place in the values of an event under way.
type slot struct {
	spec *eventSpec
	i    int
}

const noSlot = -1

var taken = " played started ended text shuffle skipped offline private offline-at ip agent country device "

// compile gives each path of the specification a slot.
func (s *eventSpec) compile() error {
	if s.Zone != "" && s.Zone != "utc" && s.Zone != "unknown" {
		return fmt.Errorf("events of %s: zone %q is not known", s.Of, s.Zone)
	}
	s.at = s.slot(s.At)
	for _, i := range s.Items {
		c := itemSlots{kind: i.Kind, title: s.slot(i.Title), creator: s.slot(i.Creator), container: s.slot(i.Container)}
		for _, id := range i.IDs {
			c.ids = append(c.ids, s.slot(id))
		}
		s.items = append(s.items, c)
	}
	s.take = map[string]int{}
	for name, path := range s.Take {
		if !strings.Contains(taken, " "+name+" ") {
			return fmt.Errorf("events of %s: %q cannot be taken", s.Of, name)
		}
		s.take[name] = s.slot(path)
	}
	return nil
}

// fresh is the specification with values of its own, for one reading.
func (s eventSpec) fresh() *eventSpec {
	s.vals, s.set = make([][]byte, len(s.paths)), make([]bool, len(s.paths))
	return &s
}

// slot is the number of a path; a path that is named twice has one slot.
func (s *eventSpec) slot(path string) int {
	if path == "" {
		return noSlot
	}
	full := s.Of + "." + path
	if path == "." {
		full = s.Of
	}
	for i, p := range s.paths {
		if p == full {
			return i
		}
	}
	s.paths = append(s.paths, full)
	return len(s.paths) - 1
}

// bind ties a node to the slots that its value fills.
func (n *node) bind(s *eventSpec) {
	if s.Of == n.path {
		n.of = s
	}
	for i, p := range s.paths {
		if p == n.path {
			n.slots = append(n.slots, slot{s, i})
		}
	}
}

func (s *eventSpec) begin() { clear(s.set) }

// fill keeps a value until the record has ended.
func (s slot) fill(text []byte) {
	s.spec.vals[s.i], s.spec.set[s.i] = append(s.spec.vals[s.i][:0], text...), true
}

func (s *eventSpec) text(i int) string {
	if i == noSlot || !s.set[i] {
		return ""
	}
	return string(s.vals[i])
}

func (s *eventSpec) taken(name string) string {
	i, ok := s.take[name]
	if !ok {
		return ""
	}
	return s.text(i)
}

// played is the time in ms, unknown for null; a number that is none is an error.
func (s *eventSpec) played() (int64, bool) {
	text := s.taken("played")
	if text == "" {
		return Unknown, true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0
}

// event puts an event together from the values that were kept.
func (s *eventSpec) event(service string, from Origin) Event {
	e := Event{
		Service: service, Kind: s.Kind, Time: Time{Basis: s.Basis, Precision: s.Precision, Zone: s.Zone},
		Started: s.taken("started"), Ended: s.taken("ended"), Text: s.taken("text"), Origin: from,
		Context: Context{IP: s.taken("ip"), Agent: s.taken("agent"), Country: s.taken("country"), Device: s.taken("device")},
		Flags:   Flags{s.flag("shuffle"), s.flag("skipped"), s.flag("offline"), s.flag("private")},
	}
	e.Played, _ = s.played()
	e.Time.At, _ = parseStamp(s.text(s.at))
	e.Time.Offline, _ = parseStamp(s.taken("offline-at"))
	for _, i := range s.items {
		e.Item = EventItem{Kind: i.kind, Title: s.text(i.title), Creator: s.text(i.creator), Container: s.text(i.container)}
		for _, id := range i.ids {
			if v := s.text(id); v != "" {
				e.Item.IDs = append(e.Item.IDs, v)
			}
		}
		if e.Item.Title != "" || len(e.Item.IDs) > 0 {
			break
		}
	}
	return e
}

func (s *eventSpec) flag(name string) Flag {
	switch s.taken(name) {
	case "true":
		return Yes
	case "false":
		return No
	}
	return 0
}

// identity appends what makes a play the same play: all that names the item,
// the time and the length. Lengths of the parts keep them apart.
func (s *eventSpec) identity(b []byte) []byte {
	part := func(i int) {
		text := ""
		if i != noSlot && s.set[i] {
			text = string(s.vals[i])
		}
		b = append(strconv.AppendInt(b, int64(len(text)), 10), ':')
		b = append(b, text...)
	}
	part(s.at)
	if i, ok := s.take["played"]; ok {
		part(i)
	}
	for _, i := range s.items {
		part(i.title)
		part(i.creator)
		part(i.container)
		for _, id := range i.ids {
			part(id)
		}
	}
	return b
}
