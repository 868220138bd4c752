package filter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// A List is the text of a filter list and what its header tells about it.
// Empty means that it does not tell.
type List struct {
	Name    string `json:"name"` // its own title, else the name of its file
	Text    string `json:"-"`
	SHA256  string `json:"sha256"` // of the text, in hexadecimal
	Date    string `json:"date,omitempty"`
	Version string `json:"version,omitempty"`
	License string `json:"license,omitempty"`
	// URL is where [Update] fetched it, and Fetched when; unknown of other lists.
	URL     string    `json:"url,omitempty"`
	Fetched time.Time `json:"fetched,omitzero"`
}

// NewList takes a text for a filter list. Name is used where the list does not
// name itself.
func NewList(name, text string) List {
	l := List{Name: name, Text: text}
	sum := sha256.Sum256([]byte(text))
	l.SHA256 = hex.EncodeToString(sum[:])
	l.header()
	return l
}

// header reads the comments that a list begins with: "! Title: EasyList".
func (l *List) header() {
	fields := map[string]string{}
	rest := strings.TrimPrefix(l.Text, "\ufeff")
	for range 100 { // no header is longer
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		line = strings.TrimSpace(line)
		if line != "" && kindOf(line) != comment {
			break
		}
		name, value, ok := strings.Cut(strings.TrimLeft(line, "!# "), ":")
		value = strings.TrimSpace(value)
		// A list that is packed by others may keep a place for a value: %timestamp%.
		if name = strings.ToLower(strings.TrimSpace(name)); !ok || value == "" || strings.HasPrefix(value, "%") {
			continue
		}
		if _, known := fields[name]; !known {
			fields[name] = value
		}
	}
	first := func(names ...string) string {
		for _, n := range names {
			if v := fields[n]; v != "" {
				return v
			}
		}
		return ""
	}
	if title := first("title"); title != "" {
		l.Name = title
	}
	l.Date = first("last modified", "timeupdated", "last updated", "updated", "date")
	l.Version = first("version")
	l.License = first("licence", "license")
}

// NonCommercial tells whether the list's own words about its licence keep it
// from being used for money. Such a list may be read where a person has it; it
// may not be handed on.
func (l List) NonCommercial() bool {
	s := strings.ToLower(l.License)
	for _, word := range []string{"-nc", "by_nc", "noncommercial", "non-commercial", "non commercial"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

// Open reads a list from a file. A file that cannot be read is an ErrUsage.
func Open(path string) (List, error) {
	info, err := os.Stat(path)
	if err != nil {
		return List{}, unreadable(path, err)
	}
	if info.Size() > maxList {
		return List{}, fmt.Errorf("read filter list %s: it is larger than %d MiB: %w", path, maxList>>20, diapason.ErrUsage)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return List{}, unreadable(path, err)
	}
	l := NewList(filepath.Base(path), string(text))
	l.from(path)
	return l, nil
}

func unreadable(path string, err error) error {
	if pe, ok := err.(*fs.PathError); ok {
		err = pe.Err
	}
	return fmt.Errorf("read filter list %s: %w: %w", path, err, diapason.ErrUsage)
}

// systemFolders are where Debian's packages webext-ublock-origin-chromium and
// webext-ublock-origin-firefox keep their files.
var systemFolders = []string{
	"/usr/share/chromium/extensions/ublock-origin/assets",
	"/usr/share/webext/ublock-origin/assets",
	"/usr/share/webext/ublock-origin-firefox/assets",
}

// System finds EasyList and EasyPrivacy where the system's uBlock Origin
// package put them. Where there is none the error, an ErrUsage, says how to get
// one.
func System() ([]string, error) {
	for _, folder := range systemFolders {
		found, _ := filepath.Glob(filepath.Join(folder, "thirdparties", "easylist", "*.txt"))
		if len(found) > 0 {
			slices.Sort(found)
			return found, nil
		}
	}
	return nil, diapason.WithHint(fmt.Errorf("no filter lists on this system: %w", diapason.ErrUsage),
		"apt install webext-ublock-origin-chromium, or diapason lists update")
}
