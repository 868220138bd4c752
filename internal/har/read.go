package har

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"github.com/go-json-experiment/json/jsontext"
)

// Read reads one HAR file as a stream into a capture of mode manual. The name
// stands for the file in errors.
//
// What is no JSON, or JSON without a list log.entries, wraps
// [diapason.ErrUsage] with line and column, and there is no capture. A file
// that ends or breaks in the middle gives the capture of what was read, with
// Complete false, and an error that wraps [diapason.ErrIncomplete] with the
// byte at which it ends. An entry that cannot be used is skipped, counted in
// the ledger, and told as a gap.
//
// Bodies are hashed whole; their text is cut at 1 MiB, and kept until those of
// all requests, or all answers, make 32 MiB. Times keep the offset that the file gives them.
func Read(r io.Reader, name string) (*diapason.Capture, Ledger, error) {
	src := newShortener(r)
	f := &file{
		walker: walker{src: src, dec: jsontext.NewDecoder(src, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))},
		c:      &diapason.Capture{ID: strings.TrimSuffix(name, ".har"), Mode: diapason.Manual, Source: "har", Run: 1},
		ids:    map[string]bool{}, titles: map[string]string{}, hosts: map[string]int{},
	}
	err := f.log()
	f.ledger.Bytes = src.read
	if err != nil {
		err = f.explain(err, name)
	}
	if errors.Is(err, diapason.ErrUsage) {
		return nil, f.ledger, err
	}
	f.finish(name, err == nil)
	return f.c, f.ledger, err
}

// A file is one HAR file under way.
type file struct {
	walker
	c      *diapason.Capture
	ledger Ledger

	entries bool              // the list of entries was seen
	ids     map[string]bool   // of requests
	titles  map[string]string // of pages, by their id
	refs    []string          // of pages, by request
	own     []bool            // by request: Write kept all of it, nothing is to be guessed
	beside  *diapason.Capture // what Write kept of the capture beside its requests
	unkept  bool              // there was such a thing, and it could not be read
	hosts   map[string]int    // requests beyond the bounds
	line    int               // in which the current entry begins
	first   map[string]int    // line of the first entry that was skipped, by reason
	kept    int               // bytes of everything

	sent, answered int // bytes of the bodies' texts
}

var errNoHAR = errors.New("this is no HAR file: it has no list log.entries")

func (f *file) log() error {
	if _, err := f.object(func(name string) error {
		if name != "log" {
			return f.skip()
		}
		_, err := f.object(f.member)
		return err
	}); err != nil {
		return err
	}
	if !f.entries {
		return errNoHAR
	}
	if _, err := f.dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("more text after the end")
		}
		return err
	}
	return nil
}

// member reads one member of the log.
func (f *file) member(name string) error {
	switch name {
	case "pages":
		_, err := f.array(f.page)
		return err
	case "entries":
		ok, err := f.array(f.entry)
		f.entries = f.entries || ok
		return err
	case "_diapason":
		_, err := f.object(f.extra)
		return err
	}
	return f.skip()
}

func (f *file) page() error {
	var id, title string
	_, err := f.object(func(n string) error {
		switch n {
		case "id":
			return f.into(&id)
		case "title":
			return f.into(&title)
		}
		return f.skip()
	})
	if len(f.titles) < maxRequests {
		f.titles[id] = title
	}
	return err
}

// extra reads what Write keeps about the capture itself.
func (f *file) extra(name string) error {
	switch name {
	case "id":
		return f.into(&f.c.ID)
	case "site":
		return f.into(&f.c.Site)
	case "journey":
		return f.into(&f.c.Journey)
	case "phase":
		return f.into((*string)(&f.c.Phase))
	case "capture":
		return f.readBeside()
	case "run":
		n := int64(0)
		err := f.number(&n)
		f.c.Run = int(n)
		return err
	}
	return f.skip()
}

// entry reads one entry and keeps, skips or counts it.
func (f *file) entry() error {
	begin := f.src.offset(f.begin())
	f.src.lines.forget(begin)
	f.line, _ = f.src.lines.place(begin)
	f.ledger.Read++
	depth := f.dec.StackDepth()
	e := entry{walker: &f.walker}
	ok, err := f.object(e.member)
	if err == nil && !ok {
		err = badEntry("it is not an object")
	}
	if err == nil {
		err = e.finish()
	}
	var bad badEntry
	if errors.As(err, &bad) {
		f.skipped(string(bad))
		return f.leave(depth)
	}
	if err != nil {
		f.skipped(brokenOff)
		return err
	}
	f.keep(&e)
	return nil
}

func (f *file) skipped(why string) {
	f.ledger.Skipped++
	if f.ledger.Reasons == nil {
		f.ledger.Reasons, f.first = map[string]int{}, map[string]int{}
	}
	if f.first[why] == 0 {
		f.first[why] = f.line
	}
	f.ledger.Reasons[why]++
}

// keep adds the entry's request, as far as the bounds allow.
func (f *file) keep(e *entry) {
	r := &e.request
	f.withhold(&r.Body, &f.sent)
	f.withhold(&r.ResponseBody, &f.answered)
	f.kept += e.size()
	if len(f.c.Requests) >= maxRequests || f.kept > maxText {
		if u, err := url.Parse(r.URL); err == nil && len(f.hosts) < maxRequests {
			f.hosts[u.Hostname()]++
		}
		f.skipped(overBounds)
		return
	}
	if r.ID == "" || f.ids[r.ID] {
		r.ID = fmt.Sprintf("e%d", f.ledger.Read)
	}
	f.ids[r.ID] = true
	f.ledger.Kept++
	f.cut(cutMessages, e.socket.cut)
	f.refs, f.own = append(f.refs, e.pageRef), append(f.own, e.extras != nil)
	f.c.Requests = append(f.c.Requests, *r)
	f.times(r.At, e.took)
}

