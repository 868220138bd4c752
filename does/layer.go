package does

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"html"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
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
	mostLayers   = 128
	shortestWord = 16      // characters of a word that may be written in a coding
	mostUnpacked = 1 << 20 // of one compressed piece
	// shortestDeflate is from how many bytes on a text without a signature is
	// tried as deflate: random values decode to fewer.
	shortestDeflate = 40
)

// layers takes the encodings off a text, three deep: URL encoding, HTML
// entities, the escapes of JSON, base64 in both alphabets, base32, hexadecimal,
// lz-string, and gzip or deflate.
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
	if strings.Contains(l.text, `\`) {
		if plain := unquote(l.text); plain != l.text {
			add("json", plain)
		}
	}
	if text, ok := fromLZ16(l.text); ok && readable(text) {
		add("lz-string", text)
	}
	for _, w := range l.words {
		if text, names, ok := decode(w); ok {
			out = append(out, layer{text, codeWords(text), append(names, l.chain...)})
		}
	}
	for _, w := range signedWords(l.text) {
		if text, ok := fromLZ(w, lzURL); ok && readable(text) {
			add("lz-string", text)
		}
	}
	return out
}

// codings are the ways in which a word can be written, the narrowest alphabet
// first: what is hexadecimal could be read as base64 too, and seldom means it.
var codings = []struct {
	name string
	read func(string) ([]byte, error)
}{
	{"hex", hex.DecodeString},
	{"base32", func(w string) ([]byte, error) {
		return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(w))
	}},
	{"base64", base64.RawStdEncoding.DecodeString},
	{"base64url", base64.RawURLEncoding.DecodeString},
	{"lz-string", func(w string) ([]byte, error) {
		text, ok := fromLZ(w, lzBase64)
		if !ok {
			return nil, errors.New("no lz-string")
		}
		return []byte(text), nil
	}},
}

// decode reads a word in the first coding that gives something readable, or
// something compressed that is.
func decode(word string) (text string, names []string, ok bool) {
	for _, c := range codings {
		b, err := c.read(word)
		if err != nil {
			continue
		}
		if readable(string(b)) {
			return string(b), []string{c.name}, true
		}
		if unpacked, ok := unpack(b); ok {
			return unpacked, []string{"compressed", c.name}, true
		}
	}
	return "", nil, false
}

// signedWords are the words of a text in the alphabet that lz-string uses in
// addresses, where they hold a plus or a minus sign: the others are found
// among those in the alphabets of base64.
func signedWords(text string) []string {
	if !strings.ContainsAny(text, "+-") {
		return nil
	}
	all := strings.FieldsFunc(text, func(r rune) bool { return !isLetter(r) && r != '+' && r != '-' })
	return slices.DeleteFunc(all, func(w string) bool { return len(w) < shortestWord || !strings.ContainsAny(w, "+-") })
}

var escaped = regexp.MustCompile(`\\(u[0-9a-fA-F]{4}|.)`)

// unquote takes the escapes of JSON strings off, one floor of them.
func unquote(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		switch {
		case len(e) == 6:
			n, _ := strconv.ParseUint(e[2:], 16, 16) // four hexadecimal digits, as was matched
			return string(rune(n))
		case strings.Contains("nrtbf", e[1:]):
			return "\n"
		}
		return e[1:]
	})
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
	raw := false
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
		raw = true
		r = flate.NewReader(bytes.NewReader(b))
	}
	if err != nil {
		return "", false
	}
	out, err := io.ReadAll(io.LimitReader(r, mostUnpacked))
	if raw && len(out) < len(b)*3/4 {
		return "", false // random bytes, of which a few happened to be read
	}
	if len(out) == 0 || err != nil && err != io.ErrUnexpectedEOF || !readable(string(out)) {
		return "", false
	}
	return string(out), true
}
