package asks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// usualJSON is the verdict as the standard library writes it.
func usualJSON(t testing.TB, v Verdict) string {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// fill sets every field below v to a value of its own.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			value := reflect.New(v.Type().Elem()).Elem()
			fill(value, n)
			v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("key \"%d\"", *n)), value)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("text <%d> & more of it", *n))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic(fmt.Sprintf("a verdict holds a %s: write it in AppendJSON and here", v.Kind()))
	}
}

func TestVerdictIsWrittenAsTheStandardLibraryWritesIt(t *testing.T) {
	var full Verdict
	n := 0
	fill(reflect.ValueOf(&full).Elem(), &n)
	verdicts := map[string]Verdict{"every field": full, "no field": {}, "new": newVerdict()}
	for _, pc := range publicCases(t) {
		if !pc.described() {
			continue
		}
		v, err := Default().Verdict(pc.ask())
		if err == nil {
			verdicts[pc.ID] = v
		}
	}
	if len(verdicts) < 15 {
		t.Fatalf("only %d verdicts to write", len(verdicts))
	}
	for name, v := range verdicts {
		if got, want := string(v.AppendJSON(nil)), usualJSON(t, v); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
	}
}

func TestAnyTextIsWrittenAsTheStandardLibraryWritesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := newVerdict()
		v.Aim = rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune(" !\"\\\x1f\x7f\u0080az")), 0, 40, -1)).Draw(t, "text")
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		if got := string(v.AppendJSON(nil)) + "\n"; got != out.String() {
			t.Fatalf("got  %swant %s", got, out.String())
		}
	})
}

func TestVerdictAloneIsTheVerdictOfTheWholeJudgement(t *testing.T) {
	for _, pc := range publicCases(t) {
		if !pc.described() {
			continue
		}
		req, _, _, whole := Default().Judge(pc.ask())
		v, alone := Default().Verdict(pc.ask())
		if fmt.Sprint(whole) != fmt.Sprint(alone) || !reflect.DeepEqual(v, req.Verdict) {
			t.Errorf("%s: alone %v %+v, in whole %v %+v", pc.ID, alone, v, whole, req.Verdict)
		}
	}
}
