package archive

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// unsafeName says why a member's name could lead out of the archive, or
// confuse who reads it; it is empty for an ordinary name.
func unsafeName(name string) string {
	switch {
	case name == "":
		return "it has no name"
	case strings.ContainsRune(name, 0):
		return "its name contains a zero byte"
	case strings.ContainsRune(name, '\\'):
		return "its name contains a backslash"
	case strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':':
		return "its name is an absolute path"
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return "its name leads out of the archive (..)"
		}
	}
	return ""
}

var fold = cases.Fold()

// folded is a name as a file system that ignores case and composition sees it.
func folded(name string) string { return norm.NFC.String(fold.String(norm.NFC.String(name))) }

// printable is a name that can stand in a message: without control characters,
// and not too long.
func printable(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
	if rs := []rune(name); len(rs) > 200 {
		return string(rs[:200]) + "…"
	}
	return name
}
