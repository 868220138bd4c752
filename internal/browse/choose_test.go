package browse

import (
	"net/http"
	"testing"
)

// asking is a page with a banner, whose choice it keeps in a cookie and obeys,
// and whose footer leads back to it.
const asking = `<style>#b{position:fixed;bottom:0;left:0;right:0;background:#fff;padding:20px} #b button{background:#06c;color:#fff;font-size:16px;border:0}</style>
<h1>Shop</h1><a href="/elsewhere">Elsewhere</a>
<div id=b hidden><p>We use cookies, if you agree.</p><button onclick="go('yes')">Accept all</button> <button onclick="go('no')" style="background:#ddd;color:#888">Reject all</button> <a href="#">Cookie policy</a></div>
<footer><button onclick="b.hidden=false">Cookie settings</button></footer>
<script>
function go(v) { document.cookie = "consent=" + v + ";path=/"; b.hidden = true; if (v === "yes") track(); }
function track() { new Image().src = "https://track.example/p.gif"; }
if (!/consent=/.test(document.cookie)) b.hidden = false;
if (/consent=yes/.test(document.cookie)) track();
</script>`

func TestAChoiceIsClickedKeptAndSeenToCount(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", asking)
	s.HandleFunc("track.example/p.gif", func(http.ResponseWriter, *http.Request) {})
	b := s.browser(t)
	for choice, want := range map[string]struct{ before, after int }{
		"reject": {0, 0}, "accept": {0, 2}, "withdraw": {2, 0},
	} {
		t.Run(choice, func(t *testing.T) {
			t.Parallel()
			c := visit(t, b, Visit{ID: choice, URL: "https://shop.example/", Choose: choice})
			got := c.Banner
			if got == nil || !got.Found || got.By != "words" || got.Chosen != choice || !got.Registered || got.Why != "" || !c.Complete {
				t.Fatalf("banner %+v, complete %v%s", got, c.Complete, list(c))
			}
			before, after := 0, 0
			for _, r := range requestsFor(c, "https://track.example/p.gif") {
				if r.At.Before(got.Since) {
					before++
				} else {
					after++
				}
			}
			if before != want.before || after != want.after {
				t.Errorf("%d requests to the tracker before the choice and %d after it, want %+v", before, after, want)
			}
			if w := got.Withdraw; choice == "withdraw" && (w.Clicks != 2 || w.Layer != 2 || !w.Keyboard) {
				t.Errorf("withdrawal %+v", w)
			}
		})
	}
}
