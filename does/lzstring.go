package does

import (
	"strings"
	"unicode/utf16"
)

// lz-string is a compression that pages use to keep values in storage and in
// addresses: LZ78 with codes that grow by a bit when the dictionary is full,
// written in an alphabet of 6 bits a character, or as characters of 15 bits.
// What is read here are its three usual spellings.

const (
	lzBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
	lzURL    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$"
	mostLZ   = 256 << 10 // code units that one text may unpack to
)

// fromLZ unpacks a word in one of the alphabets of 6 bits.
func fromLZ(word, alphabet string) (string, bool) {
	word = strings.TrimRight(word, alphabet[64:])
	codes := make([]uint16, len(word))
	for i := range len(word) {
		n := strings.IndexByte(alphabet[:64], word[i])
		if n < 0 {
			return "", false
		}
		codes[i] = uint16(n)
	}
	return unpackLZ(codes, 6)
}

// fromLZ16 unpacks a text of characters of 15 bits, each 32 higher than what
// it stands for.
func fromLZ16(text string) (string, bool) {
	units := utf16.Encode([]rune(text))
	for i, u := range units {
		if u < 32 {
			return "", false
		}
		units[i] = u - 32
	}
	return unpackLZ(units, 15)
}

// An lzReader reads codes, the lowest bit first, from characters of so many
// bits, the highest bit first.
type lzReader struct {
	units []uint16
	width int
	at    int // bit
	short bool
}

func (r *lzReader) code(bits int) int {
	n := 0
	for i := range bits {
		if r.at/r.width >= len(r.units) {
			r.short = true
			return 2 // the end
		}
		n |= int(r.units[r.at/r.width]>>(r.width-1-r.at%r.width)&1) << i
		r.at++
	}
	return n
}

// literal reads a character that is written out: of 8 bits, or of 16.
func (r *lzReader) literal(code int) []uint16 { return []uint16{uint16(r.code(8 + 8*code))} }

// unpackLZ follows the codes: 0 and 1 announce a new character, 2 is the end,
// and what is higher names an entry of the dictionary.
func unpackLZ(units []uint16, width int) (string, bool) {
	r := lzReader{units: units, width: width}
	code := r.code(2)
	if code > 1 {
		return "", false
	}
	last := r.literal(code)
	entries := [][]uint16{nil, nil, nil, last}
	out := append([]uint16{}, last...)
	bits, left := 3, 4 // bits of a code; entries until it grows
	grow := func() {
		if left--; left == 0 {
			left = 1 << bits
			bits++
		}
	}
	for len(out) < mostLZ {
		code = r.code(bits)
		switch {
		case r.short:
			return "", false
		case code == 2:
			return string(utf16.Decode(out)), true
		case code < 2:
			entries = append(entries, r.literal(code))
			code = len(entries) - 1
			grow()
		}
		var entry []uint16
		switch {
		case code < len(entries):
			entry = entries[code]
		case code == len(entries):
			entry = append(append([]uint16{}, last...), last[0])
		default:
			return "", false
		}
		out = append(out, entry...)
		entries = append(entries, append(append([]uint16{}, last...), entry[0]))
		last = entry
		grow()
	}
	return "", false
}
