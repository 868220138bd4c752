package report

import (
	"fmt"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/remedy"
	"diapason.dev/diapason/says"
)

var (
	at       = time.Date(2026, 11, 24, 20, 30, 0, 0, time.UTC)
	nocturne = diapason.Party{ID: "nocturne", Name: "Nocturne", Role: diapason.RoleService, Relation: diapason.FirstParty}
	pulse    = diapason.Party{ID: "pulse.example", Name: "Pulse Analytics", Role: diapason.RoleAnalytics, Relation: diapason.ThirdParty}
	adsum    = diapason.Party{ID: "adsum.example", Name: "Adsum", Role: diapason.RoleAdvertiser, Relation: diapason.ThirdParty}
)

// sample is an audit of a made-up music service as it comes out when much is
// wrong: several findings of each severity, and something of every view.
func sample() *audit.Result {
	r := &audit.Result{
		Schema:  audit.Schema,
		Service: diapason.Service{ID: "nocturne", Name: "Nocturne", Entity: "Nocturne Sound Ltd.", Domains: []string{"nocturne.example"}, Jurisdictions: []string{"EU"}},
		Counts:  audit.Counts{Fail: 9, Pass: 14, Inconclusive: 2, NotApplicable: 4, Proposed: 3, Findings: 7},
		NotExamined: []string{
			"Choices in a consent banner: no visit accepted, refused or withdrew.", "Browser signals such as Global Privacy Control.",
			"Fingerprinting by canvas, fonts, audio or other device features.",
			"Pages, languages, countries and devices other than those listed under the visits.",
			"What happens on the service's servers, what its contracts say, and what it told other people.",
		},
		Gaps: []diapason.Gap{
			{Channel: diapason.Does, What: "visit B", Why: "the page was still busy after 45 seconds and was left", Next: "audit again, or raise the waiting time"},
			{Channel: diapason.Holds, What: "member Read_Me_First.pdf", Why: "a PDF holds no records", Next: "nothing needs to be done", Minor: true},
		},
	}
	r.Run.ID, r.Run.Started, r.Run.Ended, r.Run.Tool, r.Run.Pack = "20261124T203000Z-nocturne", at, at.Add(4*time.Minute), "diapason 0.1.0", "diapason-core 1.0.0, sha256:5f2c…"
	r.Run.Vocab, r.Run.Suffixes, r.Run.Entities, r.Run.Browser = "DPV 2.3, sha256:77ab…", "2026-11-01", "third-party-web 0.27.0", "Chromium/156.0.8078.73"
	r.Run.Flags, r.Run.Vantage = []string{"--headless=new", "--user-data-dir=DIR", "--proxy-server=127.0.0.1:PORT"}, "loopback, no network"
	r.Run.Channels = map[diapason.Channel]bool{diapason.Says: true, diapason.Asks: true, diapason.Does: true, diapason.Holds: true}
	r.Run.Random = []audit.Random{{Name: "made-up email of journey/sign-up/1", Value: "lister-5e1f@bait.example"}, {Name: "commitment to cookie nid @ nocturne.example", Value: "u3vJ…"}}
	r.Facts = audit.Facts{Says: sampleSays(), Asks: sampleAsks(), Does: sampleDoes(), Holds: sampleHolds()}
	r.Flows = sampleFlows()
	r.Pairs = accord.Hold(r.Flows, r.Facts.Says, true)
	r.Table = accord.Draw(accord.Drawing{
		Flows: r.Flows, Pairs: r.Pairs, Practices: r.Facts.Says.Practices, Scopes: r.Facts.Asks.Scopes, Items: r.Facts.Holds.Items, Examined: r.Run.Channels,
	})
	r.Headline = fmt.Sprintf("Nocturne is out of tune in %d of %d kinds of data.", r.Table.Out, len(r.Table.Rows))
	r.Findings = sampleFindings()
	r.Remedies = sampleRemedies()
	r.Verdicts = []diapason.Verdict{
		{Rule: "EV-01", Version: "1.0.0", Title: "Deleted means deleted", Outcome: diapason.Fail, Findings: 1},
		{Rule: "SD-01", Version: "1.0.0", Title: "Every recipient is told", Outcome: diapason.Fail, Proposed: true, Findings: 2},
		{Rule: "SD-12", Version: "1.0.0", Title: "“Only if you agree” means it", Outcome: diapason.Pass},
		{Rule: "HD-08", Version: "1.0.0", Title: "Minors are not profiled for ads", Outcome: diapason.NotApplicable, Why: "The account is not a minor's, or the service is not an online platform."},
		{Rule: "HD-02", Version: "1.0.0", Title: "Nothing held is untold", Outcome: diapason.Inconclusive, Why: "The export has fields that nobody has yet put a name to."},
	}
	return r
}

