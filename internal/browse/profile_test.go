package browse

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// seeding is a script that leaves a mark in every store that outlives the browser.
const seeding = `
	document.cookie = "mark=c; max-age=99999";
	localStorage.mark = "l";
	const put = (idb) => { const r = idb.open("db", 1); r.onupgradeneeded = () => r.result.createObjectStore("s");
		r.onsuccess = () => r.result.transaction("s", "readwrite").objectStore("s").put("i", "mark") };
	put(indexedDB);
	navigator.storageBuckets.open("bucket").then(b => put(b.indexedDB));
	caches.open("mark").then(c => c.put("/marked", new Response("s")));
	navigator.serviceWorker.register("/service.js");
	navigator.storage.getDirectory().then(async d => { const w = await (await d.getFileHandle("mark", {create: true})).createWritable(); await w.write("f"); await w.close() });`

// seeking is a script that tells the server which marks it finds.
const seeking = `(async () => {
	const found = [];
	if (document.cookie) found.push("Cookies");
	if (localStorage.mark) found.push("Local Storage");
	if ((await indexedDB.databases()).length) found.push("IndexedDB");
	if ((await navigator.storageBuckets.keys()).length) found.push("WebStorage");
	if ((await caches.keys()).length && (await navigator.serviceWorker.getRegistrations()).length) found.push("Service Worker");
	for await (const k of (await navigator.storage.getDirectory()).keys()) found.push("File System");
	await fetch("/found", {method: "POST", body: JSON.stringify(found)});
})()`

// marking is a site that marks its visitors in every atom of a profile.
func marking(t *testing.T) *site {
	s := newSite(t)
	send := func(w http.ResponseWriter, html string) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><link rel="icon" href="/icon.png"><script src="/etag.js"></script>`+html)
	}
	s.HandleFunc("/seed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		w.Header().Set("Accept-CH", "Sec-CH-UA-Arch")
		w.Header().Set("Reporting-Endpoints", `main="https://cdn.example/reports"`)
		send(w, `<script>`+seeding+`</script>`)
	})
	s.HandleFunc("/seek", func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			http.Redirect(w, r, "https://shop.example/seek", http.StatusFound)
			return
		}
		send(w, `<script>`+seeking+`</script>`)
	})
	s.HandleFunc("/icon.png", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Write(dot)
	})
	s.HandleFunc("/etag.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("ETag", `"mark"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, "window.mark = 1")
	})
	s.script("/service.js", ``)
	s.page("/found", ``)
	return s
}

// dot is a picture of one pixel.
var dot = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")

// marks are the atoms whose mark a visit came back with.
func marks(t *testing.T, c *diapason.Capture) []string {
	t.Helper()
	var found []string
	if err := json.Unmarshal([]byte(one(t, c, "https://shop.example/found").Body.Text), &found); err != nil {
		t.Fatal(err)
	}
	if e := one(t, c, "https://shop.example/etag.js"); e.Revalidated {
		if value(e.Headers, "If-None-Match") != `"mark"` || e.Status != 304 || e.ResponseBody.Text != "window.mark = 1" {
			t.Errorf("the revalidated script: %+v", e)
		}
		found = append(found, "Cache")
	}
	first := c.Requests[0]
	if first.URL != "http://shop.example/seek" || first.Status/100 != 3 {
		t.Errorf("the first hop: %+v", first)
	}
	if value(first.ResponseHeaders, "Non-Authoritative-Reason") != "" {
		found = append(found, "TransportSecurity")
	}
	if len(requestsFor(c, "https://shop.example/icon.png")) == 0 {
		found = append(found, "Favicons")
	}
	if slices.ContainsFunc(one(t, c, "https://shop.example/seek").Headers, func(h diapason.Header) bool { return strings.EqualFold(h.Name, "Sec-CH-UA-Arch") }) {
		found = append(found, "Preferences")
	}
	return found
}

