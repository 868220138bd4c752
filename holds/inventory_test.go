package holds

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/lab/export"
	"diapason.dev/diapason/vocab"
)

func TestAnItemCountsDatesAndAges(t *testing.T) {
	r := mustRead(t, packed(t, historyName, list(
		play("ts", `"2024-05-01T10:00:00Z"`, "ip_addr", "null"), play("ts", `"2024-05-11T10:00:00Z"`), play("ts", `"2024-05-21T22:00:00Z"`, "ip_addr", `""`, "shuffle", `"yes"`),
		play("ts", `"2024-05-12T10:00:00Z"`, "shuffle", "true"),
	)))
	ip := r.item(t, "extended-history $[].ip_addr")
	if ip.Count != 2 || ip.Nulls != 2 || ip.Oldest.Format("01-02") != "05-11" || ip.Newest.Format("01-02") != "05-12" || ip.Age != 10.5 {
		t.Errorf("address %+v", ip)
	}
	if ip.Data != "pd:IPAddress" || ip.Origin != "observed" || ip.Class != "linkable" || ip.Subject != diapason.AccountHolder || ip.Name != "ip_addr" || ip.Type != "string" || ip.Member != historyName {
		t.Errorf("address %+v", ip)
	}
	if got := r.item(t, "extended-history $[].shuffle"); got.Type != "boolean or string" {
		t.Errorf("type %q", got.Type)
	}
	if got := r.item(t, "extended-history $[].episode_name"); got.Type != "null" || got.Count != 0 || got.Nulls != 4 {
		t.Errorf("a field that is always null is %+v", got)
	}
}

func TestAPlaylistsItemsAreDatedByTheirOwnDate(t *testing.T) {
	r := mustRead(t, packed(t, "Playlist1.json", `{"playlists":[{"name":"N","lastModifiedDate":"2024-05-09","items":[
		{"track":{"trackName":"T"},"addedDate":"2024-05-01"},{"track":{"trackName":"U"},"addedDate":"2024-05-05"}]}]}`))
	track, name := r.item(t, "playlist $.playlists[].items[].track.trackName"), r.item(t, "playlist $.playlists[].name")
	if track.Oldest.Day() != 1 || track.Newest.Day() != 5 || name.Oldest.Day() != 9 || track.Age != 8 {
		t.Errorf("track %v to %v, %v days; name %v", track.Oldest, track.Newest, track.Age, name.Oldest)
	}
}

func TestWhatNoMappingKnowsIsListedAndNotDropped(t *testing.T) {
	r := mustRead(t, packed(
		t, historyName, list(play("brand_new", `{"mood": "calm"}`)),
		"Odd.json", `{"inner": [{"shoe_size": 7}], "none": []}`,
		"Read me.pdf", "%PDF-1.7 …", "Notes.csv", "When,What\n2024-05-01,tea\n",
	))
	want := []string{
		"Notes.csv $[].What", "Notes.csv $[].When", "Odd.json $.inner[].shoe_size", "Odd.json $.none", "Read me.pdf", "extended-history $[].brand_new.mood",
	}
	if !slices.Equal(r.Export.Unmapped, want) {
		t.Errorf("unmapped %q", r.Export.Unmapped)
	}
	if i := r.item(t, "Odd.json $.inner[].shoe_size"); i.Data != "" || i.Origin != "unmapped" || i.Type != "number" || i.Count != 1 {
		t.Errorf("%+v", i)
	}
	m := r.Export.Ledger.Members
	if m[2].Why != "a PDF document" || m[2].Unread != m[2].Bytes || r.Export.Ledger.UnreadBytes != m[2].Bytes {
		t.Errorf("PDF %+v", m[2])
	}
}

func TestKeysThatLookLikeDataAreNotRepeated(t *testing.T) {
	var many []string
	for i := range 300 {
		many = append(many, fmt.Sprintf(`"friend %c%c": {"met": %d, "tags": ["x"]}`, 'a'+i/26, 'a'+i%26, i))
	}
	r := mustRead(t, packed(
		t, "Odd.json", `{"people": {`+strings.Join(many, ",")+`}, "by_mail": {"jo@example.invalid": 1, "5550100999": 2, "spotify:user:7": 3, "plain": 4}}`,
	))
	if i := r.item(t, "Odd.json $.people.{*}.met"); i.Count != 300 {
		t.Errorf("%d of 300 people", i.Count)
	}
	if i := r.item(t, "Odd.json $.people.{*}.tags[]"); i.Count != 300 {
		t.Errorf("%d of 300 tags", i.Count)
	}
	if i := r.item(t, "Odd.json $.by_mail.{*}"); i.Count != 3 {
		t.Errorf("%d addresses", i.Count)
	}
	r.item(t, "Odd.json $.by_mail.plain")
	if out := text(t, r); strings.Contains(out, "friend") || strings.Contains(out, "example.invalid") || strings.Contains(out, "5550100999") {
		t.Error("a key that is data stands in the facts")
	}
}

