package asks

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"unicode"
)

// stateBits is the least that a guess at the state must be up against:
// "the probability of an attacker guessing generated tokens … MUST be less than
// or equal to 2^(-128)", RFC 6749 section 10.10.
const stateBits = 128

var emailLike = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]*\w`)

// stateFlags judges the state of a request. earlier is the state of another
// capture of the same button, page the address of the page that carries it;
// both may be empty.
func stateFlags(state, earlier, page string) flags {
	var found flags
	content, structured := structure(state)
	switch {
	case state == "":
		return flags{"state-absent"}
	case state == earlier:
		found.add("state-constant")
	case predictable(state, page):
		found.add("state-predictable")
	case structured:
		found.add("state-structured-json")
	case guessBits(state) < stateBits:
		found.add("state-weak-random")
	}
	if strings.Contains(content, "@") && emailLike.MatchString(content) {
		found.add("state-personal")
	}
	return found
}

// structure returns what a state says to whoever reads it: the state itself,
// or the JSON that it wraps in base64, and whether it is JSON.
func structure(state string) (string, bool) {
	if isObject(state) {
		return state, true
	}
	for _, enc := range []*base64.Encoding{base64.RawURLEncoding, base64.RawStdEncoding} {
		if plain, err := enc.DecodeString(strings.TrimRight(state, "=")); err == nil && isObject(string(plain)) {
			return string(plain), true
		}
	}
	return state, false
}

func isObject(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "{") && json.Valid([]byte(s))
}

// guardedJSON tells whether a structured state carries one value that nobody can guess.
func guardedJSON(state string) bool {
	content, structured := structure(state)
	var values map[string]any
	if !structured || json.Unmarshal([]byte(content), &values) != nil {
		return false
	}
	for _, v := range values {
		if s, ok := v.(string); ok && !strings.Contains(s, "://") && guessBits(s) >= stateBits {
			return true
		}
	}
	return false
}

// predictable tells whether the state stands in the page's own address.
func predictable(state, page string) bool {
	if page == "" {
		return false
	}
	a := readAddress(page)
	for _, piece := range segments(a.path) {
		if unescape(piece) == state {
			return true
		}
	}
	for _, p := range a.params {
		if p.value == state {
			return true
		}
	}
	return false
}

// guessBits is how many bits a text holds at most: its length times the logarithm
// of the size of the alphabet that it is written in.
func guessBits(s string) float64 {
	s = strings.TrimRight(s, "=")
	return float64(len([]rune(s))) * math.Log2(float64(max(alphabet(s), 1)))
}

// alphabet is the size of the smallest usual alphabet that a text fits in:
// digits 10, hexadecimal 16, letters 26 for each case, and what marks it uses.
func alphabet(s string) int {
	var digit, lower, upper, beyondHex bool
	marks := map[rune]bool{}
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digit = true
		case r >= 'a' && r <= 'z':
			lower = true
			beyondHex = beyondHex || r > 'f'
		case r >= 'A' && r <= 'Z':
			upper = true
			beyondHex = beyondHex || r > 'F'
		default:
			beyondHex = true
			marks[unicode.ToLower(r)] = true
		}
	}
	if s != "" && !beyondHex && (lower || upper) && !(lower && upper) {
		return 16
	}
	size := len(marks)
	for _, class := range []struct {
		seen bool
		size int
	}{{digit, 10}, {lower, 26}, {upper, 26}} {
		if class.seen {
			size += class.size
		}
	}
	return size
}
