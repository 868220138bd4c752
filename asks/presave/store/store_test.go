package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/store"
)

var ctx = context.Background()

// noon is a time without a zone's tricks; rows of the suite are due at it.
var noon = time.Date(2026, 9, 4, 12, 0, 0, 0, time.UTC)

var release = presave.Date{Year: 2026, Month: 9, Day: 4}

func campaign(id string) presave.Campaign {
	return presave.Campaign{
		ID: id, Provider: "mock", Title: "Low Tide", Artist: "The Herons", URI: "spotify:album:" + id,
		ReleaseDate: release, Zone: "Europe/Berlin", Language: "en",
		Controller: presave.Controller{Name: "Reed Records", Address: "1 Quay, Port", Contact: "privacy@reed.example", Jurisdiction: "DE", Location: "DE"},
	}
}

// row is a row of a campaign that is due at noon, for a campaign whose key is
// "key-" and its id.
func row(campaign string, n int) presave.Row {
	id := fmt.Sprintf("%s-%04d", campaign, n)
	return presave.Row{
		ID: id, Campaign: campaign, Option: presave.Save, URI: "spotify:album:" + campaign, Zone: "Europe/Berlin",
		ReleaseDate: release, DueAt: noon, State: presave.Waiting, NextAt: noon, SealedRefresh: []byte{0, 1, 2, 255},
		KeyID: "key-" + campaign, CancelHash: presave.CancelHash(id), ReceiptID: "receipt-" + id,
		CreatedDay: presave.Date{Year: 2026, Month: 8, Day: 1},
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got %v, want %v", err, target)
	}
}

// with opens an empty store with campaigns and their keys.
func with(t testing.TB, where string, campaigns ...string) presave.Store {
	t.Helper()
	s, err := store.Open(ctx, where)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	for _, id := range campaigns {
		must(t, s.PutCampaign(ctx, campaign(id)))
		must(t, s.AddKey(ctx, id, "key-"+id))
	}
	return s
}

// add stores n rows of a campaign.
func add(t testing.TB, s presave.Store, campaign string, n int) {
	t.Helper()
	for i := range n {
		must(t, s.Add(ctx, row(campaign, i)))
	}
}

func lease(t testing.TB, s presave.Store, now time.Time, n int) []presave.Row {
	t.Helper()
	rows, err := s.Lease(ctx, now, n, nil)
	must(t, err)
	return rows
}

func counts(t testing.TB, s presave.Store, campaign string) presave.Counts {
	t.Helper()
	c, err := s.Counts(ctx, campaign)
	must(t, err)
	return c
}

// suite is what a store promises.
var suite = []struct {
	name string
	test func(t *testing.T, s presave.Store, where string)
}{
	{"a row is read back as it was stored", rowIsReadBack},
	{"a release is not swapped under listeners", releaseIsNotSwapped},
	{"a request is redeemed once and not after it expired", requestIsRedeemedOnce},
	{"cancelling deletes the row at once and leaves its receipt", cancelDeletes},
	{"a row is leased when due, to one worker, until the lease is over", leaseIsExclusive},
	{"workers of several processes share rows without overlap", leasesDoNotOverlap},
	{"a row is finished once, by the worker that holds it", finishOnce},
	{"a returned row waits", returnedRowWaits},
	{"a resealed token stays with the row", resealed},
	{"all workers share the bucket", sharedBucket},
	{"a pause stops a campaign or a provider until it is over", pauseStops},
	{"one row an hour probes a pause", pauseIsProbed},
	{"rows move with the release", rowsMove},
	{"a retired key takes no rows", retiredKey},
	{"a key is not retired under a row that is being added", keyIsHeld},
	{"receipts and requests are forgotten", forgets},
	{"rows of a paused campaign are given up", givesUp},
	{"a campaign of many does not starve another", noStarving},
}

func TestStore(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			for _, c := range suite {
				t.Run(c.name, func(t *testing.T) {
					where := db.where(t)
					c.test(t, with(t, where, "low-tide", "ebb"), where)
				})
			}
		})
	}
}

