package says

import (
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// wanted is a change that must be listed, with words of its quotes.
type wanted struct {
	classes   []string
	data      diapason.Term
	condition string
	before    string
	after     string
}

func listed(cs []Change, w wanted) bool {
	return slices.ContainsFunc(cs, func(c Change) bool {
		return slices.Contains(w.classes, c.Class) && c.Data == w.data && c.Condition == w.condition && quotes(c.Before, w.before) && quotes(c.After, w.after)
	})
}

func quotes(p *Practice, words string) bool {
	if words == "" {
		return p == nil
	}
	return p != nil && strings.Contains(p.Quote, words)
}

// The rewrite of 2015: what it newly asks for, and on what terms.
func TestTheRewriteOf2015TellsPhotosContactsMicrophoneMotionAndLocation(t *testing.T) {
	all := texts(t)
	cs := Diff(all["spotify/2015-05-15.md"], all["spotify/2015-09-10.md"])
	for _, w := range []wanted{
		{[]string{"added"}, "pd:Picture", "consent", "", "photos"},
		{[]string{"added"}, "dia:AddressBook", "consent", "", "import your contacts"},
		{[]string{"added"}, "dia:MicrophoneAudio", "consent", "", "never access or use your microphone unless you give us explicit permission"},
		{[]string{"added"}, "dia:MotionSensor", "", "", "ensor"},
		{[]string{"conditional"}, "dia:PreciseLocation", "consent", "location information", "without first getting your explicit permission"},
		{[]string{"narrowed"}, "dia:CoarseLocation", "", "location information", "Broad, non-specific location"},
		{[]string{"denial-new"}, "dia:PhotoLibrary", "", "", "never scan or import your photo library"},
	} {
		if !listed(cs, w) {
			t.Errorf("not listed: %+v", w)
		}
	}
	for _, c := range cs {
		if c.DatedBefore != "2014-04-29" || c.DatedAfter != "2015-09-09" || c.Document != "privacy" || c.Technical || c.Sentence == "" {
			t.Errorf("%s %s: dated %q and %q, technical %v", c.Class, c.Data, c.DatedBefore, c.DatedAfter, c.Technical)
		}
	}
	if len(cs) > 60 {
		t.Errorf("%d changes are too many to read", len(cs))
	}
}

func TestNewReceiversOf2014AreNamed(t *testing.T) {
	all := texts(t)
	cs := Diff(all["spotify/2014-03-25.md"], all["spotify/2014-05-02.md"])
	var names []string
	for _, c := range cs {
		if c.Class != "recipient" {
			t.Errorf("unexpected: %s %s", c.Class, c.Sentence)
			continue
		}
		names = append(names, c.After.RecipientName)
	}
	slices.Sort(names)
	if want := []string{"Google", "Google Analytics", "Hasoffer Analytics"}; !slices.Equal(names, want) {
		t.Errorf("named %q, want %q", names, want)
	}
}

func TestTheLossOfLocalStorageAndOfItsDenialIsTold(t *testing.T) {
	all := texts(t)
	cs := Diff(all["spotify/2014-05-02.md"], all["spotify/2015-05-15.md"])
	for _, w := range []wanted{
		{[]string{"removed"}, "dia:CookieIdentifier", "", "We use HTML5 local storage for frequency capping", ""},
		{[]string{"denial-lost"}, "dia:CookieIdentifier", "", "We do not use HTML5 local storage to collect any personal data", ""},
	} {
		if !listed(cs, w) {
			t.Errorf("not listed: %+v", w)
		}
	}
	if len(cs) != 2 {
		for _, c := range cs {
			t.Logf("%s %s", c.Class, c.Sentence)
		}
		t.Errorf("%d changes, want 2", len(cs))
	}
}

// policy makes a text of a few sentences that is long enough to be one.
func policy(sentences ...string) Text {
	body := "# Nocturne Privacy Policy\n\nEffective as of 1 May 2026\n\nThis policy tells what we do with personal data.\n\n" + strings.Join(sentences, "\n\n")
	return Text{Source: Source{ID: "privacy", Kind: "policy"}, Raw: []byte(body)}
}

func TestEachKindOfChangeIsToldByItsClass(t *testing.T) {
	for _, c := range []struct{ older, newer, want string }{
		{"", "We collect your photos.", "added data pd:Picture"},
		{"We collect your photos.", "", "removed data pd:Picture"},
		{"We collect your profile picture.", "We collect your photos.", "broadened data pd:Picture"},
		{"We collect your location.", "We collect your approximate location.", "narrowed data dia:CoarseLocation"},
		{"You may choose to give us your phone number.", "You must give us your phone number.", "required modality pd:TelephoneNumber"},
		{"You must give us your phone number.", "You may choose to give us your phone number.", "optional modality pd:TelephoneNumber"},
		{"We collect your precise location.", "We collect your precise location only with your permission.", "conditional modality dia:PreciseLocation"},
		{"We share your name with advertisers.", "We share your name with advertisers. We share your name with data brokers.", "recipient recipient pd:Name"},
		{"We use your IP address to prevent fraud.", "We use your IP address to prevent fraud and for advertising.", "purpose purpose pd:IPAddress"},
		{"We do not sell your personal data.", "", "denial-lost denial dpv:PersonalData"},
		{"", "We do not sell your personal data.", "denial-new denial dpv:PersonalData"},
		{"We keep your search history for 30 days.", "We keep your search history for 90 days.", "retention retention dia:SearchQuery"},
		{"We store your messages on servers located in Germany.", "We store your messages on servers located in the United States.", "place place dia:PrivateMessage"},
		{"We share your name with advertisers.", "We share your name with any third party.", "broadened recipient pd:Name"},
	} {
		cs := Diff(policy(c.older, "We collect your e-mail address."), policy(c.newer, "We collect your e-mail address."))
		var got []string
		for _, x := range cs {
			got = append(got, x.Class+" "+x.Kind+" "+string(x.Data))
		}
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("from %q to %q: got %q, want %q", c.older, c.newer, got, c.want)
		}
	}
}

