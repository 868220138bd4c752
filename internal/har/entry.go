package har

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// An entry is one exchange of the file while it is read.
type entry struct {
	*walker
	request diapason.Request
	pageRef string
	took    time.Duration

	started       string
	kind          string // the browser's own word for the type
	cookies       []diapason.Header
	set           []setLine
	redirect      string // redirectURL of the answer
	worker        bool   // answered by a service worker
	socket        socket
	sent, answer  payload
	extras        *extras
	extraRequest  diapason.Body
	extraResponse diapason.Body
}

// extras are what Write keeps of a request beyond HAR. Where they are given,
// they are taken instead of what is guessed from other fields.
type extras struct {
	id, page, frame, target, initiator, from, redirect, cause, fromCache, address, failed, kind string
	revalidated                                                                                 bool
	cname                                                                                       []string
}

// member reads one member of the entry.
func (e *entry) member(name string) error {
	r := &e.request
	switch name {
	case "startedDateTime":
		return e.into(&e.started)
	case "time":
		n := int64(0)
		err := e.number(&n)
		e.took = time.Duration(min(n, int64(24*time.Hour/time.Millisecond))) * time.Millisecond
		return err
	case "pageref":
		return e.into(&e.pageRef)
	case "request":
		return e.need("request", e.requestMember)
	case "response":
		return e.need("response", e.responseMember)
	case "serverIPAddress":
		return e.into(&r.Address)
	case "_resourceType":
		return e.into(&e.kind)
	case "_fromCache":
		return e.into(&r.FromCache)
	case "_fetchedViaServiceWorker":
		return e.flag(&e.worker)
	case "_fetchType": // Safari's word
		return e.fetchType()
	case "_initiator":
		return e.initiator()
	case "_webSocketMessages":
		_, err := e.array(e.message)
		return err
	case "_diapason":
		e.extras = &extras{}
		_, err := e.object(e.extraMember)
		return err
	}
	return e.skip()
}

// need reads an object that an entry cannot be without.
func (e *entry) need(name string, each func(string) error) error {
	ok, err := e.object(each)
	if err == nil && !ok {
		return badEntry(fmt.Sprintf("its %s is not an object", name))
	}
	return err
}

func (e *entry) requestMember(name string) error {
	r := &e.request
	switch name {
	case "method":
		return e.into(&r.Method)
	case "url":
		return e.into(&r.URL)
	case "headers":
		return e.headers(&r.Headers)
	case "cookies":
		return e.headers(&e.cookies)
	case "bodySize":
		return e.number(&e.sent.declared)
	case "postData":
		_, err := e.object(e.postMember)
		return err
	case "_content": // HTTP Toolkit's place for bytes that are no text
		_, err := e.object(e.packedMember)
		return err
	}
	return e.skip()
}

func (e *entry) responseMember(name string) error {
	r := &e.request
	switch name {
	case "status":
		n := int64(0)
		err := e.number(&n)
		r.Status = int(max(n, 0))
		return err
	case "headers":
		return e.headers(&r.ResponseHeaders)
	case "cookies":
		return e.setCookies()
	case "redirectURL":
		return e.into(&e.redirect)
	case "content":
		_, err := e.object(e.contentMember)
		return err
	case "_error":
		why := ""
		err := e.into(&why)
		r.Failed = cmp.Or(why, r.Failed)
		return err
	}
	return e.skip()
}

// headers reads a list of objects with name and value.
func (e *entry) headers(to *[]diapason.Header) error {
	_, err := e.array(func() error {
		var h diapason.Header
		_, err := e.object(func(n string) error {
			switch n {
			case "name":
				return e.into(&h.Name)
			case "value":
				return e.into(&h.Value)
			}
			return e.skip()
		})
		if h.Name != "" && h.Name[0] != ':' && len(*to) < maxHeaders { // HTTP/2 writes address and method as headers too (RFC 9113, 8.3)
			*to = append(*to, h)
		}
		return err
	})
	return err
}

// initiator reads which script sent the request: its address stands in the
// initiator itself or in the topmost frame of its stack.
func (e *entry) initiator() error {
	_, err := e.object(func(n string) error {
		switch n {
		case "url":
			return e.into(&e.request.Initiator)
		case "stack":
			_, err := e.object(e.stackMember)
			return err
		}
		return e.skip()
	})
	return err
}

func (e *entry) stackMember(name string) error {
	if name != "callFrames" {
		return e.skip()
	}
	_, err := e.array(func() error {
		_, err := e.object(func(n string) error {
			if n == "url" && e.request.Initiator == "" {
				return e.into(&e.request.Initiator)
			}
			return e.skip()
		})
		return err
	})
	return err
}

