package har

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"diapason.dev/diapason"
)

// A payload is a body while its entry is read: text, encoding and size come in
// any order.
type payload struct {
	text     string
	long     *digest // of a text that was too long to pass whole
	there    bool    // the file has a text
	encoding string
	mime     string
	declared int64 // size that the file states
	params   []diapason.Header
}

func (e *entry) postMember(name string) error {
	switch name {
	case "params":
		return e.headers(&e.sent.params)
	}
	return e.payloadMember(&e.sent, name)
}

// packedMember reads what was sent where the file has no other text of it.
func (e *entry) packedMember(name string) error {
	if name == "size" {
		return e.number(&e.sent.declared)
	}
	return e.payloadMember(&e.sent, name)
}

func (e *entry) contentMember(name string) error {
	if name == "size" {
		return e.number(&e.answer.declared)
	}
	return e.payloadMember(&e.answer, name)
}

func (e *entry) payloadMember(p *payload, name string) (err error) {
	switch name {
	case "mimeType":
		return e.into(&p.mime)
	case "text":
		p.text, p.long, err = e.text()
		p.there = p.text != ""
		return err
	case "encoding", "_encoding":
		return e.into(&p.encoding)
	}
	return e.skip()
}

// request is what was sent. Where a form has fields and no text, the text is
// made of the fields.
func (p *payload) request() diapason.Body {
	if !p.there && len(p.params) > 0 {
		var pairs []string
		for _, f := range p.params {
			pairs = append(pairs, url.QueryEscape(f.Name)+"="+url.QueryEscape(f.Value))
		}
		p.text, p.there = strings.Join(pairs, "&"), true
	}
	b := p.body()
	b.Text = strings.ToValidUTF8(b.Text, "\ufffd")
	return b
}

// response is what came back. Bytes that are no text are known by their hash.
func (p *payload) response() diapason.Body {
	b := p.body()
	if !utf8.ValidString(b.Text) {
		b.Text = ""
	}
	return b
}

func (p *payload) body() diapason.Body {
	b := diapason.Body{Mime: p.mime}
	if !p.there {
		if b.Size = max(p.declared, 0); b.Size > 0 {
			b.Absent = "the file does not hold it"
		}
		return b
	}
	raw := p.text
	switch decoded, ok := p.decoded(); {
	case ok && p.long != nil:
		b.SHA256, b.Size = p.long.base64.sum(), p.long.base64.size
		raw = decoded
	case ok:
		raw = decoded
	case p.long != nil:
		b.SHA256, b.Size = p.long.plain.sum(), p.long.plain.size
	}
	if p.long == nil {
		b.SHA256, b.Size = fmt.Sprintf("%x", sha256.Sum256([]byte(raw))), int64(len(raw))
	}
	b.Text = cut(raw)
	return b
}

// decoded is the text after base64, if the file says that it is in base64 and
// it is. Of a long text it is the beginning.
func (p *payload) decoded() (string, bool) {
	if p.encoding != "base64" || p.long != nil && p.long.broken {
		return "", false
	}
	text := strings.NewReplacer("\r", "", "\n", "").Replace(p.text)
	if p.long != nil {
		text = text[:len(text)/4*4]
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	return string(raw), err == nil
}

// cut shortens a text to maxBody without splitting a character.
func cut(s string) string {
	if len(s) <= maxBody {
		return s
	}
	s = s[:maxBody]
	for i := range utf8.UTFMax { // a character that was split has its first byte near the end
		at := len(s) - 1 - i
		if utf8.RuneStart(s[at]) {
			if !utf8.FullRuneInString(s[at:]) {
				s = s[:at]
			}
			break
		}
	}
	return strings.Clone(s)
}

// merge adds what Write had kept of a body to what the file's own fields gave.
// Where the file holds all bytes, the hash is that of the bytes.
func merge(read, kept diapason.Body) diapason.Body {
	if kept.SHA256 == "" || int64(len(read.Text)) != kept.Size {
		read.SHA256, read.Size = kept.SHA256, kept.Size
	}
	read.Mime, read.Absent = kept.Mime, kept.Absent
	return read
}
