package accord

import (
	"math"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

var (
	adsum    = diapason.Party{ID: "adsum", Name: "Adsum", Role: diapason.RoleAdvertiser, Relation: diapason.ThirdParty}
	pulse    = diapason.Party{ID: "pulse", Name: "Pulse Analytics", Role: diapason.RoleAnalytics, Relation: diapason.ThirdParty}
	stranger = diapason.Party{ID: "stranger.example", Name: "stranger.example", Role: diapason.RoleUnknown, Relation: diapason.ThirdParty}
	nocturne = diapason.Party{ID: "nocturne", Name: "Nocturne", Role: diapason.RoleService, Relation: diapason.FirstParty}
)

// texts makes the facts of one current policy. Each practice gets an id and a
// sentence of its own unless it has one.
func texts(ps ...says.Practice) says.Facts {
	f := says.Facts{Documents: []says.Document{{ID: "privacy", Kind: "policy", Analysable: true, Current: true}}}
	for i, p := range ps {
		if p.ID == "" {
			p.ID = "p" + string(rune('1'+i))
		}
		if p.Document == "" {
			p.Document = "privacy"
		}
		if p.Quote == "" {
			p.Quote = "Sentence " + p.ID + "."
		}
		if p.End == 0 {
			p.Start, p.End = 100*i, 100*i+50
		}
		f.Practices = append(f.Practices, p)
	}
	return f
}

func says1(polarity diapason.Polarity, op diapason.Operation, data, who diapason.Term) says.Practice {
	return says.Practice{Polarity: polarity, Operation: op, Data: data, Recipient: who, Modality: "performed", Condition: diapason.Unconditional}
}

func yes(op diapason.Operation, data, who diapason.Term) says.Practice {
	return says1(diapason.Asserted, op, data, who)
}

func no(op diapason.Operation, data, who diapason.Term) says.Practice {
	return says1(diapason.Denied, op, data, who)
}

func with(p says.Practice, change func(*says.Practice)) says.Practice {
	change(&p)
	return p
}

func sent(who diapason.Party, data diapason.Term, phase diapason.Phase, payload ...string) diapason.Flow {
	return diapason.Flow{
		ID: "does-1", Channel: diapason.Does, Polarity: diapason.Observed, Recipient: who, Data: data, Operation: diapason.Share,
		Phase: phase, Payload: payload, Mode: diapason.Auto,
	}
}

func held(data diapason.Term, op diapason.Operation) diapason.Flow {
	return diapason.Flow{ID: "holds-1", Channel: diapason.Holds, Polarity: diapason.Observed, Recipient: nocturne, Sender: nocturne, Data: data, Operation: op}
}

func wanted(data diapason.Term, op diapason.Operation) diapason.Flow {
	return diapason.Flow{ID: "asks-1", Channel: diapason.Asks, Polarity: diapason.Asserted, Recipient: nocturne, Data: data, Operation: op, Condition: diapason.OnConsent}
}

const (
	collect, share, sell, store, use, derive, act = diapason.Collect, diapason.Share, diapason.Sell, diapason.Store, diapason.Use, diapason.Derive, diapason.Act

	email      = diapason.Term("pd:EmailAddress")
	contact    = diapason.Term("pd:Contact")
	personal   = diapason.Term("dpv:PersonalData")
	advertiser = diapason.Term("dia:Advertiser")
)

func TestVerdictsOnWhatWasSeen(t *testing.T) {
	for name, c := range map[string]struct {
		flow diapason.Flow
		says []says.Practice
		want Verdict
	}{
		"a receiver that is named gets what is named: clear": {
			sent(adsum, email, diapason.P6), []says.Practice{with(yes(share, email, advertiser), func(p *says.Practice) { p.RecipientName = "Adsum Inc." })}, Clear,
		},
		"a kind of receiver is vague, because a company is one of its kind":       {sent(adsum, email, diapason.P6), []says.Practice{yes(share, email, advertiser)}, Vague},
		"a wider word for the data is vague":                                      {sent(nocturne, email, diapason.P6), []says.Practice{yes(collect, contact, theService)}, Vague},
		"what the service collects, in its own words: clear":                      {sent(nocturne, email, diapason.P6), []says.Practice{yes(collect, email, theService)}, Clear},
		"nothing said: omitted":                                                   {sent(adsum, email, diapason.P6), nil, Omitted},
		"another kind of receiver does not cover: omitted":                        {sent(adsum, email, diapason.P6), []says.Practice{yes(share, email, "dia:Processor")}, Omitted},
		"another company does not cover, even of the same kind":                   {sent(adsum, email, diapason.P6), []says.Practice{with(yes(share, email, advertiser), func(p *says.Practice) { p.RecipientName = "Other Ads" })}, Omitted},
		"collecting tells nothing of sharing":                                     {sent(adsum, email, diapason.P6), []says.Practice{yes(collect, email, theService)}, Omitted},
		"sharing tells that the service has it":                                   {sent(nocturne, email, diapason.P6), []says.Practice{yes(share, email, advertiser)}, Clear},
		"a narrower word does not cover the wider thing":                          {sent(nocturne, contact, diapason.P6), []says.Practice{yes(collect, email, theService)}, Omitted},
		"denied: incorrect":                                                       {sent(adsum, email, diapason.P6), []says.Practice{no(share, email, advertiser)}, Incorrect},
		"denied of third parties, seen at an advertiser":                          {sent(adsum, email, diapason.P6), []says.Practice{no(share, email, otherParty)}, Incorrect},
		"denied without saying of whom, seen at an advertiser":                    {sent(adsum, email, diapason.P6), []says.Practice{no(share, email, "")}, Incorrect},
		"a hash of an address breaks a promise about the address":                 {sent(adsum, "dia:HashedContact", diapason.P6, "hashed-seed"), []says.Practice{no(share, email, advertiser)}, Incorrect},
		"an address that travels as a hash breaks it too":                         {sent(adsum, email, diapason.P6, "hashed-seed"), []says.Practice{no(share, email, advertiser)}, Incorrect},
		"an address that travels as a hash breaks a promise about hashes":         {sent(adsum, email, diapason.P6, "hashed-seed"), []says.Practice{no(share, "dia:HashedContact", advertiser)}, Incorrect},
		"a plain address breaks no promise about hashes":                          {sent(adsum, email, diapason.P6, "plain-seed"), []says.Practice{no(share, "dia:HashedContact", advertiser)}, Omitted},
		"a hashed telephone number breaks no promise about e-mail":                {withWords(sent(adsum, "dia:HashedContact", diapason.P6), "telephone"), []says.Practice{no(share, email, advertiser)}, Omitted},
		"not to sell is no promise not to share":                                  {sent(adsum, email, diapason.P6), []says.Practice{no(sell, email, advertiser)}, Omitted},
		"not to use is no promise not to collect":                                 {sent(nocturne, email, diapason.P6), []says.Practice{no(use, email, theService)}, Omitted},
		"not to collect is broken by collecting":                                  {sent(nocturne, email, diapason.P6), []says.Practice{no(collect, email, theService)}, Incorrect},
		"a denial of contact details is not about the name":                       {sent(adsum, "pd:Name", diapason.P6), []says.Practice{no(share, contact, advertiser)}, Omitted},
		"an assertion of contact details tells of the name":                       {sent(adsum, "pd:Name", diapason.P6), []says.Practice{yes(share, contact, advertiser)}, Vague},
		"a denial with an exception promises nothing":                             {sent(adsum, email, diapason.P6), []says.Practice{with(no(share, email, advertiser), func(p *says.Practice) { p.Hedged = true })}, Omitted},
		"a denial about children promises nothing to others":                      {sent(adsum, email, diapason.P6), []says.Practice{with(no(share, email, advertiser), func(p *says.Practice) { p.Subject = diapason.Child })}, Omitted},
		"a statement about children does not cover others":                        {sent(adsum, email, diapason.P6), []says.Practice{with(yes(share, email, advertiser), func(p *says.Practice) { p.Subject = diapason.Child })}, Omitted},
		"need not be given is no denial":                                          {sent(nocturne, email, diapason.P6), []says.Practice{with(no(collect, email, theService), func(p *says.Practice) { p.Modality = "optional" })}, Omitted},
		"data in general covers nothing":                                          {sent(nocturne, email, diapason.P6), []says.Practice{yes(collect, vocab.RootData, theService)}, Omitted},
		"anyone covers nobody":                                                    {sent(adsum, email, diapason.P6), []says.Practice{yes(share, email, vocab.RootParty)}, Omitted},
		"said and denied of the same: ambiguous":                                  {sent(adsum, email, diapason.P6), []says.Practice{yes(share, email, advertiser), no(share, email, advertiser)}, Ambiguous},
		"denied more narrowly than said: incorrect where the narrow case is seen": {sent(adsum, email, diapason.P6), []says.Practice{yes(share, contact, advertiser), no(share, email, advertiser)}, Incorrect},
		"data that nobody knows: undecided":                                       {sent(adsum, "", diapason.P6), nil, Undecided},
		"data that is only data: undecided":                                       {sent(adsum, vocab.RootData, diapason.P6), nil, Undecided},
		"a term that is no data: undecided":                                       {sent(adsum, "dpv:Marketing", diapason.P6), nil, Undecided},
		"a receiver that nobody knows: undecided":                                 {sent(diapason.Party{}, email, diapason.P6), nil, Undecided},
		"an unknown company, where the text speaks of no company: omitted":        {sent(stranger, email, diapason.P6), []says.Practice{yes(collect, email, theService)}, Omitted},
		"an unknown company, where the text speaks of some kind: undecided":       {sent(stranger, email, diapason.P6), []says.Practice{yes(share, email, advertiser)}, Undecided},
		"an unknown company, where the text denies some kind: undecided":          {sent(stranger, email, diapason.P6), []says.Practice{no(share, email, advertiser)}, Undecided},
		"an unknown company is a third party: vague":                              {sent(stranger, email, diapason.P6), []says.Practice{yes(share, email, otherParty)}, Vague},
		"an unknown company is a third party: incorrect":                          {sent(stranger, email, diapason.P6), []says.Practice{no(share, email, otherParty)}, Incorrect},
		"denied for a purpose that could not be seen: undecided": {
			sent(adsum, email, diapason.P6), []says.Practice{with(no(share, email, advertiser), func(p *says.Practice) { p.Purpose = []diapason.Term{"dpv:Marketing"} })}, Undecided,
		},
		"held and said: clear":                                  {held("dia:ListeningHistory", store), []says.Practice{yes(collect, "dia:ListeningHistory", theService)}, Clear},
		"held and not said: omitted":                            {held("dia:InferredSegment", derive), []says.Practice{yes(collect, "dia:ListeningHistory", theService)}, Omitted},
		"held although it is never stored: incorrect":           {held("dia:SearchQuery", store), []says.Practice{no(store, "dia:SearchQuery", theService)}, Incorrect},
		"seen although it is never stored: no contradiction":    {sent(nocturne, "dia:SearchQuery", diapason.P0), []says.Practice{no(store, "dia:SearchQuery", theService)}, Omitted},
		"inferred although nothing is inferred: incorrect":      {held("dia:InferredSegment", derive), []says.Practice{no(derive, "dia:InferredSegment", theService)}, Incorrect},
		"asked although it is never collected: incorrect":       {wanted("pd:Picture", collect), []says.Practice{no(collect, "pd:Picture", theService)}, Incorrect},
		"to change something is not told by collecting it":      {wanted("dia:Library", act), []says.Practice{yes(collect, "dia:Library", theService)}, Omitted},
		"to change something is told by acting in one's name":   {wanted("dia:Library", act), []says.Practice{yes(act, "dia:Library", theService)}, Clear},
		"acting in one's name does not tell of collecting":      {wanted("dia:Library", collect), []says.Practice{yes(act, "dia:Library", theService)}, Omitted},
		"a party term as receiver is met exactly":               {sent(diapason.Party{ID: "dia:Advertiser", Role: diapason.RoleAdvertiser}, email, diapason.P6), []says.Practice{yes(share, email, advertiser)}, Clear},
		"a name's first words are the company":                  {sent(pulse, email, diapason.P6), []says.Practice{with(yes(share, email, "dia:Analytics"), func(p *says.Practice) { p.RecipientName = "Pulse" })}, Clear},
		"a company behind the service's own name is no service": {sent(diapason.Party{ID: "adsum", Name: "Adsum", Role: diapason.RoleAdvertiser, Relation: diapason.CloakedParty}, email, diapason.P6), []says.Practice{yes(collect, email, theService)}, Omitted},
	} {
		t.Run(name, func(t *testing.T) {
			got := Hold([]diapason.Flow{c.flow}, texts(c.says...), true)
			if len(got) != 1 || got[0].Verdict != c.want {
				t.Errorf("got %+v, want %s", got, c.want)
			}
			if got[0].Why == "" {
				t.Error("a verdict without a reason")
			}
		})
	}
}

func withWords(f diapason.Flow, words string) diapason.Flow {
	f.Words = words
	return f
}

func TestBothQuotesAreKeptAsTheyStand(t *testing.T) {
	promise := with(no(share, email, advertiser), func(p *says.Practice) { p.Quote = "We  do not share your e-mail address with advertisers." })
	wider := with(yes(share, contact, advertiser), func(p *says.Practice) { p.Quote = "We may share contact details." })
	got := Hold([]diapason.Flow{sent(adsum, "dia:HashedContact", diapason.P6, "hashed-seed")}, texts(promise, wider), true)[0]
	if got.Verdict != Incorrect || got.Denial != promise.Quote || got.Quote != wider.Quote || got.Against != "p1" || got.Practice != "p2" {
		t.Errorf("got %+v", got)
	}
}

func TestVaguenessHasThePublishedValues(t *testing.T) {
	named := func(p says.Practice, name string) says.Practice { p.RecipientName = name; return p }
	for name, c := range map[string]struct {
		flow diapason.Flow
		says says.Practice
		want float64
	}{
		"e-mail under contact details":      {sent(nocturne, email, diapason.P6), yes(collect, contact, theService), 0.25},
		"e-mail under personal data":        {sent(nocturne, email, diapason.P6), yes(collect, personal, theService), 0.75},
		"advertising id under device data":  {sent(nocturne, "dia:AdvertisingId", diapason.P0), yes(collect, "pd:DeviceBased", theService), 0.40},
		"ad company under advertisers":      {sent(adsum, email, diapason.P6), yes(share, email, advertiser), 1.0 / 3},
		"ad company under third parties":    {sent(adsum, email, diapason.P6), yes(share, email, otherParty), 2.0 / 3},
		"the larger axis counts":            {sent(adsum, email, diapason.P6), yes(share, personal, advertiser), 0.75},
		"a company that is named":           {sent(adsum, email, diapason.P6), named(yes(share, email, advertiser), "Adsum"), 0},
		"nothing, for the service's own":    {sent(nocturne, email, diapason.P6), yes(collect, email, theService), 0},
		"a named company and wide words":    {sent(adsum, email, diapason.P6), named(yes(share, contact, advertiser), "Adsum"), 0.25},
		"the nearest of several is counted": {held(email, store), yes(collect, contact, theService), 0.25},
	} {
		t.Run(name, func(t *testing.T) {
			got := Hold([]diapason.Flow{c.flow}, texts(c.says), true)[0]
			if math.Abs(got.Distance-c.want) > 0.005 {
				t.Errorf("distance %.3f, want %.3f (%+v)", got.Distance, c.want, got)
			}
		})
	}
}

func TestTheNearestStatementDecides(t *testing.T) {
	ps := texts(
		yes(share, personal, otherParty), yes(share, email, otherParty), yes(share, contact, advertiser), yes(share, email, advertiser),
	)
	got := Hold([]diapason.Flow{sent(adsum, email, diapason.P6)}, ps, true)[0]
	if got.Practice != "p4" {
		t.Errorf("nearest is %s, want p4", got.Practice)
	}
	ps.Practices = ps.Practices[:3]
	if got = Hold([]diapason.Flow{sent(adsum, email, diapason.P6)}, ps, true)[0]; got.Practice != "p3" {
		t.Errorf("nearest is %s, want p3: the party counts before the data", got.Practice)
	}
}

func TestUnreadTextsOmitNothing(t *testing.T) {
	flow := []diapason.Flow{sent(adsum, email, diapason.P6)}
	if got := Hold(flow, says.Facts{}, false)[0]; got.Verdict != NotAnalysable {
		t.Errorf("no text: %s", got.Verdict)
	}
	f := texts(yes(collect, email, theService))
	f.Documents = append(f.Documents, says.Document{ID: "terms", Kind: "terms", Current: true})
	if got := Hold(flow, f, true)[0]; got.Verdict != NotAnalysable {
		t.Errorf("one of two texts unreadable: %s", got.Verdict)
	}
	f.Documents[1].Current = false
	if got := Hold(flow, f, true)[0]; got.Verdict != Omitted {
		t.Errorf("an earlier text unreadable: %s", got.Verdict)
	}
}

func TestAnEarlierTextTellsNothingOfToday(t *testing.T) {
	f := texts(yes(share, email, advertiser))
	f.Documents[0].Current = false
	if got := Hold([]diapason.Flow{sent(adsum, email, diapason.P6)}, f, true)[0]; got.Verdict != Omitted {
		t.Errorf("got %s", got.Verdict)
	}
}

func TestWhatTheTextsSayThemselvesIsNotHeldAgainstThem(t *testing.T) {
	flows := []diapason.Flow{{Channel: diapason.Says, Polarity: diapason.Asserted, Data: email}, {Channel: diapason.Does, Polarity: diapason.Absent, Data: email}}
	if got := Hold(flows, texts(), true); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

// All sixteen types of an assertion and a denial, on a small tree in which the
// flow stands below everything.
func TestPairTypes(t *testing.T) {
	tree := small(t)
	data := map[relation]diapason.Term{same: "pd:M", narrower: "pd:L", broader: "pd:H", crossing: "pd:M2"}
	party := map[relation]diapason.Term{same: "dia:M", narrower: "dia:L", broader: "dia:H", crossing: "dia:M2"}
	verdict := map[string]Verdict{"C": Ambiguous, "N": Incorrect}
	for _, p := range []relation{same, narrower, broader, crossing} {
		for _, d := range []relation{same, narrower, broader, crossing} {
			f := texts(yes(share, data[d], party[p]), no(share, "pd:M", "dia:M"))
			b := open(tree, f, true)
			s := look(tree, sent(diapason.Party{ID: "dia:F"}, "pd:F", diapason.P0))
			ys, ns := b.relevant(s, b.asserted, tells), b.relevant(s, b.denied, b.denies)
			if len(ys) != 1 || len(ns) != 1 {
				t.Fatalf("party %d data %d: %d assertions and %d denials are relevant", p, d, len(ys), len(ns))
			}
			kind := b.clash(s, ys[0], ns[0])
			if want := paper[p][d]; kind != want {
				t.Errorf("party %d data %d: %s, want %s", p, d, kind, want)
			}
			if got := b.hold(s.Flow); got.Verdict != verdict[kind[:1]] {
				t.Errorf("%s: %s", kind, got.Verdict)
			}
		}
	}
}

// paper is the table of the paper, written out once more.
var paper = [][]string{
	{"C1", "C2", "N1", "C6"},
	{"C3", "C4", "N2", "C7"},
	{"N3", "C5", "N4", "C8"},
	{"C9", "C10", "C11", "C12"},
}

// small is a tree with a term above, a term below and a term across another,
// for data and parties, and one below them all.
func small(t *testing.T) *vocab.Tree {
	t.Helper()
	entries := []vocab.Entry{
		{ID: vocab.RootData, Kind: "pd"},
		{ID: "pd:H", Kind: "pd", Parents: []diapason.Term{vocab.RootData}},
		{ID: "pd:M", Kind: "pd", Parents: []diapason.Term{"pd:H"}},
		{ID: "pd:M2", Kind: "pd", Parents: []diapason.Term{vocab.RootData}},
		{ID: "pd:L", Kind: "pd", Parents: []diapason.Term{"pd:M"}},
		{ID: "pd:F", Kind: "pd", Parents: []diapason.Term{"pd:L", "pd:M2"}},
		{ID: vocab.RootParty, Kind: "party"},
		{ID: theService, Kind: "party", Parents: []diapason.Term{vocab.RootParty}},
		{ID: "dia:H", Kind: "party", Parents: []diapason.Term{vocab.RootParty}},
		{ID: "dia:M", Kind: "party", Parents: []diapason.Term{"dia:H"}},
		{ID: "dia:M2", Kind: "party", Parents: []diapason.Term{vocab.RootParty}},
		{ID: "dia:L", Kind: "party", Parents: []diapason.Term{"dia:M"}},
		{ID: "dia:F", Kind: "party", Parents: []diapason.Term{"dia:L", "dia:M2"}},
	}
	tree, err := vocab.Build(entries, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestOneSentenceDoesNotContradictItself(t *testing.T) {
	apart := []says.Practice{
		with(yes(share, contact, advertiser), func(p *says.Practice) { p.Start, p.End = 10, 60 }),
		with(no(share, email, advertiser), func(p *says.Practice) { p.Start, p.End = 40, 90 }),
	}
	flow := []diapason.Flow{sent(adsum, email, diapason.P6)}
	if got := Hold(flow, texts(apart...), true)[0]; got.Verdict != Incorrect || got.Quote != "" {
		t.Errorf("nearer denial of one sentence: %+v", got)
	}
	apart[0].Data, apart[1].Data = email, contact
	if got := Hold(flow, texts(apart...), true)[0]; got.Verdict != Vague || got.Denial != "" {
		t.Errorf("nearer assertion of one sentence: %+v", got)
	}
}

// A file about Global Privacy Control is no text of a policy, readable or not.
func TestAPromiseAboutASignalTellsOfNoData(t *testing.T) {
	flow := []diapason.Flow{sent(adsum, email, diapason.P6)}
	f := says.Facts{Documents: []says.Document{{ID: "privacy", Kind: "policy", Analysable: true, Current: true}}}
	want := Hold(flow, f, true)[0]
	for _, analysable := range []bool{true, false} {
		f.Documents = append(f.Documents[:1:1], says.Document{ID: "gpc", Kind: says.KindGPC, Analysable: analysable, Current: true})
		f.Practices = []says.Practice{{ID: "gpc/1", Document: "gpc", Kind: says.KindGPC, Polarity: diapason.Asserted}}
		if got := Hold(flow, f, true)[0]; got.Verdict != want.Verdict || want.Verdict != Omitted {
			t.Errorf("analysable %v: %s, without it %s", analysable, got.Verdict, want.Verdict)
		}
	}
}