func (e *entry) extraMember(name string) error {
	x := e.extras
	place := map[string]*string{
		"id": &x.id, "page": &x.page, "frame": &x.frame, "target": &x.target, "initiator": &x.initiator, "from": &x.from,
		"redirect": &x.redirect, "cause": &x.cause, "from_cache": &x.fromCache, "address": &x.address, "failed": &x.failed, "type": &x.kind,
	}[name]
	switch {
	case place != nil:
		return e.into(place)
	case name == "revalidated":
		return e.flag(&x.revalidated)
	case name == "cname":
		_, err := e.array(func() error {
			s, _, err := e.text()
			if len(x.cname) < 32 { // no resolver follows a longer chain
				x.cname = append(x.cname, s)
			}
			return err
		})
		return err
	case name == "body":
		return e.extraBody(&e.extraRequest)
	case name == "response_body":
		return e.extraBody(&e.extraResponse)
	}
	return e.skip()
}

func (e *entry) extraBody(b *diapason.Body) error {
	_, err := e.object(func(n string) error {
		switch n {
		case "sha256":
			return e.into(&b.SHA256)
		case "size":
			return e.number(&b.Size)
		case "mime":
			return e.into(&b.Mime)
		case "absent":
			return e.into(&b.Absent)
		}
		return e.skip()
	})
	return err
}

// finish checks the entry and makes a whole request of its parts.
func (e *entry) finish() error {
	r := &e.request
	if r.Method == "" {
		return badEntry("it has no method")
	}
	if err := e.address(); err != nil {
		return err
	}
	at, ok := readTime(e.started)
	if !ok {
		return badEntry("its start is no time")
	}
	r.At = at
	r.Address = strings.TrimSuffix(strings.TrimPrefix(r.Address, "["), "]")
	e.cookieHeaders()
	r.Body, r.ResponseBody = e.sent.request(), e.answer.response()
	e.socket.answered(&r.ResponseBody)
	if e.extras != nil {
		e.restore()
		return nil
	}
	r.From, r.Revalidated = "page", r.Status == 304
	if e.worker {
		r.FromCache = "service-worker"
	}
	r.Type = kindOf(e.kind, r)
	return nil
}

// address checks the address: only what is asked for over a network counts.
func (e *entry) address() error {
	r := &e.request
	if r.Method == "CONNECT" && !strings.Contains(r.URL, "://") { // a tunnel that a proxy could not look into
		r.URL = "https://" + r.URL
	}
	u, err := url.Parse(r.URL)
	switch {
	case r.URL == "":
		return badEntry("it has no address")
	case err != nil:
		return badEntry("its address cannot be read")
	}
	switch u.Scheme {
	case "http", "https", "ws", "wss":
		if u.Hostname() == "" {
			return badEntry("its address has no host")
		}
		return nil
	case "":
		return badEntry("its address is not absolute")
	}
	return badEntry(notSent)
}

// cookieHeaders writes as headers what a program recorded only as cookies.
func (e *entry) cookieHeaders() {
	r := &e.request
	if len(e.cookies) > 0 && !has(r.Headers, "Cookie") {
		var pairs []string
		for _, c := range e.cookies {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
		r.Headers = append(r.Headers, diapason.Header{Name: "Cookie", Value: strings.Join(pairs, "; ")})
	}
	if !has(r.ResponseHeaders, "Set-Cookie") {
		for _, c := range e.set {
			r.ResponseHeaders = append(r.ResponseHeaders, diapason.Header{Name: "Set-Cookie", Value: c.line()})
		}
	}
	if e.redirect != "" && !has(r.ResponseHeaders, "Location") {
		r.ResponseHeaders = append(r.ResponseHeaders, diapason.Header{Name: "Location", Value: e.redirect})
	}
}

// restore puts back what Write had kept.
func (e *entry) restore() {
	r, x := &e.request, e.extras
	r.ID, r.Page, r.Frame, r.Target, r.Initiator, r.From, r.Redirect, r.Cause = x.id, x.page, x.frame, x.target, x.initiator, x.from, x.redirect, x.cause
	r.FromCache, r.Address, r.Failed, r.Type, r.Revalidated, r.CNAME = x.fromCache, x.address, x.failed, x.kind, x.revalidated, x.cname
	r.Body = merge(r.Body, e.extraRequest)
	r.ResponseBody = merge(r.ResponseBody, e.extraResponse)
}

// size is roughly how many bytes the request takes.
func (e *entry) size() int {
	r := &e.request
	n := len(r.URL) + len(r.Body.Text) + len(r.ResponseBody.Text) + 512
	for _, hs := range [][]diapason.Header{r.Headers, r.ResponseHeaders} {
		for _, h := range hs {
			n += len(h.Name) + len(h.Value) + 32
		}
	}
	for _, m := range r.Messages {
		n += len(m) + 16
	}
	return n
}

func has(hs []diapason.Header, name string) bool {
	for _, h := range hs {
		if strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

// The spellings of a time that programs write: with and without a colon in the
// offset, with a blank for the T, without an offset (then UTC).
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999"}

func readTime(s string) (time.Time, bool) {
	for _, l := range layouts {
		t, err := time.Parse(l, strings.TrimSpace(s))
		if err != nil {
			continue
		}
		if _, offset := t.Zone(); offset > -24*3600 && offset < 24*3600 {
			return t, true
		}
	}
	return time.Time{}, false
}