const promise = "We do not share your e-mail address with advertisers."

func practice(n int, polarity diapason.Polarity, op diapason.Operation, data, who diapason.Term, quote, heading string) says.Practice {
	return says.Practice{
		ID: fmt.Sprintf("privacy-%d", n), Document: "privacy", Kind: "policy", Polarity: polarity, Modality: "performed", Condition: diapason.Unconditional,
		Actor: "service", Operation: op, Data: data, Recipient: who, Subject: diapason.AccountHolder, Quote: quote, Start: n * 200, End: n*200 + len(quote),
		Path: []string{"Privacy policy", heading}, Rule: "frame", Confidence: 0.9, Evidence: []diapason.Ref{{Record: "document/privacy", At: fmt.Sprint(n * 200)}},
	}
}

func sampleSays() says.Facts {
	yes, no := diapason.Asserted, diapason.Denied
	collect := diapason.Collect
	f := says.Facts{
		Documents: []says.Document{
			{ID: "privacy", Kind: "policy", Source: "https://nocturne.example/privacy", Title: "Nocturne privacy policy", Analysable: true, Dated: "2026-11-02", Words: 812, Clauses: 61, Current: true, Missing: []string{"legal basis", "complaint"}},
			{ID: "privacy@2025", Kind: "policy", Source: "https://nocturne.example/privacy/2025", Title: "Nocturne privacy policy of 2025", Analysable: true, Dated: "2025-03-03", Words: 640, Clauses: 44},
		},
		Practices: []says.Practice{
			practice(1, yes, collect, "pd:EmailAddress", "dia:Service", "When you create an account, we collect your name, your e-mail address and your password.", "What we collect"),
			practice(2, no, diapason.Share, "pd:EmailAddress", "dia:Advertiser", promise, "Who else gets data"),
			practice(3, yes, collect, "pd:Name", "dia:Service", "When you create an account, we collect your name, your e-mail address and your password.", "What we collect"),
			practice(4, yes, collect, "dia:ListeningHistory", "dia:Service", "We collect your listening history: which tracks and albums you played, and when.", "What we collect"),
			practice(5, yes, collect, "dia:SearchQuery", "dia:Service", "We collect your search queries.", "What we collect"),
			practice(6, yes, diapason.Share, "dia:PaymentData", "dia:PaymentProvider", "We share your payment data with our payment provider when you buy a plan.", "Who else gets data"),
			practice(7, yes, collect, "pd:IPAddress", "dia:Service", "We collect your IP address.", "What we collect"),
			practice(8, yes, collect, "dia:Library", "dia:Service", "We collect your playlists, your library and the artists that you follow.", "What we collect"),
			practice(9, yes, collect, "pd:BirthDate", "dia:Service", "We collect your date of birth and your gender.", "What we collect"),
		},
	}
	photos := practice(10, yes, collect, "pd:Picture", "dia:Service", "With your permission, we may collect photos stored on your device.", "What we collect")
	photos.Condition, photos.Modality, photos.Phrase = diapason.OnConsent, "conditional", "With your permission"
	f.Practices = append(f.Practices, photos)
	before := practice(4, yes, diapason.Store, "dia:SearchQuery", "dia:Service", "We delete your search queries after 30 days.", "How long we keep it")
	after := practice(11, yes, diapason.Store, "dia:SearchQuery", "dia:Service", "We delete your search queries after 90 days.", "How long we keep it")
	f.Changes = []says.Change{
		{Document: "privacy", Class: "conditional", Kind: "data", Data: "pd:Picture", Operation: collect, Sentence: "Photos may now be collected, if you permit it.", Condition: "your permission", After: &photos, DatedBefore: "2025-03-03", DatedAfter: "2026-11-02"},
		{Document: "privacy", Class: "retention", Kind: "retention", Data: "dia:SearchQuery", Operation: diapason.Store, Sentence: "Search queries are kept for 90 days instead of 30.", Before: &before, After: &after, DatedBefore: "2025-03-03", DatedAfter: "2026-11-02"},
	}
	return f
}

