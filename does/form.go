package does

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
)

// shortest is the fewest characters by which a value is looked for: shorter
// ones turn up by chance.
const shortest = 8

// An index holds the forms in which a value can be written: as it is, in its
// normal forms, and hashed once or twice with the usual functions in the usual
// encodings. Keyed encryption is out of its reach.
type index struct {
	plain map[string][]string // text → steps that lead to it; looked for anywhere
	exact map[string][]string // whole words only
	short string              // a value too short for both: a whole word of the text, unchanged
}

// normals are the ways in which trackers tidy a value before they hash it.
// Lower comes after trim, as most do it.
var normals = []struct {
	name string
	does func(string) string
}{
	{"trim", strings.TrimSpace},
	{"lower", strings.ToLower},
	{"upper", strings.ToUpper},
	{"no-dots", withoutDots},
	{"no-plus", withoutPlus},
}

// withoutDots takes the dots out of an e-mail address's local part, which
// large providers ignore.
func withoutDots(s string) string {
	if local, domain, ok := strings.Cut(s, "@"); ok {
		return strings.ReplaceAll(local, ".", "") + "@" + domain
	}
	return s
}

// withoutPlus takes off the part of an e-mail address that its owner adds.
func withoutPlus(s string) string {
	if local, domain, ok := strings.Cut(s, "@"); ok {
		local, _, _ = strings.Cut(local, "+")
		return local + "@" + domain
	}
	return s
}

// formsOf makes the index of a value.
func formsOf(value string) index {
	x := index{plain: map[string][]string{}, exact: map[string][]string{}}
	if len(value) < shortest {
		x.short = value
		return x
	}
	x.plain[value] = nil
	frontier := []string{value}
	for range 2 { // two normal forms, such as trim and lower, can follow each other
		var next []string
		for _, text := range frontier {
			for _, n := range normals {
				if made := n.does(text); len(made) >= shortest && x.plainAdd(made, append(slices.Clone(x.plain[text]), n.name)) {
					next = append(next, made)
				}
			}
		}
		frontier = next
	}
	for text, chain := range x.plain {
		x.hashes(text, chain, 2)
	}
	return x
}

func (x index) plainAdd(text string, chain []string) bool {
	if _, known := x.plain[text]; known {
		return false
	}
	x.plain[text] = chain
	return true
}

var hashFunctions = []struct {
	name string
	make func() hash.Hash
}{
	{"md5", md5.New}, {"sha1", sha1.New}, {"sha256", sha256.New}, {"sha512", sha512.New},
}

// hashes adds the hashes of a text, and of what they are written as.
func (x index) hashes(text string, chain []string, depth int) {
	for _, f := range hashFunctions {
		h := f.make()
		h.Write([]byte(text))
		sum := h.Sum(nil)
		if depth > 1 { // hashed again as the bytes that it is
			x.hashes(string(sum), append(slices.Clone(chain), "hash:"+f.name), depth-1)
		}
		for _, e := range []struct{ name, text string }{
			{"hex", hex.EncodeToString(sum)},
			{"base64", base64.RawStdEncoding.EncodeToString(sum)},
			{"base64url", base64.RawURLEncoding.EncodeToString(sum)},
		} {
			steps := append(slices.Clone(chain), "hash:"+f.name, e.name)
			x.exactAdd(e.text, steps)
			if e.name == "hex" {
				for _, n := range []int{32, 16} {
					if n < len(e.text) {
						x.exactAdd(e.text[:n], append(slices.Clone(steps), "prefix"))
					}
				}
			}
			if depth > 1 {
				x.hashes(e.text, steps, depth-1)
			}
		}
	}
}

// exactAdd keeps the shortest way to a text, and of equal ones the first by name.
func (x index) exactAdd(text string, chain []string) {
	old, known := x.exact[text]
	if !known || len(chain) < len(old) || len(chain) == len(old) && slices.Compare(chain, old) < 0 {
		x.exact[text] = chain
	}
}

// find looks for the value in the layers of a text. It returns the steps by
// which the value became what was seen, the text that was seen, and whether
// there is any. The fewest steps win.
func (x index) find(ls []layer) (chain []string, seen string, ok bool) {
	for _, l := range ls {
		steps, was, found := x.in(l)
		if !found {
			continue
		}
		steps = append(slices.Clone(steps), l.chain...)
		if !ok || len(steps) < len(chain) {
			chain, seen, ok = steps, was, true
		}
	}
	return chain, seen, ok
}

// in looks for the value in one layer.
func (x index) in(l layer) (chain []string, seen string, ok bool) {
	if x.short != "" {
		return nil, x.short, strings.Contains(l.text, x.short) && slices.Contains(shortWords(l.text), x.short)
	}
	for form, steps := range x.plain {
		better := !ok || len(steps) < len(chain) || len(steps) == len(chain) && form < seen
		if better && strings.Contains(l.text, form) {
			chain, seen, ok = steps, form, true
		}
	}
	if ok {
		return chain, seen, true
	}
	for _, w := range l.words {
		steps, found := x.exact[w]
		if !found {
			steps, found = x.exact[strings.ToLower(w)]
		}
		if found && (!ok || len(steps) < len(chain)) {
			chain, seen, ok = steps, w, true
		}
	}
	return chain, seen, ok
}

// shortWords cuts a text into what stands between punctuation.
func shortWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r < 128 && !isLetter(r) })
}

func isLetter(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// codeWords cuts a text into the words in which hashes are written: runs of
// the characters of hexadecimal and base64url, and of base64.
func codeWords(text string) []string {
	out := strings.FieldsFunc(text, func(r rune) bool { return !isLetter(r) && r != '-' && r != '_' })
	if strings.ContainsAny(text, "+/") {
		out = append(out, strings.FieldsFunc(text, func(r rune) bool { return !isLetter(r) && r != '+' && r != '/' })...)
	}
	if strings.ContainsAny(text, "-_") {
		out = append(out, strings.FieldsFunc(text, func(r rune) bool { return !isLetter(r) })...)
	}
	return slices.DeleteFunc(out, func(w string) bool { return len(w) < shortestWord })
}
