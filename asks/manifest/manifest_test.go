package manifest_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/manifest"
	"howett.net/plist"
)

var nocturne = diapason.Service{ID: "nocturne", Name: "Nocturne", Domains: []string{"nocturne.example"}}

func read(t testing.TB, name string) *manifest.Manifest {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, raw, name)
}

func parse(t testing.TB, raw []byte, name string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Read(bytes.NewReader(raw), name)
	if err != nil {
		t.Fatal(err)
	}
	sums(t, m)
	return m
}

func sums(t testing.TB, m *manifest.Manifest) {
	t.Helper()
	left := 0
	for _, n := range m.Ledger.Reasons {
		left += n
	}
	if m.Ledger.Read != m.Ledger.Kept+left || m.Ledger.Kept != len(m.Permissions) {
		t.Errorf("the ledger does not sum: %+v for %d permissions", m.Ledger, len(m.Permissions))
	}
}

func judge(t testing.TB, m *manifest.Manifest) (asks.Request, []asks.Scope) {
	t.Helper()
	req, scopes, err := m.Judge(asks.Default(), "manifest/1")
	if err != nil {
		t.Fatal(err)
	}
	return req, scopes
}

func names(m *manifest.Manifest) []string {
	var all []string
	for _, p := range m.Permissions {
		all = append(all, strings.TrimPrefix(p.As, "android.permission."))
	}
	return all
}

// written joins what a person reads.
func written(r asks.Request) string { return strings.Join(r.Text, "\n") }

func TestAnAndroidManifestTellsWhatItsPermissionsOpen(t *testing.T) {
	m := read(t, "AndroidManifest.xml")
	want := []string{"INTERNET", "READ_CONTACTS", "READ_EXTERNAL_STORAGE", "ACCESS_FINE_LOCATION", "vendor.example.permission.TURBO", "BIND_NOTIFICATION_LISTENER_SERVICE"}
	if !slices.Equal(names(m), want) || m.App != "example.nocturne.player" || m.Kind != manifest.Android {
		t.Errorf("%s of %q asks for %q, want %q", m.Kind, m.App, names(m), want)
	}
	for why, n := range map[string]int{"taken out when the app is built": 1, "the app's own": 1, "named more than once": 1, "without a name": 1} {
		if m.Ledger.Reasons[why] != n {
			t.Errorf("%d declarations %s, want %d", m.Ledger.Reasons[why], why, n)
		}
	}
	req, scopes := judge(t, m)
	for _, text := range []string{
		"names, numbers and addresses of the people you know", "every notification that any app shows you",
		"`android.permission.READ_EXTERNAL_STORAGE` is only asked up to API level 32.", "`android.permission.ACCESS_FINE_LOCATION` is only asked from API level 23 on.",
	} {
		if !strings.Contains(written(req), text) {
			t.Errorf("not told: %q in\n%s", text, written(req))
		}
	}
	for _, s := range scopes {
		if s.Class == "excess" || s.Class == "needed" {
			t.Errorf("%s is called %s: a manifest has no purpose", s.ID, s.Class)
		}
		if s.ID == "vendor.example.permission.TURBO" && s.Class != "unknown" {
			t.Errorf("a permission that the catalogue lacks is called %s", s.Class)
		}
	}
	if len(req.Flaws) != 0 || len(req.Verdict.URLFlags) != 0 || strings.Contains(written(req), "PKCE") {
		t.Errorf("a file has no address to find fault with: %q %q", req.Flaws, req.Verdict.URLFlags)
	}
	if at := scopes[1].Evidence[0]; at.Record != "manifest/1" || at.At != "line 6" {
		t.Errorf("evidence %+v, want line 6", at)
	}
}

func TestAPermissionNamedTwiceReachesAsFarAsTheWiderOne(t *testing.T) {
	m := parse(t, []byte(`<manifest xmlns:android="http://schemas.android.com/apk/res/android">
<uses-permission android:name="android.permission.CAMERA" android:maxSdkVersion="28"/>
<uses-permission-sdk-23 android:name="android.permission.CAMERA"/></manifest>`), "AndroidManifest.xml")
	if p := m.Permissions[0]; p.Until != 0 || p.From != 0 {
		t.Errorf("asked from %d to %d, want always", p.From, p.Until)
	}
}

func TestAnExtensionTellsItsSitesAndWhatIsOptional(t *testing.T) {
	m := read(t, "manifest.json")
	want := []string{"tabs", "history", "cookies", "webRequest", "storage", "socket", "<named-sites>", "bookmarks", "<all_urls>"}
	if !slices.Equal(names(m), want) || m.App != "Nocturne Companion" {
		t.Errorf("%q asks for %q, want %q", m.App, names(m), want)
	}
	req, scopes := judge(t, m)
	for _, text := range []string{
		"every page you visited and when", "The sites are https://*.nocturne.example/*, https://lyrics.example/*, https://player.example/*.",
		"Only when a feature needs them: `bookmarks`, `<all_urls>`.",
	} {
		if !strings.Contains(written(req), text) {
			t.Errorf("not told: %q in\n%s", text, written(req))
		}
	}
	if at := scopes[0].Evidence[0].At; at != "line 6" {
		t.Errorf("tabs stands in %s, want line 6", at)
	}
}