func sampleAsks() asks.Facts {
	const narrowed = "https://accounts.spotify.com/authorize?client_id=0123456789abcdef&response_type=code&redirect_uri=https%3A%2F%2Fnocturne.example%2Fcallback&scope=user-library-modify"
	scope := func(id, sentence, class string, s diapason.Severity, data ...diapason.Term) asks.Scope {
		return asks.Scope{Request: "1", ID: id, Sentence: sentence, Class: class, Severity: s, Data: data, Group: "activity", Effects: []string{"profile"}, Confidence: "high"}
	}
	return asks.Facts{
		Requests: []asks.Request{{
			ID: "1", Provider: "spotify", App: "nocturne.example", Page: "https://nocturne.example/campaign", Purpose: []string{"save-release"}, Inspectable: true, Flaws: []string{"state-absent"}, Verdict: asks.Verdict{Provider: "spotify", Aim: "save one album", Requested: 7},
			Text: []string{
				"To save one album, this needs 1 permission. It asks for 7.",
				"The other 6 let it see your e-mail address, your country and subscription, what you play most, what you played last and who you follow; and change your playlists for you - for up to a year. You can end it at spotify.com/account/apps.",
				"`needed` It saves and removes music in your library.", "`excess, high` It sees your e-mail address.",
				"Also: no `state`; no PKCE.", "Read with the catalogue of 2026-11-20; confidence high.",
			},
			Narrowed: narrowed,
		}},
		Scopes: []asks.Scope{
			scope("user-library-modify", "It saves and removes music in your library.", "needed", ""),
			scope("user-read-email", "It sees your e-mail address.", "excess", diapason.High, "pd:EmailAddress"),
			scope("user-read-private", "It sees your country and your subscription.", "excess", diapason.Medium, "pd:Country", "dia:SubscriptionStatus"),
			scope("user-top-read", "It sees which artists and tracks you play most.", "excess", diapason.High, "dia:TopItems"),
			scope("user-read-recently-played", "It sees what you played last.", "excess", diapason.High, "dia:ListeningHistory"),
			scope("user-follow-read", "It sees which artists and people you follow.", "excess", diapason.Medium, "dia:FollowedArtist"),
			scope("playlist-modify-private", "It changes your private playlists.", "excess", diapason.High),
		},
	}
}

