package rule

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/remedy"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

// functions are what expressions may call beside the standard library of CEL.
func functions(words map[string]string) []cel.EnvOption {
	flow, access := cel.ObjectType("diapason.Flow"), cel.ObjectType("does.Access")
	practice, party := cel.ObjectType("says.Practice"), cel.ObjectType("diapason.Party")
	text := cel.StringType
	return []cel.EnvOption{
		cel.Function("longer", cel.Overload("longer_days", []*cel.Type{cel.DoubleType, cel.DoubleType}, cel.BoolType,
			binary(func(a, b float64) any { return longer(a, b) }))),
		cel.Function("is", cel.MemberOverload("term_is", []*cel.Type{text, text}, cel.BoolType,
			binary(func(x, y string) any { return vocab.Default().Is(diapason.Term(x), diapason.Term(y)) }))),
		cel.Function("vagueness", cel.Overload("vagueness_terms", []*cel.Type{text, text}, cel.DoubleType,
			binary(func(x, y string) any { return vagueness(diapason.Term(x), diapason.Term(y)) }))),
		cel.Function("covers",
			cel.Overload("covers_flow", []*cel.Type{practice, flow}, cel.BoolType, binary(func(p says.Practice, f diapason.Flow) any { return coversFlow(p, f) })),
			cel.Overload("covers_access", []*cel.Type{practice, access}, cel.BoolType, binary(func(p says.Practice, a does.Access) any { return coversAccess(p, a) }))),
		cel.Function("sharing", cel.Overload("sharing_flow", []*cel.Type{flow}, cel.BoolType, unary(func(f diapason.Flow) any { return sharing(f) }))),
		cel.Function("known", cel.Overload("known_time", []*cel.Type{cel.TimestampType}, cel.BoolType, unary(func(t time.Time) any { return given(t) }))),
		cel.Function("label", cel.Overload("label_term", []*cel.Type{text}, text, unary(func(x string) any { return vocab.Default().Label(diapason.Term(x)) }))),
		cel.Function("called", cel.Overload("called_party", []*cel.Type{party}, text, unary(func(p diapason.Party) any { return called(p) }))),
		cel.Function("quote", cel.Overload("quote_text", []*cel.Type{text}, text, unary(func(x string) any { return "“" + strings.TrimRight(x, ". ") + "”" }))),
		cel.Function("word", cel.Overload("word_plain", []*cel.Type{text}, text, unary(func(x string) any { return plain(words, x) }))),
		cel.Function("and", cel.Overload("and_list", []*cel.Type{cel.ListType(text)}, text, unary(func(x []string) any { return remedy.And(x) }))),
		cel.Function("or", cel.Overload("or_list", []*cel.Type{cel.ListType(text)}, text, unary(func(x []string) any { return remedy.Or(x) }))),
		cel.Function("days", cel.Overload("days_double", []*cel.Type{cel.DoubleType}, text, unary(func(d float64) any { return duration(d) }))),
		cel.Function("decimal", cel.Overload("decimal_double", []*cel.Type{cel.DoubleType}, text, unary(func(d float64) any { return decimal(d) }))),
		cel.Function("day", cel.Overload("day_time", []*cel.Type{cel.TimestampType}, text, unary(func(t time.Time) any { return t.UTC().Format("2 January 2006") }))),
	}
}

// unary and binary turn a Go function into one of the rule language.
func unary[A any](f func(A) any) cel.OverloadOpt {
	return cel.UnaryBinding(func(v ref.Val) ref.Val {
		a, err := native[A](v)
		if err != nil {
			return types.WrapErr(err)
		}
		return types.DefaultTypeAdapter.NativeToValue(f(a))
	})
}

func binary[A, B any](f func(A, B) any) cel.OverloadOpt {
	return cel.BinaryBinding(func(l, r ref.Val) ref.Val {
		a, err := native[A](l)
		if err != nil {
			return types.WrapErr(err)
		}
		b, err := native[B](r)
		if err != nil {
			return types.WrapErr(err)
		}
		return types.DefaultTypeAdapter.NativeToValue(f(a, b))
	})
}

