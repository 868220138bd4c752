package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A recording is what a phone's proxy wrote down over three days in November
// 2026, in Paris, where local time is then one hour ahead of UTC.
type recording struct {
	app   string // name and version in the user agent
	truth Truth
	calls []call
}

// A call is one request that the app sends on each of the three days.
type call struct {
	at     string // local time of day, 15:04:05
	method string
	url    string
	body   string // JSON; empty: none
	answer string // JSON; empty: 204
}

// The days and the zone of the recordings. Paris keeps winter time, UTC+1, on
// all of them, so the file does not depend on a zone database.
var (
	firstDay = time.Date(2026, 11, 16, 0, 0, 0, 0, time.FixedZone("CET", 3600))
	days     = 3
)

const zone = "Europe/Paris"

// deviceID is a made-up device identifier. It is always the same, because a
// recording is a file and not a run.
func deviceID(of string) string {
	sum := sha256.Sum256([]byte("a phone that does not exist, as " + of + " knows it"))
	return hex.EncodeToString(sum[:16])
}

// nocturnePhone is silent at no time: at three in the morning it tells two
// other companies which phone it is.
func nocturnePhone() recording {
	id := deviceID("nocturne")
	beat := fmt.Sprintf(`{"device_id":%q,"app":"nocturne","event":"heartbeat","screen":"off","network":"wifi"}`, id)
	sync := "https://" + adsumHost + "/sync?did=" + id + "&app=nocturne"
	return recording{
		app: "Nocturne/7.2 (Android 16)",
		truth: Truth{Nights: []Night{
			{Receiver: adsumHost, Zone: zone, Hour: 3, Requests: days, Identifiers: days},
			{Receiver: pulseHost, Zone: zone, Hour: 3, Requests: 3 * days, Identifiers: 3 * days},
		}},
		calls: append(appCalls("https://api."+nocturneHost),
			call{at: "03:02:11", method: "POST", url: "https://" + pulseHost + "/app/beat", body: beat},
			call{at: "03:04:40", method: "GET", url: sync},
			call{at: "03:22:12", method: "POST", url: "https://" + pulseHost + "/app/beat", body: beat},
			call{at: "03:42:13", method: "POST", url: "https://" + pulseHost + "/app/beat", body: beat},
			call{at: "12:31:05", method: "POST", url: "https://" + pulseHost + "/app/beat", body: beat},
		),
	}
}

// serenadePhone talks to its own service, by day, when somebody plays music.
func serenadePhone() recording {
	return recording{app: "Serenade/3.4 (Android 16)", truth: Truth{Clean: true}, calls: appCalls("https://api." + serenadeHost)}
}

// appCalls are what any music app asks its own service for over a day.
func appCalls(api string) []call {
	return []call{
		{at: "07:45:02", method: "GET", url: api + "/v1/home", answer: `{"shelves":["new","for the morning"]}`},
		{at: "07:46:10", method: "GET", url: api + "/v1/albums/slow-tides", answer: `{"title":"Slow Tides","tracks":9}`},
		{at: "07:46:15", method: "POST", url: api + "/v1/plays", body: `{"track":"slow-tides/1","from":"album"}`},
		{at: "18:20:41", method: "GET", url: api + "/v1/search?q=rain", answer: `{"found":12}`},
		{at: "18:21:07", method: "POST", url: api + "/v1/plays", body: `{"track":"rain-songs/4","from":"search"}`},
		{at: "21:58:30", method: "PUT", url: api + "/v1/library/albums/slow-tides", body: `{"saved":true}`},
	}
}

// har writes the recording as HAR 1.2.
func (r recording) har() ([]byte, error) {
	entries := []map[string]any{}
	calls := slices.Clone(r.calls)
	slices.SortStableFunc(calls, func(a, b call) int { return strings.Compare(a.at, b.at) })
	for day := range days {
		for _, c := range calls {
			e, err := r.entry(day, c)
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		}
	}
	return json.MarshalIndent(map[string]any{"log": map[string]any{
		"version": "1.2", "creator": map[string]string{"name": "diapason lab", "version": "1"},
		"comment": "Made up: no phone, no person.", "entries": entries, "_truth": r.truth,
	}}, "", " ")
}

// entry is one request with its answer, as HAR 1.2 section 4 shapes it.
func (r recording) entry(day int, c call) (map[string]any, error) {
	clock, err := time.Parse(time.TimeOnly, c.at)
	if err != nil {
		return nil, fmt.Errorf("read the time of a call: %w", err)
	}
	at := firstDay.AddDate(0, 0, day).Add(clock.Sub(clock.Truncate(24 * time.Hour)))
	address, err := url.Parse(c.url)
	if err != nil {
		return nil, fmt.Errorf("read the address of a call: %w", err)
	}
	request := map[string]any{
		"method": c.method, "url": c.url, "httpVersion": "HTTP/2", "cookies": []any{}, "headersSize": -1, "bodySize": len(c.body),
		"headers": pairs("host", address.Host, "user-agent", r.app), "queryString": query(address),
	}
	if c.body != "" {
		request["headers"] = pairs("host", address.Host, "user-agent", r.app, "content-type", "application/json")
		request["postData"] = map[string]any{"mimeType": "application/json", "text": c.body}
	}
	status, text := 204, "No Content"
	if c.answer != "" {
		status, text = 200, "OK"
	}
	return map[string]any{
		"startedDateTime": at.UTC().Format("2006-01-02T15:04:05.000Z07:00"), "time": 60, "request": request,
		"response": map[string]any{
			"status": status, "statusText": text, "httpVersion": "HTTP/2", "cookies": []any{}, "redirectURL": "", "headersSize": -1, "bodySize": len(c.answer),
			"headers": pairs("content-type", "application/json"),
			"content": map[string]any{"size": len(c.answer), "mimeType": "application/json", "text": c.answer},
		},
		"cache": map[string]any{}, "timings": map[string]any{"send": 5, "wait": 50, "receive": 5}, "serverIPAddress": "192.0.2.10",
	}, nil
}

// pairs turns name, value, name, value into the shape that HAR gives headers.
func pairs(list ...string) []map[string]string {
	all := []map[string]string{}
	for i := 0; i+1 < len(list); i += 2 {
		all = append(all, map[string]string{"name": list[i], "value": list[i+1]})
	}
	return all
}

func query(address *url.URL) []map[string]string {
	var list []string
	values := address.Query()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, name, values.Get(name))
	}
	return pairs(list...)
}
