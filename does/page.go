package does

import (
	"net/url"
	"regexp"
	"strings"

	"diapason.dev/diapason"
	"github.com/PuerkitoBio/goquery"
)

// visits tells of each look at a page what rules need to know about it.
func (r *reading) visits() []Visit {
	var all []Visit
	for _, c := range r.all {
		v := Visit{
			ID: c.ID, Site: c.Site, Phase: c.Phase, Run: c.Run, Source: c.Source, Settle: c.Settle, Complete: c.Complete && telling(c), URL: redactURL(c.Site),
			At: c.Started, Requests: len(c.Requests), ThirdParty: c.Profile.ThirdPartyCookies, Kept: c.Profile.Kept,
			Evidence: []diapason.Ref{{Record: "visit/" + c.ID, URL: redactURL(c.Site)}},
		}
		r.readPages(c, &v)
		all = append(all, v)
	}
	return all
}

// readPages reads the pages of a visit as the browser had built them. A visit
// links to the policy if every page does that asks for personal data, or any
// page where none asks. If a page asks and does not link, the visit's address
// is that page's.
func (r *reading) readPages(c *diapason.Capture, v *Visit) {
	linked, unlinked := false, ""
	unsafe := map[string]bool{}
	for _, p := range c.Pages {
		if len(r.Service.Domains) > 0 && r.party(hostOf(p.URL)).Relation == diapason.ThirdParty {
			continue
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(p.HTML))
		if err != nil {
			continue
		}
		asks, links := asksForPersonalData(doc), linksToPolicy(doc)
		v.Collects = v.Collects || asks
		linked = linked || links
		if asks && !links {
			unlinked = p.URL
		}
		for _, form := range unsafeForms(doc, p.URL) {
			unsafe[form] = true
		}
	}
	v.PolicyLink = linked && unlinked == ""
	if unlinked != "" {
		v.URL = redactURL(unlinked)
	}
	v.UnsafeForms = len(unsafe)
}

var personalName = regexp.MustCompile(`(?i)e-?mail|pass(word|wd)|(first|last|full|sur|user|family|given)[-_ ]?name|^name$|phone|mobile|birth|address|street|postcode|zip|card`)

// asksForPersonalData tells whether a page has a field for what is personal.
func asksForPersonalData(doc *goquery.Document) bool {
	found := false
	doc.Find("input, textarea, select").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		kind := strings.ToLower(s.AttrOr("type", "text"))
		switch kind {
		case "hidden", "submit", "button", "image", "reset", "checkbox", "radio", "search", "range", "color":
			return true
		case "email", "tel", "password":
			found = true
			return false
		}
		for _, attr := range []string{"name", "id", "autocomplete", "placeholder", "aria-label"} {
			found = found || personalName.MatchString(s.AttrOr(attr, ""))
		}
		return !found
	})
	return found
}

// policyWords are how links to privacy policies are called in the languages
// that most of them are written in.
var policyWords = regexp.MustCompile(`(?i)privacy|data[- ]protection|datenschutz|confidentialit|privacidad|privacidade|privacybeleid|integritet|personvern|prywatno|tietosuoja|ochrana[- ]osobn|プライバシー|隐私`)

func linksToPolicy(doc *goquery.Document) bool {
	found := false
	doc.Find("a[href]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		found = policyWords.MatchString(s.AttrOr("href", "")) || policyWords.MatchString(s.Text())
		return !found
	})
	return found
}

// unsafeForms lists the targets of forms that send what is typed over a
// connection that is not encrypted.
func unsafeForms(doc *goquery.Document, page string) []string {
	base, err := url.Parse(page)
	if err != nil {
		return nil
	}
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if b, err := base.Parse(href); err == nil {
			base = b
		}
	}
	var out []string
	doc.Find("form").Each(func(_ int, s *goquery.Selection) {
		if s.Find("input:not([type=hidden]):not([type=submit]):not([type=button]), textarea").Length() == 0 {
			return
		}
		action := strings.TrimSpace(s.AttrOr("action", ""))
		to := base
		if action != "" {
			if to, err = base.Parse(action); err != nil {
				return
			}
		}
		if to.Scheme == "http" {
			out = append(out, to.String())
		}
	})
	return out
}
