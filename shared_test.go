package diapason_test

import (
	"strings"
	"testing"
	"unsafe"

	"diapason.dev/diapason"
)

func TestEqualTextsShareTheirMemory(t *testing.T) {
	text := func() string { return strings.Repeat("a script ", 1000) }
	a, b, other := diapason.Shared(text()), diapason.Shared(text()), diapason.Shared(text()+"!")
	if a != text() || other != text()+"!" || diapason.Shared("") != "" {
		t.Error("a text is not what it was")
	}
	if unsafe.StringData(a) != unsafe.StringData(b) {
		t.Error("two equal texts are held twice")
	}
}
