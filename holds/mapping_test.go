package holds

import (
	"strings"
	"testing"
	"testing/fstest"

	"diapason.dev/diapason"
	"diapason.dev/diapason/lab/export"
)

func TestTheEmbeddedMappingsAreRead(t *testing.T) {
	kinds, err := loadMappings(mappingFiles)
	if err != nil || len(kinds) < 20 {
		t.Fatalf("%d mappings, %v", len(kinds), err)
	}
	seen := map[string]bool{}
	for _, k := range kinds {
		if seen[k.Service+k.Kind] {
			t.Errorf("%s stands twice", k.Kind)
		}
		seen[k.Service+k.Kind] = true
		if k.About == "" {
			t.Errorf("%s does not say what it is", k.Kind)
		}
		if k.Repeats != "" && !seen[k.Service+k.Repeats] {
			t.Errorf("%s repeats %s, which is no kind before it", k.Kind, k.Repeats)
		}
	}
}

func TestAMappingThatIsWrongSaysWhere(t *testing.T) {
	for _, c := range []struct{ yaml, say string }{
		{"kind: x", "wants a service"},
		{"service: s\nkind: x\nfeilds: []", "feilds"},
		{"service: s\nkind: x\nfields: [{term: \"pd:Emial\", origin: provided, class: direct, paths: [$.a]}]", `$.a: "pd:Emial" is no kind of data`},
		{"service: s\nkind: x\nfields: [{term: \"dia:Advertiser\", origin: provided, class: direct, paths: [$.a]}]", "is no kind of data"},
		{"service: s\nkind: x\nfields: [{term: \"pd:Name\", origin: guessed, class: direct, paths: [$.a]}]", `origin "guessed"`},
		{"service: s\nkind: x\nfields: [{term: \"pd:Name\", origin: provided, class: secret, paths: [$.a]}]", `class "secret"`},
		{"service: s\nkind: x\nevents: [{of: \"$[]\", kind: play, at: ts}]", "not among the dates"},
		{"service: s\nkind: x\nevents: [{of: \"$[]\", kind: search, take: {mood: m}}]", `"mood" cannot be taken`},
		{"service: s\nkind: x\nevents: [{of: \"$[]\", kind: search, zone: CET}]", `zone "CET"`},
	} {
		_, err := loadMappings(fstest.MapFS{"mapping/s/odd.yaml": {Data: []byte(c.yaml)}})
		if err == nil || !strings.Contains(err.Error(), c.say) || !strings.Contains(err.Error(), "odd.yaml") {
			t.Errorf("%q: %v, want %q", c.yaml, err, c.say)
		}
	}
}