// withhold drops a body's text where the texts of its kind are too many.
func (f *file) withhold(b *diapason.Body, held *int) {
	if b.Text == "" {
		return
	}
	if *held+len(b.Text) > maxBodies {
		b.Text, b.Absent = "", "hashed only: the bodies of this file are more than can be kept"
		f.ledger.Withheld++
		return
	}
	*held += len(b.Text)
}

func (f *file) times(at time.Time, took time.Duration) {
	if f.c.Started.IsZero() || at.Before(f.c.Started) {
		f.c.Started = at
	}
	if end := at.Add(max(took, 0)); end.After(f.c.Ended) {
		f.c.Ended = end
	}
}

// finish fills in what only the whole file tells.
func (f *file) finish(name string, whole bool) {
	f.pages()
	f.redirects()
	if f.c.Site == "" {
		f.c.Site = f.site()
	}
	if n := f.ledger.Skipped - f.ledger.Reasons[notSent] - f.ledger.Reasons[brokenOff]; n > 0 {
		f.c.Gaps = append(f.c.Gaps, f.gap(name, n))
	}
	if f.unkept {
		f.c.Gaps = append(f.c.Gaps, diapason.Gap{
			Channel: diapason.Does, What: "what " + name + " keeps of a visit beside its requests", Why: "it is larger than is read, or has another shape",
			Next: "write the file again with `diapason har`",
		})
	}
	f.c.Complete = whole && len(f.c.Gaps) == 0
	for host, n := range f.hosts {
		f.cut("requests to "+host, n)
	}
	f.putBack()
}

// cut counts what could not be kept.
func (f *file) cut(what string, n int) {
	if n == 0 {
		return
	}
	if f.c.Cut == nil {
		f.c.Cut = map[string]int{}
	}
	f.c.Cut[what] += n
}

func (f *file) gap(name string, n int) diapason.Gap {
	var reasons []string
	for why, n := range f.ledger.Reasons {
		if why != notSent && why != brokenOff {
			reasons = append(reasons, fmt.Sprintf("%s (%d, the first in line %d)", why, n, f.first[why]))
		}
	}
	slices.Sort(reasons)
	return diapason.Gap{
		Channel: diapason.Does, What: fmt.Sprintf("%d of %d entries of %s", n, f.ledger.Read, name),
		Why: strings.Join(reasons, "; "), Next: "record the traffic again, or export it with another program",
	}
}

// pages turns the references to pages into addresses: a page's title where
// that is one, else the first document that belongs to the page.
func (f *file) pages() {
	address := map[string]string{}
	for id, title := range f.titles {
		if u, err := url.Parse(title); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
			address[id] = title
		}
	}
	for i, r := range f.c.Requests {
		if ref := f.refs[i]; ref != "" && address[ref] == "" && r.Type == "document" {
			address[ref] = r.URL
		}
	}
	for i := range f.c.Requests {
		if r := &f.c.Requests[i]; !f.own[i] {
			r.Page = address[f.refs[i]]
		}
	}
}

// redirects joins each redirect with the request that followed it: the next
// one in time for the address that it names.
func (f *file) redirects() {
	var order []*diapason.Request
	for i := range f.c.Requests {
		if !f.own[i] {
			order = append(order, &f.c.Requests[i])
		}
	}
	slices.SortStableFunc(order, func(a, b *diapason.Request) int { return a.At.Compare(b.At) })
	waiting := map[string]string{}
	for _, r := range order {
		if id, ok := waiting[r.URL]; ok {
			r.Redirect = id
			delete(waiting, r.URL)
		}
		if to := target(r); to != "" {
			waiting[to] = r.ID
		}
	}
}

// target is the address to which an answer redirects; empty where it does not.
func target(r *diapason.Request) string {
	if r.Status < 300 || r.Status > 399 {
		return ""
	}
	base, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	for _, h := range r.ResponseHeaders {
		if strings.EqualFold(h.Name, "Location") {
			if to, err := base.Parse(h.Value); err == nil {
				return to.String()
			}
		}
	}
	return ""
}

// site is the first page's address, or the first request's.
func (f *file) site() string {
	for _, r := range f.c.Requests {
		if r.Page != "" {
			return r.Page
		}
	}
	for _, r := range f.c.Requests {
		if r.Type == "document" {
			return r.URL
		}
	}
	if len(f.c.Requests) > 0 {
		return f.c.Requests[0].URL
	}
	return ""
}

// explain makes the error of a file out of one of a JSON reader.
func (f *file) explain(err error, name string) error {
	again := "record the traffic again, or export it anew; a HAR file is JSON and ends with }"
	switch {
	case errors.Is(err, errNoHAR), f.src.read == 0:
		if f.src.read == 0 {
			err = errors.New("the file is empty")
		}
		return diapason.WithHint(fmt.Errorf("read capture %s: %w: %w", name, err, diapason.ErrUsage), "give a file that a browser or proxy saved as HAR")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return diapason.WithHint(fmt.Errorf("read capture %s: the file ends at byte %d, in the middle; %d entries were read: %w",
			name, f.src.read, f.ledger.Kept, diapason.ErrIncomplete), again)
	case f.src.broke(err):
		return fmt.Errorf("read capture %s: at byte %d: %w: %w", name, f.src.read, err, diapason.ErrIncomplete)
	}
	kind := diapason.ErrIncomplete
	if f.ledger.Kept == 0 {
		kind = diapason.ErrUsage
	}
	if f.src.wide {
		err, again = errWide, "save the file as UTF-8 with a text editor"
	}
	return diapason.WithHint(fmt.Errorf("read capture %s: %s: %w: %w", name, f.place(err), plainWords(err), kind), again)
}