func TestChangesAreToldInSentencesForListeners(t *testing.T) {
	for _, c := range []struct{ older, newer, want string }{
		{"", "With your permission, we collect your photos.", "It now says that it collects this: photos, only if you agree."},
		{"We do not sell your personal data.", "", "It no longer says that it does not sell this: data about you."},
		{"", "We sell your purchase history to data brokers.", "It tells of a receiver that it did not name before: buyers of data. It gets: purchases and payments."},
		{"We collect your location.", "We collect your precise location only with your permission.", "It now collects only if you agree: precise location. Before, it spoke of location, with no such condition."},
		{"We keep your search history for 30 days.", "We keep your search history.", "It changes how long it keeps this: search queries. Now: no time is stated. Before: for up to 30 days."},
		{"We do not share your name with advertisers.", "", "It no longer says that it does not share this with advertising companies: name."},
	} {
		cs := Diff(policy(c.older, "We collect your e-mail address."), policy(c.newer, "We collect your e-mail address."))
		if len(cs) != 1 || cs[0].Sentence != c.want {
			t.Errorf("from %q to %q:", c.older, c.newer)
			for _, x := range cs {
				t.Errorf("  got %q", x.Sentence)
			}
			t.Errorf(" want %q", c.want)
		}
	}
}

func TestOtherWordsForTheSamePracticeAreNoChange(t *testing.T) {
	older := policy("We collect your e-mail address and your phone number. We share your e-mail address with advertisers only if you agree.")
	for _, newer := range []Text{
		policy("Your phone number and your e-mail address are collected.", "We do not share your e-mail address with advertisers unless you agree."),
		policy("We collect:\n\n* your phone number\n* your e-mail address", "With your consent, your email address is shared with advertisers."),
	} {
		for _, c := range Diff(older, newer) {
			t.Errorf("%s: %s", c.Class, c.Sentence)
		}
	}
}

func TestTheSameTextInAnotherFormatIsATechnicalChangeAtMost(t *testing.T) {
	md := policy("We collect your e-mail address.", "We share your name with advertisers.")
	html := md
	html.Raw = []byte("<!doctype html><title>x</title><h1>Nocturne Privacy Policy</h1><p>Effective as of 1 May 2026<p>This policy tells what we do with personal data.<p>We collect your e-mail address.<p>We share your <b>name</b> with advertisers.")
	if cs := Diff(md, html); len(cs) != 0 {
		t.Errorf("%d changes: %s", len(cs), cs[0].Sentence)
	}
	if !sameWords(read(md).text, read(html).text) {
		t.Error("the two formats have other words")
	}
}
