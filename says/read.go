package says

import (
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// Read reads a text into its document and its practices. It is pure: the same
// bytes give the same practices, in the order in which they stand in the text.
func Read(t Text) (Document, []Practice) {
	if t.Source.Kind == KindGPC {
		return readSignal(t)
	}
	return read(t).read(t)
}

func (in reading) read(t Text) (Document, []Practice) {
	doc := Document{
		ID: t.Source.ID, Kind: t.Source.Kind, Source: t.Source.URL + t.Source.File, Current: !t.Source.Earlier, SHA256: t.SHA256,
		Evidence: []diapason.Ref{{Record: "document/" + t.Source.ID, URL: shown(t.URL)}},
	}
	doc.Words = len(strings.Fields(in.text))
	doc.Title = in.heading()
	doc.Dated = dated(in.text)
	if doc.Why = gateOf(t, in, doc.Words); doc.Why != "" {
		return doc, nil
	}
	r := in.extract(t.Source)
	doc.Clauses, doc.Unread = r.clauses, r.unread
	doc.Analysable = true
	if in.cut {
		doc.Unread = append(doc.Unread, "the text was too long or too deeply nested to be read to its end")
	}
	if t.Source.Kind != "terms" {
		doc.Missing = missing(in.text)
	}
	if len(r.practices) == 0 && len(doc.Missing) > 9 {
		doc.Analysable, doc.Why = false, "nothing in it is about personal data, so it is not the text of a policy"
	}
	return doc, r.practices
}

// extract reads the practices out of a text that can be read.
func (in reading) extract(s Source) *reader {
	r := &reader{text: in.text, source: s, categories: map[string]frame{}}
	r.self = r.ownNames(in.heading())
	r.walk(in.root, scope{})
	return r
}

// heading is the text's own title: the first line near its beginning that
// calls it a policy, else its first line.
func (in reading) heading() string {
	first := ""
	for _, k := range in.root.kids[:min(len(in.root.kids), 40)] {
		if k.kind != kindHeading && k.kind != kindParagraph || k.own.end-k.own.start > 160 {
			continue
		}
		line := plainTitle(in.text[k.own.start:k.own.end])
		low := strings.ToLower(line)
		if contains(low, "privacy", "policy", "terms", "data protection") && !contains(low, "updated", "learn more", "http") && len(strings.Fields(line)) <= 9 {
			return line
		}
		if first == "" && len(line) <= 120 {
			first = line
		}
	}
	if in.title != "" {
		return in.title
	}
	return first
}

// legalWords are parts of a company's name that do not name it, and words of
// titles.
var legalWords = set("inc ltd llc limited corp corporation company gmbh ab sa sarl pbc plc ag co usa uk us the privacy policy notice statement terms data protection of service services use site app website and your our welcome to a platform last updated effective version legal global international cookie cookies center personal information")

// ownNames finds by which words a text names the service: in its title, and
// where it defines "we".
func (r *reader) ownNames(title string) map[string]bool {
	self := map[string]bool{}
	add := func(ts []token) {
		for _, t := range ts {
			if t.upper && !t.mark && !legalWords[t.word] && len(t.word) > 2 && !inLexicon(t) {
				self[t.word] = true
			}
		}
	}
	if low := strings.ToLower(title); strings.Contains(low, "privacy") || strings.Contains(low, "polic") {
		add(tokenize(title, span{0, len(title)}))
	}
	ts := tokenize(r.text, span{0, min(len(r.text), 30000)})
	for i, t := range ts {
		if t.word != "we" || i == 0 || !ts[i-1].mark || ts[i-1].word != "\"" || i+1 >= len(ts) || !ts[i+1].mark {
			continue
		}
		if from := parenBefore(ts, i); from > 0 {
			add(ts[from:i])
			add(ts[max(0, from-4):from])
		}
		break
	}
	return self
}

// inLexicon tells words that already mean a kind of data or of party.
func inLexicon(t token) bool {
	_, data := known().data[t.stem]
	_, party := known().parties[t.stem]
	_, purpose := known().purposes[t.stem]
	return data || party || purpose
}

func parenBefore(ts []token, i int) int {
	for k := i; k > max(0, i-14); k-- {
		if ts[k].word == "(" {
			return k
		}
	}
	return 0
}

// Flows tells practices as flows on the channel says: collecting moves data
// from the person to the service, sharing and selling from the service to a
// party, and storing, using and deriving stay with the service. The purpose is
// set where the text gives exactly one; a practice lists all of them.
func Flows(practices []Practice, s diapason.Service) []diapason.Flow {
	flows := make([]diapason.Flow, 0, len(practices))
	first := diapason.Party{ID: s.ID, Name: s.Name, Role: diapason.RoleService, Relation: diapason.FirstParty}
	you := diapason.Party{ID: string(person), Role: diapason.RolePerson}
	for _, p := range practices {
		if p.Kind == KindGPC { // a promise about a signal moves no data
			continue
		}
		f := diapason.Flow{
			Channel: diapason.Says, Polarity: p.Polarity, Subject: p.Subject, Sender: first, Recipient: first,
			Data: p.Data, Words: p.Words, Operation: p.Operation, Condition: p.Condition, Place: p.Place,
			Confidence: p.Confidence, Mode: diapason.Auto, Evidence: slices.Clone(p.Evidence),
		}
		if p.Recipient != service {
			f.Recipient = party(p)
		}
		if p.Operation == diapason.Collect || p.Recipient != service && p.Actor != "service" {
			f.Sender = you
		}
		if len(p.Purpose) == 1 {
			f.Purpose = p.Purpose[0]
		}
		if p.Limit > 0 {
			f.Duration = isoDays(p.Limit)
		}
		flows = append(flows, f)
	}
	return flows
}

// party is the receiver of a practice as a party.
func party(p Practice) diapason.Party {
	roles := map[diapason.Term]diapason.Role{
		"dia:Advertiser": diapason.RoleAdvertiser, "dia:Analytics": diapason.RoleAnalytics, "dia:Processor": diapason.RoleProcessor,
		"dia:PaymentProvider": diapason.RoleProcessor, "dia:Label": diapason.RoleLabel, "dia:Buyer": diapason.RoleBuyer, "dia:Partner": diapason.RolePartner,
		"dia:SocialNetwork": diapason.RolePartner, "dia:ConnectedApp": diapason.RolePartner, "dia:Carrier": diapason.RolePartner,
	}
	to := diapason.Party{ID: string(p.Recipient), Name: p.RecipientName, Role: roles[p.Recipient], Relation: diapason.ThirdParty}
	if to.Role == "" {
		to.Role = diapason.RoleUnknown
	}
	return to
}