func sampleDoes() does.Facts {
	f := does.Facts{
		Respawns: []does.Respawn{{
			Kind: "storage", Identifier: "cookie nid @ nocturne.example", Score: 128, Target: "Cookies", Key: "nid", Recipient: nocturne, Proved: true,
			Stores: [][]string{{"Cache"}, {"Local Storage"}}, Recipe: []string{"Cache", "Local Storage"}, RecipeProved: true, Written: true, Sent: true,
			Tests: []does.Test{
				{Visit: "respawn/T1", Kept: []string{"Cache", "Favicons", "File System", "IndexedDB", "Local Storage", "Preferences", "Reporting and NEL", "Service Worker", "TransportSecurity", "WebStorage"}, Returned: true, Written: true, Sent: true},
				{Visit: "respawn/T2"},
				{Visit: "respawn/T3", Kept: []string{"Local Storage"}, Returned: true, Written: true, Sent: true},
				{Visit: "respawn/T4", Kept: []string{"IndexedDB"}},
				{Visit: "respawn/T5", Kept: []string{"Service Worker"}},
				{Visit: "respawn/T6", Kept: []string{"Cache"}, Returned: true, Written: true},
				{Visit: "respawn/T7", Kept: []string{"IndexedDB", "Service Worker"}},
			},
			NotLooked: []string{"stores in the memory of a running browser"},
		}},
		Links:    []does.Link{{Receiver: pulse, Level: "L3", Sites: []string{"nocturne.example", "gazette.example"}, Identifier: "cookie pid @ pulse.example", Score: 96.6}},
		Accesses: []does.Access{{Kind: "contact", Visit: "A1", Name: "fonts.example", Recipient: diapason.Party{ID: "fonts.example", Name: "fonts.example", Role: diapason.RoleUnknown, Relation: diapason.ThirdParty}, Count: 3}},
	}
	for i, id := range []string{"A1", "A2", "B", "C", "journey/sign-up/1", "journey/sign-up/2", "journey/sign-up/3"} {
		f.Visits = append(f.Visits, does.Visit{ID: id, Site: "https://nocturne.example/", URL: "https://nocturne.example/", Phase: diapason.P0, Run: i + 1, Source: "chromium", Settle: "idle", Complete: id != "B", At: at, Requests: 20 + i})
	}
	n := does.Night{Visit: "phone/1", Receiver: adsum, Hosts: []string{"beacon.adsum.example"}, Zone: "Europe/Paris", Known: true, Requests: 14, Bytes: 5210, Identifiers: 14}
	n.Hours = [24]int{0, 2, 3, 9, 0, 0, 1, 4, 6, 3, 2, 0, 5, 4, 2, 1, 0, 3, 8, 12, 14, 9, 4, 1}
	accept := diapason.Control{Words: "Accept all and go on", Kind: "button", Clicks: 1, Layer: 1, Contrast: 8.64, Area: 9120, Keyboard: true}
	manage := diapason.Control{Words: "Save my choice", Kind: "link", Clicks: 4, Layer: 2, Contrast: 2.31, Area: 1480}
	for run := 1; run <= 3; run++ {
		f.Banners = append(f.Banners,
			does.Banner{Phase: diapason.P0, Run: run, Visit: []string{"A1", "B", "C"}[run-1], Found: true, Accept: accept, Reject: manage, Preset: []string{"Measure audiences", "Personalise advertising"}},
			does.Banner{Phase: diapason.P3, Run: run, Visit: fmt.Sprintf("consent/P3/%d", run), Found: true, Accept: accept, Withdraw: diapason.Control{Clicks: -1}, Chosen: "accept", Registered: true})
		for _, p := range []diapason.Phase{diapason.P1, diapason.P2, diapason.P3, diapason.P40} {
			id := fmt.Sprintf("consent/%s/%d", p, run)
			f.Visits = append(f.Visits, does.Visit{ID: id, Site: "https://nocturne.example/", URL: "https://nocturne.example/", Phase: p, Run: run, Source: "chromium", Settle: "idle", Complete: true, At: at, Requests: 30})
			f.Accesses = append(f.Accesses, does.Access{Kind: "set", Phase: p, Run: run, Visit: id, Name: "aid", Recipient: adsum, NX: "yes", Count: 1}, does.Access{Kind: "contact", Phase: p, Run: run, Visit: id, Name: "pulse.example", Recipient: pulse, NX: "unknown", Count: 2})
		}
	}
	blind := does.Night{Visit: "phone/2", Receiver: pulse}
	f.Nights = []does.Night{n, blind}
	return f
}