func TestATransplantKeepsItsOwnStoresAndNoOthers(t *testing.T) {
	t.Parallel()
	s := marking(t)
	b := s.browser(t)
	seed, err := b.NewProfile()
	if err != nil {
		t.Fatal(err)
	}
	c := visit(t, b, Visit{URL: "https://shop.example/seed", Profile: seed})
	if c.Profile.State != "fresh" || len(c.Profile.Entries) != 0 || c.Profile.Cookies != 0 {
		t.Errorf("a new profile: %+v", c.Profile)
	}
	tests := [][]string{{}}
	for _, a := range Atoms {
		tests = append(tests, []string{a.Name})
	}
	tests = append(tests, []string{"IndexedDB", "Cache", "Favicons"})
	for _, keep := range tests {
		p, err := b.Transplant(seed, keep)
		if err != nil {
			t.Fatal(err)
		}
		c := visit(t, b, Visit{URL: "http://shop.example/seek", Profile: p, Phase: diapason.P5})
		want := slices.DeleteFunc(slices.Clone(keep), func(a string) bool { return a == "Reporting and NEL" }) // shows a minute later only
		if got := marks(t, c); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("kept %q, and the page found %q", keep, got)
		}
		if c.Profile.State != "transplant" || !slices.Equal(c.Profile.Kept, keep) || !slices.Contains(c.Profile.Entries, "Local State") {
			t.Errorf("kept %q: profile %+v", keep, c.Profile)
		}
		for _, e := range c.Profile.Entries {
			item := slices.ContainsFunc(Atoms, func(a Atom) bool { return slices.Contains(keep, a.Name) && slices.Contains(a.Items, e) })
			if e != "Local State" && !item {
				t.Errorf("kept %q, and %q was copied", keep, e)
			}
		}
		if err := p.Remove(); err != nil {
			t.Error(err)
		}
	}
	again := visit(t, b, Visit{URL: "http://shop.example/seek", Profile: seed})
	if got := marks(t, again); len(got) != len(Atoms)-1 || again.Profile.State != "returned" || again.Profile.Cookies != 1 {
		t.Errorf("the same profile again: found %q, profile %+v", got, again.Profile)
	}
}

func TestStoresAreReadWhereTheyAre(t *testing.T) {
	t.Parallel()
	s := marking(t)
	s.page("shop.example/{$}", `<script>`+seeding+`; sessionStorage.tab = "t"; (async () => {
		const write = async (folder, name, text) => { const w = await (await folder.getFileHandle(name, {create: true})).createWritable(); await w.write(text); await w.close() };
		const into = (folder, name) => folder.getDirectoryHandle(name, {create: true});
		const root = await navigator.storage.getDirectory();
		await write(await into(await into(root, "a"), "b"), "deep", "d");
		const bucket = await navigator.storageBuckets.open("drawer"), open = bucket.indexedDB.open("db", 1);
		open.onupgradeneeded = () => open.result.createObjectStore("s").put("b", "mark");
		await write(await into(await bucket.getDirectory(), "folder"), "note", "f");
	})()</script><iframe src="https://track.example/frame"></iframe>`)
	s.page("track.example/frame", `<script>localStorage.theirs = "x".repeat(3)</script>`)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	want := []diapason.StoreEntry{
		{Kind: "bucket", Origin: "https://shop.example", Name: "bucket/db/s", Key: "mark", Value: "i"},
		{Kind: "bucket", Origin: "https://shop.example", Name: "drawer/db/s", Key: "mark", Value: "b"},
		{Kind: "bucket", Origin: "https://shop.example", Name: "drawer/folder", Key: "note", Value: "f"},
		{Kind: "cacheStorage", Origin: "https://shop.example", Name: "mark", Key: "https://shop.example/marked", Value: "s"},
		{Kind: "file", Origin: "https://shop.example", Key: "mark", Value: "f"},
		{Kind: "file", Origin: "https://shop.example", Name: "a/b", Key: "deep", Value: "d"},
		{Kind: "indexedDB", Origin: "https://shop.example", Name: "db/s", Key: "mark", Value: "i"},
		{Kind: "localStorage", Origin: "https://shop.example", Key: "mark", Value: "l"},
		{Kind: "serviceWorker", Origin: "https://shop.example", Key: "https://shop.example/", Value: "https://shop.example/service.js"},
		{Kind: "sessionStorage", Origin: "https://shop.example", Key: "tab", Value: "t"},
		{Kind: "localStorage", Origin: "https://track.example", Key: "theirs", Value: "xxx"},
	}
	if !slices.Equal(c.Stores, want) {
		t.Errorf("stores %+v, expected %+v", c.Stores, want)
	}
}

