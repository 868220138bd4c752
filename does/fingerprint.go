package does

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diapason.dev/diapason"
)

// The least that is taken for an attempt to tell devices apart. Canvas and
// fonts are the measures of Englehardt and Narayanan (CCS 2016), sections 6.1
// and 6.2: drawing a chart, a picture or text of the page stays below them.
const (
	canvasSide       = 16 // pixels
	canvasColours    = 2  // in which text was written, or
	canvasCharacters = 10 // different characters
	fontsAsked       = 50
	fontMeasures     = 50 // of one text
)

// The parameters of WebGL that name the graphics card (WEBGL_debug_renderer_info).
var cardNames = []string{"37445", "37446"}

// A hand is what one script did in one document.
type hand struct {
	script, frame string
	calls         []diapason.Call
}

// named gives the calls of the interfaces with one of the endings.
func (h hand) named(endings ...string) []diapason.Call {
	return slices.DeleteFunc(slices.Clone(h.calls), func(k diapason.Call) bool {
		return !slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(k.API, e) })
	})
}

// A telltale is a way to tell devices apart: it finds the calls that read the
// feature, none if the script did not do what it takes.
type telltale struct {
	kind  string
	reads func(hand) []diapason.Call
}

var telltales = []telltale{{"audio", audioReads}, {"canvas", canvasReads}, {"fonts", fontReads}, {"webgl", cardReads}}

// canvasReads finds what a script read of canvases that it had drawn text on.
func canvasReads(h hand) []diapason.Call {
	if len(h.named("2D.save", "2D.restore")) > 0 {
		return nil // who keeps states draws pictures for people
	}
	colours, characters := map[string]bool{}, map[rune]bool{}
	for _, k := range h.named("2D.fillText", "2D.strokeText") {
		colours[k.Value] = true
		for _, c := range k.Name {
			characters[c] = true
		}
	}
	if len(colours) < canvasColours && len(characters) < canvasCharacters {
		return nil
	}
	small := func(k diapason.Call) bool { w, h := sides(k.Name); return w < canvasSide || h < canvasSide }
	reads := slices.DeleteFunc(h.named("Canvas.toDataURL", "CanvasElement.toDataURL"), small)
	pixels := slices.DeleteFunc(h.named("2D.getImageData"), small)
	if len(pixels) == 1 && pixels[0].Count == 1 { // who reads often works on a picture
		reads = append(reads, pixels...)
	}
	return reads
}

// sides reads a size such as 300x150.
func sides(size string) (width, height int) {
	w, h, _ := strings.Cut(size, "x")
	width, _ = strconv.Atoi(w)
	height, _ = strconv.Atoi(h)
	return width, height
}

// fontReads finds that a script measured one text in many fonts.
func fontReads(h hand) []diapason.Call {
	fonts := map[string]bool{}
	for _, k := range h.named("2D.font=") {
		fonts[k.Name] = true
	}
	measures := slices.DeleteFunc(h.named("2D.measureText"), func(k diapason.Call) bool { return k.Count < fontMeasures })
	if len(fonts) < fontsAsked {
		return nil
	}
	return measures
}

// audioReads finds that a script read the samples of a sound that the browser
// made without playing it.
func audioReads(h hand) []diapason.Call {
	if len(h.named("OfflineAudioContext.startRendering")) == 0 {
		return nil
	}
	return h.named("AudioBuffer.getChannelData", "AudioBuffer.copyFromChannel", "AnalyserNode.getFloatFrequencyData")
}

// cardReads finds that a script asked for the name of the graphics card.
func cardReads(h hand) []diapason.Call {
	return slices.DeleteFunc(h.named(".getParameter"), func(k diapason.Call) bool { return !slices.Contains(cardNames, k.Name) || k.Value == "" })
}

// hands sorts the calls of a visit by script and document.
func hands(c *diapason.Capture) []hand {
	all := map[[2]string]*hand{}
	for _, k := range c.Calls {
		at := [2]string{k.Script, k.Frame}
		if all[at] == nil {
			all[at] = &hand{script: k.Script, frame: k.Frame}
		}
		all[at].calls = append(all[at].calls, k)
	}
	var out []hand
	for _, at := range slices.SortedFunc(maps.Keys(all), func(a, b [2]string) int { return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1])) }) {
		out = append(out, *all[at])
	}
	return out
}

// fingerprints tells which scripts of a visit read features by which devices
// can be told apart, and to whom what they read was sent.
func (r *reading) fingerprints(c *diapason.Capture) []Probe {
	type key struct{ kind, host, receiver string }
	all := map[key]Probe{}
	for _, h := range hands(c) {
		for _, t := range telltales {
			reads := t.reads(h)
			if len(reads) == 0 {
				continue
			}
			p := Probe{
				Kind: t.kind, Target: "features", Host: hostOf(h.script), Phase: c.Phase, Run: c.Run, Visit: c.ID, Recipient: r.party(hostOf(h.script)),
				Evidence: []diapason.Ref{{Record: "visit/" + c.ID, URL: redactURL(h.frame), Quote: redactURL(h.script) + " called " + reads[0].API}},
			}
			arrivals := r.arrivals(c, h, reads)
			if len(arrivals) == 0 {
				if k := (key{t.kind, p.Host, ""}); all[k].Kind == "" {
					all[k] = p
				}
			}
			for _, host := range slices.Sorted(maps.Keys(arrivals)) {
				got := p
				got.Sent, got.Recipient = true, r.party(host)
				got.Evidence = append(slices.Clone(p.Evidence), arrivals[host])
				if k := (key{t.kind, p.Host, got.Recipient.ID}); all[k].Kind == "" {
					all[k] = got
				}
			}
		}
	}
	var out []Probe
	for _, k := range slices.SortedFunc(maps.Keys(all), func(a, b key) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.host, b.host), strings.Compare(a.receiver, b.receiver))
	}) {
		if k.receiver == "" && slices.ContainsFunc(out, func(p Probe) bool { return p.Kind == k.kind && p.Host == k.host && p.Sent }) {
			continue
		}
		out = append(out, all[k])
	}
	return out
}

