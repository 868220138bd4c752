package store_test

import (
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// A worker that is killed leaves rows leased, tokens rotated and not stored,
// and albums saved and not counted. Whatever the moment, in the end every row
// was saved, counted once and is gone.
func TestNoRowIsLostLeftOrCountedTwiceWhenTheProcessIsKilled(t *testing.T) {
	const rows, kills = 700, 20
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d", seed)
			random := rand.New(rand.NewPCG(seed, 0))
			p := newPlay(t, db.where(t), io.Discard)
			p.enrol(rows)
			p.clock.Set(allDue)
			for range kills {
				killed(t, p, int64(random.IntN(50)), time.Duration(random.IntN(3000))*time.Microsecond)
				// What it had leased is free again.
				p.clock.Set(p.clock.Now().Add(presave.LeaseLife))
			}
			left := counts(t, p.service.Store, "low-tide").Waiting
			if left == 0 {
				t.Fatal("all rows were done before the last kill: it proves nothing")
			}
			if err := p.start("drain").Wait(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d rows left after %d kills; %d saves for %d rows", left, kills, p.saves.Load(), rows)
			if got, want := counts(t, p.service.Store, "low-tide"), (presave.Counts{Done: rows}); got != want {
				t.Fatalf("counts %+v, want %+v", got, want)
			}
			for i := range rows {
				if got := p.provider.Library(listener(i)); !slices.Equal(got, []string{album}) {
					t.Fatalf("library of %s: %v", listener(i), got)
				}
			}
			if p.saves.Load() == rows {
				t.Error("no save was repeated: no kill fell between a save and its count")
			}
		})
	}
}

// killed runs a worker and kills it a while after it saved so many rows.
func killed(t *testing.T, p *play, saves int64, while time.Duration) {
	t.Helper()
	until := p.saves.Load() + saves
	cmd := p.start("worker")
	for p.saves.Load() < until {
		time.Sleep(100 * time.Microsecond)
	}
	time.Sleep(while)
	must(t, cmd.Process.Kill())
	if err := cmd.Wait(); err == nil {
		t.Fatal("the worker ended before it was killed")
	}
}
