package browse

import (
	"slices"
	"testing"

	"diapason.dev/diapason"
)

// What a person can delete is deleted while the browser runs, and what lives in
// the memory of its tabs and workers is still there afterwards.
func TestDeletingInARunningBrowserEmptiesItsStoresAndNotItsMemory(t *testing.T) {
	s := newSite(t)
	s.script("/shared.js", `let n = 0; onconnect = e => e.ports[0].postMessage(++n)`)
	for _, page := range []string{"shop.example/{$}", "shop.example/more"} {
		s.page(page, `<script>
		const found = {cookie: document.cookie, local: localStorage.mark || "", tab: window.name};
		document.cookie = "mark=c; max-age=99999"; localStorage.mark = "l"; window.name = "tab";
		new SharedWorker("/shared.js").port.onmessage = e => fetch("/found", {method: "POST", body: JSON.stringify({...found, shared: e.data})});
	</script>`)
	}
	s.page("/found", ``)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/", Steps: []Step{{Open: "https://shop.example/more"}}, Forget: true})
	if c.Cleared.IsZero() || !c.Complete || len(c.Gaps) > 0 {
		t.Fatalf("cleared %v, complete: %t, gaps %+v", c.Cleared, c.Complete, c.Gaps)
	}
	var told []string
	for _, r := range requestsFor(c, "https://shop.example/found") {
		told = append(told, r.Body.Text)
	}
	want := []string{
		`{"cookie":"","local":"","tab":"","shared":1}`,
		`{"cookie":"mark=c","local":"l","tab":"tab","shared":1}`, // what tabs share went with the first page
		`{"cookie":"mark=c","local":"l","tab":"","shared":2}`,    // the tabs beside, in any order
		`{"cookie":"mark=c","local":"l","tab":"","shared":3}`,
		`{"cookie":"","local":"","tab":"tab","shared":4}`, // the first tab again
		`{"cookie":"mark=c","local":"l","tab":"tab","shared":5}`,
	}
	slices.Sort(told)
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("the pages found\n%q, want\n%q", told, want)
	}
	if i := slices.IndexFunc(c.Cookies, func(k diapason.Cookie) bool { return k.Name == "mark" }); i < 0 {
		t.Errorf("the jar at the end: %+v", c.Cookies)
	}
}
