package accord

import (
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

var examined = map[diapason.Channel]bool{diapason.Says: true, diapason.Asks: true, diapason.Does: true, diapason.Holds: true}

// table holds the flows against the texts and draws the result.
func table(f says.Facts, scopes []asks.Scope, items []holds.Item, flows ...diapason.Flow) Table {
	return Draw(Drawing{Flows: flows, Pairs: Hold(flows, f, true), Practices: f.Practices, Scopes: scopes, Items: items, Examined: examined})
}

func row(t *testing.T, table Table, id string) Row {
	t.Helper()
	for _, r := range table.Rows {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no row %q in %+v", id, table.Rows)
	return Row{}
}

func cellOf(r Row, ch diapason.Channel) Cell { return r.Cells[slices.Index(diapason.Channels, ch)] }

func TestRowsThatAreOutOfTune(t *testing.T) {
	promise := with(no(share, email, advertiser), func(p *says.Practice) { p.Quote = "We do not share your e-mail address with advertisers." })
	ifYouAgree := with(yes(share, "dia:CookieIdentifier", "dia:Analytics"), on(diapason.OnConsent, "only if you agree"))
	segment := holds.Item{Export: "1", Member: "inferences", Path: "inferences $.inferences[]", Data: "dia:InferredSegment", Origin: "inferred", Count: 35}
	for name, c := range map[string]struct {
		id     string
		says   says.Facts
		scopes []asks.Scope
		items  []holds.Item
		flows  []diapason.Flow
		ch     diapason.Channel
		word   string
		why    string
	}{
		"a broken promise": {
			id: "email", says: texts(yes(collect, email, theService), promise), flows: []diapason.Flow{sent(nocturne, email, diapason.P6), sent(adsum, "dia:HashedContact", diapason.P6, "hashed-seed")},
			ch: diapason.Does, word: "received by 1 company", why: "The policy says “We do not share your e-mail address with advertisers”, yet Adsum received the hashed e-mail address or telephone number",
		},
		"a receiver of whom nobody tells": {
			id: "identifiers", says: texts(), flows: []diapason.Flow{sent(pulse, "dia:CookieIdentifier", diapason.P0), sent(adsum, "dia:CookieIdentifier", diapason.P0)},
			ch: diapason.Does, word: "received by 2 companies", why: "Adsum and Pulse Analytics received the cookie identifier before any choice was made, and the policy tells of no such receiver.",
		},
		"a yes that was not waited for": {
			id: "identifiers", says: texts(ifYouAgree), flows: []diapason.Flow{sent(pulse, "dia:CookieIdentifier", diapason.P0)},
			ch: diapason.Says, word: "only if you agree", why: "yet Pulse Analytics received the cookie identifier before any choice was made.",
		},
		"a text that says both": {
			id: "email", says: texts(yes(share, email, advertiser), promise), flows: []diapason.Flow{sent(adsum, email, diapason.P6)},
			ch: diapason.Says, word: "denied", why: "and also “We do not share",
		},
		"a permission that its purpose does not need": {
			id: "listening", says: texts(), scopes: []asks.Scope{{Request: "1", ID: "user-top-read", Sentence: "It sees your most played music.", Data: []diapason.Term{"dia:TopItems"}, Class: "excess"}},
			ch: diapason.Asks, word: "more than needed", why: "A permission that is asked for opens it, and the purpose does not need that one.",
		},
		"a held item that is untold": {
			id: "inferred", says: texts(), items: []holds.Item{segment}, flows: []diapason.Flow{held("dia:InferredSegment", derive)},
			ch: diapason.Holds, word: "35 records", why: "The export holds it, and the policy says nothing of it.",
		},
		"a held item that only words about everything tell of": {
			id: "inferred", says: texts(yes(collect, personal, theService)), items: []holds.Item{segment}, flows: []diapason.Flow{held("dia:InferredSegment", derive)},
			ch: diapason.Says, word: "not mentioned", why: "The export holds it, and the policy says nothing of it.",
		},
		"a held item that is denied": {
			id: "inferred", says: texts(no(derive, "dia:InferredSegment", theService)), items: []holds.Item{segment}, flows: []diapason.Flow{held("dia:InferredSegment", derive)},
			ch: diapason.Says, word: "denied", why: "The policy says “Sentence p1”, yet the export holds it.",
		},
		"a request for what is denied": {
			id: "photos", says: texts(no(collect, "pd:Picture", theService)), scopes: []asks.Scope{{Request: "1", ID: "ugc", Data: []diapason.Term{"pd:Picture"}, Class: "described"}},
			flows: []diapason.Flow{wanted("pd:Picture", collect)}, ch: diapason.Asks, word: "asked", why: "yet Nocturne asks for it.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := table(c.says, c.scopes, c.items, c.flows...)
			r := row(t, got, c.id)
			cell := cellOf(r, c.ch)
			if r.Agrees || got.Out != 1 || !strings.Contains(r.Why, c.why) {
				t.Errorf("agrees %v, %d rows out, why %q, want %q", r.Agrees, got.Out, r.Why, c.why)
			}
			if cell.Word != c.word || cell.State != bad {
				t.Errorf("%s cell %q (%s), want %q (bad)", c.ch, cell.Word, cell.State, c.word)
			}
		})
	}
}

// What a service does that keeps its word: each row is in tune.
func TestAServiceThatKeepsItsWordIsInTune(t *testing.T) {
	policy := texts(
		yes(collect, email, theService), yes(use, email, theService), no(share, email, advertiser), yes(collect, "dia:ListeningHistory", theService),
		yes(share, email, "dia:Processor"), yes(act, "dia:Library", theService), yes(collect, "dia:SessionToken", theService),
		with(yes(collect, "pd:Picture", theService), on(diapason.OnConsent, "if you allow it")), no(sell, personal, otherParty),
		with(yes(collect, "pd:IPAddress", theService), on(diapason.OnFeature, "When you visit our site")),
	)
	mailer := diapason.Party{ID: "mailer", Name: "Mailer", Role: diapason.RoleProcessor, Relation: diapason.ThirdParty}
	scopes := []asks.Scope{{Request: "1", ID: "user-library-modify", Sentence: "It saves music to your library.", Class: "needed"}}
	items := []holds.Item{
		{Export: "1", Member: "account", Path: "account $.email", Data: email, Origin: "provided", Count: 1},
		{Export: "1", Member: "history", Path: "history $[].ts", Data: "dia:ListeningHistory", Origin: "observed", Count: 12000},
		{Export: "1", Member: "history", Path: "history $[].track", Data: "dia:ListeningHistory", Origin: "observed", Count: 199},
		{Export: "1", Member: "old", Path: "old $[].track", Data: "dia:ListeningHistory", Origin: "observed", Count: 1},
	}
	library := wanted("dia:Library", act)
	library.Words = "user-library-modify"
	got := table(policy, scopes, items,
		sent(nocturne, email, diapason.P6, "plain-seed"), sent(mailer, email, diapason.P6, "plain-seed"), sent(nocturne, "pd:IPAddress", diapason.P0),
		sent(nocturne, "pd:UserAgent", diapason.P0), held(email, store), held("dia:ListeningHistory", store), library,
	)
	for _, r := range got.Rows {
		if !r.Agrees || r.Why != "" {
			t.Errorf("%s: %s", r.ID, r.Why)
		}
	}
	if got.Out != 0 {
		t.Errorf("%d rows out", got.Out)
	}
	for id, want := range map[string][4]string{
		"email":     {"stated", "not asked", "received by 1 company", "1 record"},
		"listening": {"stated", "not asked", "not seen", "12,001 records"},
		"library":   {"stated", "needed", "not seen", "not in this export"},
		"photos":    {"only if you agree", "not asked", "not seen", "not in this export"},
		"network":   {"stated", "not asked", "received by the service", "not in this export"},
		"device":    {"not mentioned", "not asked", "received by the service", "not in this export"},
	} {
		var words [4]string
		for i, c := range row(t, got, id).Cells {
			words[i] = c.Word
		}
		if words != want {
			t.Errorf("%s: %q, want %q", id, words, want)
		}
	}
	if who := cellOf(row(t, got, "email"), diapason.Does).Who; !slices.Equal(who, []string{"Mailer"}) {
		t.Errorf("who: %q", who)
	}
}

func TestRowsOutOfTuneComeFirstAndEveryHiddenKindIsCounted(t *testing.T) {
	policy := texts(yes(collect, "pd:Name", theService), no(share, "dia:SearchQuery", advertiser), yes(collect, "pd:Financial", theService))
	got := table(policy, nil, nil, sent(pulse, "pd:Location", diapason.P0), sent(adsum, "dia:SearchQuery", diapason.P0))
	var ids []string
	for _, r := range got.Rows {
		ids = append(ids, r.ID)
	}
	if want := []string{"search", "location", "name", "payment"}; !slices.Equal(ids, want) {
		t.Errorf("order %q, want %q: the broken promise, the untold receiver, the rest", ids, want)
	}
	if got.Hidden+len(got.Rows) != len(vocab.Categories()) || got.Out != 2 {
		t.Errorf("%d rows, %d hidden, %d out", len(got.Rows), got.Hidden, got.Out)
	}
}

func TestAVoiceThatWasNotExaminedIsBlindAndAgreesWithNothing(t *testing.T) {
	flows := []diapason.Flow{sent(adsum, email, diapason.P6)}
	got := Draw(Drawing{Flows: flows, Pairs: Hold(flows, says.Facts{}, false), Examined: map[diapason.Channel]bool{diapason.Does: true}})
	r := row(t, got, "email")
	for _, ch := range []diapason.Channel{diapason.Says, diapason.Asks, diapason.Holds} {
		if c := cellOf(r, ch); c.Word != "not examined" || c.State != blind {
			t.Errorf("%s: %+v", ch, c)
		}
	}
	if c := cellOf(r, diapason.Does); c.Word != "received by 1 company" {
		t.Errorf("does: %+v", c)
	}
}

func TestACellOpensItsFirstQuotesAndCountsTheRest(t *testing.T) {
	var items []holds.Item
	for _, p := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		items = append(items, holds.Item{Export: "1", Path: p, Data: email, Origin: "provided", Count: 1})
	}
	c := cellOf(row(t, table(texts(), nil, items, held(email, store)), "email"), diapason.Holds)
	if len(c.Quotes) != 6 || c.Quotes[5].Text != "And 2 more." {
		t.Errorf("%+v", c.Quotes)
	}
}

