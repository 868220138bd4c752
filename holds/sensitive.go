package holds

import (
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// sensitiveWords are parts of words that could hint at data of a special
// category (GDPR Art. 9), by category. They are a list, not a judgement: a hit
// means "could hint at".
var sensitiveWords = sync.OnceValue(func() []string {
	raw, err := mappingFiles.ReadFile("mapping/sensitive.yaml")
	var lists map[string][]string
	if err == nil {
		err = yaml.Unmarshal(raw, &lists)
	}
	if err != nil {
		panic("holds: read list of sensitive words: " + err.Error()) // a test rules it out
	}
	var all []string
	for _, words := range lists {
		all = append(all, words...)
	}
	return all
})

// sensitive tells whether a text could hint at a special category: one of the
// listed words begins one of its words.
func sensitive(text string) bool {
	text = " " + strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-/.,:;()[]|&+", r) {
			return ' '
		}
		return r
	}, strings.ToLower(text))
	for _, w := range sensitiveWords() {
		if strings.Contains(text, " "+w) {
			return true
		}
	}
	return false
}