func TestThirdPartyCookiesFollowThePolicyAndRefusalsAreTold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<script>document.cookie = "own=script"</script><img src="https://track.example/pixel"><img src="/early">`)
	s.HandleFunc("shop.example/early", func(w http.ResponseWriter, _ *http.Request) { w.Header().Add("Set-Cookie", "first=http; HttpOnly") })
	s.HandleFunc("track.example/pixel", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", "id=7; SameSite=None; Secure; Max-Age=86400")
		w.Header().Add("Set-Cookie", "chip=8; SameSite=None; Secure; Partitioned")
		w.Header().Add("Set-Cookie", "lax=9; SameSite=Lax")
	})
	for policy, want := range map[string][]string{"allow": {"chip", "id", "first", "own"}, "block": {"chip", "first", "own"}} {
		b := s.browser(t)
		b.ThirdParty = policy
		p, err := b.NewProfile()
		if err != nil {
			t.Fatal(err)
		}
		visit(t, b, Visit{URL: "https://shop.example/", Profile: p})
		c := visit(t, b, Visit{URL: "https://shop.example/", Profile: p})
		var got []string
		for _, k := range c.Cookies {
			got = append(got, k.Name)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || c.Profile.ThirdPartyCookies != policy {
			t.Errorf("%s: the jar has %q, expected %q (policy told: %s)", policy, got, want, c.Profile.ThirdPartyCookies)
		}
		refused := map[string]string{}
		for _, x := range c.Blocked {
			refused[x.Kind+" "+x.Name] = x.Reason
		}
		if refused["cookie-set lax"] == "" || (refused["cookie-set id"] != "") != (policy == "block") {
			t.Errorf("%s: refusals %v", policy, refused)
		}
		sent := value(one(t, c, "https://track.example/pixel").Headers, "Cookie")
		if strings.Contains(sent, "id=7") != (policy == "allow") {
			t.Errorf("%s: sent %q", policy, sent)
		}
		pixel, early := one(t, c, "https://track.example/pixel"), one(t, c, "https://shop.example/early")
		for _, k := range c.Cookies {
			setter := map[string]string{"id": "http " + pixel.ID, "chip": "http " + pixel.ID, "first": "http " + early.ID, "own": "script https://shop.example/"}[k.Name]
			if k.Setter != setter || k.HTTPOnly != (k.Name == "first") || (k.Partition != "") != (k.Name == "chip") || k.Expires.IsZero() != (k.Name != "id") {
				t.Errorf("%s: cookie %+v, expected the setter %q", policy, k, setter)
			}
		}
	}
}

func TestPreferencesKeepEverythingButTheCookiePolicy(t *testing.T) {
	for _, test := range []struct{ before, after string }{
		{"", `{"profile":{"cookie_controls_mode":1}}`},
		{`{"a":[12345678901234567890],"profile":{"content_settings":{"x":1},"cookie_controls_mode":0}}`, `{"a":[12345678901234567890],"profile":{"content_settings":{"x":1},"cookie_controls_mode":1}}`},
	} {
		p := &Profile{dir: t.TempDir()}
		file := filepath.Join(p.dir, preferences)
		if test.before != "" {
			os.MkdirAll(filepath.Dir(file), 0o700)
			os.WriteFile(file, []byte(test.before), 0o600)
		}
		if err := p.writePolicy("block"); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(file); string(got) != test.after {
			t.Errorf("preferences %s, expected %s", got, test.after)
		}
	}
}

func TestATransplantWantsKnownPartsOfAProfileThatWasClosed(t *testing.T) {
	b := &Browser{Work: t.TempDir()}
	p, err := b.NewProfile()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Transplant(p, nil); !errors.Is(err, diapason.ErrIncomplete) {
		t.Errorf("a profile that was never closed: %v", err)
	}
	p.closed = true
	if _, err := b.Transplant(p, []string{"Cookie jar"}); !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("an unknown part: %v", err)
	}
}
