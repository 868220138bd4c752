package says

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// Plain is the text as it is read: the decoded words of Markdown and plain
// text, unchanged; what a person sees of an HTML page; the words of a PDF in
// reading order. Start and End of a [Practice] are bytes of it. For Markdown
// in UTF-8 it is Raw itself.
func (t Text) Plain() string { return read(t).text }

// read makes a text legible and says why it cannot be read, where it cannot.
func read(t Text) reading {
	var r reading
	switch format(t) {
	case "pdf":
		r = readPDF(t.Raw)
	case "html":
		r = page(decode(t.Raw, t.Mime))
	case "binary":
		r = unread("it is not a text")
	default:
		r = reading{text: decode(t.Raw, "text/plain")}.withRoot()
	}
	limit := maxText
	if format(t) == "pdf" {
		limit = maxPDF
	}
	r.cut = r.cut || len(t.Raw) > limit
	return r
}

// format tells what kind of file the bytes are. What the bytes show counts
// more than what the server says.
func format(t Text) string {
	head := t.Raw[:min(len(t.Raw), 1024)]
	low := bytes.ToLower(bytes.TrimSpace(head))
	utf16 := bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "pdf"
	case bytes.IndexByte(head, 0) >= 0 && !utf16:
		return "binary"
	case bytes.HasPrefix(low, []byte("<!doctype html")), bytes.HasPrefix(low, []byte("<html")), bytes.HasPrefix(low, []byte("<?xml")):
		return "html"
	case strings.HasPrefix(t.Mime, "text/html"), strings.HasPrefix(t.Mime, "application/xhtml"):
		return "html"
	case strings.HasPrefix(t.Mime, "text/markdown"), strings.HasPrefix(t.Mime, "text/plain"):
		return "text"
	case bytes.HasPrefix(low, []byte("<")) && bytes.Contains(low, []byte("</")):
		return "html"
	}
	return "text"
}

// decode turns bytes into UTF-8: by their mark, as they are where they are
// UTF-8 already, else by what the page or the server declares.
func decode(raw []byte, mime string) string {
	if bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		if out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw); err == nil {
			return string(out)
		}
	}
	if utf8.Valid(raw) {
		return string(raw)
	}
	encoding, _, _ := charset.DetermineEncoding(raw, mime)
	out, err := encoding.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	return string(out)
}