// arrivals lists the hosts that got what a script read: the value itself or a
// hash of it, or a value that only the script can have made of it.
func (r *reading) arrivals(c *diapason.Capture, h hand, reads []diapason.Call) map[string]diapason.Ref {
	first := reads[0].At
	for _, k := range reads {
		if k.At.Before(first) {
			first = k.At
		}
	}
	got := map[string]diapason.Ref{}
	note := func(l look, seen, how string) {
		host := hostOf(l.request.URL)
		if _, known := got[host]; !known {
			got[host] = refTo(c, l.request, how+" in "+cmp.Or(l.field(seen), l.where))
		}
	}
	forms, short := []index{}, map[string]string{}
	for _, v := range valuesRead(reads) {
		forms = append(forms, formsOf(v))
		shortForms(v, short)
	}
	for _, l := range r.looks(c) {
		if l.where == "cookie" || l.request.At.Before(first.Add(-time.Second)) {
			continue
		}
		for _, x := range forms {
			if chain, seen, ok := x.find(l.layers); ok {
				note(l, seen, "what was read ("+transform(chain)+")")
			}
		}
		for _, layer := range l.layers {
			for _, w := range shortWords(layer.text) {
				if name := short[strings.ToLower(w)]; name != "" {
					note(l, w, "what was read ("+name+")")
				}
			}
		}
		if l.request.Initiator == h.script && l.request.At.After(first.Add(-beforeClick)) {
			if word := r.made(c, l); word != "" {
				note(l, word, "a value that was made on the device and is the same in empty profiles")
			}
		}
	}
	return got
}

// valuesRead lists what was read, in the forms in which scripts go on with it.
func valuesRead(reads []diapason.Call) []string {
	var all []string
	for _, k := range reads {
		switch {
		case k.Value == "":
		case strings.HasSuffix(k.API, ".getImageData"):
			pixels, err := base64.StdEncoding.DecodeString(k.Value)
			if err != nil {
				continue
			}
			var list []string
			for _, b := range pixels {
				list = append(list, strconv.Itoa(int(b)))
			}
			all = append(all, k.Value, string(pixels), strings.Join(list, ","))
		default:
			all = append(all, k.Value)
			if _, code, ok := strings.Cut(k.Value, ";base64,"); ok {
				all = append(all, code)
			}
		}
	}
	return all
}

// shortForms adds the 32-bit hashes of what was read, in hexadecimal and decimal.
func shortForms(value string, to map[string]string) {
	for _, h := range shortHashes {
		sum := h.sum(value)
		for _, text := range []string{fmt.Sprintf("%08x", sum), strconv.FormatUint(uint64(sum), 10), strings.TrimPrefix(strconv.FormatInt(int64(int32(sum)), 10), "-")} {
			if len(text) >= shortest {
				to[text] = "hash:" + h.name
			}
		}
	}
}

// digest is what a hash of a whole device looks like.
var digest = regexp.MustCompile(`^(?:[0-9a-f]{16,128}|[0-9A-F]{16,128})$`)

// made finds in a part of a request a word that looks like a hash, that no
// answer of the visit held, that is the same in all profiles, and that is no
// hash of an address or of the browser's name.
func (r *reading) made(c *diapason.Capture, l look) string {
	for _, layer := range l.layers {
		for _, w := range layer.words {
			if digest.MatchString(w) && strings.ContainsAny(w, "0123456789") && r.everywhere(w) && !received(c, w) && !ofPage(c, l.request, w) {
				return w
			}
		}
	}
	return ""
}

// everywhere tells whether all four everyday visits sent a word.
func (r *reading) everywhere(word string) bool {
	return !slices.ContainsFunc(r.four[:], func(c *diapason.Capture) bool {
		return c == nil || !slices.ContainsFunc(r.looks(c), func(l look) bool {
			return slices.ContainsFunc(l.layers, func(y layer) bool { return slices.Contains(y.words, word) })
		})
	})
}

// received tells whether an answer of a visit held a word.
func received(c *diapason.Capture, word string) bool {
	in := func(s string) bool { return strings.Contains(s, word) }
	return slices.ContainsFunc(c.Requests, func(q diapason.Request) bool {
		return in(q.ResponseBody.Text) || slices.ContainsFunc(q.ResponseHeaders, func(h diapason.Header) bool { return in(h.Value) })
	})
}

// ofPage tells whether a word is a hash of something that every visitor sends.
func ofPage(c *diapason.Capture, q diapason.Request, word string) bool {
	for _, text := range []string{c.Site, q.Page, q.Frame, q.Initiator, hostOf(q.Page), hostOf(q.Frame), c.Browser.UserAgent} {
		if !utf8.ValidString(text) || text == "" {
			continue
		}
		if _, known := formsOf(text).exact[strings.ToLower(word)]; known {
			return true
		}
	}
	return false
}
