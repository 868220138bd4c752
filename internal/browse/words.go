package browse

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

// The words by which the controls of a consent banner are known.
//
//go:embed words.txt
var wordList string

// choiceWords are the words by what they are for, as JSON for banner.js.
var choiceWords = sync.OnceValue(func() string {
	b, _ := json.Marshal(readWords(wordList)) // texts always encode
	return string(b)
})

// readWords reads sections of lines "language: word | word".
func readWords(list string) map[string][]string {
	all := map[string][]string{}
	section := ""
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			section = strings.Trim(line, "[]")
			continue
		}
		_, words, _ := strings.Cut(line, ":")
		for w := range strings.SplitSeq(words, "|") {
			if w = strings.TrimSpace(w); w != "" {
				all[section] = append(all[section], w)
			}
		}
	}
	return all
}
