package holds

import (
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/lab/export"
	"pgregory.net/rapid"
)

const historyName = "Streaming_History_Audio_2024_0.json"

func TestTwoTracksWithin60sAreBothKept(t *testing.T) {
	r := mustRead(t, packed(t, historyName, list(
		play("ms_played", "9000"),
		play("ms_played", "9000", "ts", `"2024-05-01T10:00:09Z"`, "spotify_track_uri", `"spotify:track:0000000000000000000002"`),
		play("ms_played", "9000", "ts", `"2024-05-01T10:00:18Z"`),
	)))
	if r.Export.Plays != 3 || r.Export.Ledger.Duplicate != 0 {
		t.Errorf("%d plays, %d duplicates", r.Export.Plays, r.Export.Ledger.Duplicate)
	}
}

func TestTheSamePlayInTwoFilesIsHeldOnce(t *testing.T) {
	r := mustRead(t, packed(t, historyName, list(play(), play("ts", `"2024-05-01T11:00:00Z"`)), "again.json", list(play(), play("ms_played", "1"))))
	if r.Export.Plays != 3 || r.Export.Ledger.Duplicate != 1 || len(r.plays()) != 3 {
		t.Errorf("%d plays, %d handed over, %d duplicates", r.Export.Plays, len(r.plays()), r.Export.Ledger.Duplicate)
	}
	if got := r.item(t, "extended-history $[].ts").Count; got != 3 {
		t.Errorf("the inventory counts %d plays", got)
	}
}

// By the minute, one item can be skipped twice: two equal lines of one file are
// two plays, and in a second file the same two plays once more.
func TestEqualLinesOfOneFileAreSoManyPlays(t *testing.T) {
	line := `{"endTime": "2024-05-01 10:00", "artistName": "Singer", "trackName": "Tune", "msPlayed": 0}`
	r := mustRead(t, packed(t, "StreamingHistory_music_0.json", list(line, line), "StreamingHistory_music_1.json", list(line, line, line)))
	if r.Export.Plays != 3 || r.Export.Ledger.Duplicate != 2 {
		t.Errorf("%d plays, %d duplicates", r.Export.Plays, r.Export.Ledger.Duplicate)
	}
}

func TestPlaysThatTheLifetimeHistoryHasAreNotCountedTwice(t *testing.T) {
	minute := list(`{"endTime": "2024-05-01 10:00", "artistName": "Singer", "trackName": "Tune", "msPlayed": 200000}`)
	both := mustRead(t, packed(t, historyName, list(play()), "StreamingHistory_music_0.json", minute))
	alone := mustRead(t, packed(t, "StreamingHistory_music_0.json", minute))
	if both.Export.Plays != 1 || alone.Export.Plays != 1 {
		t.Errorf("%d plays together, %d alone", both.Export.Plays, alone.Export.Plays)
	}
}

// What is odd about a play costs nothing, or this one play.
func TestAnOddPlayCostsAtMostItself(t *testing.T) {
	for _, c := range []struct {
		name      string
		record    string
		malformed int64
	}{
		{"null length", play("ms_played", "null"), 0},
		{"no length", play("ms_played", "-"), 0},
		{"null country and address", play("conn_country", "null", "ip_addr", `""`), 0},
		{"null name and URI, as of a local file", play("master_metadata_track_name", "null", "spotify_track_uri", "null"), 0},
		{"short", play("ms_played", "12"), 0},
		{"of no length", play("ms_played", "0"), 0},
		{"private", play("incognito_mode", "true"), 0},
		{"ended in another way", play("reason_end", `"click-row"`), 0},
		{"ended in no way", play("reason_end", `""`), 0},
		{"null time", play("ts", "null"), 1},
		{"no time", play("ts", "-"), 1},
		{"time in words", play("ts", `"yesterday"`), 1},
		{"time that no calendar has", play("ts", `"2024-02-31T10:00:00Z"`), 1},
		{"length in words", play("ms_played", `"long"`), 1},
		{"negative length", play("ms_played", "-5"), 1},
		{"key that stands twice", play("platform", `"ios", "platform": "android"`), 1},
		{"text that is not UTF-8", play("platform", "\"\xff\xfe\""), 1},
		{"half a surrogate pair", play("platform", `"\ud800"`), 1},
		{"nothing", "null", 1},
		{"a number", "7", 1},
		{"an empty record", "{}", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := mustRead(t, packed(t, historyName, list(play(), c.record, play("ts", `"2024-05-01T12:00:00Z"`, "platform", `"tv"`))))
			l := r.Export.Ledger
			if l.Read != 3 || l.Malformed != c.malformed || l.Kept != 3-c.malformed || r.Export.Plays != int(l.Kept) || l.UnreadBytes != 0 {
				t.Errorf("%d plays, ledger %+v", r.Export.Plays, l)
			}
			if got := r.plays(); got[len(got)-1].Context.Device != "tv" {
				t.Error("the last play was lost")
			}
		})
	}
}

