package har

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// The shapes of HAR 1.2 (section 4 of its specification) as far as Write fills
// them in. Members that the format wants and a capture does not know get the
// values that the format has for unknown: -1, an empty string, an empty list.
type (
	head struct {
		Version  string         `json:"version"`
		Creator  program        `json:"creator"`
		Browser  *program       `json:"browser,omitempty"`
		Pages    []pageShape    `json:"pages"`
		Comment  string         `json:"comment"`
		Diapason map[string]any `json:"_diapason"`
	}
	program struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	pageShape struct {
		Started time.Time `json:"startedDateTime"`
		ID      string    `json:"id"`
		Title   string    `json:"title"`
		Timings struct{}  `json:"pageTimings"`
	}
	entryShape struct {
		PageRef   string            `json:"pageref,omitempty"`
		Started   time.Time         `json:"startedDateTime"`
		Time      int               `json:"time"`
		Request   requestShape      `json:"request"`
		Response  responseShape     `json:"response"`
		Cache     struct{}          `json:"cache"`
		Timings   map[string]int    `json:"timings"`
		Address   string            `json:"serverIPAddress,omitempty"`
		Type      string            `json:"_resourceType,omitempty"`
		Initiator map[string]string `json:"_initiator,omitempty"`
		Messages  []messageShape    `json:"_webSocketMessages,omitempty"`
		Diapason  extraShape        `json:"_diapason"`
	}
	requestShape struct {
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Version string            `json:"httpVersion"`
		Cookies []diapason.Header `json:"cookies"`
		Headers []diapason.Header `json:"headers"`
		Query   []diapason.Header `json:"queryString"`
		Post    *postShape        `json:"postData,omitempty"`
		Head    int               `json:"headersSize"`
		Body    int64             `json:"bodySize"`
	}
	postShape struct {
		Mime string `json:"mimeType"`
		Text string `json:"text"`
	}
	responseShape struct {
		Status   int               `json:"status"`
		Words    string            `json:"statusText"`
		Version  string            `json:"httpVersion"`
		Cookies  []diapason.Header `json:"cookies"`
		Headers  []diapason.Header `json:"headers"`
		Content  contentShape      `json:"content"`
		Redirect string            `json:"redirectURL"`
		Head     int               `json:"headersSize"`
		Body     int64             `json:"bodySize"`
		Error    string            `json:"_error,omitempty"`
	}
	contentShape struct {
		Size int64  `json:"size"`
		Mime string `json:"mimeType"`
		Text string `json:"text,omitempty"`
	}
	messageShape struct {
		Type   string  `json:"type"`
		Time   float64 `json:"time"`
		Opcode int     `json:"opcode"`
		Data   string  `json:"data"`
	}
	extraShape struct {
		ID           string         `json:"id"`
		Phase        diapason.Phase `json:"phase,omitempty"`
		Run          int            `json:"run"`
		Page         string         `json:"page,omitempty"`
		Frame        string         `json:"frame,omitempty"`
		Target       string         `json:"target,omitempty"`
		Initiator    string         `json:"initiator,omitempty"`
		From         string         `json:"from,omitempty"`
		Redirect     string         `json:"redirect,omitempty"`
		Cause        string         `json:"cause,omitempty"`
		FromCache    string         `json:"from_cache,omitempty"`
		Revalidated  bool           `json:"revalidated,omitempty"`
		Address      string         `json:"address,omitempty"`
		CNAME        []string       `json:"cname,omitempty"`
		Failed       string         `json:"failed,omitempty"`
		Type         string         `json:"type,omitempty"`
		Body         bodyShape      `json:"body,omitzero"`
		ResponseBody bodyShape      `json:"response_body,omitzero"`
	}
	bodyShape struct {
		SHA256 string `json:"sha256,omitempty"`
		Size   int64  `json:"size,omitempty"`
		Mime   string `json:"mime,omitempty"`
		Absent string `json:"absent,omitempty"`
	}
)

// Write writes a capture as HAR 1.2, one entry for each request, workers,
// beacons and sockets included. What HAR has no place for stands in fields
// that begin with an underscore, so that [Read] gives an equal capture again.
// What the capture itself had to leave out is counted in log.comment.
//
// Write writes what the capture holds: give it one that was redacted. The
// error is w's.
func Write(w io.Writer, c *diapason.Capture) error {
	out := bufio.NewWriter(w)
	fail := func(err error) error { return fmt.Errorf("write capture %s: %w", c.ID, err) }
	pages, ids := pagesOf(c)
	top, err := encode(headOf(c, pages))
	if err != nil {
		return fail(err)
	}
	out.WriteString(`{"log":`)
	out.Write(top[:len(top)-1]) // the entries go in before the closing brace
	out.WriteString(`,"entries":[`)
	for i := range c.Requests {
		line, err := encode(entryOf(c, &c.Requests[i], ids))
		if err != nil {
			return fail(err)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}}\n")
	if err := out.Flush(); err != nil {
		return fail(err)
	}
	return nil
}