func sampleHolds() holds.Facts {
	item := func(member, path string, data diapason.Term, origin string, n int64) holds.Item {
		return holds.Item{Export: "1", Member: member, Path: path, Data: data, Origin: origin, Count: n, Subject: diapason.AccountHolder, Oldest: at.AddDate(-2, 0, 0), Newest: at.AddDate(0, -1, 0)}
	}
	return holds.Facts{
		Exports: []holds.Export{{
			ID: "1", Service: "spotify", Name: "export.zip", Plays: 12034, Oldest: at.AddDate(-2, 0, 0), Newest: at.AddDate(0, -1, 0), Unmapped: []string{"account $.experimentFlags[]"},
			Ledger: holds.Ledger{Read: 12460, Kept: 12431, Skipped: 3, Duplicate: 25, Malformed: 1},
		}},
		Items: []holds.Item{
			item("userdata", "userdata $.email", "pd:EmailAddress", "provided", 1), item("userdata", "userdata $.birthdate", "pd:BirthDate", "provided", 1),
			item("extended-history", "extended-history $[].ts", "dia:ListeningHistory", "observed", 12034), item("extended-history", "extended-history $[].ip_addr", "pd:IPAddress", "observed", 12034),
			item("search", "search $[].searchQuery", "dia:SearchQuery", "observed", 318), item("inferences", "inferences $.inferences[]", "dia:InferredSegment", "inferred", 35),
			item("library", "library $.tracks[]", "dia:Library", "provided", 220), item("userdata", "userdata $.experimentFlags[]", "", "unmapped", 12),
		},
	}
}

func sampleFlows() []diapason.Flow {
	see := func(who diapason.Party, data diapason.Term, phase diapason.Phase, visit, url string, n int, payload ...string) diapason.Flow {
		return diapason.Flow{Channel: diapason.Does, Polarity: diapason.Observed, Subject: diapason.Visitor, Sender: diapason.Party{ID: "person", Role: diapason.RolePerson}, Recipient: who, Data: data, Operation: diapason.Share, Phase: phase, Payload: payload, Confidence: 1, Mode: diapason.Auto, Count: n, Evidence: []diapason.Ref{{Record: "visit/" + visit, At: "1000.7", URL: url}}}
	}
	hold := func(data diapason.Term, op diapason.Operation) diapason.Flow {
		return diapason.Flow{Channel: diapason.Holds, Polarity: diapason.Observed, Recipient: nocturne, Sender: nocturne, Data: data, Operation: op, Confidence: 1, Mode: diapason.Manual}
	}
	beacon := see(adsum, "dia:DeviceIdentifier", "", "phone/1", "https://beacon.adsum.example/v1/ping?d=…", 93)
	beacon.Mode = diapason.Manual
	library := diapason.Flow{Channel: diapason.Asks, Polarity: diapason.Asserted, Recipient: nocturne, Data: "dia:Library", Operation: diapason.Act, Words: "user-library-modify", Condition: diapason.OnConsent}
	flows := []diapason.Flow{
		library,
		see(pulse, "dia:CookieIdentifier", diapason.P0, "A1", "https://pulse.example/collect?id=…", 6, "persistent-id", "page-address"),
		see(nocturne, "dia:CookieIdentifier", diapason.P0, "A1", "https://nocturne.example/", 4, "persistent-id"),
		see(nocturne, "pd:EmailAddress", diapason.P6, "journey/sign-up/1", "https://nocturne.example/join", 3, "plain-seed"),
		see(adsum, "pd:EmailAddress", diapason.P6, "journey/sign-up/1", "https://adsum.example/match?h=…", 3, "hashed-seed"),
		see(nocturne, "pd:Name", diapason.P6, "journey/sign-up/1", "https://nocturne.example/join", 3, "plain-seed"), beacon,
		hold("pd:EmailAddress", diapason.Store), hold("pd:BirthDate", diapason.Store), hold("dia:ListeningHistory", diapason.Store), hold("pd:IPAddress", diapason.Store),
		hold("dia:SearchQuery", diapason.Store), hold("dia:InferredSegment", diapason.Derive), hold("dia:Library", diapason.Store),
	}
	for i := range flows {
		flows[i].ID = fmt.Sprintf("%s-%d", flows[i].Channel, i+1)
	}
	return flows
}

