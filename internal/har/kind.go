package har

import (
	"net/url"
	"strings"

	"diapason.dev/diapason"
)

// kinds maps the words of Chromium for a request's type, and those of the
// Sec-Fetch-Dest header, to ours.
var kinds = map[string]string{
	"document": "document", "script": "script", "image": "image", "xhr": "xhr", "fetch": "fetch", "ping": "ping", "beacon": "ping",
	"stylesheet": "stylesheet", "style": "stylesheet", "font": "font", "media": "media", "audio": "media", "video": "media", "track": "media",
	"texttrack": "media", "websocket": "websocket", "preflight": "preflight", "iframe": "document", "frame": "document",
	"worker": "script", "sharedworker": "script", "serviceworker": "script", "empty": "fetch",
	"eventsource": "other", "manifest": "other", "other": "other",
}

// kindOf is the type of a request: the browser's word where the file has one,
// else the Sec-Fetch-Dest header, else what the answer is.
func kindOf(word string, r *diapason.Request) string {
	if k, ok := kinds[strings.ToLower(word)]; ok {
		return k
	}
	if u, err := url.Parse(r.URL); err == nil && (u.Scheme == "ws" || u.Scheme == "wss") {
		return "websocket"
	}
	for _, h := range r.Headers {
		switch {
		case strings.EqualFold(h.Name, "Access-Control-Request-Method") && r.Method == "OPTIONS":
			return "preflight"
		case strings.EqualFold(h.Name, "Sec-Fetch-Dest"):
			if k, ok := kinds[strings.ToLower(h.Value)]; ok {
				return k
			}
		}
	}
	return kindOfMime(r.ResponseBody.Mime, r.Method)
}

func kindOfMime(mime, method string) string {
	mime = strings.ToLower(mime)
	switch {
	case strings.HasPrefix(mime, "text/html") && method == "GET":
		return "document"
	case strings.Contains(mime, "javascript"):
		return "script"
	case strings.HasPrefix(mime, "text/css"):
		return "stylesheet"
	case strings.HasPrefix(mime, "image/"):
		return "image"
	case strings.HasPrefix(mime, "font/"):
		return "font"
	case strings.HasPrefix(mime, "audio/"), strings.HasPrefix(mime, "video/"):
		return "media"
	case strings.Contains(mime, "json"), strings.Contains(mime, "protobuf"):
		return "xhr"
	}
	return "other"
}
