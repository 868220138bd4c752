package filter

import "testing"

func TestAnOptionNarrowsItsRule(t *testing.T) {
	const url, page = "https://cdn.ads.co.uk/x.js", "https://www.music.example/song"
	for _, c := range []struct {
		rule, url, page, kind, method string
		want                          bool
	}{
		// No option: everything that a page loads, not the page and no window.
		{"||ads.co.uk^", url, page, "script", "GET", true},
		{"||ads.co.uk^", url, page, "other", "", true},
		{"||ads.co.uk^", url, page, "a word nobody knows", "", true},
		{"||ads.co.uk^", url, page, "document", "GET", false},
		{"||ads.co.uk^", url, page, "popup", "GET", false},
		// Types and their other names.
		{"||ads.co.uk^$document", url, page, "document", "GET", true},
		{"||ads.co.uk^$doc", url, page, "script", "GET", false},
		{"||ads.co.uk^$all", url, page, "document", "GET", true},
		{"||ads.co.uk^$all", url, page, "popup", "GET", true},
		{"||ads.co.uk^$popup", url, page, "popup", "GET", true},
		{"||ads.co.uk^$popup", url, page, "script", "GET", false},
		{"||ads.co.uk^$popup,script", url, page, "script", "GET", true},
		{"||ads.co.uk^$subdocument", url, page, "subdocument", "GET", true},
		{"||ads.co.uk^$frame", url, page, "iframe", "GET", true},
		{"||ads.co.uk^$script", url, page, "script", "GET", true},
		{"||ads.co.uk^$script", url, page, "image", "GET", false},
		{"||ads.co.uk^$css", url, page, "stylesheet", "GET", true},
		{"||ads.co.uk^$stylesheet", url, page, "font", "GET", false},
		{"||ads.co.uk^$image,font", url, page, "font", "GET", true},
		{"||ads.co.uk^$media", url, page, "media", "GET", true},
		{"||ads.co.uk^$object", url, page, "object", "GET", true},
		{"||ads.co.uk^$object-subrequest", url, page, "object", "GET", true},
		{"||ads.co.uk^$xhr", url, page, "xhr", "GET", true},
		{"||ads.co.uk^$xmlhttprequest", url, page, "fetch", "GET", true},
		{"||ads.co.uk^$xmlhttprequest", url, page, "preflight", "OPTIONS", true},
		{"||ads.co.uk^$ping", url, page, "beacon", "POST", true},
		{"||ads.co.uk^$beacon", url, page, "ping", "POST", true},
		{"||ads.co.uk^$websocket", "wss://ads.co.uk/", page, "websocket", "GET", true},
		{"||ads.co.uk^$other", url, page, "manifest", "GET", true},
		{"||ads.co.uk^$other", url, page, "script", "GET", false},
		{"||ads.co.uk^$~script", url, page, "script", "GET", false},
		{"||ads.co.uk^$~script", url, page, "image", "GET", true},
		{"||ads.co.uk^$~script", url, page, "document", "GET", false},
		{"||ads.co.uk^$~script,~image", url, page, "image", "GET", false},
		{"||ads.co.uk^$script,~image", url, page, "font", "GET", false},
		// fetch() is xmlhttprequest to some, other to others.
		{"||ads.co.uk^$other", url, page, "fetch", "GET", true},
		{"||ads.co.uk^$~xmlhttprequest", url, page, "fetch", "GET", true},
		{"||ads.co.uk^$~xmlhttprequest,~other", url, page, "fetch", "GET", false},
		{"||ads.co.uk^$script", url, page, "fetch", "GET", false},
		{"||ads.co.uk^$~xmlhttprequest", url, page, "xhr", "GET", false},
		// How the host stands to that of the page.
		{"/x.js$third-party", url, page, "script", "GET", true},
		{"/x.js$3p", url, "https://ads.co.uk/", "script", "GET", false},
		{"/x.js$3p", url, "https://other.co.uk/", "script", "GET", true},
		{"/x.js$3p", url, "", "script", "GET", true},
		{"/x.js$3p", url, "about:blank", "script", "GET", true},
		{"/x.js$3p", url, "blob:https://ads.co.uk/0b5e", "script", "GET", false},
		{"/x.js$~third-party", url, "https://ads.co.uk/", "script", "GET", true},
		{"/x.js$~third-party", url, page, "script", "GET", false},
		{"/x.js$first-party", url, "https://ads.co.uk/", "script", "GET", true},
		{"/x.js$1p", url, page, "script", "GET", false},
		{"/x.js$~1p", url, page, "script", "GET", true},
		{"/x.js$1p,3p", url, page, "script", "GET", true},
		{"/x.js$1p,3p", url, "https://ads.co.uk/", "script", "GET", true},
		{"/x.js$3p", "https://one.github.io/x.js", "https://two.github.io/", "script", "GET", true},
		{"/x.js$3p", "http://198.51.100.7/x.js", "http://198.51.100.7/", "script", "GET", false},
		{"/x.js$3p", "http://198.51.100.7/x.js", "http://203.51.100.7/", "script", "GET", true},
		{"/x.js$strict1p", url, "https://cdn.ads.co.uk/", "script", "GET", true},
		{"/x.js$strict1p", url, "https://ads.co.uk/", "script", "GET", false},
		{"/x.js$strict3p", url, "https://ads.co.uk/", "script", "GET", true},
		{"/x.js$strict3p", url, "https://cdn.ads.co.uk/", "script", "GET", false},
		{"/x.js$strict3p", url, page, "script", "GET", true},
		// Pages.
		{"/x.js$domain=music.example", url, page, "script", "GET", true},
		{"/x.js$domain=www.music.example", url, page, "script", "GET", true},
		{"/x.js$domain=c.music.example", url, page, "script", "GET", false},
		{"/x.js$domain=usic.example", url, page, "script", "GET", false},
		{"/x.js$from=a.example|MUSIC.example", url, page, "script", "GET", true},
		{"/x.js$domain=~music.example", url, page, "script", "GET", false},
		{"/x.js$domain=~b.example|~c.example", url, page, "script", "GET", true},
		{"/x.js$domain=music.example|~www.music.example", url, page, "script", "GET", false},
		{"/x.js$domain=music.example|~www.music.example", url, "https://music.example/", "script", "GET", true},
		{"/x.js$domain=music.*", url, "https://www.music.co.uk/", "script", "GET", true},
		{"/x.js$domain=music.*", url, "https://music.example/", "script", "GET", true},
		{"/x.js$domain=music.*", url, "https://music.other.example/", "script", "GET", false},
		{"/x.js$domain=~music.*", url, "https://music.example/", "script", "GET", false},
		{"/x.js$domain=bücher.example", url, "https://xn--bcher-kva.example/", "script", "GET", true},
		{"/x.js$domain=music.example", url, "", "script", "GET", false},
		{"/x.js$domain=~music.example", url, "", "script", "GET", true},
		{"/x.js$domain=[2001:db8::1]", url, "http://[2001:db8::1]/", "script", "GET", true},
		{"/x.js$domain=198.51.100.7", url, "http://198.51.100.7/", "script", "GET", true},
		// Hosts.
		{"/x.js$to=ads.co.uk", url, page, "script", "GET", true},
		{"/x.js$to=ads.*", url, page, "script", "GET", true},
		{"/x.js$to=b.example", url, page, "script", "GET", false},
		{"/x.js$to=~cdn.ads.co.uk", url, page, "script", "GET", false},
		{"/x.js$to=ads.co.uk|~cdn.ads.co.uk", url, page, "script", "GET", false},
		{"*$script,domain=music.example,denyallow=ads.co.uk", url, page, "script", "GET", false},
		{"*$script,domain=music.example,denyallow=b.example|c.example", url, page, "script", "GET", true},
		{"*$script,domain=music.example,denyallow=~ads.co.uk", url, page, "script", "GET", true},
		// Methods.
		{"/x.js$method=post", url, page, "xhr", "POST", true},
		{"/x.js$method=post|put", url, page, "xhr", "put", true},
		{"/x.js$method=post", url, page, "xhr", "GET", false},
		{"/x.js$method=post", url, page, "xhr", "", false},
		{"/x.js$method=~post", url, page, "xhr", "POST", false},
		{"/x.js$method=~post", url, page, "xhr", "", true},
		// What is served instead of a blocked request.
		{"/x.js$script,redirect=noop.js", url, page, "script", "GET", true},
		{"/x.js$script,redirect=noop.js", url, page, "image", "GET", false},
		// A filler.
		{"/x.js$script,__", url, page, "script", "GET", true},
		// A $ in the pattern.
		{"/x.js?$v=*^$script", "https://a.example/x.js?$v=1&", page, "script", "GET", true},
	} {
		e := load(t, c.rule)
		if got := len(e.All(NewRequest(c.url, c.page, c.kind, c.method))) == 1; got != c.want {
			t.Errorf("%s names %s %s (%s from %s): %v, expected %v", c.rule, c.method, c.url, c.kind, c.page, got, c.want)
		}
	}
}

func TestARuleThatChangesAnAnswerNamesNoRequest(t *testing.T) {
	r := NewRequest("https://ads.example/x.js", "https://ads.example/", "script", "GET")
	for _, rule := range []string{
		"||ads.example^$redirect-rule=noop.js", "||ads.example^$csp=script-src 'self' 'unsafe-inline', x", "||ads.example^$removeparam=utm_source",
		"||ads.example^$queryprune", "||ads.example^$rewrite=abp-resource:blank-js,domain=ads.example", `||ads.example^$replace=/a,b$/c/`,
		"||ads.example^$permissions=geolocation=()", "@@||ads.example^$generichide", "@@||ads.example^$ghide", "@@||ads.example^$elemhide",
		"@@||ads.example^$ehide", "@@||ads.example^$specifichide", "@@||ads.example^$shide", "||ads.example^$script,redirect-rule=noop.js",
		"@@||ads.example^$redirect=noop.js",
	} {
		e := load(t, rule)
		if hits := e.All(r); len(hits) > 0 {
			t.Errorf("%s is a hit", rule)
		}
		if n := e.Counts()[0].Modifiers; n != 1 {
			t.Errorf("%s: %d modifiers", rule, n)
		}
	}
}
