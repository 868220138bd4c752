package says

import (
	"strconv"
	"strings"

	"diapason.dev/diapason"
)

// details reads what a statement says beside its core: place, legal basis,
// the cookie it names.
func (r *reader) details(v *sentenceView, p *Practice) {
	low := strings.ToLower(p.Quote)
	if p.Rule != "table" && p.Rule != "cookie-table" {
		p.Basis = basis(low, false)
	}
	if p.Operation == diapason.Store || p.Operation == diapason.Share || p.Operation == diapason.Use {
		if strings.Contains(low, "transfer") || strings.Contains(low, "located") || strings.Contains(low, "stored in") || strings.Contains(low, "processed in") || strings.Contains(low, "servers in") {
			p.Place = place(v.ts)
		}
	}
	if p.Place != "" {
		p.Mechanism = mechanism(low)
	}
	if p.Data == "dia:CookieIdentifier" {
		p.Cookie = r.cookieName(v, p)
		p.Essential = essential(low) && p.Operation != diapason.Share
	}
}

// essential tells whether a text calls a stored value needed.
func essential(low string) bool {
	for _, w := range []string{"strictly necessary", "essential", "necessary for the", "necessary to", "keeps you signed in", "required for the site"} {
		if i := strings.Index(low, w); i >= 0 && !strings.HasSuffix(low[:i], "non-") && !strings.HasSuffix(low[:i], "not ") {
			return true
		}
	}
	return false
}

// cookieName is the cookie or the kind of storage that a statement names.
func (r *reader) cookieName(v *sentenceView, p *Practice) string {
	ts := v.ts
	for i := range ts {
		if (ts[i].word == "called" || ts[i].word == "named") && i+1 < len(ts) {
			k := i + 1
			if ts[k].mark && k+1 < len(ts) {
				k++
			}
			return r.text[ts[k].start:ts[k].end]
		}
		if strings.Contains(ts[i].word, "_") && !strings.Contains(ts[i].word, "@") {
			return strings.Trim(r.text[ts[i].start:ts[i].end], "*`")
		}
	}
	if strings.Contains(strings.ToLower(p.Words), "storage") {
		return strings.ToLower(p.Words)
	}
	return ""
}

// basis reads the legal basis. A cell of a column that is about the basis may
// name it in one word.
func basis(low string, column bool) string {
	if !column && !strings.Contains(low, "basis") && !strings.Contains(low, "legitimate interest") && !strings.Contains(low, "performance of") && !strings.Contains(low, "article 6") {
		return ""
	}
	for _, b := range [][2]string{
		{"legitimate interest", "legitimate-interest"},
		{"legal obligation", "legal-obligation"},
		{"consent", "consent"},
		{"contract", "contract"},
		{"vital interest", "vital-interest"},
		{"public interest", "public-interest"},
	} {
		if strings.Contains(low, b[0]) {
			return b[1]
		}
	}
	return ""
}

// mechanism reads by which instrument data may leave the country.
func mechanism(low string) string {
	for _, m := range []string{"standard contractual clauses", "adequacy decision", "binding corporate rules", "data privacy framework"} {
		if strings.Contains(low, m) {
			return m
		}
	}
	return ""
}

// places are the names of places as they are looked for, and as they are told.
var places = []struct {
	words []string
	name  string
}{
	{[]string{"outside", "of", "the", "eea"}, "outside the EEA"},
	{[]string{"outside", "the", "eea"}, "outside the EEA"},
	{[]string{"outside", "of", "the", "european"}, "outside the EEA"},
	{[]string{"outside", "the", "european"}, "outside the EEA"},
	{[]string{"united", "states"}, "United States"},
	{[]string{"united", "kingdom"}, "United Kingdom"},
	{[]string{"european", "union"}, "European Union"},
	{[]string{"number", "of", "countries"}, "several countries"},
	{[]string{"other", "than", "your", "home", "country"}, "other countries"},
	{[]string{"countries", "other", "than"}, "other countries"},
	{[]string{"outside", "of", "your", "country"}, "other countries"},
	{[]string{"outside", "your", "country"}, "other countries"},
	{[]string{"internationally"}, "other countries"},
	{[]string{"other", "countries"}, "other countries"},
	{[]string{"eea"}, "EEA"},
	{[]string{"germany"}, "Germany"},
	{[]string{"ireland"}, "Ireland"},
	{[]string{"france"}, "France"},
	{[]string{"sweden"}, "Sweden"},
	{[]string{"switzerland"}, "Switzerland"},
	{[]string{"netherlands"}, "Netherlands"},
	{[]string{"canada"}, "Canada"},
	{[]string{"singapore"}, "Singapore"},
	{[]string{"india"}, "India"},
	{[]string{"china"}, "China"},
}

func place(ts []token) string {
	for _, p := range places {
		if index(ts, 0, len(ts), p.words...) >= 0 {
			return p.name
		}
	}
	return ""
}

// limitOf reads for how long data is kept.
func (r *reader) limitOf(v *sentenceView, f *frame) {
	if f.op != diapason.Store && f.op != erase && f.op != diapason.Use {
		return
	}
	if f.op == diapason.Use && anyOf(v.ts, 0, len(v.ts), set("expire expires lasts retained kept stored")) < 0 {
		return
	}
	f.limit = limit(v.ts, 0, len(v.ts))
}

// unitDays is the length of a unit in days. A month has 31 and a year 366, so
// that nobody is told to keep data too long for the length of a month.
var unitDays = map[string]float64{"hour": 1.0 / 24, "day": 1, "week": 7, "month": 31, "year": 366, "minute": 1.0 / 1440}

var numberWords = map[string]float64{
	"one": 1, "a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
	"thirteen": 13, "fourteen": 14, "eighteen": 18, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
}

// limit reads a length of time in a run of words, in days; 0 if there is none.
// The longest counts where several are given.
func limit(ts []token, from, to int) float64 {
	longest := 0.0
	for i := from; i+1 < to; i++ {
		n, ok := number(ts[i].word)
		if !ok {
			continue
		}
		k := i + 1
		for k < to && (ts[k].mark && ts[k].word != "." || ts[k].word == "calendar" || ts[k].word == "full" || ts[k].word == "business" || unitNumber(ts[k].word)) {
			k++
		}
		if k >= to || (k == i+2 && (ts[i+1].word == "," || ts[i+1].word == ";")) {
			continue
		}
		days := unitDays[ts[k].stem] * n
		if hasAt(ts, k+1, "of", "age") || hasAt(ts, k+1, "old") || hasAt(ts, i-1, "within") || (n == 1 && ts[i].word == "a" && !hasAt(ts, i-1, "for") && !hasAt(ts, i-1, "after")) {
			continue
		}
		longest = max(longest, days)
	}
	return longest
}

func unitNumber(w string) bool { _, err := strconv.Atoi(w); return err == nil }

func number(w string) (float64, bool) {
	if n, err := strconv.ParseFloat(w, 64); err == nil && n < 1000 {
		return n, true
	}
	n, ok := numberWords[w]
	return n, ok
}