// A mapping may take everything below a path. Keys there can be data all the
// same, as where a year in review is keyed by artist.
func TestKeysBelowAMappedPathAreNotRepeatedEither(t *testing.T) {
	r := mustRead(t, packed(t, "Wrapped2030.json", `{"topArtists": {"spotify:artist:1": {"ms": 1}, "jo@example.invalid": {"ms": 2}, "count": 2}}`))
	if i := r.item(t, "wrapped $.topArtists.{*}.ms"); i.Count != 2 || i.Data != "dia:TopItems" {
		t.Errorf("%+v", i)
	}
	if i := r.item(t, "wrapped $.topArtists.count"); i.Data != "dia:TopItems" {
		t.Errorf("%+v", i)
	}
	if out := text(t, r); strings.Contains(out, "jo@") || strings.Contains(out, "artist:1") {
		t.Error("a key that is data stands in the facts")
	}
}

func TestATableWithoutAHeaderDoesNotTellItsFirstLine(t *testing.T) {
	r := mustRead(t, packed(t, "odd.csv", "jo@example.invalid;12\nmo@example.invalid;13\n"))
	if !slices.Equal(r.Export.Unmapped, []string{"odd.csv $[].column 1", "odd.csv $[].column 2"}) {
		t.Errorf("unmapped %q", r.Export.Unmapped)
	}
}

func TestATablesOddLineCostsItself(t *testing.T) {
	r := mustRead(t, packed(t, "t.csv", "\ufeffwhen,what\n1,\"two\nlines\"\n2\n3,b,c\n4,\xff\n5,e\n"))
	if l := r.Export.Ledger; l.Read != 5 || l.Kept != 2 || l.Malformed != 3 {
		t.Errorf("ledger %+v", l)
	}
}

// A canary is a value that stands in one place of the export: it may stand in
// no fact, no gap and no error.
func TestNoValueOfTheExportStandsInFactsOrErrors(t *testing.T) {
	path, truth := written(t, export.Options{Seed: 11, Plays: 60, Every: true, Segments: []string{"1P_Tea_0f3a9c"}, Malformed: 2})
	r := mustRead(t, path)
	told := text(t, r.Export) + text(t, r.Items) + text(t, r.Gaps) + text(t, Flows(r.Items, diapason.Service{ID: "x"}))
	events := text(t, r.Events)
	if len(truth.Canaries) < 12 {
		t.Fatalf("only %d canaries", len(truth.Canaries))
	}
	inEvents := 0
	for path, value := range truth.Canaries {
		if strings.Contains(told, value) {
			t.Errorf("the value of %s stands in the facts", path)
		}
		if strings.Contains(events, value) {
			inEvents++
		}
	}
	if inEvents == 0 || strings.Contains(told, "0f3a9c") {
		t.Error("the canaries were not in the export, or a segment is in the facts")
	}
	broken := mustRead(t, packed(t, "Userdata.json", `{"username": "kiwi-canary", "email": kiwi-canary}`, "Search.json", `[{"searchQuery": "kiwi-canary", "searchTime": "kiwi-canary"}]`))
	if out := text(t, broken); strings.Contains(out, "kiwi") || len(broken.Gaps) == 0 {
		t.Errorf("a broken member tells its contents: %s", out)
	}
}

func TestOnlyGuessesThatCouldHintAtProtectedDataAreSpecial(t *testing.T) {
	for segment, want := range map[string]bool{
		"1P_Custom_Religious Podcasts": true, "3P_Pregnancy_Expecting": true, "1P_Listens to politics podcasts": true, "3P_LGBTQ+ Community": true,
		"1P_Tea_Drinkers": false, "3P_Gamers": false, "1P_Soccer": false, "3P_Electronics_Buyers": false, "1P_Silent Letters": false,
	} {
		r := mustRead(t, packed(t, "Inferences.json", fmt.Sprintf(`{"inferences": ["1P_Running", %q]}`, segment)))
		i := r.item(t, "inferences $.inferences[]")
		if i.Special != want || !i.AdSegment || i.Origin != "inferred" || i.Count != 2 {
			t.Errorf("%s: %+v", segment, i)
		}
	}
	// What a person typed is no guess of the service.
	r := mustRead(t, packed(t, "SearchQueries.json", `[{"searchQuery": "church bells", "searchTime": "2024-05-01T10:00:00Z"}]`))
	if r.item(t, "search $[].searchQuery").Special {
		t.Error("a search is taken for a guess")
	}
}

