package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/audit"
)

// update writes the schema anew: go test ./report -run Schema -update
var update = flag.Bool("update", false, "write schema/report-1.json from the Go types")

const schemaFile = "schema/report-1.json"

// A schema is the part of JSON Schema 2020-12 that is used here.
type schema struct {
	Dialect     string            `json:"$schema,omitempty"`
	ID          string            `json:"$id,omitempty"`
	Ref         string            `json:"$ref,omitempty"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Type        string            `json:"type,omitempty"`
	Format      string            `json:"format,omitempty"`
	Enum        []string          `json:"enum,omitempty"`
	Const       string            `json:"const,omitempty"`
	Minimum     *float64          `json:"minimum,omitempty"`
	Items       *schema           `json:"items,omitempty"`
	MinItems    int               `json:"minItems,omitempty"`
	MaxItems    int               `json:"maxItems,omitempty"`
	Properties  map[string]schema `json:"properties,omitempty"`
	Required    []string          `json:"required,omitempty"`
	Additional  *schema           `json:"additionalProperties,omitempty"`
	Defs        map[string]schema `json:"$defs,omitempty"`
}

// closed lists the words that a type is limited to.
var closed = map[reflect.Type][]string{
	reflect.TypeFor[diapason.Channel]():   {"says", "asks", "does", "holds"},
	reflect.TypeFor[diapason.Outcome]():   {"pass", "fail", "inconclusive", "not-applicable"},
	reflect.TypeFor[diapason.Certainty](): {"certain", "likely", "uncertain"},
	reflect.TypeFor[diapason.Mode]():      {"", "auto", "manual"},
	reflect.TypeFor[accord.Verdict]():     {"clear", "vague", "conditional", "omitted", "incorrect", "ambiguous", "not analysable", "undecided"},
}

// A describer makes the schema of the Go types, with their comments as
// descriptions.
type describer struct {
	defs map[string]schema
	docs map[string]string
}

func describe(t *testing.T) schema {
	t.Helper()
	d := &describer{defs: map[string]schema{}, docs: comments(t)}
	root := d.object(reflect.TypeFor[audit.Result]())
	root.Dialect, root.ID, root.Title, root.Defs = "https://json-schema.org/draft/2020-12/schema", audit.Schema, "The report of one audit", d.defs
	root.Properties["schema"] = schema{Type: "string", Const: audit.Schema}
	return root
}

func (d *describer) of(t reflect.Type) schema {
	if words := closed[t]; words != nil {
		return schema{Type: "string", Enum: words}
	}
	if t == reflect.TypeFor[time.Time]() {
		return schema{Type: "string", Format: "date-time"}
	}
	switch t.Kind() {
	case reflect.String:
		return schema{Type: "string"}
	case reflect.Bool:
		return schema{Type: "boolean"}
	case reflect.Float64:
		return schema{Type: "number"}
	case reflect.Int, reflect.Int64:
		return schema{Type: "integer"}
	case reflect.Pointer:
		return d.of(t.Elem())
	case reflect.Slice:
		items := d.of(t.Elem())
		return schema{Type: "array", Items: &items}
	case reflect.Array:
		items := d.of(t.Elem())
		return schema{Type: "array", Items: &items, MinItems: t.Len(), MaxItems: t.Len()}
	case reflect.Map:
		values := d.of(t.Elem())
		return schema{Type: "object", Additional: &values}
	case reflect.Struct:
		name := typeName(t)
		if _, ok := d.defs[name]; !ok {
			d.defs[name] = schema{} // a type that contains itself ends here
			d.defs[name] = d.object(t)
		}
		return schema{Ref: "#/$defs/" + name}
	}
	panic("no schema for " + t.String())
}

func typeName(t reflect.Type) string { return path.Base(t.PkgPath()) + "." + t.Name() }

func (d *describer) object(t reflect.Type) schema {
	s := schema{Type: "object", Description: d.docs[typeName(t)], Properties: map[string]schema{}}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			name = f.Name
		}
		p := d.of(f.Type)
		p.Description = d.docs[typeName(t)+"."+f.Name]
		s.Properties[name] = p
		if !strings.Contains(options, "omit") {
			s.Required = append(s.Required, name)
		}
	}
	slices.Sort(s.Required)
	return s
}

func encoded(t *testing.T, s schema) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func published(t *testing.T) schema {
	t.Helper()
	b, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		t.Fatalf("%s: %v", schemaFile, err)
	}
	return s
}

// bare is a schema without its descriptions: a comment that is put better is
// no change of the format.
func (s schema) bare() schema {
	s.Description = ""
	if s.Items != nil {
		items := s.Items.bare()
		s.Items = &items
	}
	if s.Additional != nil {
		more := s.Additional.bare()
		s.Additional = &more
	}
	for _, m := range []*map[string]schema{&s.Properties, &s.Defs} {
		c := map[string]schema{}
		for k, v := range *m {
			c[k] = v.bare()
		}
		*m = c
	}
	return s
}

func TestThePublishedSchemaIsThatOfTheTypes(t *testing.T) {
	want := describe(t)
	if *update {
		if err := os.WriteFile(schemaFile, encoded(t, want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := published(t); !bytes.Equal(encoded(t, got.bare()), encoded(t, want.bare())) {
		t.Errorf("%s is not that of the types: write it anew with go test ./report -run Schema -update, and mind that within a major version fields are only added", schemaFile)
	}
}

// A checker holds a value against a schema, and is stricter than the standard:
// a property that the schema does not name is a mistake.
type checker struct {
	defs map[string]schema
	bad  []string
}

func (c *checker) fail(at, format string, args ...any) {
	c.bad = append(c.bad, at+": "+fmt.Sprintf(format, args...))
}

func (c *checker) check(at string, s schema, v any) {
	if s.Ref != "" {
		def, ok := c.defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
		if !ok {
			c.fail(at, "no definition %s", s.Ref)
			return
		}
		s = def
	}
	switch v := v.(type) {
	case string:
		c.text(at, s, v)
	case bool:
		c.kind(at, s, "boolean")
	case json.Number:
		if _, err := v.Int64(); err != nil || s.Type != "integer" {
			c.kind(at, s, "number")
		}
	case []any:
		c.kind(at, s, "array")
		if s.MaxItems > 0 && (len(v) < s.MinItems || len(v) > s.MaxItems) {
			c.fail(at, "%d items", len(v))
		}
		for i, item := range v {
			if s.Items != nil {
				c.check(fmt.Sprintf("%s[%d]", at, i), *s.Items, item)
			}
		}
	case map[string]any:
		c.object(at, s, v)
	default:
		c.fail(at, "%v is no value that the schema knows", v)
	}
}

func (c *checker) kind(at string, s schema, kind string) {
	if s.Type != kind {
		c.fail(at, "is %s, not %s", kind, s.Type)
	}
}

func (c *checker) text(at string, s schema, v string) {
	c.kind(at, s, "string")
	if s.Const != "" && v != s.Const {
		c.fail(at, "%q is not %q", v, s.Const)
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		c.fail(at, "%q is none of %q", v, s.Enum)
	}
	if s.Format == "date-time" {
		if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
			c.fail(at, "%q is no time", v)
		}
	}
}

func (c *checker) object(at string, s schema, v map[string]any) {
	c.kind(at, s, "object")
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			c.fail(at, "%s is missing", name)
		}
	}
	for name, value := range v {
		p, ok := s.Properties[name]
		switch {
		case ok:
			c.check(at+"."+name, p, value)
		case s.Additional != nil:
			c.check(at+"."+name, *s.Additional, value)
		default:
			c.fail(at, "%s is not in the schema", name)
		}
	}
}

// against lists what in a JSON text does not fit the published schema.
func against(t *testing.T, text []byte) []string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	s := published(t)
	c := &checker{defs: s.Defs}
	c.check("result", s, v)
	return c.bad
}

func jsonOf(t *testing.T, r *audit.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAResultFitsThePublishedSchema(t *testing.T) {
	for name, r := range map[string]*audit.Result{"everything wrong": sample(), "nothing at all": {Schema: audit.Schema}} {
		for _, bad := range against(t, jsonOf(t, r)) {
			t.Errorf("%s: %s", name, bad)
		}
	}
}

func TestTheCheckerFindsWhatDoesNotFit(t *testing.T) {
	text := string(jsonOf(t, sample()))
	for _, c := range []struct{ old, new, want string }{
		{`"headline": "`, `"heading": "`, "heading is not in the schema"},
		{`"headline": "`, `"heading": "`, "headline is missing"},
		{`"verdict": "incorrect"`, `"verdict": "wrong"`, `"wrong" is none of`},
		{`"channel": "does"`, `"channel": "smells"`, `"smells" is none of`},
		{`"fail": 9`, `"fail": "9"`, "is string, not integer"},
		{`"fail": 9`, `"fail": 9.5`, "is number, not integer"},
		{`"gaps": [`, `"gaps": null, "x": [`, "no value that the schema knows"},
		{`"started": "2026-11-24T20:30:00Z"`, `"started": "yesterday"`, "is no time"},
		{`"hours": [`, `"hours": [ 1,`, "25 items"},
	} {
		broken := strings.Replace(text, c.old, c.new, 1)
		if broken == text {
			t.Errorf("the sample has no %s", c.old)
			continue
		}
		if got := strings.Join(against(t, []byte(broken)), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q", c.want, got)
		}
	}
}

func TestJSONHasNoNullAndLeavesTheResultAlone(t *testing.T) {
	r := &audit.Result{Schema: audit.Schema}
	if text := jsonOf(t, r); bytes.Contains(text, []byte("null")) {
		t.Errorf("null in %s", text)
	}
	if r.Findings != nil || r.Facts.Does.Visits != nil {
		t.Error("the result was changed")
	}
}

func TestEveryReportOfTheSameResultIsTheSame(t *testing.T) {
	page, text := pageOf(t, sample()), jsonOf(t, sample())
	for range 10 {
		if !bytes.Equal(page, pageOf(t, sample())) {
			t.Fatal("two pages of the same result differ")
		}
		if !bytes.Equal(text, jsonOf(t, sample())) {
			t.Fatal("two JSON texts of the same result differ")
		}
	}
}
