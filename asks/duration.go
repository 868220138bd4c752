package asks

import (
	"time"

	"diapason.dev/diapason"
)

// A Duration sets the time for which a grant lasts beside the time that its
// purpose takes.
type Duration struct {
	Authorized time.Time `json:"authorized"`           // when the person agrees
	GrantEnds  time.Time `json:"grant_ends,omitzero"`  // at the latest; zero: not known
	Event      Event     `json:"event,omitzero"`       // what the purpose waits for
	PurposeEnd time.Time `json:"purpose_end,omitzero"` // event and grace; zero: not known
	// Over is how many days the grant is still there when its purpose is over;
	// 0 where one of the two ends is not known.
	Over float64 `json:"over"`
	// CannotWork is set where the event comes after the end of the grant.
	CannotWork bool `json:"cannot_work"`
}

// checkEvent refuses an event that none of the purposes waits for.
func (j *judgement) checkEvent() error {
	name := j.ask.Event.Name
	if name == "" || j.provider == nil || j.unaimed {
		return nil
	}
	var awaited []string
	for _, u := range j.core {
		if u.Ends.Event == name {
			if j.ask.Authorized.IsZero() {
				return badAsk("give the time at which the person agrees", "judge permission request: there is an event and no time of the authorization")
			}
			return nil
		}
		if u.Ends.Event != "" {
			awaited = append(awaited, u.Ends.Event)
		}
	}
	next := "leave the event out"
	if len(awaited) > 0 {
		next = "the purpose waits for: " + join(awaited)
	}
	return badAsk(next, "judge permission request: no purpose of it waits for %q", visible(name))
}

// span works out the duration. A grant that is not renewed, or one of a
// provider that names no end, has none that is known; neither have purposes of
// which one has no end.
func (j *judgement) span() {
	d := &j.lasting
	if j.ask.Authorized.IsZero() || j.provider == nil {
		return
	}
	d.Authorized, d.Event = j.ask.Authorized, j.ask.Event
	if life := j.provider.Request.GrantLife; life != "" && j.verdict.PersistentAccess {
		d.GrantEnds = addTime(d.Authorized, life)
	}
	if d.Event.Name != "" {
		for _, u := range j.core {
			if u.Ends.Event != d.Event.Name {
				d.PurposeEnd = time.Time{}
				break
			}
			if end := addTime(d.Event.At, u.Ends.Grace); end.After(d.PurposeEnd) {
				d.PurposeEnd = end
			}
		}
	}
	if d.GrantEnds.IsZero() {
		return
	}
	if d.CannotWork = d.Event.At.After(d.GrantEnds); d.CannotWork {
		j.find("asks.duration.cannot-work", diapason.Medium, "")
	}
	if !d.PurposeEnd.IsZero() {
		d.Over = max(0, daysBetween(later(d.PurposeEnd, d.Authorized), d.GrantEnds))
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// addTime adds an ISO 8601 duration of one unit to a time. A month that is too
// short ends on its last day: six months after 31 August is the end of February.
func addTime(t time.Time, iso string) time.Time {
	n, unit, _ := readDuration(iso) // checked when the catalogue was loaded
	switch unit {
	case "Y":
		return addMonths(t, 12*n)
	case "M":
		return addMonths(t, n)
	case "W":
		return t.AddDate(0, 0, 7*n)
	case "D":
		return t.AddDate(0, 0, n)
	}
	return t.Add(time.Duration(n) * time.Hour)
}

func addMonths(t time.Time, n int) time.Time {
	sum := t.AddDate(0, n, 0)
	if sum.Day() != t.Day() { // the days beyond the end went into the next month
		return sum.AddDate(0, 0, -sum.Day())
	}
	return sum
}

// daysBetween counts days to a tenth.
func daysBetween(from, to time.Time) float64 {
	return float64(int(to.Sub(from).Hours()/24*10+0.5)) / 10
}

// lastingText says in a sentence how long the grant and its purpose last.
func lastingText(r Request) []string {
	d := r.Duration
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch {
	case d.CannotWork:
		return []string{"This grant cannot work: agreed to on " + day(d.Authorized) + ", it ends on " + day(d.GrantEnds) +
			" at the latest, before the " + d.Event.Name + " on " + day(d.Event.At) + "."}
	case d.GrantEnds.IsZero():
		return nil
	}
	text := "Agreed to on " + day(d.Authorized) + ", it can last until " + day(d.GrantEnds) + "."
	switch {
	case d.PurposeEnd.IsZero():
	case d.PurposeEnd.Before(d.Authorized):
		text += " What it is for was over on " + day(d.PurposeEnd) + " already."
	case d.Over > 0:
		text += " What it is for is over on " + day(d.PurposeEnd) + ", " + plural(int(d.Over+0.5), "day") + " earlier."
	}
	return []string{text}
}
