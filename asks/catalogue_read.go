package asks

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"diapason.dev/diapason"
)

// maxCatalogueFile is the largest catalogue file that is read, in bytes.
const maxCatalogueFile = 64 << 20

// A Mistake is one thing that is wrong in a catalogue file. As an error it
// wraps diapason.ErrUsage and carries Next as its hint.
type Mistake struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	At       string `json:"at"`       // JSON pointer of the value, RFC 6901; empty: the whole file
	Problem  string `json:"problem"`  // what stands there
	Expected string `json:"expected"` // what should
	Next     string `json:"next"`     // what to do
}

// Error tells the file, the line, what stands there and what should.
func (m Mistake) Error() string {
	text := fmt.Sprintf("read catalogue %s:%d: %s", m.File, m.Line, m.Problem)
	if m.Expected != "" {
		text += ", expected " + m.Expected
	}
	return text + ": " + diapason.ErrUsage.Error()
}

// Unwrap returns diapason.ErrUsage.
func (m Mistake) Unwrap() error { return diapason.ErrUsage }

// readProvider reads one file. It returns every mistake that can be told apart
// in it, and no provider where there is one.
func readProvider(name string, data []byte) (*provider, []Mistake) {
	if len(data) > maxCatalogueFile {
		return nil, []Mistake{{
			File: name, Line: 1, Problem: fmt.Sprintf("the file has %d bytes", len(data)),
			Expected: fmt.Sprintf("%d at most", maxCatalogueFile), Next: "leave out what nothing refers to",
		}}
	}
	p := &provider{}
	if err := json.Unmarshal(data, p, json.RejectUnknownMembers(true)); err != nil {
		return nil, []Mistake{decodeMistake(name, data, err)}
	}
	k := &checker{p: p}
	k.check()
	if len(k.found) == 0 {
		if err := p.build(); err != nil {
			k.found = append(k.found, buildMistake(entryPlaces(data), err))
		}
	}
	if len(k.found) == 0 {
		return p, nil
	}
	lines := locate(data)
	for i := range k.found {
		k.found[i].File, k.found[i].Line = name, lines.of(k.found[i].At)
	}
	slices.SortStableFunc(k.found, func(a, b Mistake) int { return a.Line - b.Line })
	return nil, k.found
}

// entryPlaces gives for every scope, operation and purpose the pointer to it. It
// reads the file again: building has sorted and multiplied the entries.
func entryPlaces(data []byte) map[[2]string]string {
	p, places := &provider{}, map[[2]string]string{}
	if err := json.Unmarshal(data, p); err != nil {
		return places
	}
	for i, s := range p.Scopes {
		places[[2]string{"id", s.ID}] = pointer("scopes", i)
	}
	for i, o := range p.Operations {
		places[[2]string{"op", o.Op}] = pointer("operations", i)
	}
	for i, u := range p.Purposes { // the scopes were checked before anything was built
		places[[2]string{"id", u.ID}] = pointer("purposes", i)
	}
	return places
}

func buildMistake(places map[[2]string]string, err error) Mistake {
	m := Mistake{Problem: err.Error(), Next: "correct the entry"}
	var entry *entryError
	if errors.As(err, &entry) {
		m.At = places[[2]string{entry.key, entry.id}]
	}
	if strings.Contains(m.Problem, "cannot be solved") {
		m.Expected = "a purpose that some tier can serve"
		m.Next = "check the tiers of its calls, the values of its parameters and the status of the scopes that they need"
	}
	return m
}

// pointer writes a JSON pointer, RFC 6901, of names and positions.
func pointer(parts ...any) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteByte('/')
		if i, ok := part.(int); ok {
			b.WriteString(strconv.Itoa(i))
		} else {
			b.WriteString(pointerEscapes.Replace(part.(string)))
		}
	}
	return b.String()
}

// pointerEscapes are built once: a large catalogue has a pointer for every entry.
var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// A lineMap gives the line of every value of a JSON text by its pointer.
type lineMap map[string]int

// locate reads a text that is known to be JSON.
func locate(data []byte) lineMap {
	lines := lineMap{}
	d := jsontext.NewDecoder(bytes.NewReader(data))
	line, counted := 1, 0
	for {
		from := int(d.InputOffset())
		if _, err := d.ReadToken(); err != nil {
			return lines
		}
		for from < len(data) && strings.IndexByte(" \t\r\n,:", data[from]) >= 0 {
			from++
		}
		if b := data[from]; b == '}' || b == ']' {
			continue
		}
		line += bytes.Count(data[counted:from], []byte("\n"))
		counted = from
		lines[string(d.StackPointer())] = line
	}
}

// of returns the line of a value; of one that is not there, the line of what
// it is missing from.
func (l lineMap) of(at string) int {
	for {
		if line, ok := l[at]; ok {
			return line
		}
		cut := strings.LastIndexByte(at, '/')
		if cut < 0 {
			return 1
		}
		at = at[:cut]
	}
}

// decodeMistake turns an error of the JSON library into a mistake with a line.
func decodeMistake(name string, data []byte, err error) Mistake {
	m := Mistake{File: name, Line: 1, Next: "correct the JSON"}
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	switch {
	case errors.As(err, &syntax):
		m.At, m.Line = string(syntax.JSONPointer), 1+bytes.Count(data[:min(int(syntax.ByteOffset), len(data))], []byte("\n"))
		m.Problem = strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
		m.Expected = "one JSON object"
	case errors.As(err, &meaning):
		m.At = string(meaning.JSONPointer)
		m.Line = locate(data).of(m.At)
		m.describe(meaning)
	default:
		m.Problem = err.Error()
	}
	return m
}

func (m *Mistake) describe(err *json.SemanticError) {
	last := err.JSONPointer.LastToken()
	var bad *shapeError
	switch {
	case errors.Is(err, json.ErrUnknownName):
		names := fieldNames(err.GoType)
		m.Problem, m.Expected = "unknown field "+strconv.Quote(last), "one of "+strings.Join(names, ", ")
		m.Next = "remove the field"
		if near := nearest(last, names); near != "" {
			m.Next = "did you mean " + near + "?"
		}
	case errors.As(err, &bad):
		m.Problem, m.Expected, m.Next = bad.problem, bad.expected, "write it in one of these forms"
	case err.JSONKind != 0 && err.GoType != nil:
		m.Problem = fmt.Sprintf("%q is %s", last, article(err.JSONKind.String()))
		m.Expected = article(kindWord(err.GoType))
		m.Next = "change the value"
	default:
		m.Problem = err.Error()
	}
}

func article(word string) string {
	switch word {
	case "null", "true", "false":
		return word
	case "object", "array":
		return "an " + word
	case "{":
		return "an object"
	case "[":
		return "an array"
	}
	return "a " + word
}

func kindWord(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return "number"
}

// fieldNames lists the JSON names of a struct's fields.
func fieldNames(t reflect.Type) []string {
	var names []string
	if t == nil || t.Kind() != reflect.Struct {
		return names
	}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// A shapeError is a value that has none of the forms that it can have.
type shapeError struct{ problem, expected string }

func (e *shapeError) Error() string { return e.problem + ", expected " + e.expected }