func TestWhatIsStatedIsNotBlamedForAReceiverThatIsNot(t *testing.T) {
	got := row(t, table(texts(yes(collect, "dia:CookieIdentifier", theService)), nil, nil, sent(pulse, "dia:CookieIdentifier", diapason.P0)), "identifiers")
	if c := cellOf(got, diapason.Says); got.Agrees || c.Word != "stated" || c.State != quiet {
		t.Errorf("%+v", c)
	}
}

func TestTheSameIsToldOnceByItsEarliestSight(t *testing.T) {
	recorded := sent(pulse, "dia:CookieIdentifier", "")
	recorded.Mode = diapason.Manual
	why := row(t, table(texts(), nil, nil, recorded, sent(pulse, "dia:CookieIdentifier", diapason.P0), sent(pulse, "dia:CookieIdentifier", diapason.P6)), "identifiers").Why
	if want := "Pulse Analytics received the cookie identifier before any choice was made, and the policy tells of no such receiver."; why != want {
		t.Errorf("%q, want %q", why, want)
	}
}

func TestTheSightThatDisagreesIsToldFirst(t *testing.T) {
	own, leak := sent(nocturne, email, diapason.P6, "plain-seed"), sent(adsum, email, diapason.P6, "hashed-seed")
	own.ID, leak.ID = "does-1", "does-2"
	c := cellOf(row(t, table(texts(yes(collect, email, theService), no(share, email, advertiser)), nil, nil, own, leak), "email"), diapason.Does)
	if len(c.Quotes) != 2 || !strings.HasPrefix(c.Quotes[0].Text, "Adsum received the e-mail address, as a hash") {
		t.Errorf("%+v", c.Quotes)
	}
}