func rowIsReadBack(t *testing.T, s presave.Store, _ string) {
	r := row("low-tide", 1)
	r.DueAt, r.NextAt = noon.Add(time.Microsecond), noon.Add(time.Minute)
	must(t, s.Add(ctx, r))
	got, err := s.Find(ctx, r.CancelHash)
	must(t, err)
	if !reflect.DeepEqual(got, r) {
		t.Fatalf("got  %+v\nwant %+v", got, r)
	}
	c, err := s.Campaign(ctx, "low-tide")
	must(t, err)
	if !reflect.DeepEqual(c, campaign("low-tide")) {
		t.Fatalf("got %+v", c)
	}
	if _, err := s.Campaign(ctx, "none"); !errors.Is(err, presave.ErrNotFound) {
		t.Fatalf("a campaign that is not there: %v", err)
	}
}

func releaseIsNotSwapped(t *testing.T, s presave.Store, _ string) {
	other := campaign("low-tide")
	other.URI = "spotify:album:another"
	must(t, s.PutCampaign(ctx, other)) // nobody agreed to anything yet
	must(t, s.PutCampaign(ctx, campaign("low-tide")))
	add(t, s, "low-tide", 1)
	want(t, s.PutCampaign(ctx, other), presave.ErrConsent)
	moved := campaign("low-tide")
	moved.ReleaseDate = release.AddDays(7)
	must(t, s.PutCampaign(ctx, moved))
}

func requestIsRedeemedOnce(t *testing.T, s presave.Store, _ string) {
	for i, expires := range []time.Time{noon.Add(10 * time.Minute), noon} {
		p := presave.Pending{
			StateHash: presave.StateHash(fmt.Sprint(i)), Campaign: "low-tide", Option: presave.Save,
			URI: "spotify:album:low-tide", Zone: "Pacific/Apia", Expires: expires,
		}
		must(t, s.Begin(ctx, p))
		got, err := s.Redeem(ctx, p.StateHash, noon)
		if i == 1 {
			want(t, err, presave.ErrNotFound)
			continue
		}
		must(t, err)
		if !reflect.DeepEqual(got, p) {
			t.Fatalf("got %+v, want %+v", got, p)
		}
		_, err = s.Redeem(ctx, p.StateHash, noon)
		want(t, err, presave.ErrNotFound)
	}
}

func cancelDeletes(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 2)
	r := lease(t, s, noon, 1)[0]
	must(t, s.Cancel(ctx, r.CancelHash, noon))
	want(t, s.Cancel(ctx, r.CancelHash, noon), presave.ErrNotFound)
	want(t, s.Holds(ctx, r), presave.ErrNotFound)
	want(t, s.Reseal(ctx, r), presave.ErrNotFound)
	want(t, s.Finish(ctx, r, presave.Done, noon), presave.ErrNotFound)
	want(t, s.Return(ctx, r, noon), presave.ErrNotFound)
	_, err := s.Find(ctx, r.CancelHash)
	want(t, err, presave.ErrNotFound)
	receipt, err := s.Receipt(ctx, r.CancelHash)
	must(t, err)
	if receipt.State != presave.Cancelled || receipt.Day != release {
		t.Fatalf("receipt %+v", receipt)
	}
	if got, want := counts(t, s, "low-tide"), (presave.Counts{Waiting: 1, Cancelled: 1}); got != want {
		t.Fatalf("counts %+v, want %+v", got, want)
	}
}

func leaseIsExclusive(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 3)
	if early := lease(t, s, noon.Add(-time.Microsecond), 10); len(early) != 0 {
		t.Fatalf("%d rows before they are due", len(early))
	}
	first := lease(t, s, noon, 2)
	second := lease(t, s, noon, 10)
	if len(first) != 2 || len(second) != 1 || len(lease(t, s, noon.Add(presave.LeaseLife-1000), 10)) != 0 {
		t.Fatalf("%d, then %d rows", len(first), len(second))
	}
	again := lease(t, s, noon.Add(presave.LeaseLife), 10)
	if len(again) != 3 || again[0].Attempts != 2 {
		t.Fatalf("after the lease: %+v", again)
	}
	want(t, s.Holds(ctx, first[0]), presave.ErrNotFound)
	want(t, s.Finish(ctx, first[0], presave.Done, noon), presave.ErrNotFound)
	must(t, s.Holds(ctx, again[0]))
}

