package har

import (
	"math/big"
	"regexp"
	"strings"
)

// A pattern finds secrets by how they look, wherever they stand in a text. The
// last group, or the whole match, is what is taken out.
type pattern struct {
	kind  string
	clue  string // cheap: without it there is no match; several are separated by blanks
	find  *regexp.Regexp
	check func(string) bool // nil: every match counts
}

var patterns = []pattern{
	{keyKind, "PRIVATE", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?`), nil},
	{jwtKind, "eyJ", regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,3}`), nil},
	{tokenKind, "v1. v2. v3. v4.", regexp.MustCompile(`\bv[1-4]\.(?:local|public)\.[A-Za-z0-9_-]{20,}`), nil},
	// The published shapes of well-known services' keys.
	{tokenKind, "", regexp.MustCompile(`\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|[srp]k_(?:live|test)_\w{10,}|AIza[\w-]{35}|ya29\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|npm_\w{30,})`), nil},
	{authKind, "earer asic egotiate igest EARER ASIC", regexp.MustCompile(`(?i)\b(?:bearer|basic|negotiate|digest)(?:\s+|%20)([A-Za-z0-9._~+/=-]{8,})`), unlikeAWord},
	{authKind, "://", regexp.MustCompile(`://([^/\s:@"'<>?#]*:[^/\s@"'<>?#]+)@`), nil},
	{emailKind, "@ %40", regexp.MustCompile(`[A-Za-z0-9._+\-]{1,64}(?:@|%40)(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24}`), nil},
	{ibanKind, "", regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`), isIBAN},
	{cardKind, "", regexp.MustCompile(`\b(?:[0-9][ -]?){12,18}[0-9]\b`), isCard},
	{networkKind, ": -", regexp.MustCompile(`\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b`), nil},
	{phoneKind, "+", regexp.MustCompile(`\+[0-9][0-9 ().\-]{6,18}[0-9]`), isPhone},
}

// possible tells whether a text has one of the pattern's clues.
func (p *pattern) possible(s string) bool {
	if p.clue == "" {
		return true
	}
	for clue := range strings.SplitSeq(p.clue, " ") {
		if strings.Contains(s, clue) {
			return true
		}
	}
	return false
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// isCard checks the beginning and the length that card networks use, and the
// check digit (Luhn; ISO/IEC 7812-1 annex B).
func isCard(s string) bool {
	d := digitsOf(s)
	n := len(d)
	switch {
	case d == "" || n < 13 || n > 19:
		return false
	case d[0] == '4' && (n == 13 || n == 16 || n == 19):
	case d[:2] >= "51" && d[:2] <= "55" && n == 16, d[:4] >= "2221" && d[:4] <= "2720" && n == 16:
	case (d[:2] == "34" || d[:2] == "37") && n == 15:
	case (d[:2] == "30" || d[:2] == "36" || d[:2] == "38" || d[:2] == "39") && n == 14:
	case (d[:2] == "35" || d[0] == '6') && n >= 16:
	default:
		return false
	}
	sum := 0
	for i := range n {
		v := int(d[n-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// isIBAN checks the check digits (ISO 13616: the number modulo 97 is 1).
func isIBAN(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	var b strings.Builder
	for _, r := range s[4:] + s[:4] {
		if r >= 'A' {
			b.WriteByte(byte('0' + (r-'A'+10)/10))
			b.WriteByte(byte('0' + (r-'A'+10)%10))
			continue
		}
		b.WriteRune(r)
	}
	n, ok := new(big.Int).SetString(b.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}

// isPhone checks for the length of an international number (ITU-T E.164).
func isPhone(s string) bool {
	n := len(digitsOf(s))
	return n >= 8 && n <= 15
}

// unlikeAWord tells a credential from "basic information".
func unlikeAWord(s string) bool {
	return strings.ContainsAny(s, "0123456789=+/") || strings.ToLower(s[1:]) != s[1:]
}

var (
	uuid  = regexp.MustCompile(`^\{?[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}\}?$`)
	drawn = regexp.MustCompile(`^[A-Za-z0-9_.|:~+/=,;!&%$*{}-]+$`)
)

// random tells whether a value looks as if it had been drawn: a UUID, a long
// run of letters and digits mixed, or a very long number. The lengths are such
// that a number of milliseconds, a version or a word with a year is none.
func random(v string) bool {
	if uuid.MatchString(v) {
		return true
	}
	if len(v) < 12 || len(v) > 4096 || !drawn.MatchString(v) {
		return false
	}
	for _, p := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune("-_.|:~/=,;!&%$*{}", r) }) {
		digits := len(digitsOf(p))
		letters := len(p) - digits
		switch {
		case len(p) >= 12 && digits >= 2 && letters >= 2, len(p) >= 17 && letters == 0:
			return true
		case len(p) >= 20 && digits == 0 && turns(p) >= 5:
			return true
		}
	}
	return false
}

// turns counts how often a text changes between small and capital letters.
func turns(s string) int {
	n := 0
	for i := 1; i < len(s); i++ {
		if (s[i] < 'a') != (s[i-1] < 'a') {
			n++
		}
	}
	return n
}
