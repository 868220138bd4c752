package remedy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Text is a sentence or a letter with places to fill: "{name}" stands for a
// word, and "{name|one|many}" for one of two forms by whether the word is "1".
// A brace that is meant as such is written twice.
type Text struct {
	raw   string
	names []string
}

var (
	place     = regexp.MustCompile(`\{([^{}]*)\}`)
	placeName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	// While a text is filled, a brace that is meant as such is a character
	// that no text has.
	doubled = strings.NewReplacer("{{", "\x02", "}}", "\x03")
	braces  = strings.NewReplacer("\x02", "{", "\x03", "}")
)

// ParseText reads a text. It refuses a brace that opens no place and a place
// with a wrong name or another number of forms than two.
func ParseText(raw string) (Text, error) {
	raw = doubled.Replace(raw)
	t := Text{raw: raw}
	rest := place.ReplaceAllString(raw, "")
	if i := strings.IndexAny(rest, "{}"); i >= 0 {
		return t, fmt.Errorf("brace %q without its partner", rest[i:i+1])
	}
	for _, m := range place.FindAllStringSubmatch(raw, -1) {
		parts := strings.Split(m[1], "|")
		if !placeName.MatchString(parts[0]) {
			return t, fmt.Errorf("{%s} is not a name: write lower-case letters, digits and _", m[1])
		}
		if len(parts) != 1 && len(parts) != 3 {
			return t, fmt.Errorf("{%s} wants two forms: {%s|one|many}", m[1], parts[0])
		}
		if !slices.Contains(t.names, parts[0]) {
			t.names = append(t.names, parts[0])
		}
	}
	return t, nil
}

// Names lists the words that the text wants, in their order.
func (t Text) Names() []string { return slices.Clone(t.names) }

// Empty tells whether the text is empty.
func (t Text) Empty() bool { return t.raw == "" }

// Fill puts words in their places. A word that is missing leaves nothing; who
// loads a text checks its names against the words that will be there.
func (t Text) Fill(words map[string]string) string {
	return braces.Replace(place.ReplaceAllStringFunc(t.raw, func(m string) string {
		parts := strings.Split(m[1:len(m)-1], "|")
		word := words[parts[0]]
		if len(parts) == 1 {
			return word
		}
		if word == "1" {
			return parts[1]
		}
		return parts[2]
	}))
}

// Sentence is Fill with a capital letter at the start, because a word may have
// come to stand first. An address that stands first stays as it is.
func (t Text) Sentence(words map[string]string) string {
	s := strings.TrimSpace(t.Fill(words))
	r, size := utf8.DecodeRuneInString(s)
	if word, _, _ := strings.Cut(s, " "); size == 0 || strings.ContainsAny(word, "./:") {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// And joins words as in a sentence: "a, b and c".
func And(words []string) string { return join(words, " and ") }

// Or joins words as in a sentence: "a, b or c".
func Or(words []string) string { return join(words, " or ") }

func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + last + words[len(words)-1]
}
