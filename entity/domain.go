package entity

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// RegistrableDomain is the part of a host name that somebody can register: one
// label more than its public suffix (publicsuffix.org, private part included).
// An IP address, a single label and a public suffix are themselves. The result
// is in lower case, without a final dot, in ASCII.
func RegistrableDomain(host string) string {
	host = clean(host)
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil { // a public suffix itself, or an empty label
		return host
	}
	return domain
}

// SuffixDate is the day of the public suffix list that is compiled in, as
// 2006-01-02. Where the list does not tell its day it is the list's own words.
func SuffixDate() string {
	words := publicsuffix.List.String()
	if open := strings.LastIndexByte(words, '('); open >= 0 {
		if day, _, ok := strings.Cut(words[open+1:], "T"); ok {
			return day
		}
	}
	return words
}

// clean writes a host as the list spells hosts: lower case, ASCII, without
// brackets and final dot. What is no host name stays as it is, in lower case.
func clean(host string) string {
	host = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(host), "["), "]")
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for i := range len(host) {
		if host[i] >= 0x80 {
			if ascii, err := idna.Lookup.ToASCII(host); err == nil {
				return ascii
			}
			break
		}
	}
	return host
}

// parent is the name without its first label; empty after the last.
func parent(host string) string {
	_, rest, _ := strings.Cut(host, ".")
	return rest
}
