package says

import "diapason.dev/diapason"

// terms are the conditions on which something is said to be done.
type terms struct {
	condition diapason.Condition
	deflt     string // of a setting: on, off
	from, to  int    // the words, as tokens
	// lifts: the words are an exception from a denial ("not … without your
	// permission", "not … unless you ask"), so the whole says that it is done.
	lifts bool
}

var (
	consentNouns = set("permission permissions consent agreement authorization authorisation approval consents")
	consentLeft  = set("your first getting obtaining prior explicit express the user users separate specific informed written asking for receiving having affirmative 's other \" any such appropriate additional their opt in clear of seeking gaining a an you giving us")
	consentVerbs = set("allow allowed grant granted permit permitted permission permissions consent consented consents agree agreed authorise authorize authorised authorized choose chosen explicitly expressly enable enabled connect connected connecting ask asked want request instruct direct elect")
	refusals     = set("object disable disabled withdraw withdrawn decline refuse unsubscribe deactivate")
	payments     = set("buy purchase purchases purchased subscribe pay order upgrade paid trial subscriber")
	featureVerbs = set("use using upload speak contact participate enter enters post link integrate interact respond join submit send activate communicate write apply sign call play take record import invite follow create add visit")
	baseNouns    = set("service services site sites website websites app apps platform platforms product products application applications account")
	baseVerbs    = set("use using visit visiting access accessing interact browse browsing download install open sign register create log using")
)

// conditionIn finds the condition in a run of words. Consent counts more than
// anything else that is said there.
func conditionIn(ts []token, from, to int) (terms, bool) {
	var best terms
	found := false
	for i := from; i < to; i++ {
		t, ok := conditionAt(ts, i, to)
		if !ok {
			continue
		}
		if !found || (t.condition == diapason.OnConsent && best.condition != diapason.OnConsent) {
			best, found = t, true
		}
	}
	return best, found
}

func conditionAt(ts []token, i, to int) (terms, bool) {
	switch w := ts[i].word; w {
	case "with", "upon", "without", "on", "to", "after", "until":
		if hasAt(ts, i-1, "consistent") {
			return terms{}, false
		}
		if n := consentNoun(ts, i+1, to); n > 0 && (w != "to" || hasAt(ts, i-1, "subject")) && (w != "on" || hasAt(ts, i-1, "based")) {
			return terms{condition: diapason.OnConsent, from: i, to: n, lifts: w == "without" || w == "until"}, true
		}
		if w == "until" {
			return ifClause(ts, i, to)
		}
	case "if", "when", "unless", "where", "once", "whenever":
		return ifClause(ts, i, to)
	case "permission":
		if hasAt(ts, i+1, "to") {
			return terms{condition: diapason.OnConsent, from: i, to: i + 1}, true
		}
	case "that", "which":
		if onlyBefore(ts, i) && hasAt(ts, i+1, "you") && anyOf(ts, i+2, min(i+6, to), set("choose chose select explicitly expressly specifically selected")) >= 0 {
			return terms{condition: diapason.OnConsent, from: i, to: min(i+5, to)}, true
		}
	case "default":
		return byDefault(ts, i)
	case "available":
		if (hasAt(ts, i+1, "on", "or", "through", "your") || hasAt(ts, i+1, "through", "your")) && anyOf(ts, i, min(i+10, to), set("account")) > 0 {
			return terms{condition: diapason.OnFeature, from: i, to: min(i+4, to)}, true
		}
	case "opt", "turn", "switch":
		return switching(ts, i, to)
	}
	return terms{}, false
}

func onlyBefore(ts []token, i int) bool {
	for k := i - 1; k >= 0 && k >= i-6; k-- {
		if ts[k].word == "only" {
			return true
		}
	}
	return false
}

// consentNoun is the place behind "your explicit permission" and the like, 0
// if they do not stand at i.
func consentNoun(ts []token, i, to int) int {
	for k := i; k < min(i+9, to); k++ {
		if consentNouns[ts[k].word] {
			return k + 1
		}
		if !consentLeft[ts[k].word] && ts[k].stem != self {
			return 0
		}
	}
	return 0
}

func byDefault(ts []token, i int) (terms, bool) {
	if !hasAt(ts, i-1, "by") {
		return terms{}, false
	}
	t := terms{condition: diapason.OnSetting, deflt: "on", from: i - 1, to: i + 1}
	if i >= 2 && (ts[i-2].word == "off" || ts[i-2].word == "disabled") {
		t.deflt = "off"
	}
	return t, true
}

