package says

import "strings"

// required are the things that GDPR Art. 13(1) and (2) ask a policy to tell,
// each with words of which one is expected where it is told. Only what is
// found nowhere is called missing.
var required = []struct {
	name  string
	words []string
}{
	{"controller", []string{"controller", "responsible for your personal data", "responsible for the processing", "responsible for processing"}},
	{"contact", []string{"data protection officer", "privacy officer", "dpo", "contact us", "email us", "e-mail us", "write to us", "@"}},
	{"purposes", []string{"purpose", "we use your", "we use the information", "use your information to", "used to "}},
	{"legal-basis", []string{"legal basis", "legal bases", "lawful basis", "legitimate interest", "performance of a contract", "performance of our contract", "legal ground", "perform our contract", "basis"}},
	{"recipients", []string{"recipient", "share your", "share information", "shared with", "disclose", "service provider", "third part", "processor", "do not share", "receives"}},
	{"transfers", []string{"transfer", "outside the eea", "outside the european", "outside of the eea", "other countries", "international", "stays in", "stored in the eu", "servers in"}},
	{"retention", []string{"retain", "retention", "as long as", "how long", "we keep", "is kept", "are kept", "deleted after", "delete it after", "storage period", "stored for"}},
	{"rights", []string{"right to access", "right of access", "access to your personal data", "your rights", "right to request", "rectif", "right to erasure", "right to obtain", "ask for a copy", "request a copy", "access, correct"}},
	{"right-to-withdraw", []string{"withdraw your consent", "withdraw consent", "consent at any time", "revoke your consent", "withdraw it at any time", "withdrawal of consent", "withdraw this consent", "withdraw that consent", "revoke consent", "withdraw your permission", "right to withdraw"}},
	{"right-to-complain", []string{"complaint", "complain", "supervisory authority", "data protection authority"}},
	{"whether-required", []string{"required to provide", "obliged to provide", "have to provide", "must provide", "necessary to provide", "not provide", "need not give", "must give", "do not give", "have to give", "voluntar", "mandatory", "don't provide", "required to give", "required in order to", "choose not to", "need to provide", "obliged to give"}},
	{"automated-decisions", []string{"automated decision", "automated-decision", "automated individual decision", "profiling", "automatic decision", "automated means", "decisions by machine", "solely automated", "automated processing"}},
}

// missing lists what of it is found nowhere in a text.
func missing(text string) []string {
	low := strings.ToLower(strings.Join(strings.Fields(text), " "))
	out := []string{}
	for _, item := range required {
		if !contains(low, item.words...) {
			out = append(out, item.name)
		}
	}
	return out
}