func TestAnUnknownLengthIsUnknownAndNotZero(t *testing.T) {
	r := mustRead(t, packed(t, historyName, list(play("ms_played", "null"), play("ms_played", "0"))))
	if a, b := r.plays()[0].Played, r.plays()[1].Played; a != Unknown || b != 0 {
		t.Errorf("null is %d, zero is %d", a, b)
	}
}

func TestAnEventSaysWhatIsKnownAndHowExactly(t *testing.T) {
	r := mustRead(t, packed(t, historyName, list(
		play("skipped", "null", "shuffle", "true", "offline", "false", "reason_start", `"clickrow"`),
		play("master_metadata_track_name", "null", "master_metadata_album_artist_name", "null", "master_metadata_album_album_name", "null", "spotify_track_uri", "null",
			"episode_name", `"Part 1"`, "episode_show_name", `"Show"`, "spotify_episode_uri", `"spotify:episode:1"`),
	)))
	e := r.plays()[0]
	if e.Item.Kind != "track" || e.Item.Title != "Tune" || e.Item.Creator != "Singer" || e.Item.Container != "Record" || len(e.Item.IDs) != 1 {
		t.Errorf("item %+v", e.Item)
	}
	if !e.Time.At.Equal(time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)) || e.Time.Basis != "end" || e.Time.Precision != "s" || e.Time.Zone != "utc" {
		t.Errorf("time %+v", e.Time)
	}
	if e.Flags != (Flags{Shuffle: Yes, Offline: No}) || e.Started != "clickrow" || e.Ended != "trackdone" || e.Played != 200000 {
		t.Errorf("flags %+v, %+v", e.Flags, e)
	}
	if e.Context != (Context{IP: "192.0.2.7", Country: "FR", Device: "ios"}) || e.Origin != (Origin{historyName, 0}) {
		t.Errorf("context %+v, origin %+v", e.Context, e.Origin)
	}
	if e := r.plays()[1]; e.Item.Kind != "episode" || e.Item.Title != "Part 1" || e.Item.Container != "Show" || e.Origin.Index != 1 {
		t.Errorf("episode %+v", e)
	}
}

func TestAnOfflineStampHasFourFormsAndNeverReplacesTheTime(t *testing.T) {
	at := time.Date(2024, 5, 1, 9, 59, 0, 0, time.UTC)
	for form, want := range map[string]time.Time{"null": {}, "0": {}, "1714557540": at, "1714557540000": at} {
		e := mustRead(t, packed(t, historyName, list(play("offline_timestamp", form)))).plays()[0]
		if !e.Time.Offline.Equal(want) || !e.Time.At.Equal(at.Add(time.Minute)) {
			t.Errorf("%s: offline %v, at %v", form, e.Time.Offline, e.Time.At)
		}
	}
}

func TestSearchesPlaylistsAndInferencesAreEventsToo(t *testing.T) {
	path, truth := written(t, export.Options{Seed: 3, Plays: 20, Every: true, Segments: []string{"1P_Tea"}})
	count := map[string]int{}
	for _, e := range mustRead(t, path).Events {
		count[e.Kind]++
		if e.Kind == "search" && (e.Text == "" || e.Time.Precision != "ms" || e.Time.At.IsZero()) {
			t.Errorf("search %+v", e)
		}
	}
	want := map[string]int{"play": truth.Plays + truth.Recent + 1, "search": truth.Searches, "playlist": 18, "library": 12, "follow": 6, "inference": 3, "message": 1}
	for kind, n := range want {
		if count[kind] != n {
			t.Errorf("%d events of kind %s, want %d", count[kind], kind, n)
		}
	}
}

