package does

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

const adTag = "https://adsum.example/ad.js"

// made are calls of one script; each is api, name, value.
func made(count int, calls ...[3]string) []diapason.Call {
	var all []diapason.Call
	for _, k := range calls {
		all = append(all, diapason.Call{API: k[0], Name: k[1], Value: k[2], Script: adTag, Frame: "https://nocturne.example/", Target: "page", Count: count})
	}
	return all
}

const picture = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4"

var (
	text   = [3]string{"CanvasRenderingContext2D.fillText", "abcdefghijklm", "#ff6600"}
	again  = [3]string{"CanvasRenderingContext2D.fillText", "aaa", "#006600"}
	read   = [3]string{"HTMLCanvasElement.toDataURL", "220x30", picture}
	pixels = [3]string{"CanvasRenderingContext2D.getImageData", "16x16", base64.StdEncoding.EncodeToString([]byte{1, 2, 3, 255, 9, 9, 9, 255})}
)

func manyFonts(n, measures int) []diapason.Call {
	var all []diapason.Call
	for i := range n {
		all = append(all, made(1, [3]string{"CanvasRenderingContext2D.font=", fmt.Sprintf("72px f%d", i), ""})...)
	}
	return append(all, made(measures, [3]string{"CanvasRenderingContext2D.measureText", "mmmmmmmmmmlli", ""})...)
}

