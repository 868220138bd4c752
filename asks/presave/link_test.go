package presave

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestALinkTellsWhatItBelongsToAndNoPartCanBeExchanged(t *testing.T) {
	l := NewLink("paper-lanterns", Save, Date{2026, time.August, 1})
	got, err := ParseLink(l.String())
	if err != nil || got != l {
		t.Fatalf("%q is read as %+v: %v", l, got, err)
	}
	for _, other := range []string{
		strings.Replace(l.String(), "paper", "glass", 1),
		strings.Replace(l.String(), "save", "follow", 1),
		strings.Replace(l.String(), "08-01", "08-02", 1),
	} {
		changed, err := ParseLink(other)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(changed.Hash(), l.Hash()) || changed.RowID() == l.RowID() || changed.ReceiptID() == l.ReceiptID() {
			t.Errorf("%q finds the row of %q", changed, l)
		}
	}
	if l.RowID() == l.ReceiptID() || strings.Contains(l.String(), l.RowID()) {
		t.Error("an id tells another, or the link")
	}
}

func TestWhatIsNoLink(t *testing.T) {
	for _, text := range []string{"", "a.b.c", "a.save.2026-08-01.", "a.save.2026-8-1.x", "a/b.save.2026-08-01.x", "a.save.2026-08-01.x.y", strings.Repeat(".", 3)} {
		if l, err := ParseLink(text); !errors.Is(err, ErrLink) {
			t.Errorf("%q is read as %+v", text, l)
		}
	}
}
