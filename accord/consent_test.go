package accord

import (
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/says"
)

func on(c diapason.Condition, phrase string) func(*says.Practice) {
	return func(p *says.Practice) { p.Condition, p.Phrase, p.Modality = c, phrase, "conditional" }
}

func TestAConditionIsHeldAgainstWhatWasSeenOfIt(t *testing.T) {
	consentTo := with(yes(share, email, advertiser), on(diapason.OnConsent, "with your permission"))
	feature := func(phrase string) says.Practice {
		return with(yes(collect, email, theService), on(diapason.OnFeature, phrase))
	}
	setting := func(d string) says.Practice {
		return with(yes(collect, email, theService), func(p *says.Practice) { on(diapason.OnSetting, "unless you opt out")(p); p.Default = d })
	}
	optional := with(yes(collect, email, theService), func(p *says.Practice) { p.Modality = "optional" })
	seen := func(f diapason.Flow, c diapason.Consent) diapason.Flow { f.Consent = c; return f }
	recorded := func(f diapason.Flow) diapason.Flow { f.Mode = diapason.Manual; return f }
	for name, c := range map[string]struct {
		flow    diapason.Flow
		says    says.Practice
		verdict Verdict
		consent diapason.Consent
	}{
		"sent before any choice, where a yes was promised":    {sent(adsum, email, diapason.P0), consentTo, Conditional, diapason.ConsentAbsent},
		"sent on return, where a yes was promised":            {sent(adsum, email, diapason.P5), consentTo, Conditional, diapason.ConsentAbsent},
		"sent after signing up: no yes to it was seen":        {sent(adsum, email, diapason.P6, "plain-seed"), consentTo, Conditional, diapason.ConsentUnknown},
		"the visit knows that a yes was given":                {seen(sent(adsum, email, diapason.P6), diapason.ConsentPresent), consentTo, Conditional, diapason.ConsentPresent},
		"the visit knows that there was none":                 {seen(sent(adsum, email, diapason.P6), diapason.ConsentAbsent), consentTo, Conditional, diapason.ConsentAbsent},
		"in a recording nobody knows":                         {recorded(sent(adsum, email, diapason.P0)), consentTo, Conditional, diapason.ConsentUnknown},
		"a permission request is the question itself":         {wanted(email, collect), with(yes(collect, email, theService), on(diapason.OnConsent, "if you allow it")), Conditional, diapason.ConsentPresent},
		"held data do not tell whether a yes was given":       {held(email, store), with(yes(collect, email, theService), on(diapason.OnConsent, "if you allow it")), Conditional, diapason.ConsentUnknown},
		"a setting that is on by default":                     {sent(nocturne, email, diapason.P0), setting("on"), Conditional, diapason.ConsentPresent},
		"a setting that is off by default":                    {sent(nocturne, email, diapason.P0), setting("off"), Conditional, diapason.ConsentAbsent},
		"a feature, typed into by the journey":                {sent(nocturne, email, diapason.P6, "plain-seed"), feature("if you contact us"), Conditional, diapason.ConsentPresent},
		"a feature that the journey may not have used":        {sent(nocturne, email, diapason.P6), feature("if you contact us"), Conditional, diapason.ConsentUnknown},
		"signing up, in the journey that signs up":            {sent(nocturne, email, diapason.P6), feature("when you create an account"), Conditional, diapason.ConsentPresent},
		"a feature before anything was used":                  {sent(nocturne, email, diapason.P0), feature("if you contact us"), Conditional, diapason.ConsentAbsent},
		"to use the service is no condition":                  {sent(nocturne, email, diapason.P0), feature("when you use our Service"), Clear, ""},
		"to visit the site is no condition":                   {sent(nocturne, email, diapason.P0), feature("When you visit the Nocturne website"), Clear, ""},
		"to use the service by its name is no condition":      {sent(nocturne, email, diapason.P0), feature("When you use Nocturne"), Clear, ""},
		"to use another by name is a condition":               {sent(nocturne, email, diapason.P0), feature("When you use Serenade"), Conditional, diapason.ConsentAbsent},
		"to use one feature is a condition":                   {sent(nocturne, email, diapason.P0), feature("if you use voice search"), Conditional, diapason.ConsentAbsent},
		"may be given, and was typed":                         {sent(nocturne, email, diapason.P6, "plain-seed"), optional, Conditional, diapason.ConsentPresent},
		"may be given, and was taken before anybody typed it": {sent(nocturne, email, diapason.P0), optional, Conditional, diapason.ConsentAbsent},
	} {
		t.Run(name, func(t *testing.T) {
			got := Hold([]diapason.Flow{c.flow}, texts(c.says), true)[0]
			if got.Verdict != c.verdict || got.Consent != c.consent {
				t.Errorf("%s, consent %q; want %s, %q", got.Verdict, got.Consent, c.verdict, c.consent)
			}
		})
	}
}

func TestAConditionCountsOnlyWhereNothingFreeIsAsNear(t *testing.T) {
	free, bound := yes(share, email, advertiser), with(yes(share, email, advertiser), on(diapason.OnConsent, "with your consent"))
	flow := []diapason.Flow{sent(adsum, email, diapason.P0)}
	if got := Hold(flow, texts(bound, free), true)[0]; got.Verdict != Vague {
		t.Errorf("as near and free: %s", got.Verdict)
	}
	free.Data = contact
	if got := Hold(flow, texts(bound, free), true)[0]; got.Verdict != Conditional {
		t.Errorf("farther and free: %s", got.Verdict)
	}
}
