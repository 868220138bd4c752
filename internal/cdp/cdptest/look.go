package cdptest

import (
	"encoding/base64"
	"os"
	"path/filepath"
)

// shots names a folder into which the pictures of a run are put, for a person
// to look at; without it none is taken.
const shots = "DIAPASON_SHOTS"

// Shot takes a picture of the whole page, if somebody wants to look at it.
func (b *Tab) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv(shots)
	if dir == "" {
		return
	}
	var r struct{ Data string }
	b.Ask("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &r)
	data, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// A Contrast is the least contrast of any visible text of a page.
type Contrast struct {
	Ratio float64 // 1 to 21
	Where string  // element and words
	Texts int     // how many were looked at
}

// Contrast finds the least contrast of any visible text with what lies under
// it, by the formula of WCAG 2.2 (contrast ratio, relative luminance).
func (b *Tab) Contrast() Contrast {
	b.t.Helper()
	return Eval[Contrast](b, contrast)
}

const contrast = `(() => {
  const lum = c => { const f = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const rgb = s => { const m = s.match(/[\d.]+/g).map(Number); return {c: m.slice(0, 3), a: m.length > 3 ? m[3] : 1}; };
  const under = e => { for (; e; e = e.parentElement) { const b = rgb(getComputedStyle(e).backgroundColor); if (b.a === 1) return b.c; } return [255, 255, 255]; };
  let least = {ratio: 99, where: "", texts: 0};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.checkVisibility() || ["SCRIPT", "STYLE", "OPTION", "OPTGROUP"].includes(e.tagName)) continue;
    const svg = e.closest("svg");
    const a = lum(rgb(svg ? getComputedStyle(e).fill : getComputedStyle(e).color).c), b = lum(under(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    least.texts++;
    if (ratio < least.ratio) { least.ratio = ratio; least.where = e.tagName + "." + e.getAttribute("class") + ": " + n.data.trim().slice(0, 60); }
  }
  return least;
})()`
