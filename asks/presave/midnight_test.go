package presave

import (
	"testing"
	"time"
)

func dueAt(t *testing.T, date, zone string) time.Time {
	t.Helper()
	d, err := ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	at, err := Due(d, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAReleaseIsDueWhenItsDayBeginsInTheZone(t *testing.T) {
	for _, c := range []struct{ date, zone, want, why string }{
		{"2026-09-04", "Europe/Berlin", "2026-09-03T22:00:00Z", "an ordinary midnight"},
		{"2026-09-04", "Asia/Kathmandu", "2026-09-03T18:15:00Z", "an offset of quarter hours"},
		{"2026-09-04", "Pacific/Kiritimati", "2026-09-03T10:00:00Z", "UTC+14, the first"},
		{"2026-09-04", "Etc/GMT+12", "2026-09-04T12:00:00Z", "UTC-12, the last, 26 hours later"},
		{"2026-03-08", "America/Havana", "2026-03-08T05:00:00Z", "no midnight: 00:00 becomes 01:00"},
		{"2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00Z", "no midnight: 00:00 becomes 01:00"},
		{"2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z", "no such day: the 31st begins"},
		{"2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z", "which is the same instant"},
		{"2026-11-01", "America/Havana", "2026-11-01T04:00:00Z", "01:00 becomes 00:00: two midnights, the first"},
		{"2018-10-21", "America/Sao_Paulo", "2018-10-21T03:00:00Z", "midnight, two weeks before a gap"},
		{"2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "no midnight"},
		{"2018-02-18", "America/Sao_Paulo", "2018-02-18T03:00:00Z", "00:00 becomes 23:00: the day begins after that"},
		{"2010-11-07", "America/St_Johns", "2010-11-07T02:30:00Z", "00:01 becomes 23:01: the day begins, ends and begins"},
		{"1993-08-21", "Pacific/Kwajalein", "1993-08-21T12:00:00Z", "a day skipped in the other ocean"},
		{"2100-03-28", "Europe/Berlin", "2100-03-27T23:00:00Z", "beyond the table, by its rule"},
	} {
		if got := dueAt(t, c.date, c.zone).Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s in %s: due %s, want %s (%s)", c.date, c.zone, got, c.want, c.why)
		}
	}
}

// The oracle knows no offsets and no changes: it looks at clocks, minute by
// minute from two days before.
func earliestByMinutes(date Date, loc *time.Location) time.Time {
	for at := date.utc().Add(-48 * time.Hour); ; at = at.Add(time.Minute) {
		if !DateOf(at.In(loc)).Before(date) {
			return at
		}
	}
}

func TestInEveryZoneTheDayHasBegunWhenDueAndNotANanosecondBefore(t *testing.T) {
	zones := Zones()
	if len(zones) < 590 {
		t.Fatalf("only %d zones", len(zones))
	}
	checked, oracle := 0, 0
	for _, zone := range zones {
		loc, err := location(zone)
		if err != nil {
			t.Fatal(err)
		}
		// Every day on which the clocks change between 1900 and 2040, and the
		// days beside it; and some others of every year up to 2100.
		for at := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2040; {
			_, change := at.In(loc).ZoneBounds()
			if !change.After(at) { // there is none, or none that is known
				break
			}
			for d := -1; d <= 1; d++ {
				date := DateOf(change).AddDays(d)
				checkDay(t, date, loc)
				checked++
				// Offsets were whole minutes since 1972 but in Liberia.
				if year := change.Year(); year > 1972 && (year > 2007 || checked%7 == 0) {
					oracle++
					if got, want := earliest(date, loc), earliestByMinutes(date, loc); !got.Equal(want) {
						t.Fatalf("%s in %s: due %v, by minutes %v", date, loc, got, want)
					}
				}
			}
			at = change
		}
		for year := 1900; year <= 2100; year++ {
			checkDay(t, Date{year, time.Month(1 + year%12), 1 + year*7%28}, loc)
			checkDay(t, Date{year, time.December, 31}, loc)
			checked += 2
		}
	}
	t.Logf("%d days in %d zones, %d of them also by minutes", checked, len(zones), oracle)
	if checked < 100_000 || oracle < 5_000 {
		t.Fatalf("only %d days, %d by minutes", checked, oracle)
	}
}

func checkDay(t *testing.T, date Date, loc *time.Location) {
	t.Helper()
	at := earliest(date, loc)
	if on := DateOf(at.In(loc)); on.Before(date) {
		t.Fatalf("%s in %s: due %v, when it is %s there", date, loc, at, on)
	}
	if before := DateOf(at.Add(-1).In(loc)); !before.Before(date) {
		t.Fatalf("%s in %s: due %v, a nanosecond earlier it is %s there already", date, loc, at, before)
	}
}

func TestAZoneThatIsNoneIsRefused(t *testing.T) {
	for _, zone := range []string{"", "Local", "Europe/Nowhere", "../../etc/passwd", "europe/berlin"} {
		if _, err := Due(Date{2026, 9, 4}, zone); err == nil {
			t.Errorf("zone %q is accepted", zone)
		}
	}
}

func TestTheZonesAreTheEmbeddedOnesWhateverTheMachineHas(t *testing.T) {
	t.Setenv("ZONEINFO", t.TempDir())
	if at := dueAt(t, "2031-05-06", "Europe/Paris"); !at.Equal(time.Date(2031, 5, 5, 22, 0, 0, 0, time.UTC)) {
		t.Fatal(at)
	}
	if v := ZoneinfoVersion(); len(v) != len("2025c-8f55634d") {
		t.Fatalf("version %q", v)
	}
}
