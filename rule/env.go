package rule

import (
	"fmt"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/says"
)

// failures is the hidden variable behind failed(rule): the rules of this run
// that failed.
const failures = "@failures"

// factTypes are the Go structs that expressions may read. Their fields have
// the names that they have in JSON.
var factTypes = []reflect.Type{
	reflect.TypeFor[diapason.Flow](), reflect.TypeFor[diapason.Party](), reflect.TypeFor[diapason.Service](),
	reflect.TypeFor[does.Facts](), reflect.TypeFor[asks.Facts](), reflect.TypeFor[says.Facts](), reflect.TypeFor[holds.Facts](),
	reflect.TypeFor[accord.Pair](),
}

// A variable is a name that every expression may use.
type variable struct {
	name string
	typ  *cel.Type
	of   func(*Input) any
}

func list(object string) *cel.Type { return cel.ListType(cel.ObjectType(object)) }

// variables are the facts of a run by name.
var variables = []variable{
	{"service", cel.ObjectType("diapason.Service"), func(in *Input) any { return in.Service }},
	{"flows", list("diapason.Flow"), func(in *Input) any { return in.Flows }},
	{"pairs", list("accord.Pair"), func(in *Input) any { return in.Pairs }},
	{"visits", list("does.Visit"), func(in *Input) any { return in.Does.Visits }},
	{"accesses", list("does.Access"), func(in *Input) any { return in.Does.Accesses }},
	{"cookies", list("does.Cookie"), func(in *Input) any { return in.Does.Cookies }},
	{"identifiers", list("does.Identifier"), func(in *Input) any { return in.Does.Identifiers }},
	{"links", list("does.Link"), func(in *Input) any { return in.Does.Links }},
	{"respawns", list("does.Respawn"), func(in *Input) any { return in.Does.Respawns }},
	{"seeds", list("does.Seed"), func(in *Input) any { return in.Does.Seeds }},
	{"leaks", list("does.Leak"), func(in *Input) any { return in.Does.Leaks }},
	{"probes", list("does.Probe"), func(in *Input) any { return in.Does.Probes }},
	{"banners", list("does.Banner"), func(in *Input) any { return in.Does.Banners }},
	{"returns", list("does.Return"), func(in *Input) any { return in.Does.Returns }},
	{"nights", list("does.Night"), func(in *Input) any { return in.Does.Nights }},
	{"requests", list("asks.Request"), func(in *Input) any { return in.Asks.Requests }},
	{"scopes", list("asks.Scope"), func(in *Input) any { return in.Asks.Scopes }},
	{"grants", list("asks.Grant"), func(in *Input) any { return in.Asks.Grants }},
	{"documents", list("says.Document"), func(in *Input) any { return in.Says.Documents }},
	{"practices", list("says.Practice"), func(in *Input) any { return in.Says.Practices }},
	{"changes", list("says.Change"), func(in *Input) any { return in.Says.Changes }},
	{"exports", list("holds.Export"), func(in *Input) any { return in.Holds.Exports }},
	{"items", list("holds.Item"), func(in *Input) any { return in.Holds.Items }},
	{"claims", list("holds.Claim"), func(in *Input) any { return in.Holds.Claims }},
	{"answers", list("holds.Answer"), func(in *Input) any { return in.Holds.Answers }},
	{failures, cel.ListType(cel.StringType), func(in *Input) any { return in.failed }},
}

// newEnv declares what expressions may say: variables, functions, and the
// pack's thresholds as constants.
func newEnv(t thresholds, words map[string]string) (*cel.Env, error) {
	types := []any{ext.ParseStructTag("json")}
	for _, ft := range factTypes {
		types = append(types, ft)
	}
	options := []cel.EnvOption{
		ext.NativeTypes(types...), ext.Strings(), ext.Lists(),
		cel.Macros(append(cel.StandardMacros, thresholdMacro("num", t.nums), thresholdMacro("span", t.spans), failedMacro())...),
	}
	for _, v := range variables {
		options = append(options, cel.Variable(v.name, v.typ))
	}
	env, err := cel.NewCustomEnv(append([]cel.EnvOption{cel.StdLib()}, append(options, functions(words)...)...)...)
	if err != nil {
		return nil, fmt.Errorf("declare rule language: %w", err)
	}
	return env, nil
}

// thresholdMacro makes name("key") the constant of that key.
func thresholdMacro(name string, values map[string]float64) cel.Macro {
	return cel.GlobalMacro(name, 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
		key, ok := literal(args[0])
		if !ok {
			return nil, f.NewError(args[0].ID(), name+"() wants a key in quotes")
		}
		v, ok := values[key]
		if !ok {
			return nil, f.NewError(args[0].ID(), fmt.Sprintf("unknown threshold %q%s", key, meant(key, sortedKeys(values))))
		}
		return f.NewLiteral(types.Double(v)), nil
	})
}

// failedMacro makes failed("ID") a look into the hidden list of failed rules.
func failedMacro() cel.Macro {
	return cel.GlobalMacro("failed", 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
		key, ok := literal(args[0])
		if !ok {
			return nil, f.NewError(args[0].ID(), "failed() wants a rule's id in quotes")
		}
		return f.NewCall(operators.In, f.NewLiteral(types.String(key)), f.NewIdent(failures)), nil
	})
}

func literal(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// reads lists the variables that an expression uses, and the rules whose
// failure it asks for.
func reads(a *cel.Ast) (names, rules map[string]bool) {
	names, rules = map[string]bool{}, map[string]bool{}
	ast.PreOrderVisit(a.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			names[e.AsIdent()] = true
		case ast.CallKind:
			c := e.AsCall()
			if c.FunctionName() == operators.In && c.Args()[1].Kind() == ast.IdentKind && c.Args()[1].AsIdent() == failures {
				id, _ := literal(c.Args()[0])
				rules[id] = true
			}
		}
	}))
	return names, rules
}