func leasesDoNotOverlap(t *testing.T, s presave.Store, where string) {
	const n, processes = 400, 4
	add(t, s, "low-tide", n)
	var mu sync.Mutex
	seen := map[string]int{}
	var all sync.WaitGroup
	for range processes {
		own, err := store.Open(ctx, where)
		must(t, err)
		defer func() { _ = own.Close() }()
		all.Go(func() {
			for {
				rows, err := own.Lease(ctx, noon, 7, nil)
				if err != nil || len(rows) == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				for _, r := range rows {
					mu.Lock()
					seen[r.ID]++
					mu.Unlock()
					if err := own.Finish(ctx, r, presave.Done, noon); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	// A process may find all remaining rows locked and leave: what it left is
	// still there.
	for _, r := range lease(t, s, noon, n) {
		seen[r.ID]++
		must(t, s.Finish(ctx, r, presave.Done, noon))
	}
	for id, times := range seen {
		if times != 1 {
			t.Errorf("row %s was leased %d times", id, times)
		}
	}
	if got, want := counts(t, s, "low-tide"), (presave.Counts{Done: n}); got != want || len(seen) != n {
		t.Fatalf("counts %+v, want %+v; %d rows seen", got, want, len(seen))
	}
}

func finishOnce(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 3)
	for i, final := range []presave.State{presave.Done, presave.Gone, presave.Failed} {
		r := lease(t, s, noon, 1)[0]
		if err := s.Finish(ctx, r, presave.Waiting, noon); err == nil {
			t.Fatal("a row finished as waiting")
		}
		must(t, s.Finish(ctx, r, final, noon.AddDate(0, 0, i)))
		want(t, s.Finish(ctx, r, final, noon), presave.ErrNotFound)
		receipt, err := s.Receipt(ctx, r.CancelHash)
		must(t, err)
		if receipt.State != final || receipt.Day != release.AddDays(i) {
			t.Fatalf("receipt %+v", receipt)
		}
	}
	if got, want := counts(t, s, "low-tide"), (presave.Counts{Done: 1, Gone: 1, Failed: 1}); got != want {
		t.Fatalf("counts %+v, want %+v", got, want)
	}
}

func returnedRowWaits(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 1)
	must(t, s.Return(ctx, lease(t, s, noon, 1)[0], noon.Add(time.Second)))
	if got := lease(t, s, noon, 1); len(got) != 0 {
		t.Fatal("the row does not wait")
	}
	got := lease(t, s, noon.Add(time.Second), 1)
	if len(got) != 1 || got[0].State != presave.Retrying || got[0].Attempts != 2 {
		t.Fatalf("%+v", got)
	}
}

func resealed(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 2)
	r := lease(t, s, noon, 1)[0]
	r.SealedRefresh = []byte("another")
	must(t, s.Reseal(ctx, r))
	got, err := s.Find(ctx, r.CancelHash)
	must(t, err)
	if string(got.SealedRefresh) != "another" || !got.LeaseUntil.Equal(r.LeaseUntil) {
		t.Fatalf("%+v", got)
	}
}

func sharedBucket(t *testing.T, s presave.Store, where string) {
	add(t, s, "low-tide", 20)
	add(t, s, "ebb", 20)
	other, err := store.Open(ctx, where)
	must(t, err)
	defer func() { _ = other.Close() }()
	limits := map[string]presave.Limit{"mock": {Rate: 2, Burst: 5}}
	for _, step := range []struct {
		store presave.Store
		after time.Duration
		want  int
	}{
		{s, 0, 5},                                      // the burst
		{other, 0, 0},                                  // is everybody's
		{s, 400 * time.Millisecond, 0},                 // not a whole token
		{other, 500 * time.Millisecond, 1},             // 2 a second
		{s, 2 * time.Second, 3},                        //
		{other, time.Second, 0},                        // a clock that is late gets none
		{other, presave.LeaseLife - 1, 5},              // no more than the burst
		{s, presave.LeaseLife - 1 + 10*time.Second, 5}, //
		{other, presave.LeaseLife + 10*time.Second, 0}, //
	} {
		rows, err := step.store.Lease(ctx, noon.Add(step.after), 10, limits)
		must(t, err)
		if len(rows) != step.want {
			t.Fatalf("after %v: %d rows, want %d", step.after, len(rows), step.want)
		}
	}
}

func pauseStops(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 1)
	add(t, s, "ebb", 1)
	must(t, s.Pause(ctx, presave.Pause{Kind: presave.PauseCampaign, ID: "ebb", Reason: "r", Since: noon, Until: noon.Add(time.Hour)}))
	if got := lease(t, s, noon, 10); len(got) != 1 || got[0].Campaign != "low-tide" {
		t.Fatalf("%+v", got)
	}
	must(t, s.Pause(ctx, presave.Pause{Kind: presave.PauseProvider, ID: "mock", Reason: "r", Since: noon, Until: noon.Add(2 * time.Hour)}))
	must(t, s.Pause(ctx, presave.Pause{Kind: presave.PauseProvider, ID: "mock", Reason: "s", Since: noon.Add(1), Until: noon.Add(time.Hour)}))
	if got := lease(t, s, noon.Add(time.Hour), 10); len(got) != 0 {
		t.Fatalf("the earlier end won: %+v", got)
	}
	pauses, err := s.Pauses(ctx)
	must(t, err)
	if len(pauses) != 2 || !pauses[1].Since.Equal(noon) || pauses[1].Reason != "s" {
		t.Fatalf("%+v", pauses)
	}
	if got := lease(t, s, noon.Add(2*time.Hour), 10); len(got) != 2 {
		t.Fatalf("after both: %+v", got)
	}
	if pauses, err = s.Pauses(ctx); err != nil || len(pauses) != 0 {
		t.Fatalf("%+v, %v", pauses, err)
	}
}

func pauseIsProbed(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 10)
	add(t, s, "ebb", 10)
	early := lease(t, s, noon, 1)[0]
	for _, p := range []presave.Pause{
		{Kind: presave.PauseProvider, ID: "mock", Since: noon, Until: noon.Add(time.Hour), Probe: true},
		{Kind: presave.PauseCampaign, ID: "ebb", Since: noon, Until: noon.Add(24 * time.Hour), Probe: true},
	} {
		must(t, s.Pause(ctx, p))
	}
	must(t, s.Finish(ctx, early, presave.Done, noon)) // was leased before, tells nothing
	if got := lease(t, s, noon, 10); len(got) != 0 {
		t.Fatalf("%d rows of a paused provider", len(got))
	}
	probe := lease(t, s, noon.Add(time.Hour), 10)
	if len(probe) != 1 || probe[0].Campaign != "low-tide" || len(lease(t, s, noon.Add(time.Hour), 10)) != 0 {
		t.Fatalf("%d rows probe, want one that is not of the paused campaign", len(probe))
	}
	must(t, s.Return(ctx, probe[0], noon.Add(time.Hour)))
	if got := lease(t, s, noon.Add(2*time.Hour-1000), 10); len(got) != 0 {
		t.Fatalf("%d rows before the next probe", len(got))
	}
	probe = lease(t, s, noon.Add(2*time.Hour), 10)
	must(t, s.Finish(ctx, probe[0], presave.Done, noon))
	if got := lease(t, s, noon.Add(2*time.Hour), 30); len(got) < 8 || slices.ContainsFunc(got, func(r presave.Row) bool { return r.Campaign == "ebb" }) {
		t.Fatalf("%d rows after the probe succeeded", len(got))
	}
	must(t, s.Resume(ctx, presave.PauseCampaign, "ebb"))
	if got := lease(t, s, noon.Add(2*time.Hour), 30); len(got) < 9 {
		t.Fatalf("%d rows after it was resumed", len(got))
	}
}

