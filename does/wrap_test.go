package does

import (
	"bytes"
	"compress/flate"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// lzWriter writes codes as lz-string does. It is the other half of what is
// read, so that the two can be held against each other.
type lzWriter struct {
	width, free int
	now         uint16
	units       []uint16
}

func (w *lzWriter) put(n, bits int) {
	for i := range bits {
		w.now = w.now<<1 | uint16(n>>i&1)
		if w.free--; w.free == 0 {
			w.units, w.now, w.free = append(w.units, w.now), 0, w.width
		}
	}
}

func packLZ(text string, width int) []uint16 {
	w := &lzWriter{width: width, free: width}
	known, fresh := map[string]int{}, map[string]bool{}
	size, bits, left := 3, 2, 2
	grow := func() {
		if left--; left == 0 {
			left = 1 << bits
			bits++
		}
	}
	emit := func(s string) {
		if fresh[s] {
			delete(fresh, s)
			unit := []rune(s)[0]
			if unit < 256 {
				w.put(0, bits)
				w.put(int(unit), 8)
			} else {
				w.put(1, bits)
				w.put(int(unit), 16)
			}
			grow()
		} else {
			w.put(known[s], bits)
		}
		grow()
	}
	last := ""
	for _, u := range utf16.Encode([]rune(text)) {
		c := string(rune(u))
		if _, ok := known[c]; !ok {
			known[c], fresh[c] = size, true
			size++
		}
		if _, ok := known[last+c]; ok {
			last += c
			continue
		}
		emit(last)
		known[last+c] = size
		size++
		last = c
	}
	if last != "" {
		emit(last)
	}
	w.put(2, bits)
	w.put(0, w.free)
	return w.units
}

func lzIn(text, alphabet string) string {
	var b strings.Builder
	for _, u := range packLZ(text, 6) {
		b.WriteByte(alphabet[u])
	}
	return b.String()
}

func lz16(text string) string {
	units := packLZ(text, 15)
	for i := range units {
		units[i] += 32
	}
	return string(utf16.Decode(units)) + " "
}

// What the JavaScript library lz-string 1.5.0 makes of three texts.
var lzSamples = []struct{ text, base64, address, utf16 string }{
	{"hello", "BYUwNmD2Q===", "BYUwNmD2Q", "ˢ䰭䰾搠 "},
	{baited, "LISwTghgdAag9gGwKYHYDWAmAjgTgB4DUAdkgO4DOAAgEYQgAuUSeEAtgA7JQhEBuECEABMgA===", "LISwTghgdAag9gGwKYHYDWAmAjgTgB4DUAdkgO4DOAAgEYQgAuUSeEAtgA7JQhEBuECEABMgA", "ᙢⰳ䄬ݠ㔧堦恳Ǹېঠ䜢㠡瀺䀽䤡渣ᰠࠤイN⢳愠嬠໩ℨ䂎࠰䀡ᤠ "},
	{
		`{"visitor":{"email":"` + baited + `"},"list":["a","a","a","aaaaaaaaaaaa"],"city":"Łódź"}`,
		"N4IgbglgzhAuD2AnEAuUBTAtgQwgG1RAFkJFsA6ANXj3QHYBrAJgEcBOADwGoA7dAdygABAEa5Y5dB2yYADrXIQeYbHggATEAF8ANCDVRYqANohsIPecsWz2O/YfmAunoDGcAJ6FAgoABn9YBegNpAA=",
		"N4IgbglgzhAuD2AnEAuUBTAtgQwgG1RAFkJFsA6ANXj3QHYBrAJgEcBOADwGoA7dAdygABAEa5Y5dB2yYADrXIQeYbHggATEAF8ANCDVRYqANohsIPecsWz2O-YfmAunoDGcAJ6FAgoABn9YBegNpAA",
		"ᯡ࠻䅌ഁƐ㶠乀ழʸ஀↤Ǖ∠天஀ຠ᫜㷰໠᫠ጠ䜡ᰠ㰦倧㝠㮴!C⹸猈᷒〠㫷Ⴃ昻༤3ࠠ张ᨰ㕱ㅰΈ䎁Ͼ㦂洖ḛࠆƔ稣ഀʚਤਠ͟嘡㴡婠  ",
	},
}

func TestWhatTheLibraryPacksIsUnpacked(t *testing.T) {
	for _, s := range lzSamples {
		if got, ok := fromLZ(s.base64, lzBase64); !ok || got != s.text {
			t.Errorf("%s: %q", s.base64, got)
		}
		if got, ok := fromLZ(s.address, lzURL); !ok || got != s.text {
			t.Errorf("%s: %q", s.address, got)
		}
		if got, ok := fromLZ16(s.utf16); !ok || got != s.text {
			t.Errorf("%s: %q", s.utf16, got)
		}
		if lzIn(s.text, lzURL) != s.address || lz16(s.text) != s.utf16 {
			t.Errorf("the tests' own packing differs from the library's for %q", s.text)
		}
	}
	for _, broken := range []string{"", "N4Ig", "LISwTghgdAag9gGwKYHYDWAmAjgTgB4", "////////////////", "B", "not a word at all"} {
		if got, ok := fromLZ(broken, lzBase64); ok && got != "" {
			t.Errorf("%q was unpacked to %q", broken, got)
		}
	}
}

func deflated(s string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// A wrapping is one way in which a sender writes a text, and the step by which
// it is told.
type wrapping struct {
	step string
	wrap func(string) string
}

var wrappings = []wrapping{
	{"url", func(s string) string { return "v=1&d=" + url.QueryEscape(s) }},
	{"entities", func(s string) string { return html.EscapeString("<b>" + s + "</b>") }},
	{"json", func(s string) string {
		b, _ := json.Marshal(map[string]string{"data": "<" + s + ">"})
		return string(b)
	}},
	{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64url", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("~~>" + s)) }},
	{"base32", func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) }},
	{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"lz-string", func(s string) string { return lzIn(s, lzURL) }},
	{"lz-string", func(s string) string { return lzIn(s, lzBase64) }},
	{"compressed", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(zipped(s))) }},
	{"compressed", func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(deflated(strings.Repeat("a page of ", 9) + s)))
	}},
}

// Whatever is wrapped around bait, three layers deep, is taken off again.
func TestUnwrappingInvertsWrapping(t *testing.T) {
	x := formsOf(baited)
	rapid.Check(t, func(t *rapid.T) {
		text, steps := baited, []string{}
		if rapid.Bool().Draw(t, "hashed") {
			text = sha(strings.ToLower(baited))
		}
		inner := text
		for range rapid.IntRange(0, deepest).Draw(t, "depth") {
			w := rapid.SampledFrom(wrappings).Draw(t, "wrapping")
			text = w.wrap(text)
			steps = append(steps, w.step)
		}
		switch rapid.IntRange(0, 3).Draw(t, "outside") {
		case 0:
			text = "POST of " + text + " and more"
		case 1:
			text = `{"batch":"` + text + `"}`
		}
		chain, seen, ok := x.find(layers(text))
		if !ok || seen != inner {
			t.Fatalf("%v: not found in %s", steps, text)
		}
		if (inner != baited) != hashed(chain) {
			t.Fatalf("%v: told as %v", steps, chain)
		}
	})
}