// switching reads "opt out", "opt in", "turn off".
func switching(ts []token, i, to int) (terms, bool) {
	if i+1 >= to {
		return terms{}, false
	}
	t := terms{condition: diapason.OnSetting, deflt: "on", from: i, to: i + 2}
	switch ts[i].word + " " + ts[i+1].word {
	case "opt out":
		for k := i - 1; k >= 0 && k >= i-4; k-- {
			if ts[k].word == "you" || ts[k].word == "to" {
				return t, true
			}
		}
	case "turn off", "switch off":
		return t, true
	case "opt in":
		t.condition, t.deflt = diapason.OnConsent, ""
		return t, true
	}
	return terms{}, false
}

// clauseEnd is where the words of a condition end.
func clauseEnd(ts []token, i, to int) int {
	for k := i; k < min(i+24, to); k++ {
		if w := ts[k].word; w == "," || w == ";" || w == "." || w == "—" || w == ":" || (w == "we" && k > i+1) {
			return k
		}
	}
	return min(i+24, to)
}

// ifClause reads a clause that begins with if, when, unless and the like.
func ifClause(ts []token, i, to int) (terms, bool) {
	end := clauseEnd(ts, i+1, to)
	t := terms{from: i, to: end, lifts: ts[i].word == "unless" || ts[i].word == "until"}
	if hasAt(ts, i-1, "only") || hasAt(ts, i-1, "except") {
		t.from, t.lifts = i-1, true
	}
	you := -1
	for k := i + 1; k < end; k++ {
		if ts[k].word == "you" || ts[k].word == "your" || ts[k].stem == "user" || ts[k].stem == "customer" {
			you = k
			break
		}
	}
	if you < 0 {
		return t, false
	}
	return ifYou(ts, t, you, end)
}

func ifYou(ts []token, t terms, you, end int) (terms, bool) {
	if refuses(ts, you, end) {
		t.condition, t.deflt = diapason.OnSetting, "on"
		t.lifts = ts[t.from].word != "unless"
		return t, true
	}
	if hasAt(ts, you, "you", "do") && (end == you+2 || hasAt(ts, you+2, "so")) { // what the sentence before allows
		t.condition = diapason.OnFeature
		return t, true
	}
	chosen := anyOf(ts, you, end, consentVerbs)
	switch {
	case index(ts, you, end, "opt", "in") >= 0, index(ts, you, end, "opted", "in") >= 0, index(ts, you, end, "turn", "on") >= 0:
		t.condition = diapason.OnConsent
	case anyOf(ts, you, end, payments) >= 0:
		t.condition = diapason.OnPayment
	case chosen >= 0 && takesPart(ts, chosen, end):
		t.condition = diapason.OnFeature
	case chosen >= 0:
		t.condition = diapason.OnConsent
	case baseUse(ts, you, end):
		return t, false
	case anyOf(ts, you, end, featureVerbs) >= 0:
		t.condition = diapason.OnFeature
	default:
		return t, false
	}
	return t, true
}

func refuses(ts []token, from, end int) bool {
	if anyOf(ts, from, end, refusals) >= 0 || index(ts, from, end, "us", "otherwise") >= 0 || index(ts, from, end, "opt", "out") >= 0 || index(ts, from, end, "opted", "out") >= 0 || index(ts, from, end, "turn", "off") >= 0 {
		return true
	}
	for k := from; k < end; k++ {
		if negates(ts[k]) && k+1 < end && (ts[k+1].word == "want" || ts[k+1].word == "wish" || ts[k+1].word == "consent" || ts[k+1].word == "agree") {
			return true
		}
	}
	return false
}

// takesPart tells "choose to use a feature" from "choose to share".
func takesPart(ts []token, i, end int) bool {
	w := ts[i].word
	if w != "choose" && w != "chosen" && w != "want" && w != "elect" {
		return false
	}
	return i+2 < end && ts[i+1].word == "to" && featureVerbs[ts[i+2].word] && ts[i+2].word != "upload" && ts[i+2].word != "link" && ts[i+2].word != "import"
}

// baseUse tells that the condition is no more than using the service at all,
// or opening an account: nobody can be a user without it.
func baseUse(ts []token, from, end int) bool {
	at := anyOf(ts, from, end, baseVerbs)
	if at < 0 {
		return false
	}
	for k := at + 1; k < min(at+9, end); k++ {
		if baseNouns[ts[k].word] || ts[k].stem == self || ts[k].word == "up" || ts[k].word == "register" {
			return true
		}
	}
	return ts[at].word == "register"
}
