package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"golang.org/x/net/html"
)

// payloads are texts with which pages have been broken before.
var payloads = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</style><script>alert(1)</script>`, `</title><h1>x`,
	`javascript:alert(1)`, `{{.R.Headline}}`, `<!--`, `-->`, `]]>`, `</textarea></details></table></body></html>`, `&lt;script&gt;`, `<svg/onload=alert(1)>`,
	"\x00\x1b[2J\x1b]0;title\x07", "a\u202eb\u2066c", `\u003cscript\u003e`, `${alert(1)}`, "line\nbreak\r\n\ttab", "\xff\xfe not utf-8", `<a href="//x.example">`, `=HYPERLINK("x")`,
	"<base href=//x.example>", strings.Repeat("long", 300), `%3Cscript%3E`, `<math><mtext></mtext><script>`, "one ` backquote",
}

// fill puts a text into every string of a value. Words that decide how a page
// is built are kept as they are.
func fill(v reflect.Value, text func() string) {
	switch v.Kind() {
	case reflect.String:
		switch v.Interface().(type) {
		case diapason.Channel, diapason.Severity, diapason.Outcome, diapason.Mode, diapason.Role, diapason.Relation, diapason.Polarity, diapason.Phase, diapason.Term:
		default:
			v.SetString(text())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			c := reflect.New(v.Type().Elem())
			c.Elem().Set(v.Elem())
			fill(c.Elem(), text)
			v.Set(c)
		}
	}
}

// filledWith is the sample with a text in every string: the nth string gets
// the nth text, so that what is equal or different stays so.
func filledWith(texts func(n int) string) *audit.Result {
	r, n := sample(), 0
	fill(reflect.ValueOf(r).Elem(), func() string { n++; return texts(n) })
	return r
}

// skeleton is a page's elements and the names of their attributes, without
// any text.
func skeleton(t *testing.T, page []byte) string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			if n.Type == html.CommentNode {
				b.WriteString("<!---->\n")
			}
			continue
		}
		b.WriteString(n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + a.Key)
			if a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				b.WriteString("=" + a.Val)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestHostileTextNeverBecomesMarkup(t *testing.T) {
	want := skeleton(t, pageOf(t, filledWith(func(n int) string { return fmt.Sprintf("plain %d", n) })))
	if len(strings.Split(want, "\n")) < 500 {
		t.Fatal("the plain page is too small to prove anything")
	}
	for _, p := range payloads {
		page := pageOf(t, filledWith(func(n int) string { return fmt.Sprintf("%s %d", p, n) }))
		if got := skeleton(t, page); got != want {
			t.Errorf("%.40q changes the page: %s", p, firstDifference(got, want))
		}
	}
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("element %d is %q, was %q", i, as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d elements, were %d", len(as), len(bs))
}

func TestHostileTextIsShownAsItIs(t *testing.T) {
	r := sample()
	r.Findings[0].Sentence = `<b>"quoted" & 'more'</b>`
	root, err := html.Parse(bytes.NewReader(pageOf(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Data == r.Findings[0].Sentence {
			return
		}
	}
	t.Error("the sentence is not on the page, letter for letter")
}

// No attribute of the page may carry style, script or an address elsewhere.
func TestThePageHasNoInlineStyleNoHandlerAndNoAddressElsewhere(t *testing.T) {
	root, err := html.Parse(bytes.NewReader(pageOf(t, sample())))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			loads := a.Key == "src" || a.Key == "href" || a.Key == "action" || a.Key == "srcset" || a.Key == "poster"
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || loads && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
	}
}

func TestHostileTextNeverReachesTheTerminal(t *testing.T) {
	for _, p := range payloads {
		var b bytes.Buffer
		if err := Terminal(&b, filledWith(func(n int) string { return fmt.Sprintf("%s %d", p, n) }), Screen{Width: 80}); err != nil {
			t.Fatal(err)
		}
		for _, r := range b.String() {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Errorf("%.40q: %U is printed", p, r)
				break
			}
		}
	}
}

func TestHostileTextLeavesTheJSONWhole(t *testing.T) {
	for _, p := range payloads {
		r := filledWith(func(int) string { return p })
		var b bytes.Buffer
		if err := JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		var back audit.Result
		if err := json.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatalf("%.40q: %v", p, err)
		}
		if want := strings.ToValidUTF8(p, "�"); strings.ToValidUTF8(back.Headline, "�") != want && !regexp.MustCompile(`�`).MatchString(back.Headline) {
			t.Errorf("%.40q came back as %.40q", want, back.Headline)
		}
	}
}
