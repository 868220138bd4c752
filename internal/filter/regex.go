package filter

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// compile compiles the source of a regular expression of a rule. Rules are
// written for JavaScript; what RE2 has no way to say (look-around, back
// references) comes back as a reason.
func compile(source string, matchCase bool) (*regexp.Regexp, string) {
	if !matchCase {
		source = "(?i)" + source
	}
	re, err := regexp.Compile(source)
	if err == nil {
		return re, ""
	}
	reason := "a regular expression that RE2 cannot read"
	if bad, ok := err.(*syntax.Error); ok {
		reason += ": " + bad.Code.String()
	}
	return nil, reason
}

// literals are the texts, in lower case, that every address has which a
// regular expression fits. A letter beyond ASCII ends one: without regard to
// case it may stand for one in ASCII (the Kelvin sign is a k).
func literals(source string) []string {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil
	}
	var found []string
	open := ""
	var walk func(*syntax.Regexp)
	walk = func(re *syntax.Regexp) {
		switch re.Op {
		case syntax.OpLiteral:
			for _, c := range re.Rune {
				if c >= utf8.RuneSelf {
					found, open = append(found, open), ""
				} else {
					open += string(c)
				}
			}
			return
		case syntax.OpConcat, syntax.OpCapture:
			for _, sub := range re.Sub {
				walk(sub)
			}
			return
		case syntax.OpPlus:
			found, open = append(found, open), ""
			walk(re.Sub[0])
		case syntax.OpEmptyMatch:
			return
		}
		found, open = append(found, open), ""
	}
	walk(tree)
	found = append(found, open)
	for i := range found {
		found[i] = lower(found[i])
	}
	return found
}
