package holds

import (
	"bytes"
	"path"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var bom = []byte("\xef\xbb\xbf")

// A look is what the beginning of a member tells of it.
type look struct {
	format string // json, table, other
	comma  rune
	shape  string // array, object
	paths  map[string]bool
	empty  bool // a list or object with nothing in it
	other  string
}

// inspect looks at the beginning of a member.
func inspect(start []byte) look {
	start = bytes.TrimPrefix(start, bom)
	text := bytes.TrimLeft(start, " \t\r\n")
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		l := look{format: "json", shape: "object", paths: map[string]bool{}}
		if text[0] == '[' {
			l.shape = "array"
		}
		dec := jsontext.NewDecoder(bytes.NewReader(start), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		l.collect(dec, "$", 0)
		l.empty = len(l.paths) == 0
		return l
	}
	if comma, ok := delimiter(start); ok {
		l := look{format: "table", comma: comma, shape: "array", paths: map[string]bool{}}
		line, _, _ := bytes.Cut(start, []byte("\n"))
		for name := range strings.SplitSeq(strings.TrimSpace(string(line)), string(comma)) {
			l.paths["$[]."+strings.Trim(name, `" `)] = true
		}
		return l
	}
	return look{format: "other", other: describe(start)}
}

// describe names a member that is neither JSON nor a table.
func describe(start []byte) string {
	for _, k := range []struct{ magic, name string }{
		{"%PDF", "a PDF document"},
		{"\x89PNG", "a picture"},
		{"\xff\xd8\xff", "a picture"},
		{"GIF8", "a picture"},
		{"ID3", "a sound file"},
		{"OggS", "a sound file"},
		{"RIFF", "a sound file or video"},
		{"\x1f\x8b", "a gzip or tar archive"},
		{"<", "a web page or XML file"},
	} {
		if bytes.HasPrefix(start, []byte(k.magic)) {
			return k.name
		}
	}
	if len(start) == 0 {
		return "an empty file"
	}
	return "neither JSON nor a table"
}

// collect notes the paths of a document's beginning, three levels deep. Where
// the beginning is cut off it ends.
func (l *look) collect(dec *jsontext.Decoder, p string, depth int) bool {
	switch dec.PeekKind() {
	case '{':
		if _, err := dec.ReadToken(); err != nil {
			return false
		}
		for dec.PeekKind() != '}' {
			raw, err := dec.ReadValue()
			if err != nil {
				return false
			}
			key, _ := jsontext.AppendUnquote(nil, raw)
			kid := p + "." + string(key)
			if depth < 4 && len(l.paths) < 4*manyKeys {
				l.paths[kid] = true
			}
			if !l.collect(dec, kid, depth+1) {
				return false
			}
		}
	case '[':
		if _, err := dec.ReadToken(); err != nil {
			return false
		}
		for dec.PeekKind() != ']' {
			if depth < 4 {
				l.paths[p+"[]"] = true
			}
			if !l.collect(dec, p+"[]", depth+1) {
				return false
			}
		}
	default:
		_, err := dec.ReadValue()
		return err == nil
	}
	_, err := dec.ReadToken()
	return err == nil
}

// choose finds the kind whose signature fits best. Names only break ties, and
// decide where a file has no paths at all, or a kind no signature.
func choose(kinds []*kind, l look, name string) *kind {
	var best *kind
	most := 0
	for _, k := range kinds {
		if n := k.Detect.fits(l, name); n > most {
			best, most = k, n
		}
	}
	return best
}

// fits is how well a signature fits; 0: not at all.
func (s signature) fits(l look, name string) int {
	if s.Shape != "" && s.Shape != l.shape {
		return 0
	}
	named := 0
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	for _, pattern := range s.Names {
		if ok, err := path.Match(pattern, stem); ok && err == nil {
			named = 1
		}
	}
	alone := 0 // what the name is worth without the keys
	if l.empty || s.Named {
		alone = named
	}
	found := 0
	for _, k := range s.Keys {
		if !l.has(k) {
			return alone
		}
		found++
	}
	all := found
	for _, k := range s.Any {
		if l.has(k) {
			found++
		}
	}
	if found == 0 || len(s.Any) > 0 && found == all {
		return alone
	}
	return 2*found + named
}

func (l look) has(key string) bool {
	for _, k := range either(key) {
		if l.paths[k] {
			return true
		}
	}
	return false
}
