package does

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

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

// withoutSecrets are redacted copies of recordings, weighed or not.
func withoutSecrets(t *testing.T, all []*diapason.Capture, weigh bool) []*diapason.Capture {
	t.Helper()
	var copies []*diapason.Capture
	for _, c := range all {
		redacted, n := har.Redact(c, []byte("salt"))
		if len(n) == 0 {
			t.Fatalf("nothing was redacted in %s", c.ID)
		}
		copies = append(copies, redacted)
	}
	if weigh {
		Weigh([4]*diapason.Capture(all), [4]*diapason.Capture(copies), []byte("salt"))
	}
	return copies
}

// A commitment is equally long whatever it stands for, so that without weights
// no more is said than that the value may name a device.
func TestSecretsOfRecordingsAreComparedWithoutBeingKnown(t *testing.T) {
	got := listed(reader(t).Read(withoutSecrets(t, recordings(t), false)))
	want := "cookie who @ nocturne.example: weak in P6, 365 days, to nocturne pulse\ncookie adid @ pulse.example: weak in P6, 30 days, to pulse"
	if got != want {
		t.Errorf("found\n%s\nwant\n%s", got, want)
	}
}

// spread is four recordings with values of every kind: long and short, times,
// constants, tokens, and an identifier that goes on in other forms.
func spread() []*diapason.Capture {
	return fourCaptures(func(c *diapason.Capture, profile, before int) {
		c.Source, c.Mode = "har", diapason.Manual
		who := random(uint64(500+profile), 24, base36)
		short := random(uint64(800+profile), 5, base36)
		made := fmt.Sprint(noon.Add(time.Duration(max(0, profile*60+60)) * time.Second).Unix())
		sum := sha256.Sum256([]byte(who))
		h := hex.EncodeToString(sum[:])
		ask(c, "document", "https://www.nocturne.example/", "Cookie", "who="+who+"; _ga=GA1.2."+random(uint64(900+profile), 10, decimals)+"."+made+"; since="+made+
			"; prefs={\"theme\":\"dark\",\"uid\":\""+random(uint64(950+profile), 16, hexDigits)+"\"}; small="+short+"; build=20261124abcdef99; once="+random(uint64(700+10*profile+before), 32, hexDigits))
		ask(c, "image", "https://t.pulse.example/p.gif?h="+h+"&v=3")
		ask(c, "image", "https://t.adsum.example/p.gif?w="+strings.ToUpper(who))
		follow(c, follow(c, ask(c, "image", "https://www.nocturne.example/match"), "image", "https://tally.example/x?u="+h), "image", "https://bid.example/m?uid="+h)
		nowhere := random(uint64(970+profile), 20, hexDigits)
		c.Pages = []diapason.Page{{URL: "https://www.nocturne.example/", HTML: `<a href="https://label.example/shop?item=7&amp;visitor=` + who + `&amp;h=` + h + `&amp;page_id=` + nowhere + `">Shop</a>`}}
		goes(c, "opened", "https://www.nocturne.example/", 0)
		goes(c, "input", "https://t.adsum.example/click?cid="+random(uint64(980+profile), 20, hexDigits), 1)
	})
}

