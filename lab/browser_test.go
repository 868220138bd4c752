package lab_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason/lab"
)

// chromium finds the system's browser. These tests are about what a real
// browser keeps, so they fail where there is none.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium: install it from the system's packages (apt-get install chromium)")
	return ""
}

// flags lead a browser to the lab's ports and have it trust the lab's key and
// nothing else. Names that the lab lacks do not resolve.
func flags(l *lab.Lab, profile string) []string {
	rules := []string{}
	for name, at := range l.Dial() {
		rules = append(rules, "MAP "+name+" "+at)
	}
	rules = append(rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1")
	return []string{
		"--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--user-data-dir=" + profile,
		"--disable-features=CompressionDictionaryTransportRequireKnownRootCert", // no authority vouches for the lab's key
		"--host-resolver-rules=" + strings.Join(rules, ","), "--ignore-certificate-errors-spki-list=" + strings.Join(l.PinSPKI(), ","),
	}
}

// emptyProfile is a folder for one browser. Its last processes may still write
// while the folder is removed.
func emptyProfile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lab-profile-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		eventually(t, "the browser to leave its profile", func() bool { return os.RemoveAll(dir) == nil })
	})
	return dir
}

// visit opens an address once in a browser with the given profile folder, and
// leaves when the page has loaded and the lab has seen a request to want: a
// host with a path.
func visit(t *testing.T, l *lab.Lab, profile, address, want string) []lab.Hit {
	t.Helper()
	preferences := filepath.Join(profile, "Default", "Preferences")
	if _, err := os.Stat(preferences); err != nil { // a new profile: third-party cookies are allowed in it
		if err := os.MkdirAll(filepath.Dir(preferences), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(preferences, []byte(`{"profile":{"cookie_controls_mode":0}}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := len(l.Log())
	p := openTab(t, l, profile, address)
	p.loaded()
	eventually(t, want, func() bool {
		return slices.ContainsFunc(l.Log()[before:], func(h lab.Hit) bool { return h.Host+h.Path == want })
	})
	p.close()
	return l.Log()[before:]
}

// heard is the identifier that Nocturne was sent, and the entity tag that the
// browser's cache sent for its script.
func heard(t *testing.T, hits []lab.Hit) (nid, tag string) {
	t.Helper()
	for _, h := range hits {
		switch {
		case h.Host == "static.nocturne.example":
			tag = strings.Trim(h.Header.Get("If-None-Match"), `"`)
		case h.Host == "nocturne.example" && h.Path == "/ear":
			var sent struct{ Nid string }
			if err := json.Unmarshal(h.Body, &sent); err != nil {
				t.Fatalf("what the page sent to itself: %v", err)
			}
			nid = sent.Nid
		}
	}
	if len(nid) != 32 {
		t.Fatalf("Nocturne was sent %q: not 128 bits in hexadecimal", nid)
	}
	return nid, tag
}

// transplant makes an empty profile that has only the named folders of another.
func transplant(t *testing.T, from string, kept ...string) string {
	t.Helper()
	to := emptyProfile(t)
	for _, name := range kept {
		if err := os.CopyFS(filepath.Join(to, "Default", name), os.DirFS(filepath.Join(from, "Default", name))); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func TestADeletedIdentifierComesBackFromTheCacheOrFromLocalStorageAlone(t *testing.T) {
	t.Parallel()
	l := start(t)
	seed := emptyProfile(t)
	first, _ := heard(t, visit(t, l, seed, "https://nocturne.example/", "nocturne.example/ear"))
	for _, c := range []struct {
		name    string
		kept    []string
		returns bool
		tagged  bool
	}{
		{"nothing kept", nil, false, false},
		{"only the cache kept", []string{"Cache"}, true, true},
		{"only local storage kept", []string{"Local Storage"}, true, false},
		{"all but cookies, cache and local storage kept", []string{"Session Storage"}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			profile := transplant(t, seed, c.kept...)
			nid, tag := heard(t, visit(t, l, profile, "https://nocturne.example/", "nocturne.example/ear"))
			if (nid == first) != c.returns {
				t.Errorf("the identifier came back: %v, want %v", nid == first, c.returns)
			}
			if (tag == first) != c.tagged {
				t.Errorf("the cache sent the identifier: %v, want %v", tag == first, c.tagged)
			}
		})
	}
}

func TestOneCompanyGetsTheSameIdentifierOnTwoUnrelatedSites(t *testing.T) {
	t.Parallel()
	l := start(t)
	told := func(hits []lab.Hit) (ids []string) {
		for _, h := range hits {
			if h.Host == "pulse.example" && h.Path == "/beat" {
				c := h.Header.Get("Cookie")
				ids = append(ids, strings.TrimPrefix(c, "pid="))
			}
		}
		return ids
	}
	one, other := emptyProfile(t), emptyProfile(t)
	a := told(visit(t, l, one, "https://nocturne.example/", "pulse.example/beat"))
	b := told(visit(t, l, one, "https://gazette.example/", "pulse.example/beat"))
	c := told(visit(t, l, other, "https://gazette.example/", "pulse.example/beat"))
	if len(a) != 1 || len(b) != 1 || len(c) != 1 {
		t.Fatalf("the frame on three pages sent %d, %d and %d times, want once each", len(a), len(b), len(c))
	}
	if len(a[0]) != 32 || a[0] != b[0] {
		t.Errorf("one browser is %q on Nocturne and %q in the Gazette: want the same 128 bits", a[0], b[0])
	}
	if b[0] == c[0] {
		t.Errorf("two browsers have the same identifier %q", c[0])
	}
}

func TestTheHonestTwinTalksToNobodyElseAndSetsNothingBeforeSignUp(t *testing.T) {
	t.Parallel()
	l := start(t)
	profile := emptyProfile(t)
	for _, page := range []string{"/", "/join", "/campaign"} {
		visit(t, l, profile, "https://serenade.example"+page, "serenade.example"+page)
	}
	for _, h := range l.Log() {
		if h.Host != "serenade.example" || h.Header.Get("Cookie") != "" || h.Header.Get("If-None-Match") != "" {
			t.Errorf("%s %s with cookie %q and tag %q", h.Method, h.URL(), h.Header.Get("Cookie"), h.Header.Get("If-None-Match"))
		}
	}
}
