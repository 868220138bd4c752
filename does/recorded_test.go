package does

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/har"
)

// recordings are four HAR files of one phone app: what a proxy wrote down on
// two devices' first visits and one return.
func recordings(t *testing.T) []*diapason.Capture {
	t.Helper()
	browsed := fourCaptures(func(c *diapason.Capture, profile, before int) {
		who := random(uint64(500+profile), 24, base36)
		q := ask(c, "document", "https://www.nocturne.example/")
		if before == 0 {
			q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "who=" + who + "; Domain=nocturne.example; Max-Age=31536000"}}
		} else {
			q.Headers = []diapason.Header{{Name: "Cookie", Value: "who=" + who}}
		}
		c.Phase = diapason.P6
		adid := random(uint64(600+profile), 32, hexDigits)
		q = ask(c, "image", "https://t.pulse.example/p.gif?w="+who+"&v=3", "Cookie", "lang=en-GB; once="+random(uint64(700+10*profile+before), 32, hexDigits))
		if before == 0 {
			q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "adid=" + adid + "; Max-Age=2592000"}}
		} else {
			q.Headers[0].Value += "; adid=" + adid
		}
		ask(c, "xhr", "https://api.nocturne.example/me", "Cookie", "who="+who)
	})
	var all []*diapason.Capture
	for _, c := range browsed {
		var file bytes.Buffer
		if err := har.Write(&file, c); err != nil {
			t.Fatal(err)
		}
		read, _, err := har.Read(&file, c.ID+".har")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, read)
	}
	return all
}

func listed(f Facts) string {
	var all []string
	for _, i := range f.Identifiers {
		var to []string
		for _, p := range i.Receivers {
			to = append(to, p.ID)
		}
		all = append(all, fmt.Sprintf("%s: %s in %s, %v days, to %s", i.ID, i.Class, i.Phase, i.Lifetime, strings.Join(to, " ")))
	}
	return strings.Join(all, "\n")
}

func TestFourRecordingsMakeIdentifiers(t *testing.T) {
	got := listed(reader(t).Read(recordings(t)))
	want := "cookie who @ nocturne.example: identifier in P6, 365 days, to nocturne pulse\ncookie adid @ pulse.example: identifier in P6, 30 days, to pulse"
	if got != want {
		t.Errorf("found\n%s\nwant\n%s", got, want)
	}
}

// A commitment is equally long whatever it stands for, so that no more is
// said than that the value may name a device.
func TestSecretsOfRecordingsAreComparedWithoutBeingKnown(t *testing.T) {
	var all []*diapason.Capture
	for _, c := range recordings(t) {
		redacted, n := har.Redact(c, []byte("salt"))
		if len(n) == 0 {
			t.Fatalf("nothing was redacted in %s", c.ID)
		}
		all = append(all, redacted)
	}
	got := listed(reader(t).Read(all))
	want := "cookie who @ nocturne.example: weak in P6, 365 days, to nocturne pulse\ncookie adid @ pulse.example: weak in P6, 30 days, to pulse"
	if got != want {
		t.Errorf("found\n%s\nwant\n%s", got, want)
	}
}

func TestRecordingsAreOnlyComparedWithRecordings(t *testing.T) {
	all := recordings(t)
	for i, id := range fourIDs {
		mixed := slices.Clone(all)
		browsed := *all[i]
		browsed.Source = "chromium"
		mixed[i] = &browsed
		if got := listed(reader(t).Read(mixed)); got != "" {
			t.Errorf("with %s from a browser: %s", id, got)
		}
	}
	for i := range all {
		all[i].ID = fmt.Sprint("phone/", i+1)
	}
	if got := listed(reader(t).Read(all)); got != "" {
		t.Errorf("recordings without names of visits: %s", got)
	}
}

func TestRecordingsAreNeverARespawn(t *testing.T) {
	all := recordings(t)
	for _, id := range []string{seedID, trialPrefix + "1"} {
		again := *all[1]
		again.ID = id
		all = append(all, &again)
	}
	if got := reader(t).Read(all).Respawns; len(got) > 0 {
		t.Errorf("%+v", got)
	}
}
