package browse

import (
	"fmt"
	"os"

	"diapason.dev/diapason"
)

// A Profile is a folder in which a browser keeps what it remembers.
type Profile struct {
	dir  string
	kept []string
	used bool
}

// An Atom is a part of a profile that can be copied by itself.
type Atom struct {
	Name  string
	Items []string // paths within the profile folder
}

// Atoms are the parts of a profile that outlive the browser. The first, the
// cookies, is the target of a deletion experiment; the others are what could
// bring a deleted identifier back.
var Atoms = []Atom{
	{Name: "Cookies", Items: []string{"Default/Cookies"}},
	{Name: "Local Storage", Items: []string{"Default/Local Storage"}},
	{Name: "IndexedDB", Items: []string{"Default/IndexedDB"}},
	{Name: "WebStorage", Items: []string{"Default/WebStorage"}},
	{Name: "Service Worker", Items: []string{"Default/Service Worker"}},
	{Name: "File System", Items: []string{"Default/File System"}},
	{Name: "Cache", Items: []string{"Default/Cache"}},
	{Name: "TransportSecurity", Items: []string{"Default/TransportSecurity"}},
	{Name: "Favicons", Items: []string{"Default/Favicons"}},
	{Name: "Reporting and NEL", Items: []string{"Default/Reporting and NEL"}},
	{Name: "Preferences", Items: []string{"Default/Preferences"}},
}

// NewProfile makes an empty profile. Remove it when it is no longer needed.
func (b *Browser) NewProfile() (*Profile, error) {
	dir, err := os.MkdirTemp(b.Work, "profile-")
	if err != nil {
		return nil, fmt.Errorf("make profile: %w: %w", err, diapason.ErrIncomplete)
	}
	return &Profile{dir: dir}, nil
}

// Transplant makes an empty profile that keeps only the named atoms of another.
func (b *Browser) Transplant(from *Profile, atoms []string) (*Profile, error) {
	p, err := b.NewProfile()
	if err != nil {
		return nil, err
	}
	p.kept = atoms
	return p, nil
}

// Remove deletes the profile's folder.
func (p *Profile) Remove() error { return os.RemoveAll(p.dir) }
