package browse

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/cdp"
	"diapason.dev/diapason/internal/gate"
)

// streams are the events of a chain of redirects, a post and a socket. Within
// each stream the browser keeps the order, between them it does not.
func streams() [][]cdp.Event {
	main, extra := chain()
	const post = `{"requestId":"2","request":{"url":"https://c.example/p","method":"POST","headers":{"Content-Type":"text/plain"},"postData":"x=1","hasPostData":true},"wallTime":1795555556,"type":"Fetch","initiator":{"type":"script","url":"https://a.example/a.js"}}`
	main = append(main[:2:2], append([]cdp.Event{
		event("S", "requestWillBeSent", post),
		event("S", "webSocketCreated", `{"requestId":"3","url":"wss://d.example/s"}`),
		event("S", "webSocketWillSendHandshakeRequest", `{"requestId":"3","wallTime":1795555557,"request":{"headers":{"Cookie":"a=1"}}}`),
		event("S", "responseReceived", `{"requestId":"2","hasExtraInfo":true,"response":{"status":200,"headers":{},"mimeType":"text/plain"}}`),
		event("S", "loadingFailed", `{"requestId":"2","errorText":"net::ERR_ABORTED"}`),
	}, append(main[2:], event("S", "webSocketHandshakeResponseReceived", `{"requestId":"3","response":{"status":101,"headers":{"Upgrade":"websocket"}}}`),
		event("S", "webSocketFrameSent", `{"requestId":"3","response":{"payloadData":"hello"}}`),
		event("S", "webSocketFrameReceived", `{"requestId":"3","response":{"payloadData":"you"}}`))...)...)
	return [][]cdp.Event{
		main, extra[:2], extra[2:],
		{event("S", "requestWillBeSentExtraInfo", `{"requestId":"2","headers":{"Cookie":"a=1","Content-Type":"text/plain"}}`)},
		{event("S", "responseReceivedExtraInfo", `{"requestId":"2","statusCode":204,"headers":{"Set-Cookie":"a=2"}}`)},
	}
}

// listening makes what gives the record of events, through one gate.
func listening(f *testing.F) func([]cdp.Event) *diapason.Capture {
	g, err := gate.Start(f.Context(), gate.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { g.Close() })
	door, err := g.Session("A1")
	if err != nil {
		f.Fatal(err)
	}
	ctx := f.Context()
	return func(events []cdp.Event) *diapason.Capture {
		w := newWalk(Visit{ID: "A1", URL: "https://shop.example/"}, Brisk, usualLimits())
		w.ctx, w.conn, w.main, w.door = ctx, &cdp.Conn{}, "S", door
		w.targets["S"] = &target{id: "F", kind: "page", url: "https://shop.example/"}
		for _, e := range events {
			w.handle(e)
		}
		w.record(nil, nil)
		for i := range w.capture.Requests {
			if r := &w.capture.Requests[i]; r.Type == "websocket" && !r.At.Equal(instant(1795555557)) {
				r.At = time.Time{} // no event told it: it is the clock's
			}
		}
		return w.capture
	}
}

// Each byte picks the stream whose next event comes.
func FuzzEventsInAnyOrder(f *testing.F) {
	for _, order := range []string{"", "\x00\x00\x00", "\x04\x03\x02\x01\x00", "\x01\x00\x02\x00\x03\x00\x04\x00", "\x02\x02\x01\x01\x00\x04\x04\x03"} {
		f.Add([]byte(order))
	}
	record := listening(f)
	want := record(slices.Concat(streams()...))
	if len(want.Requests) != 5 {
		f.Fatalf("%d requests", len(want.Requests))
	}
	f.Fuzz(func(t *testing.T, order []byte) {
		got := record(merged(streams(), order))
		if !reflect.DeepEqual(got.Requests, want.Requests) || !reflect.DeepEqual(got.Blocked, want.Blocked) || !reflect.DeepEqual(got.Cut, want.Cut) {
			t.Errorf("%v gives another record:\n%+v\n%+v", order, got.Requests, want.Requests)
		}
	})
}

// merged takes the streams' events in the order that the bytes name, and what
// they leave at the end.
func merged(all [][]cdp.Event, order []byte) []cdp.Event {
	var out []cdp.Event
	for _, b := range order {
		if i := int(b) % len(all); len(all[i]) > 0 {
			out, all[i] = append(out, all[i][0]), all[i][1:]
		}
	}
	return append(out, slices.Concat(all...)...)
}

// Each byte takes an event and what is done to it: told, dropped, told twice,
// told by another session, or told with its parameters cut short.
func FuzzEventsThatAreLostOrRepeated(f *testing.F) {
	for _, what := range []string{"", "\x00\x01\x02\x03\x04\x05", "\x20\x41\x62\x83\xa4", "\xff\xfe\xfd\xfc\x00\x00\x10\x11\x12"} {
		f.Add([]byte(what))
	}
	record := listening(f)
	all := slices.Concat(streams()...)
	f.Fuzz(func(t *testing.T, bytes []byte) {
		var events []cdp.Event
		announced, broken := 0, 0
		for _, b := range bytes {
			e := all[int(b&31)%len(all)]
			switch b >> 5 {
			case 1:
				events = append(events, e)
			case 2:
				e.Session = "child"
			case 3:
				e.Params = e.Params[:len(e.Params)/2]
				broken++
			}
			events = append(events, e)
		}
		for _, e := range events {
			if strings.HasSuffix(e.Method, "requestWillBeSent") || strings.HasSuffix(e.Method, "webSocketCreated") {
				announced++
			}
		}
		c := record(events)
		if again := record(events); !reflect.DeepEqual(again.Requests, c.Requests) {
			t.Fatalf("the same events give %+v and %+v", c.Requests, again.Requests)
		}
		if len(c.Requests) > announced {
			t.Errorf("%d requests of %d that were announced", len(c.Requests), announced)
		}
		unread, known := 0, map[string]bool{"": true}
		for what, n := range c.Cut {
			if strings.HasPrefix(what, "events that could not be read") {
				unread += n
			}
		}
		if unread != broken {
			t.Errorf("%d events were broken, %d are counted", broken, unread)
		}
		for i, r := range c.Requests {
			if r.ID != fmt.Sprint("r", i+1) || !known[r.Redirect] || r.URL == "" || r.From != "page" {
				t.Errorf("request %d: %+v", i, r)
			}
			known[r.ID] = true
		}
	})
}