func rowsMove(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 200)
	add(t, s, "ebb", 1)
	other := row("low-tide", 200)
	other.Zone = "Pacific/Apia"
	must(t, s.Add(ctx, other))
	r := lease(t, s, noon, 1)[0]
	moved := campaign(r.Campaign)
	moved.ReleaseDate = release.AddDays(1)
	must(t, s.PutCampaign(ctx, moved))
	want(t, s.Holds(ctx, r), presave.ErrMoved)
	schedules, err := s.Schedules(ctx)
	must(t, err)
	if len(schedules) != 3 {
		t.Fatalf("%+v", schedules)
	}
	i := slices.IndexFunc(schedules, func(c presave.Schedule) bool { return c.Campaign == "low-tide" && c.Zone == "Europe/Berlin" })
	if c := schedules[i]; c.Rows != 200 || c.Date != release || !c.DueAt.Equal(noon) {
		t.Fatalf("%+v", c)
	}
	later := noon.Add(24 * time.Hour)
	must(t, s.Reschedule(ctx, schedules[i], release.AddDays(1), later, 10*time.Minute))
	if r.Campaign == "low-tide" {
		want(t, s.Finish(ctx, r, presave.Done, noon), presave.ErrNotFound)
	}
	if got := lease(t, s, later.Add(-1000), 300); len(got) > 2 {
		t.Fatalf("%d rows before the new time", len(got))
	}
	half, all := len(lease(t, s, later.Add(5*time.Minute), 300)), len(lease(t, s, later.Add(10*time.Minute), 300))
	if half < 50 || half > 150 || half+all < 200 {
		t.Fatalf("%d rows in the first half of the jitter, %d in the second", half, all)
	}
}

