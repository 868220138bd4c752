package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// A campaignView is the page that a listener reads before agreeing.
type campaignView struct {
	view
	Campaign  presave.Campaign
	Provider  *presave.Provider
	Asks      []string // what is asked for, in words
	Day       string
	Out       bool   // the day has begun everywhere
	GrantEnds string // when the provider ends what is granted today
	Areas     []area
}

// An area is a part of the world with its zones.
type area struct {
	Name  string
	Zones []zone
}

type zone struct {
	ID, City, Offset string
	Chosen           bool
}

func (s *Site) showCampaign(w http.ResponseWriter, r *http.Request) {
	c, p, err := s.campaign(r, r.PathValue("campaign"))
	if err != nil {
		s.fail(w, "show a campaign", err)
		return
	}
	now := s.Service.Clock.Now()
	v := campaignView{
		view: titled("Save " + c.Title + " by " + c.Artist), Campaign: c, Provider: p,
		Asks: s.sentences(presave.Save), Day: longDay(c.ReleaseDate),
		Out: outEverywhere(c.ReleaseDate, now), GrantEnds: longDay(presave.DateOf(now.Add(p.GrantLife).UTC())),
		Areas: areas(c.ReleaseDate, c.Zone),
	}
	s.render(w, http.StatusOK, "campaign.html", v)
}

// outEverywhere tells whether the day has begun in every zone: the last one
// is twelve hours west of UTC.
func outEverywhere(d presave.Date, now time.Time) bool {
	due, err := presave.Due(d, "Etc/GMT+12")
	return err == nil && !now.Before(due)
}

func longDay(d presave.Date) string {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Format("Monday 2 January 2006")
}

// continents are the parts of the world that zones are named after. Names
// outside them are older spellings of the same zones.
var continents = []string{"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}

// areas lists the zones by part of the world, with the offset that each has
// when the day begins.
func areas(d presave.Date, chosen string) []area {
	byName := map[string][]zone{}
	for _, id := range presave.Zones() {
		name, city, ok := strings.Cut(id, "/")
		if ok && slices.Contains(continents, name) {
			byName[name] = append(byName[name], zone{id, cityOf(city), offset(d, id), id == chosen})
		}
	}
	var all []area
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, area{name, slices.SortedFunc(slices.Values(byName[name]), func(a, b zone) int { return cmp.Compare(a.City, b.City) })})
	}
	if name, _, _ := strings.Cut(chosen, "/"); !slices.Contains(continents, name) {
		all = append([]area{{"This campaign", []zone{{chosen, chosen, offset(d, chosen), true}}}}, all...)
	}
	return all
}

// cityOf turns "Argentina/Buenos_Aires" into "Buenos Aires, Argentina".
func cityOf(name string) string {
	part := strings.Split(strings.ReplaceAll(name, "_", " "), "/")
	slices.Reverse(part)
	return strings.Join(part, ", ")
}

// offset is by how much a zone's clocks differ from UTC when the day begins.
func offset(d presave.Date, id string) string {
	due, err := presave.Due(d, id)
	if err != nil {
		return ""
	}
	ahead := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Sub(due)
	sign := "+"
	if ahead < 0 {
		sign, ahead = "−", -ahead
	}
	if ahead%time.Hour == 0 {
		return fmt.Sprintf("UTC%s%d", sign, int(ahead.Hours()))
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, int(ahead.Hours()), int(ahead.Minutes())%60)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
