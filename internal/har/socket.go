package har

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"diapason.dev/diapason"
)

// maxHeard bounds the text of one socket's messages, in each direction.
const maxHeard = 4 << 20

// cutMessages counts the messages of sockets beyond the bounds.
const cutMessages = "socket messages"

// A socket is what went over a socket or stream while its entry is read. Which
// way a message went is told by its type; one without a type is taken as
// received, so that nothing is said to be sent that may not have been.
type socket struct {
	sent  int // bytes kept
	heard []string
	size  int
	cut   int
}

// A frame is one message as programs write it.
type frame struct {
	way    string
	opcode int64 // RFC 6455, 5.2: 1 text, 2 binary, from 8 on control
	data   string
}

func (e *entry) message() error {
	f := frame{opcode: 1}
	_, err := e.object(func(n string) error {
		switch n {
		case "type":
			return e.into(&f.way)
		case "opcode":
			return e.number(&f.opcode)
		case "data":
			return e.into(&f.data)
		}
		return e.skip()
	})
	e.frame(f)
	return err
}

// frame keeps one message. What Chromium writes as an error is why the socket
// failed, and control frames say nothing.
func (e *entry) frame(f frame) {
	s, r := &e.socket, &e.request
	switch {
	case f.way == "error":
		if r.Failed == "" {
			r.Failed = f.data
		}
		return
	case f.opcode < 0 || f.opcode > 2:
		return
	case len(r.Messages)+len(s.heard) >= maxMessages:
		s.cut++
		return
	}
	text, size := cut(f.data), &s.size
	if f.way == "send" || f.way == "request" {
		size = &s.sent
	}
	if *size += len(text); *size > maxHeard {
		*size -= len(text)
		s.cut++
		return
	}
	if size == &s.sent {
		r.Messages = append(r.Messages, text)
		return
	}
	s.heard = append(s.heard, text)
}

// answered makes what came in the body of the answer, a line for each message,
// where the file holds no other.
func (s *socket) answered(b *diapason.Body) {
	text := strings.Join(s.heard, "\n")
	if text == "" || b.Text != "" {
		return
	}
	b.Text, b.Absent = cut(strings.ToValidUTF8(text, "\ufffd")), ""
	b.SHA256, b.Size = fmt.Sprintf("%x", sha256.Sum256([]byte(text))), int64(len(text))
}
