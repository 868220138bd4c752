package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"howett.net/plist"
)

// usageKey is the form of a key that gives the reason for a question.
var usageKey = regexp.MustCompile(`^NS[A-Za-z0-9]+UsageDescription$`)

// unfilled is a reason that the build was to fill in: $(PHOTO_REASON), ${X}, {{x}}.
var unfilled = regexp.MustCompile(`^\s*(\$\([^)]*\)|\$\{[^}]*\}|\{\{[^}]*\}\})\s*$`)

// readPlist reads a property list, in XML or binary.
func (m *Manifest) readPlist(raw []byte) (err error) {
	m.Kind = Apple
	defer func() { // the reader of binary lists may fail hard on a broken one
		if p := recover(); p != nil {
			err = bad(m.Name, 0, "print it as XML: plutil -convert xml1 Info.plist", "the property list is broken: %v", p)
		}
	}()
	var keys map[string]any
	if _, err := plist.Unmarshal(raw, &keys); err != nil {
		return bad(m.Name, 0, "check it with plutil -lint Info.plist", "the property list cannot be read: %v", err)
	}
	m.App, _ = keys["CFBundleIdentifier"].(string)
	if m.App == "" {
		m.App, _ = keys["CFBundleName"].(string)
	}
	var ids []string
	for key := range keys {
		if usageKey.MatchString(key) {
			ids = append(ids, key)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		p := Permission{ID: id, As: id, Line: lineOf(raw, "<key>"+id+"</key>")}
		reason, ok := keys[id].(string)
		switch reason = strings.TrimSpace(reason); {
		case !ok:
			p.NoReason = fmt.Sprintf("the reason is a %T, not a text", keys[id])
		case reason == "":
			p.NoReason = "the reason is empty"
		case unfilled.MatchString(reason):
			p.NoReason = "the reason is a place that was never filled in"
		default:
			p.Reason = reason
		}
		m.keep(p)
	}
	return nil
}
