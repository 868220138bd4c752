package accord

import (
	"regexp"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/says"
)

// conditional tells whether a text allows a practice on a condition only.
// "When you use our service" is none: whoever looks at it uses it.
func (b *book) conditional(p says.Practice) bool {
	if p.Condition == diapason.OnFeature && b.plainUse(p.Phrase) {
		return false
	}
	return p.Modality == "optional" || p.Modality == "conditional" || limited(p.Condition)
}

// plainUse tells whether a condition is one that every visit fulfils: to use
// or to visit the service, under its name or in such words as "our site".
func (b *book) plainUse(phrase string) bool {
	m := usedThing.FindStringSubmatch(phrase)
	if m == nil {
		return false
	}
	thing := strings.TrimSpace(m[1])
	return serviceThing.MatchString(thing) || slices.ContainsFunc(b.service, func(name string) bool {
		return name != "" && strings.EqualFold(strings.TrimPrefix(strings.ToLower(thing), "the "), name)
	})
}

var (
	usedThing    = regexp.MustCompile(`(?i)\b(?:us(?:e|es|ed|ing)|visit(?:s|ed|ing)?|access(?:es|ed|ing)?|brows(?:e|es|ed|ing)|open(?:s|ed|ing)?|view(?:s|ed|ing)?|interact(?:s|ed|ing)?|load(?:s|ed|ing)?)\b(?: of\b| with\b| to\b)?([^,;:.]*)`)
	serviceThing = regexp.MustCompile(`(?i)^(?:us|(?:(?:the|our|this|any of our|these|one of our) )?(?:\pL+ )?(?:services?|sites?|websites?|web sites?|apps?|applications?|platforms?|pages?|products?|content))$`)
)

// joined matches conditions that are fulfilled by having an account.
var joined = regexp.MustCompile(`(?i)\b(accounts?|sign(s|ed|ing)? (up|in|on)|sign-?(up|in|on)|regist(er|ers|ered|ering|ration)|subscri(be|bes|bed|bing|ption)|log(s|ged|ging)? ?in|join(s|ed|ing)?|member(ship)?)\b`)

// consent tells whether the condition of a statement was fulfilled when a flow
// was seen. It is present where an act of the person that fulfils it was part
// of what was seen, absent where the look shows that there was none, and
// unknown otherwise.
func consent(s sight, p says.Practice) diapason.Consent {
	if p.Condition == diapason.OnSetting && p.Default == "on" {
		return diapason.ConsentPresent // until somebody switches it off
	}
	switch s.Channel {
	case diapason.Asks:
		// The request is itself the question: nothing flows before a yes.
		if p.Condition == diapason.OnConsent || p.Modality == "optional" {
			return diapason.ConsentPresent
		}
	case diapason.Does:
		return consentSeen(s, p)
	}
	return diapason.ConsentUnknown
}

// consentSeen is consent for what pages and apps were seen to do. In a journey
// that a person's typing takes part in, a feature is in use; a banner's choice
// is another matter, and so is a setting.
func consentSeen(s sight, p says.Practice) diapason.Consent {
	asked := p.Condition == diapason.OnConsent || p.Condition == diapason.OnSetting
	typed := slices.Contains(s.Payload, "plain-seed") || slices.Contains(s.Payload, "hashed-seed")
	switch {
	case s.Phase == diapason.P6 && !asked && (typed || joined.MatchString(p.Phrase)):
		return diapason.ConsentPresent
	case s.Phase == diapason.P6 && !asked:
		return diapason.ConsentUnknown
	case s.Consent == diapason.ConsentPresent && !asked && (p.Condition == diapason.OnFeature || p.Condition == diapason.OnPayment):
		return diapason.ConsentAbsent // a yes to a banner uses no feature and pays nothing
	case s.Consent == diapason.ConsentPresent, s.Consent == diapason.ConsentAbsent:
		return s.Consent
	case s.Mode != diapason.Manual && (s.Phase == diapason.P0 || s.Phase == diapason.P5):
		return diapason.ConsentAbsent
	}
	return diapason.ConsentUnknown
}