func sampleRemedies() remedy.Advice {
	return remedy.Advice{
		Person: []remedy.Task{
			{Against: "Nocturne's “nid” comes back after it was deleted, from Cache or Local Storage.", Rules: []string{"EV-01"}, Steps: []diapason.Step{{Text: "Delete both boxes, then quit the browser.", Proved: true, Proof: "T18"}}},
			{Against: "Pulse Analytics (audience measuring) received the identifier “pid” on nocturne.example.", Rules: []string{"CN-01", "EV-08"}, Steps: []diapason.Step{
				{Text: "Add this line to the list “My filters” of uBlock Origin.", Copy: "||pulse.example^$third-party"}, {Text: "Ask Pulse Analytics what it has about you.", Copy: "To the data protection officer of Pulse Analytics\n\nPlease send me a copy."},
			}},
		},
		Operator: []remedy.Task{{
			Where: "https://static.nocturne.example/ear.js", Against: "The cache tag (ETag) “ear.js” names a browser.", Rules: []string{"EV-01", "EV-02"},
			Steps: []diapason.Step{{Text: "Make the cache tag from the content alone.", Copy: `ETag: "<SHA-256 of the content>"`}},
		}},
		Blocklist: remedy.Blocklist{
			Service: "Nocturne", Run: "20261124T203000Z-nocturne", Date: at, Tool: "diapason 0.1.0", Check: remedy.Check{Visits: 7, Pages: 9, Tracking: 40, Stopped: 40, Followed: 8, Others: 112},
			Blocks: []remedy.Block{{Rule: "||pulse.example^$third-party", Kind: "receiver", Recipient: pulse, Host: "pulse.example", Why: "Pulse Analytics (audience measuring) received the identifier “pid”.", Rules: []string{"CN-01", "EV-08"}}},
			Left:   []remedy.Left{{What: "Till at till.example", Why: "it works for the service"}},
		},
	}
}

