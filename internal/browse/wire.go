package browse

import (
	"encoding/base64"
	"math"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// What the browser tells, as far as it is used here. The names are those of
// the DevTools protocol.

type wireRequest struct {
	URL         string  `json:"url"`
	URLFragment string  `json:"urlFragment"`
	Method      string  `json:"method"`
	Headers     headers `json:"headers"`
	PostData    *string `json:"postData"`
	HasPostData bool    `json:"hasPostData"`
	Entries     []struct {
		Bytes *string `json:"bytes"`
	} `json:"postDataEntries"`
}

type wireResponse struct {
	URL               string  `json:"url"`
	Status            int     `json:"status"`
	Headers           headers `json:"headers"`
	MimeType          string  `json:"mimeType"`
	FromDiskCache     bool    `json:"fromDiskCache"`
	FromServiceWorker bool    `json:"fromServiceWorker"`
	FromPrefetchCache bool    `json:"fromPrefetchCache"`
}

type wireStack struct {
	CallFrames []struct {
		URL string `json:"url"`
	} `json:"callFrames"`
	Parent *wireStack `json:"parent"`
}

// script is the address of the innermost script that has one.
func (s *wireStack) script() string {
	for ; s != nil; s = s.Parent {
		for _, f := range s.CallFrames {
			if f.URL != "" {
				return f.URL
			}
		}
	}
	return ""
}

type wireInitiator struct {
	Type  string     `json:"type"`
	URL   string     `json:"url"`
	Stack *wireStack `json:"stack"`
}

func (i wireInitiator) address() string {
	if s := i.Stack.script(); s != "" {
		return s
	}
	return i.URL
}

type wireSent struct {
	RequestID            string        `json:"requestId"`
	DocumentURL          string        `json:"documentURL"`
	Request              wireRequest   `json:"request"`
	WallTime             float64       `json:"wallTime"`
	Initiator            wireInitiator `json:"initiator"`
	RedirectHasExtraInfo bool          `json:"redirectHasExtraInfo"`
	RedirectResponse     *wireResponse `json:"redirectResponse"`
	Type                 string        `json:"type"`
	FrameID              string        `json:"frameId"`
	LoaderID             string        `json:"loaderId"`
}

type wireReceived struct {
	RequestID    string       `json:"requestId"`
	Type         string       `json:"type"`
	Response     wireResponse `json:"response"`
	HasExtraInfo bool         `json:"hasExtraInfo"`
}

type wireFailed struct {
	RequestID     string `json:"requestId"`
	ErrorText     string `json:"errorText"`
	BlockedReason string `json:"blockedReason"`
	Canceled      bool   `json:"canceled"`
}

type wireCookie struct {
	Name         string         `json:"name"`
	Value        string         `json:"value"`
	Domain       string         `json:"domain"`
	Path         string         `json:"path"`
	Expires      float64        `json:"expires"`
	Session      bool           `json:"session"`
	Secure       bool           `json:"secure"`
	HTTPOnly     bool           `json:"httpOnly"`
	SameSite     string         `json:"sameSite"`
	PartitionKey *wirePartition `json:"partitionKey"`
}

type wirePartition struct {
	TopLevelSite string `json:"topLevelSite"`
}

type wireSentExtra struct {
	RequestID  string  `json:"requestId"`
	Headers    headers `json:"headers"`
	Associated []struct {
		Cookie  wireCookie `json:"cookie"`
		Reasons []string   `json:"blockedReasons"`
	} `json:"associatedCookies"`
}

type wireGotExtra struct {
	RequestID  string  `json:"requestId"`
	Headers    headers `json:"headers"`
	StatusCode int     `json:"statusCode"`
	Blocked    []struct {
		Reasons []string    `json:"blockedReasons"`
		Line    string      `json:"cookieLine"`
		Cookie  *wireCookie `json:"cookie"`
	} `json:"blockedCookies"`
}

// unmeant are reasons for which a cookie does not belong to a request at all:
// nobody tried to send it.
var unmeant = map[string]bool{"NotOnPath": true, "DomainMismatch": true}

// info tells what was sent, and which cookies were held back.
func (e *wireSentExtra) info() sentInfo {
	out := sentInfo{headers: e.Headers}
	for _, a := range e.Associated {
		if len(a.Reasons) == 0 || unmeant[a.Reasons[0]] {
			continue
		}
		out.blocked = append(out.blocked, diapason.Blocked{Kind: "cookie-send", Name: a.Cookie.Name, Reason: strings.Join(a.Reasons, ", ")})
	}
	return out
}

// info tells what was received, and which cookies were not stored.
func (e *wireGotExtra) info() gotInfo {
	out := gotInfo{headers: e.Headers, status: e.StatusCode}
	for _, b := range e.Blocked {
		name, _, _ := strings.Cut(b.Line, "=")
		if b.Cookie != nil {
			name = b.Cookie.Name
		}
		out.blocked = append(out.blocked, diapason.Blocked{Kind: "cookie-set", Name: strings.TrimSpace(name), Reason: strings.Join(b.Reasons, ", ")})
	}
	return out
}

// post is the request's body as far as the event carries it; whole is false
// when the browser has to be asked for it.
func (r *wireRequest) post() (body []byte, whole bool) {
	for _, e := range r.Entries {
		if e.Bytes == nil { // a file
			return nil, false
		}
		b, err := base64.StdEncoding.DecodeString(*e.Bytes)
		if err != nil {
			return nil, false
		}
		body = append(body, b...)
	}
	if len(r.Entries) > 0 {
		return body, true
	}
	if r.PostData != nil {
		return []byte(*r.PostData), true
	}
	return nil, !r.HasPostData
}

// cached names the cache that answered, if one did.
func (r *wireResponse) cached() string {
	switch {
	case r.FromServiceWorker:
		return "service-worker"
	case r.FromPrefetchCache:
		return "prefetch"
	case r.FromDiskCache:
		return "disk"
	}
	return ""
}

// instant is a time in seconds since 1970 with microseconds.
func instant(seconds float64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e6)*1000).UTC()
}
