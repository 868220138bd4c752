package audit

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

// checkKeys refuses a key of the document that the configuration does not
// know, with its place and the nearest known key.
func checkKeys(file string, n *yaml.Node, into any) error {
	return walkKeys(file, n, reflect.TypeOf(into), "")
}

func walkKeys(file string, n *yaml.Node, t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[yaml.Node]() {
		return nil
	}
	switch {
	case n.Kind == yaml.AliasNode:
		return walkKeys(file, n.Alias, t, path)
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, c := range n.Content {
			if err := walkKeys(file, c, t.Elem(), path); err != nil {
				return err
			}
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 1; i < len(n.Content); i += 2 {
			if err := walkKeys(file, n.Content[i], t.Elem(), path+n.Content[i-1].Value+"."); err != nil {
				return err
			}
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		known := yamlKeys(t)
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i]
			f, ok := known[key.Value]
			if !ok {
				return unknownKey(file, key, path, known)
			}
			if err := walkKeys(file, n.Content[i+1], f, path+key.Value+"."); err != nil {
				return err
			}
		}
	}
	return nil
}

// yamlKeys lists the keys of a struct with the types behind them.
func yamlKeys(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if tag != "" && tag != "-" {
			keys[tag] = t.Field(i).Type
		}
	}
	return keys
}

func unknownKey(file string, key *yaml.Node, path string, known map[string]reflect.Type) error {
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, k)
	}
	sort.Strings(names)
	err := fmt.Errorf("%s:%d:%d: unknown key %q: %w", file, key.Line, key.Column, path+key.Value, diapason.ErrUsage)
	if best := nearest(key.Value, names); best != "" {
		return diapason.WithHint(err, fmt.Sprintf("did you mean %q?", best))
	}
	return diapason.WithHint(err, "known here: "+strings.Join(names, ", "))
}

// nearest is the known name within a third of the word's length in edits, or
// nothing. A word of which every letter is another is no misspelling.
func nearest(word string, names []string) string {
	best, least := "", min(max(2, len(word)/3)+1, len(word))
	for _, n := range names {
		if d := edits(word, n); d < least {
			best, least = n, d
		}
	}
	return best
}

// edits is the number of letters that were dropped, added, replaced or swapped
// with their neighbour (Damerau 1964, each place edited once), in bytes.
func edits(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}

// lineOf is the line of the value at a dotted path, in which a number counts
// the entries of a list from 0, or of the last part of the path that exists.
func lineOf(doc *yaml.Node, path string) int {
	n := doc
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	line := n.Line
	for part := range strings.SplitSeq(path, ".") {
		at := child(n, part)
		if at < 0 {
			break
		}
		if n.Kind == yaml.MappingNode {
			line, n = n.Content[at].Line, n.Content[at+1]
			continue
		}
		n = n.Content[at]
		line = n.Line
	}
	return line
}

// child is the place of a key, or of an entry of a list, in a node's content;
// -1 if there is none.
func child(n *yaml.Node, part string) int {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == part {
				return i
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(part); err == nil && i < len(n.Content) {
			return i
		}
	}
	return -1
}
