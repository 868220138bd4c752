package browse

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"diapason.dev/diapason"
)

// fetchTime is how long the browser has to hand out one body. A body that
// makes too large a message never comes.
const fetchTime = 5 * time.Second

// fetch asks for a body beside everything else; it is gone when the page is.
func (w *walk) fetch(h *hop, method, id string) {
	w.fetching++
	w.fetches.Add(1)
	go func() {
		defer w.fetches.Done()
		w.slots <- struct{}{}
		text, err := w.body(h, method, id)
		<-w.slots
		w.mu.Lock()
		defer w.mu.Unlock()
		w.fetching--
		if method == "Network.getRequestPostData" {
			h.Body = w.keep(requestBody, text, headers(h.Headers).get("Content-Type"), err)
			return
		}
		if h.ResponseBody.Absent == "" {
			h.ResponseBody = w.keep(responseBody, text, h.ResponseBody.Mime, err)
		}
	}()
}

func (w *walk) body(h *hop, method, id string) (string, error) {
	w.mu.Lock()
	session := h.session
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(w.ctx, fetchTime)
	defer cancel()
	var r struct {
		Body     string `json:"body"`
		PostData string `json:"postData"`
		Base64   bool   `json:"base64Encoded"`
	}
	if err := w.conn.Call(ctx, session, method, map[string]any{"requestId": id}, &r); err != nil {
		return "", err
	}
	text := r.Body + r.PostData
	if r.Base64 {
		b, err := base64.StdEncoding.DecodeString(text)
		return string(b), err
	}
	return text, nil
}

// keep makes the record of a body, or of why there is none.
func (w *walk) keep(record func(body, mime string) diapason.Body, body, mime string, err error) diapason.Body {
	if err != nil {
		return diapason.Body{Mime: mime, Absent: absence(err)}
	}
	b := record(body, mime)
	if w.kept += int64(len(b.Text)); w.kept > w.limits.bodies {
		w.kept -= int64(len(b.Text))
		w.cut["bodies beyond the limit of a visit"]++
		b.Text, b.Absent = "", "beyond the limit of one visit"
	}
	return b
}

// absence is the reason why a body could not be had.
func absence(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the browser did not hand it out in time"
	case strings.Contains(err.Error(), "evicted"):
		return "larger than the browser keeps"
	default:
		return "the browser no longer had it"
	}
}

// requestBody records what was sent. What is no text is kept in base64, so
// that packed data can be searched too.
func requestBody(b, mime string) diapason.Body {
	if len(b) == 0 {
		return diapason.Body{}
	}
	out := sum(b, mime)
	if utf8.ValidString(b) {
		out.Text = first(b)
	} else {
		out.Text = base64.StdEncoding.EncodeToString([]byte(b[:min(len(b), maxBody)]))
	}
	return out
}

// responseBody records what was received. Pictures and the like are only hashed.
func responseBody(b, mime string) diapason.Body {
	out := sum(b, mime)
	if utf8.ValidString(b) {
		out.Text = diapason.Shared(first(b))
	}
	return out
}

func sum(b, mime string) diapason.Body {
	s := sha256.Sum256([]byte(b))
	return diapason.Body{SHA256: hex.EncodeToString(s[:]), Size: int64(len(b)), Mime: mime}
}

// first is at most the first MiB, not cut within a character.
func first(s string) string {
	if len(s) <= maxBody {
		return s
	}
	return strings.ToValidUTF8(s[:maxBody], "")
}
