package does

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

func night(zone string, hours ...int) *diapason.Capture {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	c := &diapason.Capture{ID: "phone/1", Source: "har", Mode: diapason.Manual, Zone: zone, Complete: true}
	for i, h := range hours {
		q := ask(c, "xhr", "https://pulse.example/beat?device_id=redacted:0a1b2c3d&n="+fmt.Sprint(i))
		q.At = time.Date(2026, 11, 24, h, 10, 0, 0, paris).UTC()
		q.Body = diapason.Body{Text: `{"battery":81}`, Size: 14, Mime: "application/json"}
	}
	q := ask(c, "xhr", "https://adsum.example/config?app=3.1")
	q.At = time.Date(2026, 11, 24, 2, 0, 0, 0, paris).UTC()
	q = ask(c, "xhr", "https://api.nocturne.example/me")
	q.At = time.Date(2026, 11, 24, 13, 0, 0, 0, paris).UTC()
	return c
}

func TestActivityIsToldByTheDevicesOwnClock(t *testing.T) {
	got := reader(t).Read([]*diapason.Capture{night("Europe/Paris", 0, 3, 3, 5, 6, 23)}).Nights
	if len(got) != 3 {
		t.Fatalf("%d receivers: %+v", len(got), got)
	}
	adsum, own, pulse := got[0], got[1], got[2]
	if pulse.Receiver.ID != "pulse" || !pulse.Known || pulse.Requests != 4 || pulse.Identifiers != 4 || pulse.Hours[3] != 2 || pulse.Hours[6] != 1 || pulse.Hours[23] != 1 {
		t.Errorf("pulse %+v", pulse)
	}
	if pulse.Bytes < 4*70 || pulse.First.Format("15:04") != "00:10" || pulse.Last.Format("15:04") != "05:10" {
		t.Errorf("pulse: %d bytes from %s to %s", pulse.Bytes, pulse.First, pulse.Last)
	}
	if adsum.Requests != 1 || adsum.Identifiers != 0 {
		t.Errorf("adsum %+v", adsum)
	}
	if own.Receiver.Relation != diapason.FirstParty || own.Requests != 0 || own.Hours[13] != 1 {
		t.Errorf("own %+v", own)
	}
}

func TestWithoutAZoneNobodyKnowsWhenItWasNight(t *testing.T) {
	for _, n := range reader(t).Read([]*diapason.Capture{night("", 3)}).Nights {
		if n.Known || n.Requests != 0 || n.Hours != [24]int{} {
			t.Errorf("%+v", n)
		}
	}
	c := night("", 3)
	for i := range c.Requests {
		c.Requests[i].At = c.Requests[i].At.In(time.FixedZone("", 3600))
	}
	for _, n := range reader(t).Read([]*diapason.Capture{c}).Nights {
		if !n.Known || n.Zone != "UTC+01:00" || n.Receiver.ID == "pulse" && n.Hours[3] != 1 {
			t.Errorf("%+v", n)
		}
	}
}

func TestARecordedDeviceIsAFlowOfItsIdentifier(t *testing.T) {
	r := reader(t)
	var lines []string
	for _, f := range r.Flows(r.Read([]*diapason.Capture{night("Europe/Paris", 3, 14)})) {
		lines = append(lines, fmt.Sprintf("%s %s %s %s %d", f.Recipient.ID, f.Data, f.Mode, f.Consent, f.Count))
	}
	want := []string{"adsum pd:IPAddress manual unknown 1", "pulse dia:DeviceIdentifier manual unknown 2"}
	if !slices.Equal(lines, want) {
		t.Errorf("flows %v, want %v", lines, want)
	}
}

func TestAFieldThatNamesTheDeviceIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		url, body, mime, header string
		want                    string
	}{
		"in an address":       {url: "?did=0123456789abcdef&app=x", want: "did"},
		"redacted":            {url: "?did=redacted:0a1b2c3d4e5f6071", want: "did"},
		"in JSON":             {body: `{"device_id":"redacted:0a1b2c3d4e5f6071","app":"x"}`, mime: "application/json", want: "device_id"},
		"deep in JSON":        {body: `{"ctx":{"device":{"advertisingId":"38400000-8cf0-11bd-b23e-10b96e40000d"}}}`, mime: "application/json", want: "ctx/device/advertisingId"},
		"with separators":     {body: `{"idfa":"ab.cdefghij"}`, mime: "application/json", want: "idfa/1"},
		"in a form":           {body: "android_id=0123456789abcdef&x=1", mime: "application/x-www-form-urlencoded", want: "android_id"},
		"in a header":         {header: "0123456789abcdef", want: "x-device-id"},
		"too short":           {url: "?uid=7"},
		"another name":        {url: "?release=0123456789abcdef"},
		"a part of a name":    {url: "?candid=0123456789abcdef"},
		"nothing of the kind": {},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit("phone/1", "", 1)
			q := ask(v, "xhr", "https://pulse.example/beat"+c.url)
			q.Body = diapason.Body{Text: c.body, Mime: c.mime}
			if c.header != "" {
				q.Headers = []diapason.Header{{Name: "X-Device-Id", Value: c.header}}
			}
			if got := strings.Join(deviceFields(*q), " "); got != c.want {
				t.Errorf("fields %q, want %q", got, c.want)
			}
		})
	}
}
