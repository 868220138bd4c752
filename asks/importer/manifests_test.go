package importer

import (
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/vocab"
)

func TestAndroidPermissionsThatAPersonDecidesAreKept(t *testing.T) {
	d, r := imported(t, Android, source(t, "testdata/AndroidManifest.xml"), Options{})
	var ids []string
	for _, s := range d.Scopes {
		ids = append(ids, s.ID)
	}
	want := []string{"BIND_ACCESSIBILITY_SERVICE", "CAMERA", "READ_PROFILE", "READ_TURNTABLE", "SYSTEM_ALERT_WINDOW", "com.platform.voice.ADD"}
	if !slices.Equal(ids, want) {
		t.Errorf("permissions %q, want %q", ids, want)
	}
	if r.Ledger.Read != 10 || r.Ledger.Unit != "permissions" {
		t.Errorf("%s: want 10 permissions read", r.Ledger)
	}
	same(t, "skipped", skips(r.Ledger), map[string]int{"granted without asking": 2, "only for parts of the system": 1, "declared twice": 1})
	for id, want := range map[string][3]string{ // group, what it sees, what it does
		"CAMERA":                     {"camera", "", "take pictures and film"},
		"READ_TURNTABLE":             {"sensors", "", `use what Android calls "read turntable speed"`},
		"com.platform.voice.ADD":     {"", "", `use what Android calls "com platform voice add"`},
		"BIND_ACCESSIBILITY_SERVICE": {"special access", "everything on the screen, in every app", "tap and type for you"},
	} {
		if s := d.scope(t, id); s.Kind != "android" || [3]string{s.Group, s.See, s.Do} != want {
			t.Errorf("%s: %q %q %q, want %q", id, s.Group, s.See, s.Do, want)
		}
	}
	if s := d.scope(t, "READ_PROFILE"); s.Status != "retired" {
		t.Errorf("a removed permission has status %q, want retired", s.Status)
	}
}

func TestAndroidPermissionsAreDescribedWithAndWithoutTheirPrefix(t *testing.T) {
	_, r := imported(t, Android, source(t, "testdata/AndroidManifest.xml"), Options{})
	req, scopes, _, err := catalogue(t, r).Judge(asks.Ask{Provider: "android", Scopes: "android.permission.CAMERA SYSTEM_ALERT_WINDOW"})
	if err != nil {
		t.Fatal(err)
	}
	if len(req.Verdict.Unknown) != 0 || len(scopes) != 2 || scopes[0].Do != "take pictures and film" {
		t.Errorf("unknown %q, scopes %+v", req.Verdict.Unknown, scopes)
	}
}

func TestExtensionPermissionsHostsAndOptionalListsAreRead(t *testing.T) {
	d, r := imported(t, WebExtension, source(t, "testdata/manifest.json"), Options{})
	if r.Ledger.Read != 13 || r.Ledger.Imported != 12 {
		t.Errorf("%s: want 13 read, 12 imported", r.Ledger)
	}
	same(t, "skipped", skips(r.Ledger), map[string]int{"listed twice": 1})
	for id, group := range map[string]string{
		"tabs": "required", "sessions": "required", "https://*.shop.example/*": "required", "https://music.example/*": "required",
		"chrome_url_overrides.newtab": "required", "bookmarks": "optional", "*://*/*": "optional",
	} {
		if s := d.scope(t, id); s.Group != group || s.Kind != "webext" || s.Status != "current" {
			t.Errorf("%s: group %q, status %q", id, s.Group, s.Status)
		}
	}
	if s := d.scope(t, "https://*.shop.example/*"); s.See != "what you read and type on shop.example" {
		t.Errorf("a host pattern lets see %q", s.See)
	}
	if s := d.scope(t, "gramophone"); s.Status != "undocumented" {
		t.Errorf("an unknown permission has status %q", s.Status)
	}
}

// Chrome's rules are ordered and use permissions up: what history stands for
// adds no line, whatever was listed first.
func TestLinesOfADialogFollowChromesOrderedRules(t *testing.T) {
	for _, tc := range []struct {
		permissions string
		lines       int
	}{
		{`"tabs"`, 1},
		{`"storage", "alarms"`, 0},
		{`"tabs", "webNavigation", "topSites"`, 1}, // reading history stands for both
		{`"tabs", "sessions", "topSites"`, 1},      // one line, on all devices
		{`"sessions", "bookmarks"`, 1},             // sessions alone prints nothing
		{`"history", "tabs", "bookmarks"`, 2},      // history uses tabs up
		{`"history", "sessions"`, 1},               // and with tabs gone, sessions prints nothing
		{`"topSites", "favicon"`, 2},               // neither stands for the other
		{`"https://a.example/*", "https://b.example/*"`, 1},
		{`"<all_urls>", "tabs", "topSites", "https://a.example/*", "declarativeNetRequest"`, 1},
		{`"<all_urls>", "history"`, 2},   // hosts do not use history up
		{`"*://*.example/*", "tabs"`, 1}, // a whole top-level domain counts as all
		{`"debugger"`, 2},                // it implies every address
		{`"proxy", "webNavigation"`, 1},
		{`"clipboardRead", "clipboardWrite"`, 1},
		{`"clipboardWrite"`, 1},
		{`"accessibilityFeatures.modify", "accessibilityFeatures.read", "downloads", "downloads.open"`, 3},
	} {
		manifest := Source{"manifest.json", []byte(`{"manifest_version": 3, "permissions": [` + tc.permissions + `]}`)}
		d, r := imported(t, WebExtension, manifest, Options{})
		var ids []string
		for _, s := range d.Scopes {
			ids = append(ids, s.ID)
		}
		req, _, _, err := catalogue(t, r).Judge(asks.Ask{Provider: "webext", Scopes: strings.Join(ids, " ")})
		if err != nil {
			t.Fatal(err)
		}
		if got := req.Verdict.Lines; got.Count != tc.lines || got.Basis != "estimated" {
			t.Errorf("%s prints %d lines (%s), want %d", tc.permissions, got.Count, got.Basis, tc.lines)
		}
	}
}

// What the tables say of permissions has its words in the vocabulary, and what
// they print is used by a rule.
func TestTablesOfPermissionsAreSound(t *testing.T) {
	tree := vocab.Default()
	known := func(where, id string) {
		if id != "" && tree.Kind(diapason.Term(id)) != "pd" {
			t.Errorf("%s: %s is no personal data of the vocabulary", where, id)
		}
	}
	for id, said := range androidWords {
		known(id, said.vocab)
		if said.see+said.do == "" || said.group == "" || len(said.effects) == 0 {
			t.Errorf("%s says too little: %+v", id, said)
		}
	}
	used := map[string]bool{}
	for _, r := range chromeRules {
		for _, name := range r.Needs {
			used[name] = true
		}
	}
	for id, said := range webextWords {
		known(id, said.vocab)
		if said.see+said.do == "" {
			t.Errorf("%s says nothing", id)
		}
		for _, name := range said.prints {
			if !used[name] {
				t.Errorf("%s prints %s, of which no rule makes a line", id, name)
			}
		}
	}
}
