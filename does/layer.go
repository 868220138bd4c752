package does

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"html"
	"io"
	"net/url"
	"slices"
	"strings"
)

// A layer is a text as it was sent, or what one of its encodings hid. The
// chain lists the encodings that lie around it, innermost first: the order in
// which the sender put them on.
type layer struct {
	text  string
	words []string // in which hashes may be written
	chain []string
}

const (
	mostLayers   = 64
	mostUnpacked = 1 << 20 // of one compressed piece
	// shortestDeflate is from how many bytes on a text without a signature is
	// tried as deflate: random values decode to fewer.
	shortestDeflate = 40
)

// layers takes the encodings off a text, three deep: URL encoding, HTML
// entities, base64 in both alphabets, hexadecimal, and gzip or deflate.
func layers(text string) []layer {
	all := []layer{{text: text, words: codeWords(text)}}
	for depth, from := 0, 0; depth < deepest; depth++ {
		to := len(all)
		for _, l := range all[from:to] {
			for _, inner := range l.open() {
				known := slices.ContainsFunc(all, func(k layer) bool { return k.text == inner.text })
				if !known && len(all) < mostLayers {
					all = append(all, inner)
				}
			}
		}
		from = to
	}
	return all
}

func (l layer) open() []layer {
	var out []layer
	add := func(name, text string) {
		out = append(out, layer{text, codeWords(text), append([]string{name}, l.chain...)})
	}
	if unpacked, ok := unpack([]byte(l.text)); ok {
		add("compressed", unpacked)
	}
	if strings.ContainsAny(l.text, "%+") {
		if plain := unescape(l.text); plain != l.text {
			add("url", plain)
		}
	}
	if strings.Contains(l.text, "&") {
		if plain := html.UnescapeString(l.text); plain != l.text {
			add("entities", plain)
		}
	}
	for _, w := range l.words {
		if b, err := hex.DecodeString(w); err == nil && readable(string(b)) {
			add("hex", string(b))
			continue
		}
		for _, enc := range []struct {
			name string
			as   *base64.Encoding
		}{{"base64", base64.RawStdEncoding}, {"base64url", base64.RawURLEncoding}} {
			b, err := enc.as.DecodeString(w)
			if err != nil {
				continue
			}
			if readable(string(b)) {
				add(enc.name, string(b))
				break
			}
			if unpacked, ok := unpack(b); ok {
				out = append(out, layer{unpacked, codeWords(unpacked), append([]string{"compressed", enc.name}, l.chain...)})
				break
			}
		}
	}
	return out
}

// unescape takes URL encoding off, leniently: a stray percent sign stays.
func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				b.WriteByte(c[0])
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unpack takes gzip, zlib or raw deflate off, if what comes out can be read.
func unpack(b []byte) (string, bool) {
	var r io.Reader
	var err error
	switch {
	case len(b) < 10:
		return "", false
	case b[0] == 0x1f && b[1] == 0x8b:
		r, err = gzip.NewReader(bytes.NewReader(b))
	case b[0] == 0x78 && (int(b[0])<<8|int(b[1]))%31 == 0:
		r, err = zlib.NewReader(bytes.NewReader(b))
	case len(b) < shortestDeflate || readable(string(b)):
		return "", false
	default:
		r = flate.NewReader(bytes.NewReader(b))
	}
	if err != nil {
		return "", false
	}
	out, err := io.ReadAll(io.LimitReader(r, mostUnpacked))
	if len(out) == 0 || err != nil && err != io.ErrUnexpectedEOF || !readable(string(out)) {
		return "", false
	}
	return string(out), true
}
