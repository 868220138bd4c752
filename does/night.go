package does

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// nightEnds is the hour at which night ends: it is from 00:00 to 06:00.
const nightEnds = 6

// deviceNames are the fields in which apps and their kits send a value that
// names the device, the installation or its owner, without punctuation.
var deviceNames = map[string]bool{
	"deviceid": true, "deviceuuid": true, "deviceidentifier": true, "did": true, "udid": true, "duid": true, "uuid": true, "guid": true, "uid": true,
	"userid": true, "accountid": true, "gaid": true, "aaid": true, "adid": true, "idfa": true, "idfv": true, "ifa": true, "advertisingid": true, "advertiserid": true,
	"adidentifier": true, "androidid": true, "installid": true, "installationid": true, "instanceid": true, "appinstanceid": true, "clientid": true, "cid": true,
	"visitorid": true, "anonymousid": true, "anonid": true, "persistentid": true, "trackingid": true, "hardwareid": true, "hwid": true, "imei": true,
	"serial": true, "serialnumber": true, "macaddress": true, "fingerprint": true,
}

// deviceFields names the fields of a recorded request that carry a value which
// names the device or the person. One recording cannot be compared with
// another device's, so that the field's name decides, and the value must be
// long enough to name one.
func deviceFields(q diapason.Request) []string {
	named := map[string]bool{}
	for _, x := range carried(q) {
		for _, l := range leaves(x.value) {
			if len(l.value) >= shortest && (namesDevice(x.place.key) || slices.ContainsFunc(strings.Split(l.path, "/"), namesDevice)) {
				named[cmp.Or(x.place.key, l.path)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(named))
}

func namesDevice(field string) bool {
	return deviceNames[plainName(strings.TrimPrefix(strings.ToLower(field), "x-"))]
}

// plainName takes punctuation and capitals out of a field's name.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if !isLetter(r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// nights tells for each recorded capture and receiver when requests were sent,
// by local hour. Where no time zone is known, nobody knows when it was night.
func (r *reading) nights() []Night {
	var all []Night
	for _, c := range r.all {
		if c.Source != "har" {
			continue
		}
		local, zone := localTime(c)
		byParty := map[string]*Night{}
		for _, q := range sent(c) {
			host := hostOf(q.URL)
			if host == "" || q.At.IsZero() {
				continue
			}
			party := r.party(host)
			k := party.ID + "\x00" + string(party.Relation)
			n := byParty[k]
			if n == nil {
				n = &Night{Visit: c.ID, Receiver: party, Zone: zone, Known: local != nil}
				byParty[k] = n
			}
			if !slices.Contains(n.Hosts, host) {
				n.Hosts = append(n.Hosts, host)
			}
			if n.Known {
				n.count(c, q, local(q.At))
			}
		}
		for _, k := range slices.Sorted(maps.Keys(byParty)) {
			slices.Sort(byParty[k].Hosts)
			all = append(all, *byParty[k])
		}
	}
	return all
}

// shownNights is how many requests of a night are pointed at.
const shownNights = 5

func (n *Night) count(c *diapason.Capture, q diapason.Request, at time.Time) {
	n.Hours[at.Hour()]++
	if at.Hour() >= nightEnds {
		return
	}
	n.Requests++
	n.Bytes += weight(q)
	if n.First.IsZero() || at.Before(n.First) {
		n.First = at
	}
	if at.After(n.Last) {
		n.Last = at
	}
	names := deviceFields(q)
	if len(names) > 0 {
		n.Identifiers++
	}
	if len(n.Evidence) < shownNights {
		quote := "at " + at.Format("15:04")
		if len(names) > 0 {
			quote += " with " + strings.Join(names, ", ")
		}
		n.Evidence = append(n.Evidence, refTo(c, q, quote))
	}
}

// weight is how many bytes a request took to send: its address, headers and body.
func weight(q diapason.Request) int64 {
	n := int64(len(q.Method) + len(q.URL) + len("  HTTP/1.1\r\n\r\n"))
	for _, h := range q.Headers {
		n += int64(len(h.Name) + len(h.Value) + len(": \r\n"))
	}
	return n + max(q.Body.Size, int64(len(q.Body.Text)))
}

// localTime is how the hours of a capture are told, and by which zone: the one
// that was given, or else the offsets that its times carry. Times that are all
// in UTC tell no local hour.
func localTime(c *diapason.Capture) (func(time.Time) time.Time, string) {
	if c.Zone != "" {
		l, err := time.LoadLocation(c.Zone)
		if err != nil {
			return nil, ""
		}
		return func(t time.Time) time.Time { return t.In(l) }, c.Zone
	}
	offsets := map[int]bool{}
	for _, q := range c.Requests {
		_, o := q.At.Zone()
		offsets[o] = true
	}
	delete(offsets, 0)
	if len(offsets) == 0 {
		return nil, ""
	}
	first := slices.Sorted(maps.Keys(offsets))[0]
	return func(t time.Time) time.Time { return t }, fmt.Sprintf("UTC%+03d:%02d", first/3600, abs(first)/60%60)
}

func abs(n int) int { return max(n, -n) }
