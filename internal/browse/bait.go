package browse

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"math/big"
	"strings"

	"diapason.dev/diapason"
)

// A lure is one kind of bait: a made-up value that looks like what a form asks for.
type lure struct {
	id   string
	data diapason.Term // empty: free text is no term
	make func() string
}

// lures are the kinds of bait. Each value carries 80 random bits, so that it
// is found again wherever it turns up and belongs to nobody; only a telephone
// number cannot, and supports the others.
var lures = []lure{
	{"email", "pd:EmailAddress", func() string { return letters() + "@mail.example" }},
	{"name", "pd:Name", func() string { return syllables(6) + " " + syllables(7) }},
	{"password", "pd:Password", func() string { return "Aa1!" + letters() }},
	{"text", "", func() string {
		return "I like " + strings.ToLower(syllables(6)) + " and " + strings.ToLower(syllables(7))
	}},
	{"phone", "pd:TelephoneNumber", func() string { return fmt.Sprintf("+44 7700 900%03d", pick(1000)) }}, // a range that Ofcom keeps for fiction
}

const baitPrefix = "bait."

// lureFor finds the kind of bait that a field's value names.
func lureFor(value string) (lure, bool) {
	id, ok := strings.CutPrefix(value, baitPrefix)
	for _, l := range lures {
		if ok && l.id == id {
			return l, true
		}
	}
	return lure{}, false
}

// letters are 80 random bits in 16 small letters and digits.
func letters() string {
	var b [10]byte
	rand.Read(b[:])
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	return "k" + s // an address begins with a letter
}

// syllables make something that can be said: 13 of them are 82 bits.
func syllables(n int) string {
	const consonants, vowels = "bcdfghjklmnprstvwz", "aeiou"
	var s strings.Builder
	for range n {
		s.WriteByte(consonants[pick(len(consonants))])
		s.WriteByte(vowels[pick(len(vowels))])
	}
	return strings.ToUpper(s.String()[:1]) + s.String()[1:]
}

// pick is a random number below n.
func pick(n int) int {
	v, _ := rand.Int(rand.Reader, big.NewInt(int64(n))) // the system's reader does not fail
	return int(v.Int64())
}
