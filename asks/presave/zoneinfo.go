package presave

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"diapason.dev/diapason"
)

// The IANA time zone database (public domain), as Go's distribution packs it
// in lib/time. It is embedded as bytes, not by importing time/tzdata, because
// time.LoadLocation prefers whatever the machine has: two workers would
// disagree about midnight.
//
//go:generate go run ./gen
//go:embed zoneinfo.zip
var zoneinfo []byte

// ZoneinfoVersion names the embedded time zone data: its release and the
// beginning of its digest. Times that were computed with another are computed
// again.
var ZoneinfoVersion = sync.OnceValue(func() string {
	sum := sha256.Sum256(zoneinfo)
	return zoneinfoRelease + "-" + hex.EncodeToString(sum[:4])
})

var zones = sync.OnceValue(func() map[string]*zip.File {
	archive, err := zip.NewReader(bytes.NewReader(zoneinfo), int64(len(zoneinfo)))
	if err != nil {
		panic("embedded zoneinfo.zip: " + err.Error())
	}
	found := map[string]*zip.File{}
	for _, f := range archive.File {
		if f.UncompressedSize64 > 0 {
			found[f.Name] = f
		}
	}
	return found
})

var loaded sync.Map // of zone name to *time.Location

// location is the zone of an IANA name.
func location(zone string) (*time.Location, error) {
	if loc, ok := loaded.Load(zone); ok {
		return loc.(*time.Location), nil
	}
	f, ok := zones()[zone]
	if !ok {
		return nil, fmt.Errorf("time zone %q: expected an IANA name such as Europe/Berlin: %w", zone, diapason.ErrUsage)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", zone, err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", zone, err)
	}
	loc, err := time.LoadLocationFromTZData(zone, data)
	if err != nil {
		return nil, fmt.Errorf("time zone %s: %w", zone, err)
	}
	loaded.Store(zone, loc)
	return loc, nil
}

// Zones are the names of all zones, in order, for people to choose from.
func Zones() []string { return slices.Sorted(maps.Keys(zones())) }
