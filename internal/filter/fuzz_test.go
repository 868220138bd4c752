package filter

import (
	"strings"
	"testing"
)

func FuzzRule(f *testing.F) {
	for _, s := range []string{
		"||ads.example^", "@@||ads.example^$script,domain=a.example|~b.example", `/\/ad[0-9]+\.js$/$script`, "##.ad", "!#if x\n/a/\n!#endif",
		"|https://*$image,to=a.*,denyallow=b.example,method=post", "||bücher.example^$badfilter\n||bücher.example^", "$", "@@$$", "/$/", "||^", "|*|",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, skipped, err := Load(NewList("list", text))
		if err != nil {
			return
		}
		c := e.Counts()[0]
		if sum := c.Blocks + c.Excepts + c.Modifiers + c.Cosmetic + c.Disabled + c.Comments + c.Skipped; sum != c.Lines || len(skipped) != c.Skipped {
			t.Errorf("%d of %d lines accounted for, %d handed back: %+v", sum, c.Lines, len(skipped), c)
		}
		if n := len(e.blocks.rules) + len(e.excepts.rules); n != c.Blocks+c.Excepts {
			t.Errorf("%d rules in the index: %+v", n, c)
		}
		lines := strings.Split(text, "\n")
		for _, s := range skipped {
			if s.Reason == "" || !strings.Contains(lines[s.Line-1], s.Rule) {
				t.Errorf("line %d: %q for %q", s.Line, s.Rule, s.Reason)
			}
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("||ads.example^\n@@/ok/$script\n/x/$important", "https://ads.example/ok/x/", "https://page.example/", "script")
	f.Add("/a*b^|$domain=page.*\n|http$3p", "http://u:p@[::1]:80/aXb", "blob:https://page.co.uk/1", "image")
	f.Add(`/(?:one|two)\/three/`+"\n^b^c", "HTTPS://A.Example/One/Three?b&c", "", "fetch")
	f.Add("||a^b\n||a!b^\n||é^", "http://a!b/", "http://é/", "other")
	f.Fuzz(func(t *testing.T, text, url, page, kind string) {
		e, _, err := Load(NewList("list", text))
		if err != nil {
			return
		}
		if d := disagreement(e, NewRequest(url, page, kind, "GET")); d != "" {
			t.Error(d)
		}
	})
}
