package importer

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"diapason.dev/diapason"
)

// tree reads YAML or JSON into one shape of which every value knows its line.
// Aliases are followed where they are looked at and never written out, so that
// a small file cannot become a large one.
func (s Source) tree() (*yaml.Node, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	text := bytes.TrimPrefix(s.Data, []byte("\xef\xbb\xbf"))
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); trimmed[0] == '{' {
		return s.jsonTree(text)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, diapason.WithHint(s.at(yamlLine(err), "%s", strings.TrimPrefix(err.Error(), "yaml: ")), "give the file as its publisher wrote it")
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, s.at(1, "the file holds no value")
	}
	return doc.Content[0], nil
}

// yamlLine finds the line in a message of the YAML reader: "yaml: line 7: …".
func yamlLine(err error) int {
	line := 0
	_, rest, _ := strings.Cut(err.Error(), "line ")
	for _, r := range rest {
		if r < '0' || r > '9' {
			break
		}
		line = line*10 + int(r-'0')
	}
	return max(line, 1)
}

// jsonTree is the tree of a JSON text.
func (s Source) jsonTree(text []byte) (*yaml.Node, error) {
	r := &jsonReader{d: jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)), text: text, line: 1}
	root, err := r.value()
	if err == nil {
		if _, more := r.d.ReadToken(); !errors.Is(more, io.EOF) {
			err = errors.New("there is text after the value")
		}
	}
	if err != nil {
		return nil, diapason.WithHint(s.at(r.lineNow(), "%s", strings.TrimPrefix(err.Error(), "jsontext: ")), "give the file as its publisher wrote it")
	}
	return root, nil
}

type jsonReader struct {
	d    *jsontext.Decoder
	text []byte
	at   int64 // up to here lines were counted
	line int
}

func (r *jsonReader) lineNow() int {
	now := min(r.d.InputOffset(), int64(len(r.text)))
	r.line += bytes.Count(r.text[r.at:now], []byte("\n"))
	r.at = now
	return r.line
}

func (r *jsonReader) value() (*yaml.Node, error) {
	token, err := r.d.ReadToken()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Line: r.lineNow()}
	switch token.Kind() {
	case '{', '[':
		n.Kind = yaml.MappingNode
		if token.Kind() == '[' {
			n.Kind = yaml.SequenceNode
		}
		for r.d.PeekKind() != '}' && r.d.PeekKind() != ']' {
			inner, err := r.value()
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, inner)
		}
		_, err = r.d.ReadToken()
		return n, err
	}
	n.Kind, n.Value, n.Tag = yaml.ScalarNode, token.String(), "!!str"
	if token.Kind() != '"' {
		n.Tag = map[jsontext.Kind]string{'n': "!!null", 't': "!!bool", 'f': "!!bool", '0': "!!float"}[token.Kind()]
	}
	return n, nil
}

// seen follows an alias.
func seen(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// field returns the value of a key of an object; nil where there is none.
func field(n *yaml.Node, key string) *yaml.Node {
	n = seen(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return seen(n.Content[i+1])
		}
	}
	return nil
}

// at follows several keys.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		n = field(n, key)
	}
	return n
}

// text is the value of a scalar; "" of anything else.
func text(n *yaml.Node) string {
	if n = seen(n); n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// A pair is one entry of an object.
type pair struct {
	key   string
	line  int
	value *yaml.Node
}

// pairs lists the entries of an object in the order of the file.
func pairs(n *yaml.Node) []pair {
	n = seen(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var list []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		list = append(list, pair{n.Content[i].Value, n.Content[i].Line, seen(n.Content[i+1])})
	}
	return list
}

// items lists the values of an array.
func items(n *yaml.Node) []*yaml.Node {
	n = seen(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	list := make([]*yaml.Node, 0, len(n.Content))
	for _, v := range n.Content {
		list = append(list, seen(v))
	}
	return list
}
