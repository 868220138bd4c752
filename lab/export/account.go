package export

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// writeAccount writes what the account data of every listener holds, and for
// one that is not clean the rest of the usual files.
func writeAccount(a *archive, p *person) error {
	files := []func(*archive, *person) error{writeUser, writePlaylists, writeLibrary, writeSearches}
	if !p.Clean {
		files = append(files, writeIdentity, writeFollow, writePayments)
	}
	for _, write := range files {
		if err := write(a, p); err != nil {
			return err
		}
	}
	return nil
}

func writeUser(a *archive, p *person) error {
	p.holds("user", "pd:Username", "$.username")
	p.holds("user", "pd:EmailAddress", "$.email")
	p.holds("user", "pd:Country", "$.country")
	p.holds("user", "pd:BirthDate", "$.birthdate")
	p.holds("user", "dia:AccountData", "$.creationTime")
	u := object{
		{"username", p.canary("user $.username", p.username)},
		{"email", p.canary("user $.email", p.email)},
		{"country", "FR"},
		{"birthdate", "1991-04-17"},
	}
	if !p.Clean {
		p.holds("user", "pd:Gender", "$.gender")
		p.holds("user", "pd:PostalCode", "$.postalCode")
		u = append(u, field{"gender", "female"}, field{"postalCode", "00000"})
	}
	return a.put("Account Data/Userdata.json", append(u, field{"creationTime", p.From.AddDate(0, 0, -30).Format(time.DateOnly)}))
}

func writePlaylists(a *archive, p *person) error {
	var lists []object
	for i := range 3 {
		name := p.word(2) + " " + p.word(3)
		if i == 0 {
			p.canary("playlist $.playlists[].name", name)
		}
		var items []object
		for k := range 6 {
			ar := p.artists[p.below(artistCount)]
			tr := ar.tracks[p.below(trackCount)]
			added := p.Until.Add(-time.Duration(20+10*i+k) * day)
			items = append(items, object{
				{"track", object{{"trackName", tr.name}, {"artistName", ar.name}, {"albumName", tr.album}, {"trackUri", tr.uri}}},
				{"addedDate", added.Format(time.DateOnly)},
			})
		}
		lists = append(lists, object{
			{"name", name}, {"lastModifiedDate", p.Until.Add(-time.Duration(20+10*i) * day).Format(time.DateOnly)}, {"items", items},
		})
	}
	p.holds("playlist", "dia:Playlist", "$.playlists[].name", "$.playlists[].lastModifiedDate", "$.playlists[].items[].addedDate",
		"$.playlists[].items[].track.trackName", "$.playlists[].items[].track.artistName",
		"$.playlists[].items[].track.albumName", "$.playlists[].items[].track.trackUri")
	return a.put("Account Data/Playlist1.json", object{{"playlists", lists}})
}

func writeLibrary(a *archive, p *person) error {
	var tracks, artists []object
	for range 12 {
		ar := p.artists[p.below(artistCount)]
		tr := ar.tracks[p.below(trackCount)]
		tracks = append(tracks, object{{"artist", ar.name}, {"album", tr.album}, {"track", tr.name}, {"uri", tr.uri}})
	}
	if !p.Clean {
		p.holds("library", "dia:FollowedArtist", "$.artists[].name", "$.artists[].uri")
	}
	for range 4 {
		artists = append(artists, object{{"name", p.artists[p.below(artistCount)].name}, {"uri", "spotify:artist:" + p.token(22)}})
	}
	p.holds("library", "dia:Library", "$.tracks[].artist", "$.tracks[].album", "$.tracks[].track", "$.tracks[].uri")
	library := object{{"tracks", tracks}}
	if !p.Clean {
		library = append(library, field{"artists", artists})
	}
	return a.put("Account Data/YourLibrary.json", library)
}

// writeSearches writes one search a week: a clean service has deleted those
// older than 90 days, another keeps them for as long as there are plays.
func writeSearches(a *archive, p *person) error {
	back := p.Until.Sub(p.From)
	if p.Clean {
		back = min(back, 80*day)
	}
	var list []object
	for ago := back; ago > 0; ago -= 7 * day {
		at := p.Until.Add(-ago)
		query := p.word(2) + " " + p.word(2)
		if len(list) == 0 {
			p.canary("search $[].searchQuery", query)
		}
		list = append(list, object{
			{"platform", "ANDROID"},
			{"searchTime", at.Format("2006-01-02T15:04:05.000Z") + "[UTC]"},
			{"searchQuery", query},
			{"searchInteractionURIs", []string{"spotify:artist:" + p.token(22)}},
		})
	}
	p.truth.Searches = len(list)
	p.holds("search", "dia:SearchQuery", "$[].platform", "$[].searchTime", "$[].searchQuery", "$[].searchInteractionURIs[]")
	return a.put("Account Data/SearchQueries.json", list)
}

func writeIdentity(a *archive, p *person) error {
	p.holds("identity", "pd:Name", "$.displayName", "$.firstName", "$.lastName")
	p.holds("identity", "dia:ProfilePicture", "$.imageUrl", "$.largeImageUrl")
	p.holds("identity", "dia:AccountData", "$.tasteMaker", "$.verified")
	p.canary("identity $.displayName", p.name)
	picture := "https://img.example.invalid/" + p.token(20)
	err := a.put("Account Data/Identity.json", object{
		{"displayName", p.name},
		{"firstName", p.canary("identity $.firstName", p.word(4))},
		{"lastName", p.canary("identity $.lastName", p.word(4))},
		{"imageUrl", p.canary("identity $.imageUrl", picture)},
		{"largeImageUrl", picture + "/large"},
		{"tasteMaker", false},
		{"verified", false},
	})
	if err != nil {
		return err
	}
	p.holds("identifiers", "pd:EmailAddress", "$.identifierType", "$.identifierValue")
	return a.put("Account Data/Identifiers.json", object{{"identifierType", "emailAddress"}, {"identifierValue", p.email}})
}

func writeFollow(a *archive, p *person) error {
	p.holds("follow", "dia:FollowGraph", "$.userIsFollowing[]", "$.userIsFollowedBy[]")
	friend := p.canary("follow $.userIsFollowing[]", "friend"+p.token(14))
	return a.put("Account Data/Follow.json", object{
		{"userIsFollowing", []string{friend, "friend" + p.token(14)}}, {"userIsFollowedBy", []string{friend}}, {"userIsBlocking", []string{}},
	})
}

func writePayments(a *archive, p *person) error {
	p.holds("payments", "dia:PaymentData", "$.payment_method", "$.creation_date")
	p.holds("payments", "pd:Country", "$.country")
	p.holds("payments", "pd:PostalCode", "$.postal_code")
	return a.put("Account Data/Payments.json", object{
		{"payment_method", fmt.Sprintf("CreditCard%s", p.canary("payments $.payment_method", p.token(14)))},
		{"creation_date", p.From.Format(time.DateOnly)},
		{"country", "FR"},
		{"postal_code", "00000"},
	})
}

// writeInferences writes what the service guessed.
func writeInferences(a *archive, p *person) error {
	if len(p.Segments) == 0 {
		return nil
	}
	for _, s := range p.Segments {
		p.truth.Segments[s] = "inferences $.inferences[]"
	}
	p.holds("inferences", "dia:InferredSegment", "$.inferences[]")
	return a.put("Account Data/Inferences.json", object{{"inferences", p.Segments}})
}