func TestPatternsOfSitesAreAllOrSome(t *testing.T) {
	for pattern, want := range map[string]string{
		"<all_urls>": "<all_urls>", "*://*/*": "<all_urls>", "http://*/path/*": "<all_urls>", "*://*.com/*": "<all_urls>", "https://*.co.uk/*": "<all_urls>",
		"*://*.nocturne.example/*": "<named-sites>", "https://nocturne.example/": "<named-sites>", "file:///*": "<named-sites>",
	} {
		m := parse(t, []byte(`{"manifest_version": 2, "name": "x", "permissions": ["`+pattern+`"]}`), "manifest.json")
		if m.Permissions[0].As != want {
			t.Errorf("%s is %s, want %s", pattern, m.Permissions[0].As, want)
		}
	}
}

// The store joins permissions into lines before it asks; the order of joining is Chrome's.
func TestLinesOfAnExtensionAreJoinedAsChromeJoinsThem(t *testing.T) {
	for list, want := range map[string]int{
		`"tabs"`: 1, `"tabs", "topSites", "webNavigation"`: 1, `"history", "tabs"`: 1, `"tabs", "<all_urls>", "webNavigation"`: 1,
		`"<all_urls>", "history"`: 2, `"debugger", "<all_urls>"`: 2, `"history", "sessions", "tabs"`: 1, `"tabs", "sessions"`: 1, `"clipboardRead", "clipboardWrite"`: 1, `"cookies", "webRequest", "storage"`: 0, `"bookmarks", "geolocation"`: 2,
	} {
		m := parse(t, []byte(`{"manifest_version": 3, "name": "x", "permissions": [`+list+`]}`), "manifest.json")
		if req, _ := judge(t, m); req.Verdict.Lines.Count != want {
			t.Errorf("%s prints %d lines, want %d", list, req.Verdict.Lines.Count, want)
		}
	}
}

