package browse

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"diapason.dev/diapason"
)

// A Profile is a folder in which a browser keeps what it remembers. It is in
// one visit at a time.
type Profile struct {
	dir     string
	kept    []string
	busy    sync.Mutex
	visits  int
	closed  bool     // the last visit ended in order, so that everything is on disk
	reports []string // hosts that were named for reports, which the browser sends later by itself
}

// An Atom is a part of a profile that can be copied by itself.
type Atom struct {
	Name  string
	Items []string // files and folders within the profile; what does not exist is left out
}

// Atoms are the parts of a profile that outlive the browser (looked at on
// Chromium 156). The first, the cookies, is the target of a deletion
// experiment; the others are what could bring a deleted identifier back.
var Atoms = []Atom{
	{Name: "Cookies", Items: []string{"Default/Cookies", "Default/Cookies-journal"}},
	{Name: "Local Storage", Items: []string{"Default/Local Storage"}},
	{Name: "IndexedDB", Items: []string{"Default/IndexedDB"}},
	{Name: "WebStorage", Items: []string{"Default/WebStorage"}},
	{Name: "Service Worker", Items: []string{"Default/Service Worker"}},
	{Name: "File System", Items: []string{"Default/File System"}},
	{Name: "Cache", Items: []string{"Default/Cache", "Default/Shared Dictionary"}},
	{Name: "TransportSecurity", Items: []string{"Default/TransportSecurity"}},
	{Name: "Favicons", Items: []string{"Default/Favicons", "Default/Favicons-journal"}},
	{Name: "Reporting and NEL", Items: []string{"Default/Reporting and NEL", "Default/Reporting and NEL-journal"}},
	{Name: "Preferences", Items: []string{preferences}},
}

const (
	preferences = "Default/Preferences"
	localState  = "Local State" // holds the key of the cookie store; nothing that a page can see
)

// NewProfile makes an empty profile. Remove it when it is no longer needed.
func (b *Browser) NewProfile() (*Profile, error) {
	dir, err := os.MkdirTemp(b.Work, "profile-")
	if err != nil {
		return nil, diapason.WithHint(fmt.Errorf("make profile: %w: %w", err, diapason.ErrIncomplete), "make room on the disk")
	}
	return &Profile{dir: dir}, nil
}

// Transplant makes an empty profile and copies into it only the named atoms
// of another, whose last visit must have ended in order. Nothing is ever
// cleared: a browser's own clearing leaves things alive. An unknown atom is a
// [diapason.ErrUsage].
func (b *Browser) Transplant(from *Profile, atoms []string) (*Profile, error) {
	items := []string{localState}
	for _, name := range atoms {
		i := slices.IndexFunc(Atoms, func(a Atom) bool { return a.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("transplant profile: no part is called %q: %w", name, diapason.ErrUsage)
		}
		items = append(items, Atoms[i].Items...)
	}
	from.busy.Lock()
	defer from.busy.Unlock()
	if !from.closed {
		return nil, fmt.Errorf("transplant profile: its last visit did not end in order, so it is not all on disk: %w", diapason.ErrIncomplete)
	}
	p, err := b.NewProfile()
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if err := copyItem(from.dir, p.dir, item); err != nil {
			return nil, errors.Join(fmt.Errorf("transplant profile: copy %s: %w: %w", item, err, diapason.ErrIncomplete), p.Remove())
		}
	}
	p.kept = append([]string{}, atoms...)
	p.reports = slices.Clone(from.reports)
	return p, nil
}

// copyItem copies a file or a folder; one that does not exist is no error.
func copyItem(from, to, item string) error {
	source, target := filepath.Join(from, item), filepath.Join(to, item)
	info, err := os.Stat(source)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(target, os.DirFS(source))
	}
	b, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	return os.WriteFile(target, b, 0o600)
}

// Remove deletes the profile's folder.
func (p *Profile) Remove() error {
	if err := os.RemoveAll(p.dir); err != nil {
		return fmt.Errorf("remove profile: %w: %w", err, diapason.ErrIncomplete)
	}
	return nil
}

// state tells what the profile is before its next visit.
func (p *Profile) state() diapason.Profile {
	out := diapason.Profile{State: "fresh", Entries: p.entries()}
	switch {
	case p.visits > 0:
		out.State = "returned"
	case p.kept != nil:
		out.State, out.Kept = "transplant", p.kept
	}
	return out
}

// entries lists the profile's folder, two floors deep: the proof that it is
// empty, or of what was put in.
func (p *Profile) entries() []string {
	var out []string
	for _, pattern := range []string{"*", "Default/*"} {
		found, _ := filepath.Glob(filepath.Join(p.dir, pattern))
		for _, f := range found {
			if name, err := filepath.Rel(p.dir, f); err == nil && name != "Default" && !strings.HasPrefix(name, "Singleton") {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// The values of profile.cookie_controls_mode in Chromium's preferences
// (components/content_settings/core/browser/cookie_settings_util.h).
var cookieModes = map[string]int{"allow": 0, "block": 1}

// writePolicy sets the policy for third-party cookies before a launch, and
// keeps everything else that stands in the preferences. Chromium blocks such
// cookies in a fresh profile unless told otherwise.
func (p *Profile) writePolicy(policy string) error {
	file := filepath.Join(p.dir, preferences)
	var prefs, profile map[string]json.RawMessage
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = []byte(`{}`), os.MkdirAll(filepath.Dir(file), 0o700)
	}
	if err == nil {
		err = json.Unmarshal(b, &prefs)
	}
	if err == nil && prefs["profile"] != nil {
		err = json.Unmarshal(prefs["profile"], &profile)
	}
	if err == nil {
		if profile == nil {
			profile = map[string]json.RawMessage{}
		}
		profile["cookie_controls_mode"] = json.RawMessage(strconv.Itoa(cookieModes[policy]))
		prefs["profile"], _ = json.Marshal(profile) // of raw messages that were just read: cannot fail
		b, _ = json.Marshal(prefs)
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("write cookie policy into the profile: %w: %w", err, diapason.ErrIncomplete)
	}
	return nil
}