func TestWeighedCopiesGiveTheIdentifiersOfTheRawRecordings(t *testing.T) {
	for name, all := range map[string][]*diapason.Capture{"a phone's": recordings(t), "of many kinds": spread()} {
		raw := reader(t).Read(all)
		copies := withoutSecrets(t, all, true)
		got := reader(t).Read(copies)
		if a, b := told(raw.Identifiers), told(got.Identifiers); a != b || len(raw.Identifiers) < 2 {
			t.Errorf("%s: raw\n%s\nweighed\n%s", name, a, b)
		}
		if a, b := syncs(raw), syncs(got); a != b || name == "of many kinds" && (len(raw.Syncs) < 2 || !strings.Contains(a, "through [tally")) {
			t.Errorf("%s: raw syncs\n%s\nweighed\n%s", name, a, b)
		}
		if a, b := decorations(raw), decorations(got); a != b || name == "of many kinds" && len(raw.Decorations) != 4 {
			t.Errorf("%s: raw decorations\n%s\nweighed\n%s", name, a, b)
		}
		var file bytes.Buffer
		for _, c := range copies {
			if err := har.Write(&file, c); err != nil {
				t.Fatal(err)
			}
		}
		for profile := range 3 {
			for _, secret := range []string{random(uint64(500+profile), 24, base36), random(uint64(600+profile), 32, hexDigits), random(uint64(950+profile), 16, hexDigits), random(uint64(980+profile), 20, hexDigits)} {
				if strings.Contains(strings.ToLower(file.String()), secret) {
					t.Errorf("%s: %s is in the copies", name, secret)
				}
			}
		}
	}
}

// told is what is said of identifiers, but for what stands for their values.
func told(all []Identifier) string {
	var out []string
	for _, i := range all {
		var to []string
		for _, p := range i.Receivers {
			to = append(to, p.ID)
		}
		out = append(out, fmt.Sprintf("%s: %s, %v bits, %v days, by %s to %v", i.ID, i.Class, i.Score, i.Lifetime, i.Carrier, to))
	}
	return strings.Join(out, "\n")
}

func syncs(f Facts) string {
	var out []string
	for _, s := range f.Syncs {
		out = append(out, fmt.Sprintf("%s on %s to %s by %s, %v through %v, in %v", s.Identifier, s.Site, s.Receiver.ID, s.Way, s.Chain, s.Through, s.Phases))
	}
	return strings.Join(out, "\n")
}

func decorations(f Facts) string {
	var out []string
	for _, d := range f.Decorations {
		out = append(out, fmt.Sprintf("%s to %s in %s: %q, %v bits, in %v %v", d.From, d.To, d.Parameter, d.Identifier, d.Score, d.Phases, d.Visits))
	}
	return strings.Join(out, "\n")
}

func TestAnExportGivesTheFactsOfItsVisit(t *testing.T) {
	all := fourCaptures(func(c *diapason.Capture, profile, before int) {
		who := random(uint64(500+profile), 24, base36)
		jar(c, "nocturne.example", "who", who, 365)
		keep(c, "localStorage", "https://t.pulse.example", "pid", random(uint64(600+profile), 32, hexDigits))
		ask(c, "document", "https://www.nocturne.example/", "Cookie", "who="+who)
		ask(c, "image", "https://t.pulse.example/p.gif?w="+who)
		c.Baits = []diapason.Bait{{ID: "email", Value: baited, At: c.Started}}
		ask(c, "xhr", "https://t.pulse.example/f").Body = diapason.Body{Text: "m=" + baited, Mime: "application/x-www-form-urlencoded"}
		c.Blocked = []diapason.Blocked{{Kind: "cookie-set", Name: "no", URL: "https://t.pulse.example/", Reason: "UserPreferences"}}
	})
	want := reader(t).Read(all)
	var again []*diapason.Capture
	for _, c := range all {
		again = append(again, exported(t, c))
	}
	if got := reader(t).Read(again); !reflect.DeepEqual(got, want) || len(got.Identifiers) < 2 || len(got.Leaks) == 0 {
		t.Errorf("exported\n%+v\nimported\n%+v", want, got)
	}
}

// exported writes a capture as HAR and reads it again; what a reader of files
// cannot know, that it was a visit of ours, is put back.
func exported(t *testing.T, c *diapason.Capture) *diapason.Capture {
	t.Helper()
	var file bytes.Buffer
	if err := har.Write(&file, c); err != nil {
		t.Fatal(err)
	}
	read, _, err := har.Read(&file, c.ID+".har")
	if err != nil {
		t.Fatal(err)
	}
	read.Source, read.Mode = c.Source, c.Mode
	return read
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
