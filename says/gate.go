package says

import (
	"fmt"
	"net/url"
	"strings"

	"diapason.dev/diapason/entity"
)

// fewest is how many words a policy has at least. The shortest policy in use
// that was looked at has some 500; pages that only point to the policy, or ask
// for a sign-in, stay below.
const fewest = 60

// gateOf says in a sentence why a text cannot be read as a policy; it is empty
// where it can. What it stops is never taken for a policy that says nothing.
func gateOf(t Text, in reading, words int) string {
	low := strings.ToLower(in.text[:min(len(in.text), 20000)])
	switch {
	case in.why != "":
		return in.why
	case len(t.Raw) == 0:
		return "the text is empty"
	case t.Status >= 400:
		return fmt.Sprintf("the server answered %d instead of the text", t.Status)
	case moved(t) != "":
		return "the address leads to another site, " + moved(t) + ", which may be another company"
	case words < 400 && contains(low, "verify you are human", "verifying you are human", "checking your browser", "enable cookies to continue", "unusual traffic", "captcha", "access denied", "are you a robot"):
		return "the server sent a test for humans instead of the text"
	case words < 200 && contains(strings.ToLower(string(t.Raw)), "enable javascript", "requires javascript", "javascript is required", "need to enable javascript", "javascript is disabled"):
		return "the page shows its text only to a browser that runs its scripts"
	case words == 0 && len(t.Raw) > 0:
		return "the page holds no words that can be read without running its scripts"
	case in.form && words < 400 && !contains(low, "personal data", "personal information", "we collect"):
		return "the page is a sign-in form, not the text"
	case words < fewest && !contains(low, "we collect", "we do not collect", "personal data", "personal information", "we share", "we do not share"):
		return fmt.Sprintf("the page holds %d words and no policy", words)
	case !english(in.text):
		return "the text is not in English, the only language that this version reads"
	}
	return ""
}

// moved names the site that an address led to, where it is not the one that
// was asked for.
func moved(t Text) string {
	from, err := url.Parse(t.Source.URL)
	to, err2 := url.Parse(t.URL)
	if err != nil || err2 != nil || from.Host == "" || to.Host == "" {
		return ""
	}
	if to := entity.RegistrableDomain(to.Hostname()); to != entity.RegistrableDomain(from.Hostname()) {
		return to
	}
	return ""
}

func contains(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// english tells by the share of common words whether a text is in English. In
// English policies about a third of the words are of this list; in other
// languages that are written alike, next to none.
func english(text string) bool {
	common := set("the of and to a in is we you your our or for that with it be on as this by are may will not information data")
	n, hits := 0, 0
	for _, w := range strings.Fields(text[:min(len(text), 60000)]) {
		n++
		if common[strings.ToLower(strings.Trim(w, ".,;:()\"'*"))] {
			hits++
		}
	}
	return n < 30 || hits*100 >= n*14
}
