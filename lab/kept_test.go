package lab_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason/lab"
)

// told is the name that a fixture's page told its server at the end of a visit.
func told(t *testing.T, l *lab.Lab, profile, host string) string {
	t.Helper()
	name := ""
	for _, h := range visit(t, l, profile, "https://"+host+"/", host+"/seen") {
		if h.Host == host && h.Path == "/seen" {
			var seen struct{ ID string }
			if err := json.Unmarshal(h.Body, &seen); err != nil {
				t.Fatalf("%s: what the page told: %v", host, err)
			}
			name = seen.ID
		}
	}
	if len(name) != 32 {
		t.Fatalf("%s: the page told %q", host, name)
	}
	return name
}

// toldTogether are the names that several fixtures' pages told their servers in
// one visit of the page that embeds them.
func toldTogether(t *testing.T, l *lab.Lab, profile string, fixtures []lab.Fixture) map[string]string {
	t.Helper()
	var names []string
	for _, f := range fixtures {
		names = append(names, f.Name)
	}
	before := len(l.Log())
	p := openTab(t, l, profile, lab.Together(names...))
	p.loaded()
	told := map[string]string{}
	eventually(t, "every page to tell its name", func() bool {
		for _, h := range l.Log()[before:] {
			if h.Path == "/seen" {
				told[strings.TrimSuffix(h.Host, ".respawn.example")] = string(h.Body)
			}
		}
		return len(told) == len(names)
	})
	p.close()
	return told
}

func TestEachStoreBringsBackTheNamesThatItsPagesStateAndNoOthers(t *testing.T) {
	t.Parallel()
	l := start(t)
	var fixtures []lab.Fixture
	atoms := []string{"Cache", "File System", "IndexedDB", "Local Storage", "Service Worker", "WebStorage"}
	for _, f := range lab.Respawns() {
		alone := func(set []string) bool { return len(set) == 1 && slices.Contains(atoms, set[0]) }
		if restored := f.Truth.Identifiers[0].Restored; f.Name == "clean" || slices.ContainsFunc(restored, alone) {
			fixtures = append(fixtures, f)
		}
	}
	if len(fixtures) < 13 {
		t.Fatalf("%d fixtures", len(fixtures))
	}
	seed := emptyProfile(t)
	first := toldTogether(t, l, seed, fixtures)
	for _, kept := range append(atoms, "") {
		profile := emptyProfile(t)
		if kept != "" {
			folders := []string{kept}
			if kept == "Cache" {
				folders = append(folders, "Shared Dictionary") // which a browser empties together with it
			}
			profile = transplant(t, seed, folders...)
		}
		now := toldTogether(t, l, profile, fixtures)
		for _, f := range fixtures {
			want := slices.ContainsFunc(f.Truth.Identifiers[0].Restored, func(set []string) bool { return slices.Equal(set, []string{kept}) })
			if (now[f.Name] == first[f.Name]) != want {
				t.Errorf("%s, with %q kept: the name came back: %v, want %v", f.Name, kept, !want, want)
			}
		}
	}
}

// keepFile makes an empty profile that has only one file of another, and what
// belongs to it.
func keepFile(t *testing.T, from, name string) string {
	t.Helper()
	to := emptyProfile(t)
	if err := os.MkdirAll(filepath.Join(to, "Default"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{name, name + "-journal"} {
		content, err := os.ReadFile(filepath.Join(from, "Default", file))
		if os.IsNotExist(err) && file != name {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, "Default", file), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// Three places hold a yes or no for each host or icon, and many of these make
// a name; a fourth holds an address for reports. A real browser brings it back
// from that file of its profile alone.
func TestANameThatABrowserKeepsForItselfComesBackFromItsOwnFileAlone(t *testing.T) {
	t.Parallel()
	l := start(t)
	for host, file := range map[string]string{
		"hints.respawn.example": "Preferences", "strict.respawn.example": "TransportSecurity", "icons.respawn.example": "Favicons",
		"reports.respawn.example": "Reporting and NEL",
	} {
		seed := emptyProfile(t)
		name := told(t, l, seed, host)
		if again := told(t, l, seed, host); again != name {
			t.Errorf("%s: the same browser is called %s and %s", host, name, again)
		}
		if back := told(t, l, keepFile(t, seed, file), host); back != name {
			t.Errorf("%s: with %s kept the name is %s, want %s", host, file, back, name)
		}
		if other := told(t, l, emptyProfile(t), host); other == name {
			t.Errorf("%s: an empty browser has the same name", host)
		}
	}
}

func TestAHostThatWantsEncryptionIsReadInBothWays(t *testing.T) {
	t.Parallel()
	c := reader(t, start(t))
	plain, _ := get(t, c, "http://s3.strict.respawn.example/?bits=011")
	if got := plain.Header.Get("Location"); got != "http://s4.strict.respawn.example/?bits=0110" || plain.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("unencrypted: on to %s", got)
	}
	secure, _ := get(t, c, "https://s3.strict.respawn.example/?bits=011")
	if got := secure.Header.Get("Location"); got != "http://s4.strict.respawn.example/?bits=0111" {
		t.Errorf("encrypted: on to %s", got)
	}
	bits := "0001" + strings.Repeat("0", 27) + "1"
	setting, _ := get(t, c, "https://s3.strict.respawn.example/?set="+bits)
	if got := setting.Header.Get("Location"); setting.Header.Get("Strict-Transport-Security") == "" || got != "https://s31.strict.respawn.example/?set="+bits {
		t.Errorf("asked for encryption: %v, on to %s", setting.Header, got)
	}
	for _, bad := range []string{"?set=1", "?bits=" + strings.Repeat("1", 40), "?bits=x"} {
		if res, _ := get(t, c, "https://s3.strict.respawn.example/"+bad); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", bad, res.Status)
		}
	}
}
