package filter

import (
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// A Request is an address that was asked for, prepared for matching.
// [NewRequest] makes it; it does not change afterwards.
type Request struct {
	URL  string // as a browser sends it: letters beyond ASCII are escaped
	Page string // address of the document that sent it
	bits bits

	lower              string // URL in small letters
	host               string // in small letters, without port and final dot
	hostStart, hostEnd int    // of the host within URL
	own, page          []domain
	words              []word

	// Room for the usual request, so that it takes one allocation.
	ownRoom, pageRoom [8]domain
	wordRoom          [40]word
}

// A word of an address: a run of letters, digits and %.
type word struct {
	hash uint32
	at   uint32 // where it begins
}

// NewRequest prepares a request. Page is the address of the document that sent
// it, which in a frame is the frame's; a document that a window shows is its
// own page. An empty page, or one without a host, is another site than any.
// Kind is the type of the request, in the words of [diapason.Request] or of
// filter lists; an unknown one is "other". A capture has one word for documents
// and lists have two: what goes into a frame is a "subdocument" here. An empty
// method is unknown: of the rules that ask for methods only those fit it that
// ask for others than some.
func NewRequest(url, page, kind, method string) *Request {
	r := &Request{URL: url, Page: page}
	if !r.scan() {
		r.URL = sent(url)
		r.scan()
	}
	r.hostStart, r.hostEnd = hostIn(r.URL)
	r.host = strings.TrimSuffix(r.lower[r.hostStart:r.hostEnd], ".")
	pageHost := hostOfPage(page)
	site, pageSite := entity.RegistrableDomain(r.host), entity.RegistrableDomain(pageHost)
	r.own = domains(r.ownRoom[:0], r.host, suffixOf(r.host, site))
	r.page = domains(r.pageRoom[:0], pageHost, suffixOf(pageHost, pageSite))
	r.bits = typeOf(kind) | methodOf(method) | relation(r.host, pageHost, site, pageSite)
	return r
}

// Recorded prepares a request of a capture. Lists tell the document of a frame
// from that of a window, and a frame's requests come from the frame.
func Recorded(q diapason.Request) *Request {
	page, kind := q.Page, q.Type
	switch {
	case kind == "document" && q.URL != q.Page:
		kind = "subdocument"
	case q.Frame != "":
		page = q.Frame
	}
	return NewRequest(q.URL, page, kind, q.Method)
}

// scan goes over the address once: it finds the words and writes the address
// in small letters. It is false where a letter is beyond ASCII.
func (r *Request) scan() bool {
	r.words = r.wordRoom[:0]
	var seen uint8
	start, h := -1, uint32(0)
	for i := range len(r.URL) {
		c := class[r.URL[i]]
		seen |= c
		switch {
		case c&isWordByte == 0:
			if start >= 0 {
				r.words = append(r.words, word{h, uint32(start)})
				start = -1
			}
			continue
		case start < 0:
			start, h = i, hashSeed
		}
		h = hashByte(h, r.URL[i]|c&isCapital)
	}
	if start >= 0 {
		r.words = append(r.words, word{h, uint32(start)})
	}
	r.lower = r.URL
	if seen&isCapital != 0 {
		r.lower = lower(r.URL)
	}
	return seen&isHigh == 0
}

// hostOfPage is the host, in small letters, of a page. A page that was made
// from a blob stands at the address within.
func hostOfPage(page string) string {
	page = sent(strings.TrimPrefix(page, "blob:"))
	start, end := hostIn(page)
	return strings.TrimSuffix(lower(page[start:end]), ".")
}

// suffixOf is the length of the part of a host that nobody can register; 0
// where there is none, as in an IP address.
func suffixOf(host, site string) int {
	if dot := strings.IndexByte(site, '.'); dot > 0 && len(site) <= len(host) && !isIPv4(host) {
		return len(site) - dot - 1
	}
	return 0
}

func isIPv4(host string) bool { return strings.Trim(host, "0123456789.") == "" }

func relation(host, page, site, pageSite string) bits {
	switch {
	case page == "" || host == "" || site != pageSite:
		return otherSite
	case host == page:
		return sameHost
	}
	return sameSite
}

// sent writes an address as a browser sends it: in ASCII.
func sent(url string) string {
	if ascii(url) {
		return url
	}
	start, end := hostIn(url)
	return escape(url[:start]) + escape(asciiHost(lower(url[start:end]))) + escape(url[end:])
}

// hostIn finds the host in an address: after // and an account, up to the
// first separator. The host of an address without // is empty.
func hostIn(url string) (start, end int) {
	colon := strings.IndexByte(url, ':')
	if colon < 0 || !strings.HasPrefix(url[colon:], "://") {
		return 0, 0
	}
	start = colon + len("://")
	for end = start; end < len(url) && !isSeparator(url[end]); end++ {
	}
	if end == len(url) || url[end] == '/' {
		return start, end
	}
	stop := start
	for stop < len(url) && strings.IndexByte("/?#\\", url[stop]) < 0 {
		stop++
	}
	if at := strings.LastIndexByte(url[start:stop], '@'); at >= 0 {
		start += at + 1
	}
	if shut := strings.IndexByte(url[start:stop], ']'); shut > 0 && url[start] == '[' {
		return start, start + shut + 1
	}
	for end = start; end < stop && !isSeparator(url[end]); end++ {
	}
	return start, end
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// escape writes every byte beyond ASCII as % and two digits (RFC 3986).
func escape(s string) string {
	if ascii(s) {
		return s
	}
	const digits = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		if c := s[i]; c < 0x80 {
			b = append(b, c)
		} else {
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(b)
}

// typeOf reads the type of a request. A preflight is about the request that it
// announces.
func typeOf(kind string) bits {
	switch kind {
	case "document", "main_frame", "mainFrame":
		return typeDocument
	case "subdocument", "sub_frame", "subFrame", "iframe":
		return typeSubdocument
	case "script":
		return typeScript
	case "stylesheet":
		return typeStylesheet
	case "image", "imageset":
		return typeImage
	case "font":
		return typeFont
	case "media":
		return typeMedia
	case "object":
		return typeObject
	case "xmlhttprequest", "xhr", "eventsource", "preflight":
		return typeXHR
	case "fetch":
		return typeFetch
	case "ping", "beacon":
		return typePing
	case "websocket":
		return typeWebSocket
	case "popup":
		return typePopup
	}
	return typeOther
}

func methodOf(method string) bits {
	if b, ok := methodNames[lower(method)]; ok {
		return b
	}
	return methodOther
}