func retiredKey(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 2)
	add(t, s, "ebb", 1)
	now := noon
	rows := lease(t, s, now, 10)
	for i, r := range rows {
		early, err := s.RetireKeys(ctx, now)
		must(t, err)
		must(t, s.Finish(ctx, r, presave.Done, now))
		if again, err := s.RetireKeys(ctx, now); err != nil || len(again) != len(early) {
			t.Fatalf("a key was retired as early as its last row ended: %v, %v", again, err)
		}
		ids, err := s.RetireKeys(ctx, now.Add(time.Second))
		must(t, err)
		for _, left := range rows[i+1:] {
			if slices.Contains(ids, left.KeyID) {
				t.Fatalf("%s was retired, and a row needs it", left.KeyID)
			}
		}
	}
	must(t, s.AddKey(ctx, "low-tide", "young"))
	must(t, s.AddKey(ctx, "low-tide", "elder")) // later, though not by name
	if id, err := s.Key(ctx, "low-tide"); err != nil || id != "elder" {
		t.Fatalf("newest key %q, %v", id, err)
	}
	if _, err := s.Key(ctx, "ebb"); err == nil {
		t.Fatal("the key of a campaign that ended is not retired")
	}
	for range 2 { // interrupted, and again
		ids, err := s.RetireKeys(ctx, now.Add(time.Second))
		must(t, err)
		if !slices.Equal(ids, []string{"elder", "key-ebb", "key-low-tide", "young"}) {
			t.Fatalf("retired %v", ids)
		}
	}
	want(t, s.Add(ctx, row("low-tide", 7)), presave.ErrKey)
	_, err := s.Key(ctx, "low-tide")
	want(t, err, presave.ErrNotFound)
	must(t, s.ForgetKey(ctx, "key-low-tide"))
	if ids, err := s.RetireKeys(ctx, now.Add(time.Second)); err != nil || !slices.Equal(ids, []string{"elder", "key-ebb", "young"}) {
		t.Fatalf("%v, %v", ids, err)
	}
	want(t, s.Add(ctx, row("low-tide", 7)), presave.ErrKey)
}

