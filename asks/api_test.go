package asks

import (
	"slices"
	"testing"
)

func spotifyAPI(t testing.TB) *API {
	t.Helper()
	a, err := Default().API("spotify")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestALoggedCallIsRecognisedByHostMethodPathAndParameters(t *testing.T) {
	api := spotifyAPI(t)
	for _, tc := range []struct {
		name, method, address string
		place                 Place
		operations            []string
	}{
		{"saving an album", "PUT", "https://api.spotify.com/v1/me/library?uris=spotify:album:7", Called, []string{"PUT /me/library|uri_type=album"}},
		{"spelled with escapes", "PUT", "https://api.spotify.com/v1/me/library?uris=spotify%3Aalbum%3A7", Called, []string{"PUT /me/library|uri_type=album"}},
		{"things of two kinds", "PUT", "https://api.spotify.com/v1/me/library?uris=spotify:track:1,spotify:user:2", Called, []string{"PUT /me/library|uri_type=track", "PUT /me/library|uri_type=user"}},
		{"nothing named", "PUT", "https://api.spotify.com/v1/me/library", Called, []string{"PUT /me/library"}},
		{"a fixed path before a name", "GET", "https://api.spotify.com/v1/me/library/contains?uris=spotify:album:7", Called, []string{"GET /me/library/contains|uri_type=album"}},
		{"a name in the path, a slash at the end", "GET", "https://API.spotify.com:443/v1/albums/4aawyAB9/", Called, []string{"GET /albums/{id}"}},
		{"without a host", "GET", "/v1/me/tracks?limit=50", Called, []string{"GET /me/tracks"}},
		{"another program on this machine", "GET", "http://127.0.0.1:9090/v1/me/tracks", Elsewhere, nil},
		{"a value in the query that unlocks", "GET", "https://api.spotify.com/v1/search?q=x&market=from_token", Called, []string{"GET /search|market=from_token"}},
		{"another method", "PATCH", "https://api.spotify.com/v1/me/library", Unmatched, nil},
		{"an unknown path", "GET", "https://api.spotify.com/v1/me/secrets", Unmatched, nil},
		{"another host of the provider", "GET", "https://spclient.spotify.com/v1/me", Unmatched, nil},
		{"a tunnel", "CONNECT", "api.spotify.com:443", Unmatched, nil},
		{"the token endpoint", "POST", "https://accounts.spotify.com/api/token", Authorization, nil},
		{"the authorize page in French", "GET", "https://accounts.spotify.com/fr/authorize?scope=x", Authorization, nil},
		{"a host that ends alike", "GET", "https://notspotify.com/v1/me", Elsewhere, nil},
		{"the name in the query", "GET", "https://shop.example/?next=https://api.spotify.com/v1/me", Elsewhere, nil},
		{"the name before the host", "GET", "https://api.spotify.com@shop.example/v1/me", Elsewhere, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			place, cells := api.Recognise([]byte(tc.method), []byte(tc.address), nil)
			var operations []string
			for _, c := range cells {
				operations = append(operations, api.Operation(c))
			}
			if place != tc.place || !slices.Equal(operations, tc.operations) {
				t.Errorf("place %d, operations %q; want %d, %q", place, operations, tc.place, tc.operations)
			}
		})
	}
}

func TestAMockOnThisMachineIsTakenForTheProvider(t *testing.T) {
	api := spotifyAPI(t).AtHome()
	for _, address := range []string{"http://127.0.0.1:9090/v1/me/tracks", "http://localhost/v1/me/tracks", "http://[::1]:80/v1/me/tracks", "https://api.spotify.com/v1/me/tracks"} {
		if place, cells := api.Recognise([]byte("GET"), []byte(address), nil); place != Called || api.Operation(cells[0]) != "GET /me/tracks" {
			t.Errorf("%s is not taken for the provider's", address)
		}
	}
	if asked, ok := api.Request([]byte("http://127.0.0.1:9090/authorize?client_id=x&scope=y")); !ok || asked != "https://accounts.spotify.com/authorize?client_id=x&scope=y" {
		t.Errorf("the request is %q", asked)
	}
}

func TestACallTakesTheCheapestSetFirst(t *testing.T) {
	api := spotifyAPI(t)
	_, cells := api.Recognise([]byte("GET"), []byte("/v1/me/player/currently-playing"), nil)
	sets, known := api.Takes(cells[0])
	if want := [][]string{{"user-read-currently-playing"}, {"user-read-playback-state"}}; !known || !slices.EqualFunc(sets, want, slices.Equal) {
		t.Errorf("sets %q, known %v; want %q", sets, known, want)
	}
	_, cells = api.Recognise([]byte("PUT"), []byte("/v1/me/library?uris=spotify:artist:1"), nil)
	if _, known := api.Takes(cells[0]); known {
		t.Error("what a kind of address takes that the catalogue does not list is not known")
	}
	_, cells = api.Recognise([]byte("GET"), []byte("/v1/me"), nil)
	if sets, _ := api.Takes(cells[0]); len(sets) != 1 || len(sets[0]) != 0 {
		t.Errorf("reading the account takes %q, want nothing", sets)
	}
	if got := api.Fields(cells[0])["email"]; len(got) != 1 || got[0][0] != "user-read-email" {
		t.Errorf("the e-mail address is added by %q", got)
	}
}

func TestPathsAreToldWithoutNames(t *testing.T) {
	api := spotifyAPI(t)
	for address, want := range map[string]string{
		"https://api.spotify.com/v1/users/ada.example/secrets?x=1": "/v1/users/…/…",
		"/v1/me/jane@person.example":                               "/v1/me/…",
		"https://spclient.spotify.com/a/b":                         "spclient.spotify.com/…/…",
	} {
		if got := api.Path([]byte(address)); got != want {
			t.Errorf("%s is told as %q, want %q", address, got, want)
		}
	}
}

func TestRecognisingAllocatesNothing(t *testing.T) {
	api := spotifyAPI(t)
	method, address := []byte("PUT"), []byte("https://api.spotify.com/v1/me/library?uris=spotify%3Aalbum%3A7&x=y")
	cells := make([]int, 0, 4)
	if n := testing.AllocsPerRun(200, func() { _, cells = api.Recognise(method, address, cells[:0]) }); n != 0 {
		t.Errorf("%v allocations for a call", n)
	}
}
