package filter

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestALineThatIsNoRuleForUsIsHandedBackWithItsReason(t *testing.T) {
	for _, c := range []struct{ line, reason string }{
		{`/ads(?=x)/`, "a regular expression that RE2 cannot read: invalid or unsupported Perl syntax"},
		{`/ads(/`, "a regular expression that RE2 cannot read: missing closing )"},
		{"||ads.example^$frobnicate", "option frobnicate"},
		{"||ads.example^$script,header=via:1", "option header"},
		{"||ads.example^$~important", "option ~important"},
		{"||ads.example^$cname", "option cname"},
		{"||ads.example^$inline-script", "option inline-script"},
		{"||ads.example^$genericblock", "option genericblock"},
		{"||ads.example^$script=x", "option script"},
		{"||ads.example^$script,", "an empty option"},
		{"||ads.example^$domain=", "option domain without a value"},
		{"||ads.example^$domain=a.example|", "no host in option domain"},
		{`||ads.example^$domain=/a\.example/`, "a regular expression in option domain"},
		{"||ads.example^$to=a b", "no host in option to"},
		{"||ads.example^$redirect", "option redirect without a value"},
		{"||ads.example^$method=frob", "a method that is unknown"},
		{"||ads.example^$script,~script", "no type is left"},
		{"@@||ads.example^$important", "an exception that is important"},
		{"0.0.0.0 ads.example", "a space in the pattern"},
		{"*", "a pattern that fits every address"},
		{"@@", "a pattern that fits every address"},
		{"!#include other.txt", "a part that stands in another file"},
	} {
		e, skipped, err := Load(NewList("list", "||b.example^\n"+c.line+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		want := Skipped{"list", 2, c.line, c.reason}
		if len(skipped) != 1 || skipped[0] != want {
			t.Errorf("%+v, expected %+v", skipped, want)
		}
		if n := e.Counts()[0]; n.Skipped != 1 || n.Blocks != 1 {
			t.Errorf("%s: %+v", c.line, n)
		}
	}
}

func TestEveryLineOfAListIsAccountedFor(t *testing.T) {
	e, _, err := Load(NewList("list", strings.Join([]string{
		"[Adblock Plus 2.0]", "! a comment", "# a comment of a list of hosts", "", // 4 comments
		"||a.example^", "/ads/$script", "/ads/$important", // 3 blocks
		"@@||a.example/ok/",                                                                   // 1 exception
		"||a.example^$csp=script-src 'none'",                                                  // 1 modifier
		"a.example##.ad", "##.ad", "a.example#@#.ad", "a.example#?#p:has(x)", "#$#x", "#@%#x", // 6 cosmetic
		"||c.example^", "||c.example^$badfilter", "@@/c/", "@@/c/$badfilter", // 4 disabled
		"||a.example^$frobnicate", // 1 skipped
		"/page#top",               // 1 block: a # that begins nothing
	}, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := Counts{Lines: 21, Blocks: 4, Excepts: 1, Modifiers: 1, Cosmetic: 6, Disabled: 4, Comments: 4, Skipped: 1}
	if got := e.Counts()[0]; got != want {
		t.Errorf("%+v, expected %+v", got, want)
	}
}

func TestAPartForAnotherProgramIsSkipped(t *testing.T) {
	for _, c := range []struct {
		condition string
		want      bool
	}{
		{"ext_ublock", true},
		{"env_chromium", true},
		{"true", true},
		{"false", false},
		{"env_firefox", false},
		{"!env_firefox", true},
		{"! env_safari", true},
		{"cap_html_filtering", false},
		{"env_firefox && ext_ublock", false},
		{"env_firefox || ext_ublock", true},
		{"env_firefox && true || !env_mobile && ext_ublock", true},
		{"(env_chromium)", true},
	} {
		e, skipped, err := Load(NewList("list", "!#if "+c.condition+"\n/one/\n! x\n!#else\n/two/\n!#endif\n/three/"))
		if err != nil {
			t.Fatal(err)
		}
		has := func(path string) bool {
			return len(e.All(NewRequest("https://a.example"+path, "", "script", ""))) == 1
		}
		if has("/one/") != c.want || has("/two/") == c.want || !has("/three/") {
			t.Errorf("%s: one %v, two %v, three %v", c.condition, has("/one/"), has("/two/"), has("/three/"))
		}
		if len(skipped) != 1 || !strings.HasPrefix(skipped[0].Reason, "for another program: !#") {
			t.Errorf("%s: %v", c.condition, skipped)
		}
	}
}

func TestAConditionThatCannotBeReadClosesBothItsParts(t *testing.T) {
	for _, condition := range []string{"!#if !(env_firefox || env_safari)", "!#if (true) && (true)", "!#if"} {
		e, skipped, err := Load(NewList("list", condition+"\n/one/x\n!#else\n/two/x\n!#endif\n/three/x"))
		if err != nil {
			t.Fatal(err)
		}
		if n := e.Counts()[0]; n.Blocks != 1 || len(skipped) != 2 || !strings.HasPrefix(skipped[0].Reason, "a condition that cannot be read: ") {
			t.Errorf("%s: %+v %v", condition, n, skipped)
		}
	}
}

func TestNestedConditionsMustAllHold(t *testing.T) {
	e, skipped, err := Load(NewList("list", "!#if false\n!#if true\n/one/\n!#endif\n/two/\n!#endif\n!#endif\n!#else\n/three/"))
	if err != nil {
		t.Fatal(err)
	}
	if n := e.Counts()[0]; n.Blocks != 1 || len(skipped) != 2 {
		t.Errorf("%+v %v", n, skipped)
	}
}

func TestTheHeaderOfAListNamesIt(t *testing.T) {
	for _, c := range []struct {
		text string
		want List
	}{
		{
			"[Adblock Plus 2.0]\n! Title: EasyTest\n! Version: 202611240931\n! Last modified: 24 Nov 2026 09:31 UTC\n" +
				"! Homepage: https://easy.example/\n! Licence: https://easy.example/licence\n! Title: second\n/ads/\n! Title: third",
			List{Name: "EasyTest", Version: "202611240931", Date: "24 Nov 2026 09:31 UTC", License: "https://easy.example/licence"},
		},
		{"\ufeff! title : T\r\n! License: CC BY-NC-SA 4.0\r\n! Updated: 2026-11-24\r\n", List{Name: "T", License: "CC BY-NC-SA 4.0", Date: "2026-11-24"}},
		{"! Last modified: %timestamp%\n! Licence:\n/ads/", List{Name: "file.txt"}},
		{"# Title: Hosts\n# TimeUpdated: 2026-11-24T09:31:00Z\n/ads/", List{Name: "Hosts", Date: "2026-11-24T09:31:00Z"}},
		{"/ads/\n! Title: too late", List{Name: "file.txt"}},
		{"", List{Name: "file.txt"}},
	} {
		got := NewList("file.txt", c.text)
		if len(got.SHA256) != 64 {
			t.Errorf("%q: hash %q", c.text, got.SHA256)
		}
		got.SHA256, got.Text = "", ""
		if got != c.want {
			t.Errorf("%q: %+v, expected %+v", c.text, got, c.want)
		}
	}
}

func TestANonCommercialLicenceIsNoticed(t *testing.T) {
	for license, want := range map[string]bool{
		"CC BY-NC-SA 4.0": true, "https://creativecommons.org/licenses/by-nc/4.0/": true, "for non-commercial use": true, "Noncommercial": true,
		"CC BY-SA 3.0": false, "GPL-3.0": false, "https://easylist.to/pages/licence.html": false, "": false,
	} {
		if got := (List{License: license}).NonCommercial(); got != want {
			t.Errorf("%q: %v", license, got)
		}
	}
}

func TestWhatIsNoListIsWrongUsage(t *testing.T) {
	for _, text := range []string{"<!DOCTYPE html><title>Sign in</title>", " \n<html lang=en>", "PK\x03\x04\x00\x00"} {
		if _, _, err := Load(NewList("list", text)); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("%q: %v", text, err)
		}
	}
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "none.txt")} {
		if _, err := Open(path); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("%s: %v", path, err)
		}
	}
	file := filepath.Join(dir, "easy.txt")
	if err := os.WriteFile(file, []byte("||ads.example^\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := Open(file); err != nil || l.Name != "easy.txt" || l.Text != "||ads.example^\n" {
		t.Errorf("%+v %v", l, err)
	}
}