// documented is a small sample of every documented file of the three packages,
// in older and newer shapes, with the kind it is of and the term of some path.
// The values are made up; the shapes are those that the service documents, or
// that public readers of such packages expect.
var documented = []struct {
	name, content, kind string
	path                string
	term                diapason.Term
}{
	{"StreamingHistory_music_0.json", `[{"endTime":"2024-05-01 10:00","artistName":"S","trackName":"T","msPlayed":1}]`, "streaming-history", "$[].artistName", "dia:ListeningHistory"},
	{"StreamingHistory0.json", `[{"endTime":"2024-05-01 10:00","artistName":"S","trackName":"T","msPlayed":1}]`, "streaming-history", "$[].endTime", "dia:ListeningHistory"},
	{"StreamingHistory_podcast_0.json", `[{"endTime":"2024-05-01 10:00","podcastName":"P","episodeName":"E","msPlayed":1}]`, "streaming-history", "$[].podcastName", "dia:ListeningHistory"},
	{"YourLibrary.json", `{"tracks":[{"artist":"S","album":"A","track":"T","uri":"u"}],"albums":[{"artist":"S","album":"A","uri":"u"}],"shows":[{"name":"N","publisher":"P","uri":"u"}],"episodes":[{"name":"N","show":"S","uri":"u"}],"bannedTracks":[{"artist":"S","album":"A","track":"T","uri":"u"}],"artists":[{"name":"S","uri":"u"}],"bannedArtists":[{"name":"S","uri":"u"}],"other":["x"]}`, "library", "$.bannedArtists[].name", "pd:Dislike"},
	{"Playlist1.json", `{"playlists":[{"name":"N","lastModifiedDate":"2024-05-01","description":null,"numberOfFollowers":2,"collaborators":["u"],"items":[{"track":{"trackName":"T","artistName":"S","albumName":"A","trackUri":"u"},"episode":null,"localTrack":null,"addedDate":"2024-05-01"},{"track":null,"episode":{"episodeName":"E","showName":"S","episodeUri":"u"},"localTrack":{"uri":"l"},"addedDate":"2024-05-01"}]}]}`, "playlist", "$.playlists[].collaborators[]", "dia:DataAboutOthers"},
	{"SearchQueries.json", `[{"platform":"IPHONE","searchTime":"2024-05-01T10:00:00.123Z[UTC]","searchQuery":"q","searchInteractionURIs":["u"]}]`, "search", "$[].searchQuery", "dia:SearchQuery"},
	{"Inferences.json", `{"inferences":["1P_A","3P_B"]}`, "inferences", "$.inferences[]", "dia:InferredSegment"},
	{"Marquee.json", `[{"artistName":"S","segment":"Light Listeners"}]`, "marquee", "$[].segment", "dia:InferredSegment"},
	{"Identity.json", `{"displayName":"D","firstName":null,"lastName":null,"imageUrl":"u","largeImageUrl":"u","tasteMaker":false,"verified":false}`, "identity", "$.displayName", "pd:Name"},
	{"Identifiers.json", `{"identifierType":"emailAddress","identifierValue":"x@example.invalid"}`, "identifiers", "$.identifierValue", "pd:EmailAddress"},
	{"Userdata.json", `{"username":"u","email":"x@example.invalid","country":"FR","createdFromFacebook":false,"facebookUid":"1","birthdate":"1991-04-17","gender":"female","postalCode":null,"mobileNumber":null,"mobileOperator":null,"mobileBrand":null,"creationTime":"2014-01-01"}`, "user", "$.birthdate", "pd:BirthDate"},
	{"UserAttributes.json", `{"username":"u","email":"x@example.invalid","country":"FR","birthdate":"1991-04-17","gender":"female","postalCode":"00000","mobileNumber":"5550100","creationTime":"2014-01-01","assuredAgeRange":"18+"}`, "user", "$.assuredAgeRange", "dia:AgeEstimate"},
	{"Follow.json", `{"followerCount":1,"followingUsersCount":2,"dismissingUsersCount":0}`, "follow", "$.followerCount", "dia:FollowerCount"},
	{"Follow.json", `{"userIsFollowing":["a"],"userIsFollowedBy":["b"],"userIsBlocking":["c"]}`, "follow", "$.userIsBlocking[]", "dia:FollowGraph"},
	{"MessageData.json", `{"threads":[{"members":["a"],"group_name":"g","messages":[{"time":"2024-05-01T10:00:00Z","from":"a","message":"m"}]}]}`, "messages", "$.threads[].messages[].from", "dia:DataAboutOthers"},
	{"UserPrompts.json", `[{"prompt":"p","timestamp":"2024-05-01T10:00:00Z"}]`, "prompts", "$[].prompt", "dia:Prompt"},
	{"PodcastInteractivityRatedShow.json", `{"ratedShows":[{"showName":"S","rating":5,"ratedAt":"2024-05-01"}]}`, "podcasts", "$.ratedShows[].rating", "pd:Opinion"},
	{"Payments.json", `{"payment_method":"CreditCard","creation_date":"2024-05-01","country":"FR","postal_code":"00000"}`, "payments", "$.payment_method", "dia:PaymentData"},
	{"Payments.json", `[{"payment_method":"CreditCard","creation_date":"2024-05-01","country":"FR","postal_code":"00000"}]`, "payments", "$[].postal_code", "pd:PostalCode"},
	{"DuoNewFamily.json", `{"address":"Street 1"}`, "household", "$.address", "pd:PhysicalAddress"},
	{"FamilyPlan.json", `{"address":{"street":"Street 1","city":"C"}}`, "household", "$.address.city", "pd:PhysicalAddress"},
	{"Wrapped2023.json", `{"yearlyMetrics":{"totalMsListened":1},"topArtists":{"topArtistUris":["u"]},"listenerType":"x"}`, "wrapped", "$.topArtists.topArtistUris[]", "dia:TopItems"},
	{"Wrapped2031.json", `{"somethingNew":{"a":[{"b":1}]}}`, "wrapped", "$.somethingNew.a[].b", "dia:TopItems"},
	{"YourSoundCapsule.json", `{"stats":[{"date":"2024-05-01","streamCount":1}],"highlights":[{"date":"2024-05-01","highlightType":"x"}]}`, "capsule", "$.stats[].streamCount", "dia:TopItems"},
	{"VoiceInput.json", `[{"timestamp":"2024-05-01T10:00:00Z","transcript":"play"}]`, "voice", "$[].transcript", "dia:Transcript"},
	{"CustomerServiceHistory.json", `[{"subject":"s","body":"b"}]`, "support", "$[].body", "dia:SupportConversation"},
	{"CarThing.json", `{"serialNumber":"1","voice":[{"utterance":"x"}]}`, "car-device", "$.serialNumber", "dia:HardwareId"},
	{"PlaylistInABottle2024.json", `{"answers":[{"question":"q","answer":"a"}]}`, "time-capsule", "$.answers[].answer", "dia:UserContent"},
	{
		"Streaming_History_Audio_2024_0.json",
		`[{"ts":"2024-05-01T10:00:00Z","username":"u","platform":"p","ms_played":1,"conn_country":"FR","ip_addr_decrypted":"192.0.2.1","user_agent_decrypted":"x","master_metadata_track_name":"T","master_metadata_album_artist_name":"S","master_metadata_album_album_name":"A","spotify_track_uri":"u","episode_name":"e","episode_show_name":"s","spotify_episode_uri":"u","audiobook_title":"b","audiobook_uri":"u","audiobook_chapter_uri":"u","audiobook_chapter_title":"c","reason_start":"x","reason_end":"x","shuffle":false,"skipped":null,"offline":false,"offline_timestamp":1,"incognito_mode":false}]`,
		"extended-history", "$[].ip_addr_decrypted", "pd:IPAddress",
	},
	{"Streaming_History_Video_2024.json", "[" + play() + "]", "extended-history", "$[].ip_addr", "pd:IPAddress"},
	{"endsong_0.json", "[" + play() + "]", "extended-history", "$[].ts", "dia:ListeningHistory"},
	{"AddedToCollection.json", `[{"timestamp_utc":"2024-05-01T10:00:00Z","context_time":1714557600,"context_conn_country":"FR","context_os_version":"1","context_user_agent":"x","message_item_uri":"u"}]`, "technical-log", "$[].message_item_uri", "dia:UsageData"},
	{"AccountMutated_1.json", `[{"timestamp_utc":"2024-05-01T10:00:00Z","context_time":1714557600000,"message_email":"x@example.invalid","message_facebook_uid":"1"}]`, "technical-log", "$[].message_facebook_uid", "dia:OnlineIdentifier"},
	{"PlaybackError.json", `[{"context_time":1714557600000,"message_details":{"a":[1]}}]`, "technical-log", "$[].message_details.a[]", "dia:UsageData"},
}