func TestAClaimIsHeldWhereAnItemLiesAtOrBelowIt(t *testing.T) {
	items := []Item{{Data: "pd:IPAddress", Count: 3}, {Data: "dia:PlaybackDetail", Count: 1}, {Data: "pd:TelephoneNumber", Nulls: 5}}
	for _, c := range []struct {
		statement Statement
		word      string // empty: no claim
	}{
		{Statement{Data: "pd:IPAddress", Asserted: true}, Held},
		{Statement{Data: "dia:OnlineIdentifier", Asserted: true}, Held},
		{Statement{Data: "dia:ListeningHistory", Asserted: true}, Held},
		{Statement{Data: "dia:SearchQuery", Asserted: true}, NotSeen},
		{Statement{Data: "pd:TelephoneNumber", Asserted: true}, NotSeen}, // the field is there, and always empty
		{Statement{Data: "dia:SearchQuery"}, ""},                         // denied
		{Statement{Data: "", Asserted: true}, ""},
		{Statement{Data: "dpv:PersonalData", Asserted: true}, ""},
		{Statement{Data: "dpv:Data", Asserted: true}, ""},
		{Statement{Data: "dia:AggregateData", Asserted: true}, ""},
		{Statement{Data: "pd:Password", Asserted: true}, ""},
		{Statement{Data: "dia:Advertiser", Asserted: true}, ""},
		{Statement{Data: "made:Up", Asserted: true}, ""},
	} {
		c.statement.ID, c.statement.Quote = "p1", "We collect it."
		claims := Claims([]Statement{c.statement}, items, vocab.Default())
		switch {
		case c.word == "" && len(claims) > 0:
			t.Errorf("%+v is claimed: %+v", c.statement, claims)
		case c.word != "" && (len(claims) != 1 || claims[0] != Claim{Practice: "p1", Data: c.statement.Data, Word: c.word, Quote: "We collect it."}):
			t.Errorf("%+v: %+v, want %s", c.statement, claims, c.word)
		}
	}
}

func TestItemsWithValuesAreFlowsOfTheService(t *testing.T) {
	r := mustRead(t, packed(t, "Inferences.json", `{"inferences": ["1P_Tea"]}`, "Odd.json", `{"x": 1}`, "Follow.json", `{"userIsFollowing": ["jo"], "userIsBlocking": []}`))
	flows := Flows(r.Items, diapason.Service{ID: "nocturne", Name: "Nocturne"})
	if len(flows) != 2 {
		t.Fatalf("flows %+v", flows)
	}
	follow, guess := flows[0], flows[1]
	if guess.Operation != diapason.Derive || guess.Data != "dia:InferredSegment" || guess.Subject != diapason.AccountHolder || guess.Count != 1 {
		t.Errorf("guess %+v", guess)
	}
	if follow.Operation != diapason.Store || follow.Subject != diapason.OtherPerson || follow.Channel != diapason.Holds || follow.Polarity != diapason.Observed {
		t.Errorf("follow %+v", follow)
	}
	want := diapason.Party{ID: "nocturne", Name: "Nocturne", Role: diapason.RoleService, Relation: diapason.FirstParty}
	if follow.Sender != want || follow.Recipient != want || follow.Evidence[0] != (diapason.Ref{Record: "export/1", At: "follow $.userIsFollowing[]"}) {
		t.Errorf("parties and evidence %+v", follow)
	}
}

func TestASecondExportIsNumbered(t *testing.T) {
	r := mustRead(t, packed(t, "Odd.json", `{"x": 1}`))
	Number(2, &r.Export, r.Items)
	if r.Export.ID != "2" || r.Export.Evidence[0].Record != "export/2" || r.Items[0].Export != "2" || r.Items[0].Evidence[0].Record != "export/2" {
		t.Errorf("%+v %+v", r.Export, r.Items)
	}
}
