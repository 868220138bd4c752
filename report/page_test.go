package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/internal/cdp/cdptest"
)

// show opens a report as a person opens the file.
func show(t *testing.T, b *cdptest.Tab, page []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	b.Go("file://" + file)
}

func pageOf(t testing.TB, r *audit.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestThePageInARealBrowser(t *testing.T) {
	page := pageOf(t, sample())
	b := cdptest.Open(t)
	b.Width(1280)
	show(t, b, page)

	t.Run("its own script and style run, and its policy had nothing to refuse", func(t *testing.T) {
		if v := cdptest.Eval[[]string](b, "violations"); len(v) > 0 {
			t.Errorf("refused: %q", v)
		}
		if cdptest.Eval[bool](b, `document.querySelector(".filters").hidden`) {
			t.Error("the script did not run: the filters stay hidden")
		}
		if got := cdptest.Eval[string](b, `getComputedStyle(document.querySelector(".scroll")).borderRadius`); got == "0px" {
			t.Error("the style is not applied")
		}
	})
	t.Run("it asked nobody for anything", func(t *testing.T) {
		if n := cdptest.Eval[[]string](b, `performance.getEntriesByType("resource").map(e => e.name)`); len(n) > 0 {
			t.Errorf("loaded %q", n)
		}
	})
	t.Run("a filter hides findings and says how many", func(t *testing.T) {
		const shown = `[...document.querySelectorAll(".finding")].filter(f => f.checkVisibility()).length`
		all := cdptest.Eval[int](b, shown)
		cdptest.Eval[any](b, `document.querySelector('.filters button[value="critical"]').click()`)
		left, told := cdptest.Eval[int](b, shown), cdptest.Eval[string](b, `document.querySelector(".told").textContent`)
		if all != 7 || left != 2 || told != "5 not shown, because of this filter" {
			t.Errorf("%d of %d shown, told %q", left, all, told)
		}
		cdptest.Eval[any](b, `document.querySelector('.filters button[value="all"]').click()`)
		if got := cdptest.Eval[int](b, shown); got != all {
			t.Errorf("%d shown again", got)
		}
	})
	for _, scheme := range []string{"light", "dark"} {
		t.Run("every text stands out in the "+scheme+" scheme", func(t *testing.T) {
			b.Media("prefers-color-scheme=" + scheme)
			cdptest.Eval[any](b, `document.querySelectorAll("details").forEach(d => d.open = true)`)
			got := b.Contrast()
			if got.Ratio < 4.5 || got.Texts < 200 {
				t.Errorf("least contrast %.2f at %q, of %d texts", got.Ratio, got.Where, got.Texts)
			}
			cdptest.Eval[any](b, `document.querySelectorAll("details").forEach(d => d.open = false)`)
			b.Shot(scheme)
		})
	}
	b.Media()
	for _, width := range []int{320, 640} {
		t.Run(fmt.Sprintf("at %d pixels the page does not scroll sideways", width), func(t *testing.T) {
			b.Width(width)
			cdptest.Eval[any](b, `document.querySelectorAll("details").forEach(d => d.open = true)`)
			if got := cdptest.Eval[int](b, `document.documentElement.scrollWidth`); got > width {
				wide := cdptest.Eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll("main *, header *, footer *")].filter(e => !e.closest(".scroll") && e.getBoundingClientRect().right > %d).map(e => e.tagName + "." + e.className + " " + e.getBoundingClientRect().right).slice(0, 5)`, width))
				t.Errorf("the body is %d pixels wide: %q", got, wide)
			}
			cdptest.Eval[any](b, `document.querySelectorAll("details").forEach(d => d.open = false)`)
			b.Shot(fmt.Sprint(width))
		})
	}
	b.Width(1280)
	t.Run("printing opens what is folded and leaves out the controls", func(t *testing.T) {
		var pdf struct{ Data string }
		b.Ask("Page.printToPDF", map[string]any{"preferCSSPageSize": true}, &pdf)
		if got := cdptest.Eval[int](b, `document.querySelectorAll("details:not([open])").length`); got > 0 {
			t.Errorf("%d parts are still folded on paper", got)
		}
		data, err := base64.StdEncoding.DecodeString(pdf.Data)
		if err != nil || !bytes.HasPrefix(data, []byte("%PDF")) || len(data) < 20_000 {
			t.Errorf("no paper: %d bytes, %v", len(data), err)
		}
		b.Media("print")
		if got := cdptest.Eval[int](b, `[...document.querySelectorAll("nav, button, .filters, .skip")].filter(e => e.checkVisibility()).length`); got > 0 {
			t.Errorf("%d controls are printed", got)
		}
		if got := b.Contrast(); got.Ratio < 4.5 {
			t.Errorf("least contrast on paper %.2f at %q", got.Ratio, got.Where)
		}
		b.Shot("print")
		b.Media()
	})
}

func TestThePageIsWholeWithoutScript(t *testing.T) {
	b := cdptest.Open(t)
	b.Width(1280)
	b.Do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	show(t, b, pageOf(t, sample()))
	if got := cdptest.Eval[int](b, `[...document.querySelectorAll(".finding")].filter(f => f.checkVisibility() && f.offsetHeight > 100).length`); got != 7 {
		t.Errorf("%d of 7 findings are shown", got)
	}
	if got := cdptest.Eval[int](b, `[...document.querySelectorAll("button")].filter(e => e.checkVisibility()).length`); got > 0 {
		t.Errorf("%d buttons that do nothing are shown", got)
	}
	b.Media("print")
	if got := cdptest.Eval[int](b, `[...document.querySelectorAll("details blockquote")].filter(e => !e.checkVisibility() || e.getBoundingClientRect().height === 0).length`); got > 0 {
		t.Errorf("%d quotes stay folded on paper", got)
	}
}

func TestThePageByKeyboardAlone(t *testing.T) {
	b := cdptest.Open(t)
	b.Width(1280)
	show(t, b, pageOf(t, sample()))
	const focus = `(e => ({tag: e.tagName, text: e.textContent.trim().slice(0, 40), left: e.getBoundingClientRect().left, outline: getComputedStyle(e).outlineStyle, id: location.hash}))(document.activeElement)`
	type focused struct {
		Tag, Text, Outline, ID string
		Left                   float64
	}
	b.PressTab()
	if got := cdptest.Eval[focused](b, focus); got.Text != "Skip to the findings" || got.Left < 0 || got.Outline == "none" {
		t.Fatalf("the first stop is %+v, not the visible way past the table", got)
	}
	b.PressEnter()
	if got := cdptest.Eval[focused](b, focus); got.ID != "#findings" {
		t.Fatalf("the way past the table leads to %+v", got)
	}
	show(t, b, pageOf(t, sample()))
	seen := map[string]bool{}
	for range 60 {
		b.PressTab()
		got := cdptest.Eval[focused](b, focus)
		seen[got.Tag] = true
		if got.Outline == "none" {
			t.Errorf("%s %q takes the focus and does not show it", got.Tag, got.Text)
		}
		if got.Tag == "SUMMARY" && strings.HasPrefix(got.Text, "denied") {
			b.PressEnter()
			if !cdptest.Eval[bool](b, `document.activeElement.parentElement.open`) {
				t.Error("a cell does not open by keyboard")
			}
		}
	}
	for _, tag := range []string{"A", "DIV", "SUMMARY", "BUTTON"} {
		if !seen[tag] {
			t.Errorf("no %s takes the focus", tag)
		}
	}
}

// The policy is strict in fact, not only in words.
func TestThePolicyRefusesWhatIsNotThePagesOwn(t *testing.T) {
	page := pageOf(t, sample())
	hostile := `<img src="https://tracker.example/p.gif" onerror="window.ran = 1"><p style="color:red">x</p><script>window.ran = 2</script>` +
		`<style>body{display:none}</style><iframe src="https://tracker.example/"></iframe><form action="https://tracker.example/"><input name="a"></form></body>`
	b := cdptest.Open(t)
	show(t, b, bytes.Replace(page, []byte("</body>"), []byte(hostile), 1))
	for _, want := range []string{"img-src", "style-src-attr", "script-src-elem", "style-src-elem", "frame-src"} {
		if v := cdptest.Eval[[]string](b, "violations"); !strings.Contains(strings.Join(v, "\n"), want) {
			t.Errorf("%s was not refused: %q", want, v)
		}
	}
	if got := cdptest.Eval[int](b, "window.ran || 0"); got != 0 {
		t.Errorf("foreign script %d ran", got)
	}
	if !cdptest.Eval[bool](b, `document.querySelector("h1").checkVisibility()`) {
		t.Error("a foreign style was applied")
	}
}
