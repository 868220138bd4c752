package respawn

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var four = []string{"user agent", "language", "time zone", "screen"}

// A server knows a browser again by sets of features, by an account, or not at
// all without a store.
type server struct {
	features [][]string // each set is enough
	account  bool       // who signs in is known
	stores   [][]string // each set is enough
}

func (s server) returns(v Visit) bool {
	same := without(four, v.Change...)
	return s.account && v.SignedIn || truth{"": s.features}.returns("", same) || truth{"": s.stores}.returns("", v.Keep)
}

// serve plays the experiment against several servers, each of which has one
// identifier.
func serve(p Plan, servers map[string]server, wrong func(*Trial)) []Trial {
	var done []Trial
	for next := p.Next(done); next != nil; next = p.Next(done) {
		for _, v := range next {
			t := Trial{Visit: v, Complete: true, Back: map[string]Return{}}
			for id, s := range servers {
				if s.returns(v) {
					t.Back[id] = Return{Written: true}
				}
			}
			if wrong != nil {
				wrong(&t)
			}
			done = append(done, t)
		}
	}
	return done
}

func TestWhatComesBackWithNothingKeptIsToldFromStoresAndAccounts(t *testing.T) {
	for name, c := range map[string]struct {
		s         server
		signedIn  bool
		kind      Kind
		features  [][]string
		unchanged bool
		visits    int // at most
	}{
		"a hash over all features":             {server{features: [][]string{four}}, false, Stateless, [][]string{four}, false, 13},
		"a hash over two":                      {server{features: [][]string{{"language", "screen"}}}, false, Stateless, [][]string{{"language", "screen"}}, false, 15},
		"the user agent alone":                 {server{features: [][]string{{"user agent"}}}, false, Stateless, [][]string{{"user agent"}}, false, 15},
		"either of two features":               {server{features: [][]string{{"language"}, {"screen"}}}, false, Stateless, [][]string{{"language"}, {"screen"}}, false, 22},
		"nothing that was changed":             {server{features: [][]string{{}}}, false, Stateless, nil, true, 9},
		"an account":                           {server{account: true}, true, Account, nil, false, 6},
		"an account, and nobody signs in":      {server{account: true}, false, None, nil, false, 3},
		"features, and an account is there":    {server{features: [][]string{four}}, true, Stateless, [][]string{four}, false, 15},
		"a store, and an account is there too": {server{stores: [][]string{{"Cache"}}, account: true}, true, Account, nil, false, 6},
		"a store while signed in":              {server{stores: [][]string{{"Cache"}}}, true, Storage, nil, false, 17},
	} {
		t.Run(name, func(t *testing.T) {
			p := Plan{Atoms: ten, IDs: []string{"nid"}, Features: four, SignedIn: c.signedIn}
			trials := serve(p, map[string]server{"nid": c.s}, nil)
			got := Conclude("nid", trials)
			if got.Kind != c.kind || !slices.Equal(words(got.Features), words(c.features)) || got.Unchanged != c.unchanged || got.Proved != (c.kind != None) {
				t.Errorf("after %d visits concluded %+v", len(trials), got)
			}
			if c.kind == Stateless && got.Whole == c.unchanged {
				t.Errorf("whole: %t", got.Whole)
			}
			if len(trials) > c.visits {
				t.Errorf("%d visits, want at most %d", len(trials), c.visits)
			}
			if (c.kind != Storage) != (len(got.Stores)+len(got.Recipe) == 0) {
				t.Errorf("stores %v, recipe %v for a return of kind %q", got.Stores, got.Recipe, got.Kind)
			}
		})
	}
}

func TestThreeKindsInOneExperimentAreNotMixed(t *testing.T) {
	servers := map[string]server{
		"stored": {stores: [][]string{{"Cache"}, {"Local Storage", "IndexedDB"}}}, "printed": {features: [][]string{{"language", "screen"}}},
		"signed": {account: true}, "gone": {},
	}
	trials := serve(Plan{Atoms: ten, IDs: []string{"gone", "printed", "signed", "stored"}, Features: four, SignedIn: true}, servers, nil)
	for id, kind := range map[string]Kind{"stored": Storage, "printed": Stateless, "signed": Account, "gone": None} {
		got := Conclude(id, trials)
		if got.Kind != kind || got.Proved != (kind != None) {
			t.Errorf("%s: after %d visits concluded %+v", id, len(trials), got)
		}
		if kind == Storage && (len(got.Stores) != 2 || !got.RecipeProved || !got.Whole) {
			t.Errorf("%s: concluded %+v", id, got)
		}
	}
}

func TestWithoutFeaturesToChangeNothingIsSaidOfThem(t *testing.T) {
	trials := serve(Plan{Atoms: ten, IDs: []string{"nid"}}, map[string]server{"nid": {features: [][]string{{}}}}, nil)
	if got := Conclude("nid", trials); got.Kind != Stateless || got.Whole || got.Unchanged || len(got.Features) > 0 || len(trials) != 4 {
		t.Errorf("after %d visits concluded %+v", len(trials), got)
	}
}

func TestAnAccountIsProvedOnlyIfItStaysAwayWithoutSigningIn(t *testing.T) {
	p := Plan{Atoms: ten, IDs: []string{"nid"}, Features: four, SignedIn: true}
	trials := serve(p, map[string]server{"nid": {account: true}}, func(t *Trial) { t.Complete = t.SignedIn })
	if got := Conclude("nid", trials); got.Kind != Account || got.Proved || len(trials) > 10 {
		t.Errorf("the visits without signing in break off: after %d visits concluded %+v", len(trials), got)
	}
}

// Whatever features an identifier is made of, they are found exactly.
func TestTheFeaturesFoundAreThoseThatItIsMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sets := rapid.SliceOfN(rapid.SliceOfNDistinct(rapid.SampledFrom(four), 1, 4, rapid.ID[string]), 1, 3).Draw(t, "sets")
		trials := serve(Plan{Atoms: ten, IDs: []string{"nid"}, Features: four}, map[string]server{"nid": {features: sets}}, nil)
		got := Conclude("nid", trials)
		if want := (truth{"nid": sets}).minimal("nid"); got.Kind != Stateless || !got.Whole || !slices.Equal(words(got.Features), want) || len(trials) > budget {
			t.Fatalf("after %d visits concluded %+v, want %v", len(trials), got, want)
		}
	})
}