func TestTheOutputIsTheSameInEveryTimeZone(t *testing.T) {
	path, _ := written(t, export.Options{Seed: 5, Plays: 200, Every: true, Segments: []string{"1P_Tea"}, Malformed: 1, Duplicate: 2})
	old := time.Local
	t.Cleanup(func() { time.Local = old })
	first := ""
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Europe/Paris"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = loc
		out := text(t, mustRead(t, path))
		if first == "" {
			first = out
		} else if out != first {
			t.Errorf("in %s the output differs", zone)
		}
	}
	if !strings.Contains(first, "2026-11-01T18:00:00Z") {
		t.Error("the newest stamp is not in the output")
	}
}

// Whatever is planted, every record is accounted for, member by member and in
// sum, and the counts are those of the generator.
func TestTheLedgerSumsToItsInput(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		plays := rapid.IntRange(0, 300).Draw(rt, "plays")
		o := export.Options{
			Seed: rapid.Uint64().Draw(rt, "seed"), Plays: plays, Duplicate: rapid.IntRange(0, plays).Draw(rt, "duplicate"),
			Malformed: rapid.IntRange(0, 20).Draw(rt, "malformed"), Every: rapid.Bool().Draw(rt, "every"), Clean: rapid.Bool().Draw(rt, "clean"),
			Deflate: rapid.Bool().Draw(rt, "deflate"),
		}
		path, truth := written(t, o)
		r := mustRead(t, path)
		l := r.Export.Ledger
		sum := Member{}
		for _, m := range l.Members {
			if m.Read != m.Kept+m.Skipped+m.Duplicate+m.Malformed || m.Unread != 0 {
				rt.Fatalf("member %+v", m)
			}
			sum.Read, sum.Kept, sum.Duplicate, sum.Malformed = sum.Read+m.Read, sum.Kept+m.Kept, sum.Duplicate+m.Duplicate, sum.Malformed+m.Malformed
		}
		if sum.Read != l.Read || sum.Kept != l.Kept || l.Read != l.Kept+l.Duplicate+l.Malformed {
			rt.Fatalf("sums %+v of ledger %+v", sum, l)
		}
		if l.Duplicate != int64(truth.Duplicates) || l.Malformed != int64(truth.Malformed) {
			rt.Fatalf("%d duplicates and %d malformed, planted %d and %d", l.Duplicate, l.Malformed, truth.Duplicates, truth.Malformed)
		}
		if plays > 0 && r.Export.Plays != truth.Plays {
			rt.Fatalf("%d plays, written %d", r.Export.Plays, truth.Plays)
		}
		artists := map[string]int{}
		for _, e := range r.plays() {
			if e.Time.Precision == "s" {
				artists[e.Item.Creator]++
			}
		}
		for name, n := range truth.Artists {
			if artists[name] != n {
				rt.Fatalf("%s was played %d times, not %d", name, n, artists[name])
			}
		}
	})
}

func TestALedgerThatDoesNotSumIsAnError(t *testing.T) {
	l := Ledger{Members: []Member{{Name: "x.json", Read: 3, Kept: 1, Malformed: 1}}}
	if err := l.sum(); err == nil {
		t.Error("a lost record was not noticed")
	}
}

// Memory grows with what is needed to find plays that stand twice, and with
// nothing else.
func TestTenTimesThePlaysCostNoMoreThanTheirMarks(t *testing.T) {
	const few, many = 10_000, 100_000
	from := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	small, _ := written(t, export.Options{Seed: 1, Plays: few, Clean: true, Deflate: true, From: from})
	large, _ := written(t, export.Options{Seed: 1, Plays: many, Clean: true, Deflate: true, From: from})
	read := func(path string) func() {
		return func() {
			if _, _, _, err := Read(t.Context(), path, nil); err != nil {
				t.Error(err)
			}
		}
	}
	read(small)()
	a, b := peak(read(small)), peak(read(large))
	each := (float64(b) - float64(a)) / (many - few)
	t.Logf("peak %d KiB for %d plays, %d KiB for %d: %.0f bytes a play", a>>10, few, b>>10, many, each)
	// 16 bytes of hash, in a table that is at worst just doubled, and what the
	// collector has not yet taken back.
	if each > 160 {
		t.Errorf("%.0f bytes a play", each)
	}
}