func sampleFindings() []diapason.Finding {
	says := func(text string) diapason.Quote {
		return diapason.Quote{Channel: diapason.Says, Text: text, Source: "Nocturne privacy policy, dated 2026-11-02"}
	}
	without := func(ch diapason.Channel, text string) diapason.Quote {
		return diapason.Quote{Channel: ch, Text: text, Absent: true}
	}
	saw := func(text, source string) diapason.Quote {
		return diapason.Quote{Channel: diapason.Does, Text: text, Source: source}
	}
	notAsked, notHeld := without(diapason.Asks, "Not asked: no permission request that was read opens it."), without(diapason.Holds, "Not in this export, which does not mean that it is not held.")
	unsaid := without(diapason.Says, "This audit found no statement about it.")
	gdpr := []diapason.Basis{{Where: "EU", Cite: "GDPR Art. 13(1)(e)"}}
	f := func(rule, title string, s diapason.Severity, c diapason.Certainty, sentence, means string, qs ...diapason.Quote) diapason.Finding {
		return diapason.Finding{
			Fingerprint: "dfp1:" + fmt.Sprintf("%032x", len(sentence)*7919), Rule: rule, Version: "1.0.0", Title: title, Severity: s, Mode: diapason.Auto, Certainty: c, Sentence: sentence, Means: means,
			Quotes: qs, Basis: gdpr, Sources: []string{"POLI"}, SeenIn: "3 of 3 runs", Count: 3, Evidence: []diapason.Ref{{Record: "visit/A1", At: "1000.7", URL: "https://adsum.example/match?h=…"}},
			Remedy: diapason.Remedy{Person: []diapason.Step{{Text: "Ask the service in writing who received your data."}}, Operator: []diapason.Step{{Text: "Name the receiver in the policy, or stop the sending."}}},
		}
	}
	list := []diapason.Finding{
		f("SD-02", "No promise is broken", diapason.Critical, diapason.Certain,
			"The policy says “We do not share your e-mail address with advertisers”. Yet Adsum received the e-mail address, as a hash that still names you, while signing up or signed in with made-up data in a request to https://adsum.example/match?h=….",
			"The service promised you this would not happen, and it happens.", says(promise),
			diapason.Quote{Channel: diapason.Asks, Text: "It sees your e-mail address.", Source: "permission request 1 to spotify https://nocturne.example/campaign"},
			saw("Adsum received the e-mail address while signing up or signed in with made-up data.", "https://adsum.example/match?h=…, 2026-11-24 20:33:12 UTC, visit/journey/sign-up/1"),
			diapason.Quote{Channel: diapason.Holds, Text: "userdata $.email: 1 value.", Source: "export 1, userdata $.email"}),
		f("EV-01", "Deleted means deleted", diapason.Critical, diapason.Certain,
			"You delete the cookie “nid” of Nocturne, and on the next visit it has its old value again: Cache or Local Storage brings it back, either alone.",
			"Deleting cookies is how people say no. Here it does not count.", unsaid, notAsked, saw("“nid” was deleted and had its old value again on the next visit.", "https://nocturne.example/, 2026-11-24 20:31:40 UTC, visit/respawn/T3"), notHeld),
		f("AK-01", "No more permissions than the purpose needs", diapason.High, diapason.Likely,
			"To save one album, the link needs 1 permission. It asks for 7.", "Whoever holds the link's answer sees and does far more than you wanted.",
			unsaid, diapason.Quote{Channel: diapason.Asks, Text: "It sees which artists and tracks you play most; It changes your private playlists.", Source: "permission request 1 to spotify https://nocturne.example/campaign"},
			without(diapason.Does, "Not seen in 7 visits."), notHeld),
		f("SD-01", "Every recipient is told", diapason.High, diapason.Likely, "Pulse Analytics received the cookie identifier before any choice was made, and the policy tells of no such receiver.",
			"You cannot ask a company for your data, or object, if you are not told that it has them.", unsaid, notAsked, saw("Pulse Analytics received the cookie identifier before any choice was made.", "https://pulse.example/collect?id=…, visit/A1"), notHeld),
		f("HD-02", "Nothing held is untold", diapason.High, diapason.Likely, "The export holds inferred segments and taste at inferences $.inferences[], and the policy says nothing of it.",
			"The service keeps this about you without having told you that it does.", unsaid, notAsked, without(diapason.Does, "Not seen in 7 visits."), diapason.Quote{Channel: diapason.Holds, Text: "inferences $.inferences[]: 35 values.", Source: "export 1"}),
		f("SD-13", "The app is silent while you sleep, or says that it is not", diapason.Medium, diapason.Likely, "Adsum received 14 requests from the app between midnight and six in the morning (Europe/Paris), 14 of them with a value that names the device.",
			"While nobody uses the phone, it tells another company that it is on, where it is connected, and whose it is.", unsaid, notAsked, saw("14 requests between midnight and six, 14 of them with a value that names the device or person.", "phone/1"), notHeld),
		f("SD-11", "The policy is linked where data is asked for", diapason.Low, diapason.Certain, "The page https://nocturne.example/join asks for personal data and links to no policy.", "You are to be told before you type.", unsaid, notAsked, saw("Seen on https://nocturne.example/join.", "visit/journey/sign-up/1"), notHeld),
	}
	list[1].Remedy.Person = []diapason.Step{{Text: "Delete Cookies, Cache and Local Storage of the site together: in Chromium under Settings, Privacy, Delete browsing data.", Proved: true, Proof: "respawn/T7"}}
	list[2].Remedy.Person = []diapason.Step{{Text: "Use this link instead: it asks for what is needed and no more.", Copy: sampleAsks().Requests[0].Narrowed}}
	list[3].Remedy.Person = []diapason.Step{{Text: "Object in writing.", Copy: "To Nocturne\n\nI object to this, and ask who received my data."}}
	for _, i := range []int{3, 4} {
		list[i].Proposed, list[i].Mode = true, diapason.Manual
	}
	return list
}
