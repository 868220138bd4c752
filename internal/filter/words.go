package filter

import (
	"strings"

	"golang.org/x/net/idna"
)

// Classes of bytes. A word is what the index knows: letters, digits and %, so
// that an escaped byte stays in one piece. A separator is what ^ stands for:
// anything but a letter, a digit and _ - . %.
const (
	isWordByte = 1 << iota
	isSeparatorByte
	isHigh           // beyond ASCII
	isCapital = 0x20 // what makes a capital small
)

var class = func() (c [256]uint8) {
	for i := range c {
		b := byte(i)
		letter := 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b >= 0x80
		if letter || b == '%' {
			c[i] |= isWordByte
		}
		if !letter && b != '_' && b != '-' && b != '.' && b != '%' {
			c[i] |= isSeparatorByte
		}
		if b >= 0x80 {
			c[i] |= isHigh
		}
		if 'A' <= b && b <= 'Z' {
			c[i] |= isCapital
		}
	}
	return c
}()

func isWord(b byte) bool      { return class[b]&isWordByte != 0 }
func isSeparator(b byte) bool { return class[b]&isSeparatorByte != 0 }

// Hashes are FNV-1a (Fowler, Noll, Vo) with 32 bits. They only lead to
// candidates; what they lead to is compared in full.
const (
	hashSeed  = 2166136261
	hashPrime = 16777619
)

func hashByte(h uint32, b byte) uint32 { return (h ^ uint32(b)) * hashPrime }

func hashWord(s string) uint32 {
	h := uint32(hashSeed)
	for i := range len(s) {
		h = hashByte(h, s[i])
	}
	return h
}

// hashHost hashes from the last byte to the first, so that one pass over a
// host gives the hash of each of its domains.
func hashHost(s string) uint32 {
	h := uint32(hashSeed)
	for i := len(s) - 1; i >= 0; i-- {
		h = hashByte(h, s[i])
	}
	return h
}

// lower turns ASCII capitals into small letters. It returns s itself where
// there are none.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if c := b[i]; 'A' <= c && c <= 'Z' {
					b[i] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// asciiHost writes the host at the beginning of a text as it goes over the
// wire (RFC 5891), if it has letters beyond ASCII.
func asciiHost(s string) string {
	host := s
	if i := strings.IndexAny(s, "/^:*?|"); i >= 0 {
		host = s[:i]
	}
	for i := range len(host) {
		if host[i] >= 0x80 {
			if ascii, err := idna.Lookup.ToASCII(host); err == nil {
				return ascii + s[len(host):]
			}
			break
		}
	}
	return s
}
