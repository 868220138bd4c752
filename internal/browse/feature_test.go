package browse

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// showing is a script that tells the server what a page, a worker and a frame
// of another site can see of the browser.
const showing = `
	const seen = () => ({"user agent": navigator.userAgent, "language": navigator.languages.join(), "time zone": Intl.DateTimeFormat().resolvedOptions().timeZone,
		"screen": self.screen ? screen.width + "x" + screen.height : ""});
	const tell = (who) => fetch("/shown/" + who, {method: "POST", body: JSON.stringify(seen())});`

func TestAChangedFeatureIsChangedForPagesFramesAndWorkersAlike(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<script>`+showing+`tell("page"); new Worker("/work.js")</script><iframe src="https://track.example/frame"></iframe>`)
	s.page("track.example/frame", `<script>`+showing+`tell("frame")</script>`)
	s.script("/work.js", showing+`tell("worker")`)
	s.HandleFunc("/shown/{who}", func(http.ResponseWriter, *http.Request) {})
	b := s.browser(t)
	shown := func(change ...string) (map[string]map[string]string, *diapason.Capture) {
		c := visit(t, b, Visit{URL: "https://shop.example/", Change: change})
		all := map[string]map[string]string{}
		for _, q := range c.Requests {
			if _, who, ok := strings.Cut(q.URL, "/shown/"); ok {
				var seen map[string]string
				if err := json.Unmarshal([]byte(q.Body.Text), &seen); err != nil {
					t.Fatal(err)
				}
				if lang := value(q.Headers, "Accept-Language"); !strings.HasPrefix(lang, strings.SplitN(seen["language"], ",", 2)[0]) {
					t.Errorf("%s: the script sees %s and the server %s", who, seen["language"], lang)
				}
				if agent := value(q.Headers, "User-Agent"); agent != seen["user agent"] {
					t.Errorf("%s: the script sees %s and the server %s", who, seen["user agent"], agent)
				}
				all[who] = seen
			}
		}
		if len(all) != 3 {
			t.Fatalf("told by %d of page, frame and worker", len(all))
		}
		return all, c
	}
	usual, c := shown()
	if c.Browser.Shown != nil {
		t.Errorf("nothing was changed, and the record says %v", c.Browser.Shown)
	}
	for _, name := range Features() {
		now, c := shown(name)
		if len(c.Browser.Shown) != 1 || c.Browser.Shown[name] == "" {
			t.Errorf("%s was changed, and the record says %v", name, c.Browser.Shown)
		}
		for who, seen := range now {
			for feature, v := range seen {
				if feature == "screen" && who == "worker" {
					continue // a worker sees no screen
				}
				if (v != usual[who][feature]) != (feature == name) {
					t.Errorf("%s was changed: the %s sees the %s as %q, before as %q", name, who, feature, v, usual[who][feature])
				}
				if feature == name && !strings.Contains(c.Browser.Shown[name], strings.Split(v, ",")[0]) {
					t.Errorf("the %s sees the %s as %q, and the record says %q", who, name, v, c.Browser.Shown[name])
				}
			}
		}
	}
}

func TestAnUnknownFeatureIsNamed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.browser(t).Visit(t.Context(), Visit{URL: "https://shop.example/", Change: []string{"shoe size"}})
	if !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "shoe size") {
		t.Errorf("error %v", err)
	}
}

func TestAFeatureIsChangedToWhatTheMachineHasNot(t *testing.T) {
	for zone, want := range map[string]string{"UTC": "Asia/Tokyo", "Asia/Seoul": "America/Lima", "Europe/Paris": "Asia/Tokyo"} {
		at, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := otherZone(time.Date(2026, 1, 1, 0, 0, 0, 0, at)); got != want {
			t.Errorf("in %s: %s, want %s", zone, got, want)
		}
	}
	for lang, want := range map[string]string{"": "de-DE,de", "C.UTF-8": "de-DE,de", "en_GB.UTF-8": "de-DE,de", "de_AT.UTF-8": "fr-FR,fr"} {
		if got := otherLanguage(func(key string) string { return map[string]string{"LANG": lang}[key] }); got != want {
			t.Errorf("under %q: %s, want %s", lang, got, want)
		}
	}
}

func TestSwitchesAreReplacedAndTheAddressStaysLast(t *testing.T) {
	got := replaceFlags([]string{"--headless", "--lang=x", "--user-agent=a", "about:blank"}, []string{"--user-agent=b", "--new=1"})
	if want := []string{"--headless", "--lang=x", "--user-agent=b", "--new=1", "about:blank"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