func native[T any](v ref.Val) (T, error) {
	var zero T
	if t, ok := v.Value().(T); ok {
		return t, nil
	}
	n, err := v.ConvertToNative(reflect.TypeFor[T]())
	if err != nil {
		return zero, err
	}
	t, ok := n.(T)
	if !ok {
		return zero, fmt.Errorf("%T is not a %T", n, zero)
	}
	return t, nil
}

// vagueness is how far a stated term lies above the true one: 0 where they are
// the same, below 1 where the stated one is above, 1 where it is not above at
// all.
func vagueness(x, stated diapason.Term) float64 {
	tree := vocab.Default()
	d, ok := tree.Distance(x, stated, false)
	if !ok {
		return 1
	}
	return tree.Vagueness(d, stated, vocab.RootData)
}

// reaches tells whether a statement's recipient is the party or stands above it.
func reaches(p says.Practice, who diapason.Party) bool {
	if p.RecipientName != "" {
		return strings.EqualFold(p.RecipientName, who.Name)
	}
	return p.Recipient != vocab.RootParty && vocab.Default().Is(vocab.PartyTerm(who), p.Recipient)
}

// coversFlow tells whether a statement is about a flow: its data, its
// recipient and its operation are the flow's or stand above them.
func coversFlow(p says.Practice, f diapason.Flow) bool {
	return vocab.Default().Is(f.Data, p.Data) && reaches(p, f.Recipient) && sameDeed(p.Operation, f.Operation)
}

// coversAccess is coversFlow for a stored or read value.
func coversAccess(p says.Practice, a does.Access) bool {
	deed := diapason.Store
	if a.Kind == "contact" {
		deed = diapason.Share
	}
	return vocab.Default().Is(a.Data, p.Data) && reaches(p, a.Recipient) && sameDeed(p.Operation, deed)
}

// sameDeed takes collecting, storing and using as one deed, because a text
// that tells of one of them tells of the data; handing on is another, and
// selling is a way of handing on.
func sameDeed(stated, seen diapason.Operation) bool {
	kind := func(o diapason.Operation) diapason.Operation {
		switch o {
		case diapason.Collect, diapason.Store, diapason.Use, diapason.Derive:
			return diapason.Collect
		case diapason.Share, diapason.Sell:
			return diapason.Share
		}
		return o
	}
	return kind(stated) == kind(seen)
}

// sharing tells whether a flow shares data for advertising: an advertiser or a
// buyer that is not the service, and something that singles a person out.
func sharing(f diapason.Flow) bool {
	if f.Recipient.Relation == diapason.FirstParty || f.Recipient.Role != diapason.RoleAdvertiser && f.Recipient.Role != diapason.RoleBuyer {
		return false
	}
	for _, p := range f.Payload {
		if p == "persistent-id" || p == "hashed-seed" || p == "page-address" {
			return true
		}
	}
	return false
}

// given tells whether a time is one: the rule language shows a missing time as
// the start of the Unix epoch.
func given(t time.Time) bool { return !t.IsZero() && t.Unix() != 0 }

// called is a party's name as people know it.
func called(p diapason.Party) string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}

// plain says a machine word in the pack's plain words, or opens its hyphens.
func plain(words map[string]string, x string) string {
	if w, ok := words[x]; ok {
		return w
	}
	return strings.ReplaceAll(x, "-", " ")
}

// duration tells days in the largest unit that keeps them readable.
func duration(d float64) string {
	switch {
	case d < 0:
		return "without end"
	case d == 0:
		return "until the browser is closed"
	case d >= 2*unitDays["year"]:
		return counted(d/unitDays["year"], "year")
	case d >= 60:
		return counted(d/unitDays["month"], "month")
	case d >= 1:
		return counted(d, "day")
	default:
		return counted(d*24, "hour")
	}
}

// decimal writes a number with one digit after the point, or none for a whole one.
func decimal(d float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", d), ".0") }

func counted(n float64, unit string) string {
	whole := int(math.Round(n))
	if whole == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", whole, unit)
}
