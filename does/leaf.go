package does

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A leaf is a value that cannot be taken apart further, with the way that led
// to it: keys and indexes.
type leaf struct {
	path  string
	value string
}

const (
	deepest    = 3   // layers that are taken off a value
	mostLeaves = 500 // of one value; a larger value is a document and no identifier
)

// leaves takes a stored or sent value apart: URL encoding, base64 of readable
// text, JSON, key=value, and lists in the usual separators, three layers deep.
// UUIDs and dates stay whole.
func leaves(value string) []leaf {
	var out []leaf
	unwrap(value, "", 0, &out)
	return out
}

func unwrap(value, path string, depth int, out *[]leaf) {
	if len(*out) >= mostLeaves {
		return
	}
	value = strings.Trim(strings.TrimSpace(value), `"`)
	if depth < deepest && !whole(value) {
		if plain, err := url.QueryUnescape(value); err == nil && plain != value && strings.Contains(value, "%") {
			unwrap(plain, path, depth+1, out)
			return
		}
		if text, ok := wrapped64(value); ok {
			unwrap(text, path, depth+1, out)
			return
		}
		if parts, ok := jsonParts(value); ok {
			unwrapAll(parts, path, depth+1, out)
			return
		}
		if parts, ok := choiceParts(value); ok {
			unwrapAll(parts, path, depth+1, out)
			return
		}
		if parts := splitParts(value); len(parts) > 0 {
			unwrapAll(parts, path, depth+1, out)
			return
		}
	}
	if value != "" {
		*out = append(*out, leaf{path, value})
	}
}

func unwrapAll(parts []leaf, path string, depth int, out *[]leaf) {
	for _, p := range parts {
		at := p.path
		if path != "" {
			at = path + "/" + p.path
		}
		unwrap(p.value, at, depth, out)
	}
}

var uuid = regexp.MustCompile(`^(?i)\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$`)

// redacted begins what stands for a secret in a recording that was read in.
const redacted = "redacted:"

var commitment = regexp.MustCompile(`^redacted:[0-9a-f]+$`)

// whole tells whether a value is one thing although it holds separators.
func whole(s string) bool {
	return uuid.MatchString(s) || commitment.MatchString(s) || isDate(s) || drawn64(s)
}

var base64Text = regexp.MustCompile(`^[A-Za-z0-9+/]{16,}={0,2}$`)

// drawn64 tells whether a plus sign in a value is a character of base64, and
// separates nothing: another draw might have none there.
func drawn64(s string) bool {
	return strings.Contains(s, "+") && base64Text.MatchString(s) && strings.ContainsFunc(s, unicode.IsUpper) &&
		strings.ContainsFunc(s, unicode.IsLower) && strings.ContainsFunc(s, unicode.IsDigit)
}

// wrapped64 opens base64 if readable JSON or key=value is in it: anything else
// that happens to decode is more likely a value of its own.
func wrapped64(s string) (string, bool) {
	text, ok := from64(s)
	if !ok || !readable(text) {
		return "", false
	}
	structured := strings.ContainsAny(text[:1], "{[") || strings.Contains(text, "=")
	return text, structured
}

// from64 decodes base64 in either alphabet, with or without padding.
func from64(s string) (string, bool) {
	s = strings.TrimRight(s, "=")
	if len(s) < 8 {
		return "", false
	}
	enc := base64.RawStdEncoding
	if strings.ContainsAny(s, "-_") {
		enc = base64.RawURLEncoding
	}
	b, err := enc.DecodeString(s)
	if err != nil || len(b) == 0 {
		return "", false
	}
	return string(b), true
}

func readable(s string) bool {
	if s == "" || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r' })
}

// jsonParts opens a JSON object or list, one floor; numbers keep their digits.
func jsonParts(s string) ([]leaf, bool) {
	if s == "" || s[0] != '{' && s[0] != '[' {
		return nil, false
	}
	var object map[string]json.RawMessage
	var list []json.RawMessage
	var parts []leaf
	if json.Unmarshal([]byte(s), &object) == nil {
		for k, v := range object {
			parts = append(parts, leaf{k, jsonText(v)})
		}
		slices.SortFunc(parts, func(a, b leaf) int { return strings.Compare(a.path, b.path) })
		return parts, true
	}
	if json.Unmarshal([]byte(s), &list) == nil {
		for i, v := range list {
			parts = append(parts, leaf{strconv.Itoa(i), jsonText(v)})
		}
		return parts, true
	}
	return nil, false
}

// choiceText is the core of a record of choices in the form of the IAB's
// Transparency and Consent Framework, version 2: base64url in which six
// characters each after the version are the tenths of seconds of its making
// and of its last change. Other segments follow behind full stops.
var choiceText = regexp.MustCompile(`^C([A-Za-z0-9_-]{6})([A-Za-z0-9_-]{6})([A-Za-z0-9_-]{22,}(?:\.[A-Za-z0-9_-]+)*)$`)

// choiceParts opens a record of choices. Its times are written out, so that a
// record that differs in them alone is known by what it holds.
func choiceParts(s string) ([]leaf, bool) {
	m := choiceText.FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	created, updated := tenths(m[1]), tenths(m[2])
	if created.Year() < 2018 || updated.Before(created) || updated.Year() > 2100 { // the framework began in 2018
		return nil, false
	}
	return []leaf{{"created", fmt.Sprint(created.UnixMilli())}, {"updated", fmt.Sprint(updated.UnixMilli())}, {"choices", m[3]}}, true
}

const sixBits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// tenths reads tenths of seconds since 1970 from characters of six bits.
func tenths(s string) time.Time {
	var n int64
	for _, c := range s {
		n = n<<6 | int64(strings.IndexRune(sixBits, c))
	}
	return time.UnixMilli(n * 100)
}

func jsonText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

const separators = "|&;,:.+!~ "

// splitParts opens key=value lists and lists in the usual separators.
func splitParts(s string) []leaf {
	fields := fieldsOf(s)
	if len(fields) == 1 && fields[0] == s {
		k, v, ok := strings.Cut(s, "=")
		if !ok || k == "" || strings.Trim(v, "=") == "" {
			return nil // no pair, or the padding of base64
		}
		return []leaf{{k, v}}
	}
	parts := make([]leaf, len(fields))
	for i, f := range fields {
		parts[i] = leaf{strconv.Itoa(i), f}
		if k, v, ok := strings.Cut(f, "="); ok && k != "" && strings.Trim(v, "=") != "" {
			parts[i] = leaf{k, v}
		}
	}
	return parts
}

// fieldsOf divides at separators, but not the two halves of a commitment.
func fieldsOf(s string) []string {
	const bound = "redacted\x00"
	fields := strings.FieldsFunc(strings.ReplaceAll(s, redacted, bound), func(r rune) bool { return strings.ContainsRune(separators, r) })
	for i := range fields {
		fields[i] = strings.ReplaceAll(fields[i], bound, redacted)
	}
	return fields
}

// shown is how a place and the way into its value are named.
func shown(key, path string) string {
	switch {
	case path == "":
		return key
	case key == "":
		return path
	}
	return fmt.Sprintf("%s[%s]", key, path)
}