func TestAPropertyListGivesTheSameInXMLAndBinary(t *testing.T) {
	m := read(t, "Info.plist")
	raw, err := os.ReadFile("testdata/Info.plist")
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if _, err := plist.Unmarshal(raw, &keys); err != nil {
		t.Fatal(err)
	}
	binary, err := plist.Marshal(keys, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	b := parse(t, binary, "Info.plist")
	for i := range m.Permissions {
		m.Permissions[i].Line = 0
	}
	if !slices.EqualFunc(m.Permissions, b.Permissions, func(x, y manifest.Permission) bool {
		return x.ID == y.ID && x.Reason == y.Reason && x.NoReason == y.NoReason
	}) || m.App != b.App {
		t.Errorf("XML %+v, binary %+v", m, b)
	}
	req, _ := judge(t, m)
	for _, text := range []string{
		"For `NSContactsUsageDescription` it says: “Nocturne looks for friends who listen too.”",
		"For `NSPhotoLibraryUsageDescription` it says nothing: the reason is empty.", "For `NSMicrophoneUsageDescription` it says nothing: the reason is a place that was never filled in.",
	} {
		if !strings.Contains(written(req), text) {
			t.Errorf("not told: %q in\n%s", text, written(req))
		}
	}
}

func TestAReasonIsAStatementOfTheServiceWithItsQuote(t *testing.T) {
	m := read(t, "Info.plist")
	req, scopes := judge(t, m)
	f := asks.Facts{Requests: []asks.Request{req}, Scopes: scopes}
	asked := asks.Default().Flows(f, nocturne)
	has := func(flows []diapason.Flow, data diapason.Term) bool {
		return slices.ContainsFunc(flows, func(x diapason.Flow) bool { return x.Data == data })
	}
	if !has(asked, "dia:AddressBook") || !has(asked, "dia:PhotoLibrary") || !has(asked, "dia:MicrophoneAudio") {
		t.Errorf("asked flows %+v", asked)
	}
	for _, x := range asked {
		if x.Sender.Role != diapason.RolePerson || x.Recipient.ID != "nocturne" {
			t.Errorf("%s goes from %+v to %+v", x.Data, x.Sender, x.Recipient)
		}
	}
	said := m.Says(asks.Default(), f, nocturne, "manifest/1")
	if len(said) != 1 || said[0].Channel != diapason.Says || said[0].Data != "dia:AddressBook" || said[0].Polarity != diapason.Asserted || said[0].Purpose != "" {
		t.Fatalf("said %+v, want the address book alone", said)
	}
	if e := said[0].Evidence[0]; e.Quote != "Nocturne looks for friends who listen too." || e.At != "NSContactsUsageDescription" || e.Record != "manifest/1" {
		t.Errorf("evidence %+v", e)
	}
}

const lol = `<?xml version="1.0"?><!DOCTYPE manifest [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>
<manifest xmlns:android="http://schemas.android.com/apk/res/android"><uses-permission android:name="`

func TestWhatIsNoManifestIsRefusedWithItsPlace(t *testing.T) {
	for _, tc := range []struct{ name, text, want, next string }{
		{"a binary Android manifest", "\x03\x00\x08\x00\x10\x00\x00\x00", "binary Android manifest (AXML)", "apkanalyzer"},
		{"an app package", "PK\x03\x04", "it is an archive", "take AndroidManifest.xml"},
		{"nothing", "", "it is no manifest", "give an AndroidManifest.xml"},
		{"a letter", "Dear reader", "x:1: it is no manifest", "give an AndroidManifest.xml"},
		{"a web page", "<html>\n</html>", "its root is <html>", "give an AndroidManifest.xml"},
		{"XML that breaks off", "<manifest>\n<application>", "x:2: ", ""},
		{"an entity that grows", lol + `&b;"/></manifest>`, "x:2: invalid character entity &b;: entities are never expanded", "write the text itself"},
		{"an entity that reads a file", lol + `x"/>&c;</manifest>`, "entities are never expanded", "write the text itself"},
		{"a property list with an entity", `<!DOCTYPE plist [<!ENTITY a "ha">]><plist><dict><key>NSCameraUsageDescription</key><string>&a;</string></dict></plist>`, "cannot be read", "plutil"},
		{"a broken binary list", "bplist00\xff\xff\xff", "the property list", "plutil"},
		{"JSON that breaks off", "{\n\"manifest_version\": 3,\n\"name\": ", "x:3: ", "correct the JSON"},
		{"a list in place of a name", "{\n\"manifest_version\": 3,\n\"permissions\": \"tabs\"}", "x:3: ", "correct the JSON"},
		{"other JSON", `{"name": "package", "version": "1.0.0"}`, "no manifest_version", "give an AndroidManifest.xml"},
		{"too long", strings.Repeat(" ", 5<<20), "longer than 4 MiB", "alone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := manifest.Read(strings.NewReader(tc.text), "x")
			var hint *diapason.Hint
			if !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), tc.want) || !errors.As(err, &hint) || !strings.Contains(hint.Next, tc.next) {
				t.Errorf("error %v (next %+v), want %q", err, hint, tc.want)
			}
		})
	}
}

func TestADocumentTypeAloneDoesNoHarm(t *testing.T) {
	m := parse(t, []byte(lol+`android.permission.CAMERA"/></manifest>`), "AndroidManifest.xml")
	if !slices.Equal(names(m), []string{"CAMERA"}) {
		t.Errorf("asks for %q", names(m))
	}
}

func TestAManifestThatAsksForNothingIsValid(t *testing.T) {
	req, scopes := judge(t, parse(t, []byte(`<manifest><application/></manifest>`), "AndroidManifest.xml"))
	if len(scopes) != 0 || !strings.Contains(written(req), "It asks for 0 permissions") || strings.Contains(written(req), "public profile") {
		t.Errorf("told\n%s", written(req))
	}
}

func TestAManifestOfManyHundredPermissionsIsRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<manifest xmlns:android="http://schemas.android.com/apk/res/android">`)
	for i := range 501 {
		b.WriteString(`<uses-permission android:name="p` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26)) + `"/>`)
	}
	m := parse(t, []byte(b.String()+`</manifest>`), "AndroidManifest.xml")
	if _, _, err := m.Judge(asks.Default(), "manifest/1"); !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "500") {
		t.Errorf("error %v", err)
	}
}

// Whatever bytes are given, reading ends, and the ledger sums.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"AndroidManifest.xml", "manifest.json", "Info.plist"} {
		raw, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	binary, err := plist.Marshal(map[string]any{"NSCameraUsageDescription": "x", "a": []any{1, true}}, plist.BinaryFormat)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(binary)
	f.Add([]byte(lol))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := manifest.Read(bytes.NewReader(raw), "x")
		if err != nil {
			if !errors.Is(err, diapason.ErrUsage) {
				t.Fatalf("error %v", err)
			}
			return
		}
		sums(t, m)
		if req, scopes, err := m.Judge(asks.Default(), "manifest/1"); err == nil && len(scopes) != req.Verdict.Requested {
			t.Errorf("%d permissions, %d scopes", req.Verdict.Requested, len(scopes))
		}
	})
}
