package web_test

import (
	"fmt"
	"strings"
	"testing"

	"diapason.dev/diapason/internal/cdp/cdptest"
)

// A focused is what has the keyboard.
type focused struct{ Tag, Name, Text, Outline string }

const focus = `(e => ({tag: e.tagName, name: e.name || e.id, text: e.textContent.trim().slice(0, 60), outline: getComputedStyle(e).outlineStyle}))(document.activeElement)`

// tabTo presses Tab until something has the focus, and fails where a stop on
// the way does not show that it has it.
func tabTo(t *testing.T, b *cdptest.Tab, tag, text string) {
	t.Helper()
	for range 20 {
		b.PressTab()
		got := cdptest.Eval[focused](b, focus)
		if got.Tag != "BODY" && got.Outline == "none" {
			t.Errorf("%s %q takes the focus and does not show it", got.Tag, got.Text)
		}
		if got.Tag == tag && (text == "" || got.Text == text) {
			return
		}
	}
	t.Fatalf("no %s %q by keyboard at %s", tag, text, cdptest.Eval[string](b, "location.href"))
}

// readable checks one page in both schemes, on a phone and on paper.
func readable(t *testing.T, b *cdptest.Tab, name string) {
	t.Helper()
	if v := cdptest.Eval[[]string](b, "violations"); len(v) > 0 {
		t.Errorf("%s: its policy refused %q", name, v)
	}
	if got := cdptest.Eval[string](b, `getComputedStyle(document.querySelector("main")).maxWidth`); got == "none" {
		t.Errorf("%s: the style is not applied", name)
	}
	if got := cdptest.Eval[string](b, `[document.documentElement.lang, document.title !== "", document.querySelectorAll("h1").length, document.querySelectorAll("main").length].join(" ")`); got != "en true 1 1" {
		t.Errorf("%s: language, title, headings, main are %s", name, got)
	}
	if got := cdptest.Eval[[]string](b, `[...document.querySelectorAll("input, select")].filter(e => !e.labels.length).map(e => e.name)`); len(got) > 0 {
		t.Errorf("%s: without a label: %q", name, got)
	}
	if got := cdptest.Eval[[]string](b, `performance.getEntriesByType("resource").map(e => e.name)`); len(got) > 0 {
		t.Errorf("%s: loaded %q", name, got)
	}
	for _, media := range []string{"prefers-color-scheme=light", "prefers-color-scheme=dark", "print"} {
		look := strings.TrimPrefix(media, "prefers-color-scheme=")
		b.Media(media)
		if got := b.Contrast(); got.Ratio < 4.5 || got.Texts < 4 {
			t.Errorf("%s %s: least contrast %.2f at %q, of %d texts", name, look, got.Ratio, got.Where, got.Texts)
		}
		if got := cdptest.Eval[int](b, `[...document.querySelectorAll("button, input, select")].filter(e => e.checkVisibility()).length`); look == "print" && got > 0 {
			t.Errorf("%s: %d controls are printed", name, got)
		}
		b.Shot(name + "-" + look)
	}
	b.Media("prefers-color-scheme=light")
	for _, width := range []int{320, 360, 1280} {
		b.Width(width)
		if got := cdptest.Eval[int](b, `document.documentElement.scrollWidth`); got > width {
			t.Errorf("%s: at %d pixels it is %d wide", name, width, got)
		}
		if got := cdptest.Eval[[]string](b, `[...document.querySelectorAll("button, select")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.textContent.slice(0, 20))`); len(got) > 0 {
			t.Errorf("%s: at %d pixels too small for a finger: %q", name, width, got)
		}
		b.Shot(fmt.Sprintf("%s-%d", name, width))
	}
}
