package audit

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"sort"
	"strings"

	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

// secretPrefix begins a value of a journey that comes from the environment.
const secretPrefix = "secret."

// A secret is a value that a journey types and that no record may hold.
type secret struct{ name, value string }

// secrets lists what the configured journeys take from the environment.
func (c *Config) secrets() []secret {
	if c.Does == nil {
		return nil
	}
	seen := map[string]bool{}
	var all []secret
	for _, name := range sortedKeys(c.Does.Journeys) {
		for _, step := range c.Does.Journeys[name] {
			for _, env := range secretNames(step.Fill) {
				if value := os.Getenv(env); value != "" && !seen[env] {
					seen[env] = true
					all = append(all, secret{env, value})
				}
			}
		}
	}
	// The longest first: one secret may be a part of another.
	sort.SliceStable(all, func(a, b int) bool { return len(all[a].value) > len(all[b].value) })
	return all
}

func secretNames(fill yaml.Node) []string {
	var names []string
	fields, _ := pairs(fill) // a mistake in it was told before
	for _, f := range fields {
		if env, ok := strings.CutPrefix(f.Value, secretPrefix); ok {
			names = append(names, env)
		}
	}
	return names
}

// hide replaces secrets in a capture, in every spelling in which a browser
// sends or stores what was typed. The hash of a body that held one is taken
// off: a short secret could be guessed from it.
func hide(c *diapason.Capture, secrets []secret) {
	if len(secrets) == 0 {
		return
	}
	r := strings.NewReplacer(spellings(secrets)...)
	text := func(s *string) { *s = r.Replace(*s) }
	body := func(b *diapason.Body) {
		if hidden := r.Replace(b.Text); hidden != b.Text {
			b.Text, b.SHA256 = hidden, ""
		}
	}
	headers := func(hs []diapason.Header) {
		for i := range hs {
			text(&hs[i].Value)
		}
	}
	for i := range c.Requests {
		q := &c.Requests[i]
		for _, s := range []*string{&q.URL, &q.Page, &q.Frame, &q.Initiator, &q.Failed} {
			text(s)
		}
		headers(q.Headers)
		headers(q.ResponseHeaders)
		body(&q.Body)
		body(&q.ResponseBody)
		for j := range q.Messages {
			text(&q.Messages[j])
		}
	}
	for i := range c.Cookies {
		text(&c.Cookies[i].Value)
	}
	for i := range c.Stores {
		text(&c.Stores[i].Key)
		text(&c.Stores[i].Value)
	}
	if b := c.Banner; b != nil {
		for _, s := range []*string{&b.URL, &b.Text, &b.Why} {
			text(s)
		}
		for i := range b.Cookies {
			text(&b.Cookies[i].Value)
		}
		for i := range b.Stores {
			text(&b.Stores[i].Key)
			text(&b.Stores[i].Value)
		}
	}
	for i := range c.Calls {
		k := &c.Calls[i]
		for _, s := range []*string{&k.Name, &k.Value, &k.Script, &k.Frame} {
			text(s)
		}
		for j := range k.Stack {
			text(&k.Stack[j])
		}
	}
	for i := range c.Blocked {
		text(&c.Blocked[i].URL)
	}
	for i := range c.Pages {
		text(&c.Pages[i].URL)
		text(&c.Pages[i].HTML)
	}
	for i := range c.Dialogs {
		text(&c.Dialogs[i])
	}
	for i := range c.Gaps {
		text(&c.Gaps[i].Why)
	}
}

// spellings pairs each form of each secret with the words that stand for it.
func spellings(secrets []secret) []string {
	var pairs []string
	for _, s := range secrets {
		quoted, _ := json.Marshal(s.value) // a string always has a JSON form
		html := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s.value)
		seen := map[string]bool{}
		for _, form := range []string{
			s.value, url.QueryEscape(s.value), url.PathEscape(s.value), strings.Trim(string(quoted), `"`), html,
			base64.StdEncoding.EncodeToString([]byte(s.value)), base64.RawURLEncoding.EncodeToString([]byte(s.value)),
		} {
			if !seen[form] {
				seen[form] = true
				pairs = append(pairs, form, "[secret "+s.name+"]")
			}
		}
	}
	return pairs
}
