package report

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"diapason.dev/diapason/audit"
)

// JSON writes the result as indented JSON; schema/report-1.json describes it.
// A list or map without entries is written as [] or {}, never as null. Equal
// results give equal bytes.
func JSON(w io.Writer, r *audit.Result) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(filled(reflect.ValueOf(*r)).Interface()); err != nil {
		return fmt.Errorf("write report as JSON: %w", err)
	}
	return nil
}

// filled is a copy of a value in which every list and map that is nil is empty.
// The value itself is left alone: others hold it too.
func filled(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		c := reflect.New(v.Type()).Elem()
		c.Set(v) // unexported parts, such as those of a time, come along
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.Field(i).Set(filled(v.Field(i)))
			}
		}
		return c
	case reflect.Slice:
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			c.Index(i).Set(filled(v.Index(i)))
		}
		return c
	case reflect.Map:
		if v.IsNil() {
			return reflect.MakeMap(v.Type())
		}
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(filled(v.Elem()))
		return c
	}
	return v
}
