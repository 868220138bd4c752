package does

import (
	"testing"

	"diapason.dev/diapason"
)

// wrote is a script that writes a cookie on a page of Nocturne.
func wrote(c *diapason.Capture, value string, scripts ...string) {
	c.Calls = append(c.Calls, diapason.Call{API: "document.cookie=", Name: "_p", Value: "_p=" + value, Script: scripts[0], Stack: scripts, Frame: "https://nocturne.example/", Target: "page", Count: 1, At: c.Started})
}

func TestACookieOfTheSiteIsKnownByWhoseScriptWroteIt(t *testing.T) {
	const own, tag, ad, library = "https://nocturne.example/app.js", "https://pulse.example/tag.js", "https://adsum.example/ad.js", "https://files.example/cookies.js"
	for name, c := range map[string]struct {
		fill func(c *diapason.Capture)
		want string
	}{
		"another company's script":                        {func(c *diapason.Capture) { wrote(c, "one", tag) }, "pulse"},
		"another way to write it":                         {func(c *diapason.Capture) { wrote(c, "one", tag); c.Calls[0].API = "cookieStore.set" }, "pulse"},
		"another company's script through a library":      {func(c *diapason.Capture) { wrote(c, "one", library, tag) }, "pulse"},
		"a library alone":                                 {func(c *diapason.Capture) { wrote(c, "one", library) }, ""},
		"the service's own script":                        {func(c *diapason.Capture) { wrote(c, "one", own) }, ""},
		"the service's own function, called by another's": {func(c *diapason.Capture) { wrote(c, "one", own, tag) }, ""},
		"the service's own script through a library":      {func(c *diapason.Capture) { wrote(c, "one", library, own) }, ""},
		"both, and the other company's stayed":            {func(c *diapason.Capture) { wrote(c, "two", own); wrote(c, "one", tag) }, "pulse"},
		"both, and the service's stayed":                  {func(c *diapason.Capture) { wrote(c, "one", own); wrote(c, "two", tag) }, ""},
		"two companies wrote the same":                    {func(c *diapason.Capture) { wrote(c, "one", ad); wrote(c, "one", tag) }, ""},
		"a reading of it":                                 {func(c *diapason.Capture) { wrote(c, "one", tag); c.Calls[0].API = "document.cookie" }, ""},
		"another company's script that takes it away":     {func(c *diapason.Capture) { wrote(c, "; max-age=0", tag); wrote(c, "one", own) }, ""},
		"what another company's script took away":         {func(c *diapason.Capture) { wrote(c, "; expires=Thu, 01 Jan 1970 00:00:00 GMT", tag) }, ""},
		"nobody was seen to write it":                     {func(*diapason.Capture) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := companies(t).Read(fourCaptures(func(visit *diapason.Capture, _, _ int) {
				jar(visit, ".nocturne.example", "_p", "one", 365)
				c.fill(visit)
			}))
			if len(f.Cookies) != 1 {
				t.Fatalf("%d cookies", len(f.Cookies))
			}
			got := ""
			if w := f.Cookies[0].Writer; w != nil {
				got = w.ID
			}
			if got != c.want || f.Cookies[0].Recipient.ID != "nocturne" {
				t.Errorf("written by %q for %s, want %q", got, f.Cookies[0].Recipient.ID, c.want)
			}
		})
	}
}
