// Package filter tells which network requests a filter list names.
//
// Filter lists (EasyList, EasyPrivacy and their like) are the public memory of
// which addresses carry advertising and tracking. They are written in the rule
// language of Adblock Plus as uBlock Origin extended it. [Load] reads lists
// into an [Engine]; [NewRequest] prepares a request, and [Engine.Match] gives
// the verdict with the one rule that decided it, [Engine.All] every rule that
// applies. [Open] reads a list from a file with what its header tells about
// it, [System] finds the lists that the system's uBlock Origin package brought,
// [Update] fetches one into a folder when a person asks for it.
//
// A hit is a label that somebody gave, with list, line and rule to check it
// by. It is no proof of tracking, and no hit is no proof of its absence.
//
// How requests find their rules: of some hundred thousand rules nine in ten
// say "this host, whatever it is asked", so there is a hash table of hosts,
// asked once for each label of the request's host. Every other rule stands
// under the rarest whole word of its pattern, and a few rules that have no
// such word are tried each time.
//
// The package embeds no list, fetches none by itself and blocks nothing. It
// reads no cosmetic rule: it knows them only to count them. What it cannot read
// it hands back as [Skipped], line by line.
package filter

import (
	"fmt"
	"regexp"
	"strings"

	"diapason.dev/diapason"
)

// A Verdict says what a blocker with the same lists would do with a request.
type Verdict uint8

// The verdicts.
const (
	Unlisted Verdict = iota // no blocking rule names it
	Blocked                 // a blocking rule names it
	Excepted                // a blocking rule names it, and an exception takes it out
)

// String is the verdict as a word.
func (v Verdict) String() string {
	return [...]string{"unlisted", "blocked", "excepted"}[v]
}

// A Hit is a rule that applies to a request.
type Hit struct {
	List string `json:"list"` // name of the list
	Line int    `json:"line"` // counted from 1
	Rule string `json:"rule"` // as it stands in the list
}

// A Skipped line of a list could not be read as a rule, or is not for us.
type Skipped struct {
	List   string `json:"list"`
	Line   int    `json:"line"` // counted from 1
	Rule   string `json:"rule"`
	Reason string `json:"reason"` // the same words for the same kind of trouble
}

// Counts are the lines of one list by what became of them. They sum to Lines.
type Counts struct {
	Lines     int `json:"lines"`
	Blocks    int `json:"blocks"`     // rules that block, those marked important among them
	Excepts   int `json:"exceptions"` // rules that take a request out
	Modifiers int `json:"modifiers"`  // read and never a hit: they change an answer or a page, they do not name a request
	Cosmetic  int `json:"cosmetic"`   // rules about what a page shows
	Disabled  int `json:"disabled"`   // taken back by a badfilter rule, and the badfilter rules themselves
	Comments  int `json:"comments"`   // and empty lines, headers, conditions
	Skipped   int `json:"skipped"`
}

// An Engine matches requests against lists. It does not change and may be used
// by several goroutines.
type Engine struct {
	lists  []List
	counts []Counts

	blocks, important, excepts group
	hosts                      hostSets
	regexes                    []*regexp.Regexp
}

// The largest list, in bytes, and the most lists that are taken at once.
const (
	maxList  = 1 << 30
	maxLists = 1 << 15
)

// Load reads lists. The lines that it could not take as rules come back with
// line and reason, in the order of the lists. The error, which wraps ErrUsage,
// is for a text that is no filter list at all.
func Load(lists ...List) (*Engine, []Skipped, error) {
	if len(lists) > maxLists {
		return nil, nil, fmt.Errorf("load %d filter lists: at most %d: %w", len(lists), maxLists, diapason.ErrUsage)
	}
	b := newBuilder(lists)
	for i, l := range lists {
		if err := l.check(); err != nil {
			return nil, nil, err
		}
		b.read(i)
	}
	return b.engine(), b.skipped, nil
}

// check refuses what is certainly no filter list.
func (l List) check() error {
	if len(l.Text) > maxList {
		return fmt.Errorf("load filter list %s: it is larger than %d MiB: %w", l.Name, maxList>>20, diapason.ErrUsage)
	}
	start := strings.ToLower(strings.TrimSpace(l.Text[:min(len(l.Text), 256)]))
	if strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html") {
		return diapason.WithHint(fmt.Errorf("load filter list %s: it is a web page, not a list: %w", l.Name, diapason.ErrUsage),
			"get the list again: the server answered with a page")
	}
	if strings.IndexByte(l.Text[:min(len(l.Text), 4096)], 0) >= 0 {
		return fmt.Errorf("load filter list %s: it is not a text: %w", l.Name, diapason.ErrUsage)
	}
	return nil
}

// Lists are the lists of the engine, in the order in which they were loaded.
func (e *Engine) Lists() []List { return e.lists }

// Counts tells, for each of [Engine.Lists], what became of its lines.
func (e *Engine) Counts() []Counts { return e.counts }