func keyIsHeld(t *testing.T, s presave.Store, where string) {
	other, err := store.Open(ctx, where)
	must(t, err)
	defer func() { _ = other.Close() }()
	add(t, s, "low-tide", 1)
	must(t, s.Cancel(ctx, row("low-tide", 0).CancelHash, noon)) // so that the campaign has ended
	added, retired := 0, 0
	for i := range 100 {
		r := row("low-tide", 1+i)
		r.KeyID = fmt.Sprint("key ", i)
		must(t, s.AddKey(ctx, "low-tide", r.KeyID))
		var both sync.WaitGroup
		var ids []string
		var adding, retiring error
		both.Go(func() { adding = other.Add(ctx, r) })
		both.Go(func() { ids, retiring = s.RetireKeys(ctx, noon.Add(time.Hour)) })
		both.Wait()
		must(t, retiring)
		switch gone := slices.Contains(ids, r.KeyID); {
		case adding == nil && gone:
			t.Fatalf("key %d was retired, and a row was added with it", i)
		case adding == nil:
			added++
			must(t, s.Cancel(ctx, r.CancelHash, noon))
		case !errors.Is(adding, presave.ErrKey):
			t.Fatal(adding)
		default:
			retired++
		}
	}
	if added == 0 || retired == 0 {
		t.Logf("added %d, retired %d: one was always first", added, retired)
	}
}

func forgets(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 2)
	first, second := row("low-tide", 0), row("low-tide", 1)
	must(t, s.Cancel(ctx, first.CancelHash, noon))
	must(t, s.Cancel(ctx, second.CancelHash, noon.AddDate(0, 0, 1)))
	must(t, s.Begin(ctx, presave.Pending{StateHash: presave.StateHash("s"), Campaign: "low-tide", Expires: noon}))
	must(t, s.Forget(ctx, release.AddDays(1), noon))
	_, err := s.Receipt(ctx, first.CancelHash)
	want(t, err, presave.ErrNotFound)
	_, err = s.Receipt(ctx, second.CancelHash)
	must(t, err)
	_, err = s.Redeem(ctx, presave.StateHash("s"), noon.Add(-time.Hour))
	want(t, err, presave.ErrNotFound)
	if v, err := s.Zoneinfo(ctx); err != nil || v != "" {
		t.Fatalf("zoneinfo %q, %v", v, err)
	}
	must(t, s.SetZoneinfo(ctx, "2026a"))
	must(t, s.SetZoneinfo(ctx, "2026b"))
	if v, err := s.Zoneinfo(ctx); err != nil || v != "2026b" {
		t.Fatalf("zoneinfo %q, %v", v, err)
	}
}

func givesUp(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 3)
	add(t, s, "ebb", 3)
	must(t, s.Pause(ctx, presave.Pause{Kind: presave.PauseCampaign, ID: "ebb", Since: noon, Until: noon.Add(time.Hour), Probe: true}))
	for _, step := range []struct {
		due  time.Time
		want int
	}{{noon, 0}, {noon.Add(1000), 2}, {noon.Add(1000), 1}, {noon.Add(1000), 0}} {
		n, err := s.Expire(ctx, step.due, noon, 2)
		must(t, err)
		if n != step.want {
			t.Fatalf("%d rows given up, want %d", n, step.want)
		}
	}
	if got, want := counts(t, s, "ebb"), (presave.Counts{Failed: 3}); got != want {
		t.Fatalf("counts %+v, want %+v", got, want)
	}
	if got := counts(t, s, "low-tide"); got.Waiting != 3 {
		t.Fatalf("counts %+v of a campaign that is not paused", got)
	}
}

func noStarving(t *testing.T, s presave.Store, _ string) {
	add(t, s, "low-tide", 300)
	add(t, s, "ebb", 1)
	for range 290 {
		if got := lease(t, s, noon, 1); got[0].Campaign == "ebb" {
			return
		}
	}
	t.Fatal("290 leases, none for the small campaign")
}