func TestDifferentThingsAreNotToldInOneBreath(t *testing.T) {
	recorded := sent(adsum, "dia:DeviceIdentifier", "")
	recorded.Mode = diapason.Manual
	why := row(t, table(texts(), nil, nil, sent(pulse, "dia:CookieIdentifier", diapason.P0), recorded), "identifiers").Why
	if strings.Contains(why, "Adsum and Pulse") || !strings.Contains(why, "Pulse Analytics received the cookie identifier before any choice") ||
		!strings.Contains(why, "Adsum received the device identifier in a recording that was handed in") {
		t.Error(why)
	}
}

func TestTheSameDrawingComesOutTheSame(t *testing.T) {
	d := func() string {
		got := table(texts(no(share, email, advertiser), yes(collect, personal, theService)), nil, nil, sent(adsum, email, diapason.P6), sent(pulse, "pd:Name", diapason.P0))
		var b strings.Builder
		for _, r := range got.Rows {
			b.WriteString(r.ID + r.Why)
			for _, c := range r.Cells {
				b.WriteString(c.Word + c.State + strings.Join(c.Who, ","))
				for _, q := range c.Quotes {
					b.WriteString(q.Text)
				}
			}
		}
		return b.String()
	}
	first := d()
	for range 50 {
		if d() != first {
			t.Fatal("two drawings of the same differ")
		}
	}
}