func TestEveryDocumentedPathHasATerm(t *testing.T) {
	for _, d := range documented {
		t.Run(d.name, func(t *testing.T) {
			r := mustRead(t, packed(t, "my data/"+d.name, d.content))
			if len(r.Export.Unmapped) > 0 || r.Export.Ledger.Malformed > 0 || len(r.Gaps) > 0 {
				t.Errorf("unmapped %q, malformed %d, gaps %v", r.Export.Unmapped, r.Export.Ledger.Malformed, r.Gaps)
			}
			if i := r.item(t, d.kind+" "+d.path); i.Data != d.term {
				t.Errorf("%s is %s, want %s", i.Path, i.Data, d.term)
			}
		})
	}
}

// Exports are localised and names change: what can be told by its keys is
// recognised under any name.
func TestAKindIsToldByItsShapeAndNotByItsName(t *testing.T) {
	byName := map[string]bool{"podcasts": true, "support": true, "car-device": true, "time-capsule": true, "Wrapped2031.json": true}
	for _, d := range documented {
		if byName[d.kind] || byName[d.name] {
			continue
		}
		r := mustRead(t, packed(t, "Daten/Verlauf.txt", d.content))
		if got := r.Export.Ledger.Members[0].Kind; got != d.kind {
			t.Errorf("%s under another name is %s, want %s", d.name, got, d.kind)
		}
	}
}

func TestANameDecidesWhereAListIsEmpty(t *testing.T) {
	r := mustRead(t, packed(t, "SearchQueries.json", "[]", "StreamingHistory_music_0.json", "[ ]", "Odd.json", "{}"))
	var kinds []string
	for _, m := range r.Export.Ledger.Members {
		kinds = append(kinds, m.Kind)
	}
	if strings.Join(kinds, " ") != "search streaming-history unknown" {
		t.Errorf("kinds %v", kinds)
	}
	if i := r.item(t, "search $"); i.Type != "empty" || i.Count != 0 || i.Data != "dia:SearchQuery" {
		t.Errorf("an empty list is %+v", i)
	}
}

// The generator says of each path which term it is of; both must agree.
func TestTheInventoryIsWhatWasWritten(t *testing.T) {
	for _, o := range []export.Options{
		{Seed: 7, Plays: 50, Every: true, Segments: []string{"1P_Tea", "3P_Religious Podcasts"}},
		{Seed: 8, Plays: 50, Clean: true},
	} {
		path, truth := written(t, o)
		r := mustRead(t, path)
		if len(r.Export.Unmapped) > 0 || len(r.Gaps) > 0 || r.Export.Service != "spotify" {
			t.Errorf("unmapped %q, gaps %v, service %s", r.Export.Unmapped, r.Gaps, r.Export.Service)
		}
		for path, term := range truth.Holds {
			if i := r.item(t, path); string(i.Data) != term || i.Count == 0 {
				t.Errorf("%s: %s %d times, written as %s", path, i.Data, i.Count, term)
			}
		}
		for _, i := range r.Items {
			if _, ok := truth.Holds[i.Path]; !ok && i.Count > 0 {
				t.Errorf("%s is in the inventory and not in the truth", i.Path)
			}
		}
		if !r.Export.Newest.Equal(truth.Newest) {
			t.Errorf("newest %v, written %v", r.Export.Newest, truth.Newest)
		}
	}
}
