package browse

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAClickIsThatOfAMouseWhereverTheBannerStands(t *testing.T) {
	s := newSite(t)
	const told = `<button onclick="top.postMessage(event.isTrusted, '*')" style="padding: 1rem">Accept</button> Cookies?`
	const hear = `<meta charset="utf-8"><script>addEventListener("message", (e) => { document.title = "trusted " + e.data; })</script><p style="height: 3000px">A long page.</p>`
	s.page("/inner", `<body style="background: #fff">`+told)
	s.page("track.example/nested", `<body style="background: #fff"><p style="height: 700px">Above.</p><iframe src="https://cdn.example/inner" style="width: 300px; height: 100px; padding: 9px"></iframe>`)
	cases := []struct{ name, html, want string }{
		{"on the page", hear + `<div style="position: fixed; bottom: 0">` + told + `</div>`, "trusted true"},
		{"far down the page", hear + `<div id="cookie-notice">` + told + `</div>`, "trusted true"},
		{"in a frame of the same site", hear + `<iframe src="/inner" style="position: fixed; bottom: 40px; left: 90px; border: 7px solid red; padding: 30px; height: 120px"></iframe>`, "trusted true"},
		{"in a frame of another site", hear + `<iframe src="https://track.example/inner" style="position: fixed; bottom: 40px; left: 90px; border: 7px solid red; padding: 30px; height: 120px"></iframe>`, "trusted true"},
		{"two frames deep, far down", hear + `<iframe src="https://track.example/nested" style="margin-left: 120px; width: 500px; height: 400px"></iframe>`, "trusted true"},
		{"under something that lies over it", hear + `<div style="position: fixed; bottom: 0">` + told + `</div><div style="position: fixed; inset: 0; z-index: 99"></div>`, "trusted false"},
	}
	for i, c := range cases {
		s.page(fmt.Sprintf("shop.example/%d", i), c.html)
	}
	w := walking(t, s.browser(t))
	for i, c := range cases {
		w.goTo(t, fmt.Sprintf("https://shop.example/%d", i))
		got := w.awaitBanner(time.Second, false)
		if got == nil {
			t.Errorf("%s: no banner was found", c.name)
			continue
		}
		if !w.reach(got.spot, got.find(accept))[got.find(accept)] {
			t.Errorf("%s: the Tab key does not reach it", c.name)
		}
		if _, err := w.press(got.spot, got.find(accept)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var title string
		if err := w.await("the title", `() => document.title || null`, &title); err != nil || title != c.want {
			t.Errorf("%s: the page saw %q (%v), want %q", c.name, title, err, c.want)
		}
	}
}

func TestABannerIsFoundOnALongPageInTime(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", strings.Repeat(`<div class="cookie"><span>Cookies and settings</span> <a href="#">Accept</a></div>`, 3000)+bar(`<button class="b">Accept</button><button class="b">Reject</button>`))
	w := walking(t, s.browser(t))
	w.goTo(t, "https://shop.example/")
	begun := time.Now()
	got := w.sightings(false)
	t.Logf("looked for %s", time.Since(begun))
	if got == nil || got.find(reject) == nil {
		t.Errorf("found %+v", got)
	}
}