// encode is JSON without the escapes that only matter inside HTML.
func encode(v any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

func headOf(c *diapason.Capture, pages []pageShape) head {
	h := head{Version: "1.2", Creator: program{Name: "diapason", Version: "1"}, Pages: pages, Comment: comment(c)}
	if name, version, _ := strings.Cut(c.Browser.Product, "/"); name != "" {
		h.Browser = &program{Name: name, Version: version}
	}
	h.Diapason = map[string]any{"id": c.ID, "site": c.Site, "phase": c.Phase, "run": c.Run, "journey": c.Journey, "source": c.Source, "mode": c.Mode, "capture": beside(c)}
	return h
}

// comment counts what the capture could not keep.
func comment(c *diapason.Capture) string {
	words := []string{fmt.Sprintf("%d requests", len(c.Requests))}
	for _, what := range slices.Sorted(maps.Keys(c.Cut)) {
		words = append(words, fmt.Sprintf("not kept: %s: %d", what, c.Cut[what]))
	}
	if !c.Complete {
		words = append(words, "the capture is not complete")
	}
	return strings.Join(words, "; ")
}

// pagesOf lists the pages in the order of their first requests, and their ids.
func pagesOf(c *diapason.Capture) ([]pageShape, map[string]string) {
	pages, ids := []pageShape{}, map[string]string{}
	for _, r := range c.Requests {
		if r.Page == "" || ids[r.Page] != "" {
			continue
		}
		id := fmt.Sprintf("page_%d", len(pages)+1)
		ids[r.Page] = id
		pages = append(pages, pageShape{Started: r.At, ID: id, Title: r.Page})
	}
	return pages, ids
}

func entryOf(c *diapason.Capture, r *diapason.Request, pages map[string]string) entryShape {
	e := entryShape{
		PageRef: pages[r.Page], Started: r.At, Timings: map[string]int{"send": 0, "wait": 0, "receive": 0}, Type: r.Type, Address: r.Address,
		Request: requestOf(r), Response: responseOf(r),
		Diapason: extraShape{
			ID: r.ID, Phase: c.Phase, Run: c.Run, Page: r.Page, Frame: r.Frame, Target: r.Target, Initiator: r.Initiator, From: r.From, Redirect: r.Redirect, Cause: r.Cause,
			FromCache: r.FromCache, Revalidated: r.Revalidated, Address: r.Address, CNAME: r.CNAME, Failed: r.Failed, Type: r.Type,
			Body: bodyOf(r.Body), ResponseBody: bodyOf(r.ResponseBody),
		},
	}
	if host, _, err := net.SplitHostPort(r.Address); err == nil {
		e.Address = host
	}
	if r.Initiator != "" {
		e.Initiator = map[string]string{"type": "script", "url": r.Initiator}
	}
	for _, m := range r.Messages {
		e.Messages = append(e.Messages, messageShape{Type: "send", Time: float64(r.At.UnixMilli()) / 1000, Opcode: 1, Data: m})
	}
	return e
}

func requestOf(r *diapason.Request) requestShape {
	q := requestShape{
		Method: r.Method, URL: r.URL, Version: "HTTP/1.1", Headers: list(r.Headers), Cookies: cookiesSent(r.Headers), Query: queryOf(r.URL),
		Head: -1, Body: r.Body.Size,
	}
	if r.Body.Text != "" {
		q.Post = &postShape{Mime: r.Body.Mime, Text: r.Body.Text}
	}
	return q
}

func responseOf(r *diapason.Request) responseShape {
	s := responseShape{
		Status: r.Status, Words: http.StatusText(r.Status), Version: "HTTP/1.1", Headers: list(r.ResponseHeaders), Cookies: cookiesSet(r.ResponseHeaders),
		Content: contentShape{Size: r.ResponseBody.Size, Mime: r.ResponseBody.Mime, Text: r.ResponseBody.Text}, Redirect: target(r),
		Head: -1, Body: -1, Error: r.Failed,
	}
	return s
}

func bodyOf(b diapason.Body) bodyShape {
	return bodyShape{SHA256: b.SHA256, Size: b.Size, Mime: b.Mime, Absent: b.Absent}
}

func list(hs []diapason.Header) []diapason.Header {
	if hs == nil {
		return []diapason.Header{}
	}
	return hs
}

// queryOf splits a query as it stands; names and values are decoded where they can be.
func queryOf(address string) []diapason.Header {
	out := []diapason.Header{}
	u, err := url.Parse(address)
	if err != nil || u.RawQuery == "" {
		return out
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		out = append(out, diapason.Header{Name: unescaped(name), Value: unescaped(value)})
	}
	return out
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func cookiesSent(hs []diapason.Header) []diapason.Header {
	out := []diapason.Header{}
	for _, h := range hs {
		if !strings.EqualFold(h.Name, "Cookie") {
			continue
		}
		for pair := range strings.SplitSeq(h.Value, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			out = append(out, diapason.Header{Name: name, Value: value})
		}
	}
	return out
}

func cookiesSet(hs []diapason.Header) []diapason.Header {
	out := []diapason.Header{}
	for _, h := range hs {
		if !strings.EqualFold(h.Name, "Set-Cookie") {
			continue
		}
		for line := range strings.SplitSeq(h.Value, "\n") { // Chromium joins several with line ends
			pair, _, _ := strings.Cut(line, ";")
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			out = append(out, diapason.Header{Name: name, Value: value})
		}
	}
	return out
}