func TestWhatCountsAsReadingADevicesFeatures(t *testing.T) {
	few := [3]string{text[0], "aaaa", "#000000"}
	sound := [3]string{"OfflineAudioContext.startRendering", "", ""}
	samples := [3]string{"AudioBuffer.getChannelData", "", "124.04347527516074"}
	for name, test := range map[string]struct {
		calls []diapason.Call
		kinds string
	}{
		"ten different characters":            {made(1, text, read), "canvas"},
		"two colours":                         {made(1, few, again, read), "canvas"},
		"one colour, few characters":          {made(1, few, read), ""},
		"a canvas that is too small":          {made(1, text, [3]string{read[0], "15x200", picture}), ""},
		"states are kept, as charts do":       {made(1, text, again, read, [3]string{"CanvasRenderingContext2D.save", "", ""}), ""},
		"pixels read once":                    {made(1, text, pixels), "canvas"},
		"pixels read often":                   {append(made(1, text), made(2, pixels)...), ""},
		"pixels that are too few":             {made(1, text, [3]string{pixels[0], "15x16", ""}), ""},
		"drawn and never read":                {made(1, text, again), ""},
		"off the page":                        {made(1, [3]string{"OffscreenCanvasRenderingContext2D.fillText", "abcdefghijklm", "#ff6600"}, [3]string{"OffscreenCanvasRenderingContext2D.getImageData", "16x16", ""}), "canvas"},
		"one text in fifty fonts":             {manyFonts(50, 50), "fonts"},
		"one font less":                       {manyFonts(49, 50), ""},
		"one measure less":                    {manyFonts(50, 49), ""},
		"samples of a sound nobody hears":     {made(1, sound, samples), "audio"},
		"samples of a file":                   {made(1, samples), ""},
		"the name of the graphics card":       {made(1, [3]string{"WebGLRenderingContext.getParameter", "37446", "ANGLE (A card)"}), "webgl"},
		"the size of a texture":               {made(1, [3]string{"WebGLRenderingContext.getParameter", "3379", "8192"}), ""},
		"a card whose name is not told":       {made(1, [3]string{"WebGL2RenderingContext.getParameter", "37446", ""}), ""},
		"drawn by one script, read by no one": {append(made(1, text), diapason.Call{API: read[0], Name: read[1], Script: "https://nocturne.example/app.js", Frame: "https://nocturne.example/", Count: 1}), ""},
	} {
		all := everyday()
		all[0].Calls = test.calls
		var kinds []string
		for _, p := range reader(t).Read(all).Probes {
			kinds = append(kinds, p.Kind)
			if p.Sent || p.Host != "adsum.example" || p.Recipient.ID != "adsum" || p.Visit != "A1" || len(p.Evidence) == 0 {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if got := strings.Join(kinds, " "); got != test.kinds {
			t.Errorf("%s: %q, want %q", name, got, test.kinds)
		}
	}
}

func TestWhatWasReadOfADeviceIsFollowedToWhoGetsIt(t *testing.T) {
	card := [3]string{"WebGLRenderingContext.getParameter", "37446", "ANGLE (A card, of a maker)"}
	raw, list := string([]byte{1, 2, 3, 255, 9, 9, 9, 255}), "1,2,3,255,9,9,9,255"
	const whole = "00af3b9c81d2e47700af3b9c81d2e477"
	for name, test := range map[string]struct {
		reads []diapason.Call
		send  string
		by    string
		sent  bool
	}{
		"the picture itself":              {made(1, text, read), picture[22:], "", true},
		"its SHA-256":                     {made(1, text, read), sha(picture), "", true},
		"its CRC-32":                      {made(1, text, read), strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(picture))), 10), "", true},
		"its MurmurHash3":                 {made(1, text, read), strconv.FormatUint(uint64(murmur3(picture)), 10), "", true},
		"the pixels as a list":            {made(1, text, pixels), sha(list), "", true},
		"the pixels as bytes":             {made(1, text, pixels), sha(raw), "", true},
		"the card's name":                 {made(1, card), "ANGLE%20(A%20card,%20of%20a%20maker)", "", true},
		"a hash of another picture":       {made(1, text, read), sha(picture + "x"), "", false},
		"one value for the whole device":  {made(1, text, read), whole, adTag, true},
		"a value by a script that is not": {made(1, text, read), whole, "https://nocturne.example/app.js", false},
		"a hash of the page's address":    {made(1, text, read), sha("https://nocturne.example/"), adTag, false},
	} {
		all := fourCaptures(func(c *diapason.Capture, _, _ int) {
			c.Calls = slices.Clone(test.reads)
			for i := range c.Calls {
				c.Calls[i].At = c.Started
			}
			ask(c, "image", "https://pulse.example/fp?v="+test.send).Initiator = test.by
			ask(c, "script", adTag)
		})
		for _, p := range reader(t).Read(all).Probes {
			if p.Sent != test.sent || p.Sent && p.Recipient.ID != "pulse" {
				t.Errorf("%s: sent %v to %s, want %v", name, p.Sent, p.Recipient.ID, test.sent)
			}
			if strings.Contains(jsonOf(t, p), test.send) {
				t.Errorf("%s: the value is shown", name)
			}
		}
		if len(reader(t).Read(all).Probes) != 4 {
			t.Errorf("%s: expected one in each visit", name)
		}
	}
	known := fourCaptures(func(c *diapason.Capture, _, _ int) {
		c.Calls = made(1, text, read)
		c.Calls[1].At, c.Calls[0].At = c.Started, c.Started
		ask(c, "image", "https://pulse.example/fp?v="+whole).Initiator = adTag
		ask(c, "script", adTag).ResponseBody.Text = `const site = "` + whole + `"`
	})
	if reader(t).Read(known).Probes[0].Sent {
		t.Error("a value that stands in a script was taken for one that is made on the device")
	}
	before := fourCaptures(func(c *diapason.Capture, _, _ int) {
		c.Calls = made(1, text, read)
		c.Calls[1].At = c.Started.Add(time.Minute)
		c.Calls[0].At = c.Calls[1].At
		ask(c, "image", "https://pulse.example/fp?v="+sha(picture))
	})
	if reader(t).Read(before).Probes[0].Sent {
		t.Error("what was sent a minute earlier was taken for what was read")
	}
}

func TestShortHashesAreThoseOfTheirAuthors(t *testing.T) {
	for name, sums := range map[string][2]uint32{
		"murmur3 of nothing": {murmur3(""), 0}, "murmur3 of test": {murmur3("test"), 0xba6bd213}, "murmur3 of Hello, world!": {murmur3("Hello, world!"), 0xc0363e43},
		"times31 of hello": {times31("hello"), 99162322}, "djb2 of a": {djb2("a"), 177670}, "fnv1a of a": {fnv32("a"), 0xe40c292c},
	} {
		if sums[0] != sums[1] {
			t.Errorf("%s: %#x, want %#x", name, sums[0], sums[1])
		}
	}
}
