package lab

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason/lab/export"
)

// sensitive names the words of Nocturne's segments that hint at what GDPR
// Article 9 protects.
var sensitive = []string{"Religious", "Wellness"}

// nocturneExport is what Nocturne sends to a person who asks: with guesses
// that its policy never mentions.
func nocturneExport() export.Options {
	return export.Options{Seed: 20261103, Plays: 4000, Duplicate: 3, Segments: []string{
		"Frequent Night Listener", "Religious Podcast Listener", "Likely New Parent", "High Ticket Price Tolerance", "Wellness and Anxiety Playlists",
	}}
}

// serenadeExport holds what Serenade's policy tells of and nothing else.
func serenadeExport() export.Options {
	return export.Options{Seed: 20261019, Plays: 1200, Clean: true}
}

// zipped writes an export and tells what is in it. Its members are stored, so
// the bytes are the same whatever made them.
func zipped(o export.Options) ([]byte, export.Truth, error) {
	var b bytes.Buffer
	truth, err := export.Write(&b, o)
	return b.Bytes(), truth, err
}

// segments is what an export says that it guesses about a person.
func segments(o export.Options) []Segment {
	truth := must(export.Write(io.Discard, o)) // the options stand above: a mistake in them is one in the program
	var list []Segment
	for _, name := range slices.Sorted(maps.Keys(truth.Segments)) {
		hint := slices.ContainsFunc(sensitive, func(word string) bool { return strings.Contains(name, word) })
		list = append(list, Segment{Name: name, Path: truth.Segments[name], Sensitive: hint})
	}
	return list
}
