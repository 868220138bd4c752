package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shots is a folder into which the pictures of a run are put, for a person to
// look at; without it none is taken.
const shots = "DIAPASON_SHOTS"

func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv(shots)
	if dir == "" {
		return
	}
	var r struct{ Data string }
	b.call(b.session, "Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &r)
	data, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// contrast finds the least contrast of any visible text of the page with what
// lies under it, by the formula of WCAG 2.2, and says where.
const contrast = `(() => {
  const lum = c => { const f = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const rgb = s => { const m = s.match(/[\d.]+/g).map(Number); return {c: m.slice(0, 3), a: m.length > 3 ? m[3] : 1}; };
  const under = e => { for (; e; e = e.parentElement) { const b = rgb(getComputedStyle(e).backgroundColor); if (b.a === 1) return b.c; } return [255, 255, 255]; };
  let least = {ratio: 99, where: "", texts: 0};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.checkVisibility() || ["SCRIPT", "STYLE"].includes(e.tagName)) continue;
    const svg = e.closest("svg");
    const a = lum(rgb(svg ? getComputedStyle(e).fill : getComputedStyle(e).color).c), b = lum(under(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    least.texts++;
    if (ratio < least.ratio) { least.ratio = ratio; least.where = e.tagName + "." + e.getAttribute("class") + ": " + n.data.trim().slice(0, 60); }
  }
  return least;
})()`

type least struct {
	Ratio float64
	Where string
	Texts int
}

func TestThePageInARealBrowser(t *testing.T) {
	page := pageOf(t, sample())
	b := chromium(t)
	b.width(1280)
	b.open(page)

	t.Run("its own script and style run, and its policy had nothing to refuse", func(t *testing.T) {
		if v := eval[[]string](b, "violations"); len(v) > 0 {
			t.Errorf("refused: %q", v)
		}
		if eval[bool](b, `document.querySelector(".filters").hidden`) {
			t.Error("the script did not run: the filters stay hidden")
		}
		if got := eval[string](b, `getComputedStyle(document.querySelector(".scroll")).borderRadius`); got == "0px" {
			t.Error("the style is not applied")
		}
	})
	t.Run("it asked nobody for anything", func(t *testing.T) {
		if n := eval[[]string](b, `performance.getEntriesByType("resource").map(e => e.name)`); len(n) > 0 {
			t.Errorf("loaded %q", n)
		}
	})
	t.Run("a filter hides findings and says how many", func(t *testing.T) {
		const shown = `[...document.querySelectorAll(".finding")].filter(f => f.checkVisibility()).length`
		all := eval[int](b, shown)
		eval[any](b, `document.querySelector('.filters button[value="critical"]').click()`)
		left, told := eval[int](b, shown), eval[string](b, `document.querySelector(".told").textContent`)
		if all != 7 || left != 2 || told != "5 not shown, because of this filter" {
			t.Errorf("%d of %d shown, told %q", left, all, told)
		}
		eval[any](b, `document.querySelector('.filters button[value="all"]').click()`)
		if got := eval[int](b, shown); got != all {
			t.Errorf("%d shown again", got)
		}
	})
	for _, scheme := range []string{"light", "dark"} {
		t.Run("every text stands out in the "+scheme+" scheme", func(t *testing.T) {
			b.media("prefers-color-scheme=" + scheme)
			eval[any](b, `document.querySelectorAll("details").forEach(d => d.open = true)`)
			got := eval[least](b, contrast)
			if got.Ratio < 4.5 || got.Texts < 200 {
				t.Errorf("least contrast %.2f at %q, of %d texts", got.Ratio, got.Where, got.Texts)
			}
			eval[any](b, `document.querySelectorAll("details").forEach(d => d.open = false)`)
			b.shot(scheme)
		})
	}
	b.media()
	for _, width := range []int{320, 640} {
		t.Run(fmt.Sprintf("at %d pixels the page does not scroll sideways", width), func(t *testing.T) {
			b.width(width)
			eval[any](b, `document.querySelectorAll("details").forEach(d => d.open = true)`)
			if got := eval[int](b, `document.documentElement.scrollWidth`); got > width {
				wide := eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll("main *, header *, footer *")].filter(e => !e.closest(".scroll") && e.getBoundingClientRect().right > %d).map(e => e.tagName + "." + e.className + " " + e.getBoundingClientRect().right).slice(0, 5)`, width))
				t.Errorf("the body is %d pixels wide: %q", got, wide)
			}
			eval[any](b, `document.querySelectorAll("details").forEach(d => d.open = false)`)
			b.shot(fmt.Sprint(width))
		})
	}
	b.width(1280)
	t.Run("printing opens what is folded and leaves out the controls", func(t *testing.T) {
		var pdf struct{ Data string }
		b.call(b.session, "Page.printToPDF", map[string]any{"preferCSSPageSize": true}, &pdf)
		if got := eval[int](b, `document.querySelectorAll("details:not([open])").length`); got > 0 {
			t.Errorf("%d parts are still folded on paper", got)
		}
		data, err := base64.StdEncoding.DecodeString(pdf.Data)
		if err != nil || !bytes.HasPrefix(data, []byte("%PDF")) || len(data) < 20_000 {
			t.Errorf("no paper: %d bytes, %v", len(data), err)
		}
		b.media("print")
		if got := eval[int](b, `[...document.querySelectorAll("nav, button, .filters, .skip")].filter(e => e.checkVisibility()).length`); got > 0 {
			t.Errorf("%d controls are printed", got)
		}
		if got := eval[least](b, contrast); got.Ratio < 4.5 {
			t.Errorf("least contrast on paper %.2f at %q", got.Ratio, got.Where)
		}
		b.shot("print")
		b.media()
	})
}

func TestThePageIsWholeWithoutScript(t *testing.T) {
	b := chromium(t)
	b.width(1280)
	b.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	b.open(pageOf(t, sample()))
	if got := eval[int](b, `[...document.querySelectorAll(".finding")].filter(f => f.checkVisibility() && f.offsetHeight > 100).length`); got != 7 {
		t.Errorf("%d of 7 findings are shown", got)
	}
	if got := eval[int](b, `[...document.querySelectorAll("button")].filter(e => e.checkVisibility()).length`); got > 0 {
		t.Errorf("%d buttons that do nothing are shown", got)
	}
	b.media("print")
	if got := eval[int](b, `[...document.querySelectorAll("details blockquote")].filter(e => !e.checkVisibility() || e.getBoundingClientRect().height === 0).length`); got > 0 {
		t.Errorf("%d quotes stay folded on paper", got)
	}
}

func TestThePageByKeyboardAlone(t *testing.T) {
	b := chromium(t)
	b.width(1280)
	b.open(pageOf(t, sample()))
	const focus = `(e => ({tag: e.tagName, text: e.textContent.trim().slice(0, 40), left: e.getBoundingClientRect().left, outline: getComputedStyle(e).outlineStyle, id: location.hash}))(document.activeElement)`
	type focused struct {
		Tag, Text, Outline, ID string
		Left                   float64
	}
	b.press("Tab", "", 9)
	if got := eval[focused](b, focus); got.Text != "Skip to the findings" || got.Left < 0 || got.Outline == "none" {
		t.Fatalf("the first stop is %+v, not the visible way past the table", got)
	}
	b.press("Enter", "\r", 13)
	if got := eval[focused](b, focus); got.ID != "#findings" {
		t.Fatalf("the way past the table leads to %+v", got)
	}
	b.open(pageOf(t, sample()))
	seen := map[string]bool{}
	for range 60 {
		b.press("Tab", "", 9)
		got := eval[focused](b, focus)
		seen[got.Tag] = true
		if got.Outline == "none" {
			t.Errorf("%s %q takes the focus and does not show it", got.Tag, got.Text)
		}
		if got.Tag == "SUMMARY" && strings.HasPrefix(got.Text, "denied") {
			b.press("Enter", "\r", 13)
			if !eval[bool](b, `document.activeElement.parentElement.open`) {
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
	b := chromium(t)
	b.open(bytes.Replace(page, []byte("</body>"), []byte(hostile), 1))
	for _, want := range []string{"img-src", "style-src-attr", "script-src-elem", "style-src-elem", "frame-src"} {
		if v := eval[[]string](b, "violations"); !strings.Contains(strings.Join(v, "\n"), want) {
			t.Errorf("%s was not refused: %q", want, v)
		}
	}
	if got := eval[int](b, "window.ran || 0"); got != 0 {
		t.Errorf("foreign script %d ran", got)
	}
	if !eval[bool](b, `document.querySelector("h1").checkVisibility()`) {
		t.Error("a foreign style was applied")
	}
}
