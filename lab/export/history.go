package export

import (
	"fmt"
	"slices"
	"time"
)

// perFile is how many plays stand in one file: about 12 MB, as in the real packages.
const perFile = 15_000

// writeHistory writes the lifetime history, the planted duplicates in a file
// of their own and the planted malformed records at the end of the first file.
func writeHistory(a *archive, p *person) error {
	if p.Plays == 0 && p.Malformed == 0 {
		return nil
	}
	bad := p.Malformed
	for n := 0; n*perFile < max(len(p.plays), 1); n++ {
		chunk, from, to := p.plays[n*perFile:min(len(p.plays), (n+1)*perFile)], p.From.Year(), p.Until.Year()
		if len(chunk) > 0 {
			from, to = chunk[0].at.Year(), chunk[len(chunk)-1].at.Year()
		}
		if err := p.historyFile(a, fmt.Sprintf("Extended Streaming History/Streaming_History_Audio_%d-%d_%d.json", from, to, n), chunk, bad); err != nil {
			return err
		}
		bad = 0
	}
	if p.Duplicate > 0 {
		if err := p.historyFile(a, "Extended Streaming History/Streaming_History_Audio_again.json", p.plays[:p.Duplicate], 0); err != nil {
			return err
		}
	}
	p.truth.Duplicates, p.truth.Malformed = p.Duplicate, p.Malformed
	p.tellHistory()
	return nil
}

func (p *person) tellHistory() {
	const kind = "extended-history"
	p.holds(kind, "dia:ListeningHistory", "$[].ts", "$[].ms_played", "$[].master_metadata_track_name",
		"$[].master_metadata_album_artist_name", "$[].master_metadata_album_album_name", "$[].spotify_track_uri")
	p.holds(kind, "dia:PlaybackDetail", "$[].reason_start", "$[].reason_end", "$[].shuffle", "$[].skipped", "$[].offline",
		"$[].offline_timestamp", "$[].incognito_mode")
	p.holds(kind, "pd:Country", "$[].conn_country")
	p.holds(kind, "dia:PlaybackDevice", "$[].platform")
	p.holds(kind, "pd:IPAddress", "$[].ip_addr")
	if len(p.plays) > 0 {
		pl := p.plays[0]
		p.canary(kind+" $[].ip_addr", p.addresses[pl.ip])
		p.canary(kind+" $[].spotify_track_uri", p.artists[pl.artist].tracks[pl.track].uri)
		p.canary(kind+" $[].master_metadata_track_name", p.artists[pl.artist].tracks[pl.track].name)
	}
}

func (p *person) historyFile(a *archive, name string, plays []play, bad int) error {
	w, err := a.member(name)
	if err != nil {
		return err
	}
	b := []byte{'['}
	for i, pl := range plays {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, p.record(pl, i, pl.at.Format(time.RFC3339)))
		if len(b) > 1<<16 {
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	for i := range bad {
		if len(plays) > 0 || i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, p.record(play{played: 1}, i, "yesterday evening"))
	}
	_, err = w.Write(append(b, ']'))
	return err
}

// record is one play. The stamp of going offline takes the forms that are seen
// in the wild: none, zero, seconds and milliseconds.
func (p *person) record(pl play, i int, at string) object {
	ar := p.artists[pl.artist]
	tr := ar.tracks[pl.track]
	offline := []any{nil, 0, pl.at.Unix() - 60, (pl.at.Unix() - 60) * 1000}[i%4]
	reason := []string{"trackdone", "fwdbtn", "clickrow", "click-row", "logout", ""}[(i+pl.track)%6]
	var skipped any
	if i%5 != 0 {
		skipped = reason == "fwdbtn"
	}
	return object{
		{"ts", at},
		{"platform", "android"},
		{"ms_played", pl.played},
		{"conn_country", "FR"},
		{"ip_addr", p.addresses[pl.ip]},
		{"master_metadata_track_name", tr.name},
		{"master_metadata_album_artist_name", ar.name},
		{"master_metadata_album_album_name", tr.album},
		{"spotify_track_uri", tr.uri},
		{"episode_name", nil},
		{"episode_show_name", nil},
		{"spotify_episode_uri", nil},
		{"audiobook_title", nil},
		{"audiobook_uri", nil},
		{"audiobook_chapter_uri", nil},
		{"audiobook_chapter_title", nil},
		{"reason_start", "trackdone"},
		{"reason_end", reason},
		{"shuffle", i%3 == 0},
		{"skipped", skipped},
		{"offline", i%7 == 0},
		{"offline_timestamp", offline},
		{"incognito_mode", i%11 == 0},
	}
}

// writeRecent writes the last year's plays once more, by the minute and
// without addresses, as account data does.
func writeRecent(a *archive, p *person) error {
	var list []object
	for _, pl := range p.plays {
		if pl.at.Before(p.Until.AddDate(-1, 0, 0)) {
			continue
		}
		ar := p.artists[pl.artist]
		list = append(list, object{
			{"endTime", pl.at.Format("2006-01-02 15:04")}, {"artistName", ar.name}, {"trackName", ar.tracks[pl.track].name}, {"msPlayed", pl.played},
		})
	}
	p.truth.Recent = len(list)
	if len(list) == 0 {
		return nil
	}
	p.holds("streaming-history", "dia:ListeningHistory", "$[].endTime", "$[].artistName", "$[].trackName", "$[].msPlayed")
	n := 0
	for chunk := range slices.Chunk(list, 10_000) {
		if err := a.put(fmt.Sprintf("Account Data/StreamingHistory_music_%d.json", n), chunk); err != nil {
			return err
		}
		n++
	}
	return nil
}
