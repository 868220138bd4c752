package rule

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
	"diapason.dev/diapason/remedy"
	"go.yaml.in/yaml/v3"
)

// expression compiles one text; what is wrong is left in the source.
func (c *compiler) expression(s *source, env *cel.Env, n *yaml.Node) *expression {
	a, issues := env.Compile(n.Value)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			s.within(n, e.Location.Line(), e.Location.Column(), "%s", e.Message)
		}
		return nil
	}
	p, err := env.Program(a, cel.CostLimit(c.limit), cel.InterruptCheckFrequency(1000))
	if err != nil {
		s.node(n, "%s", err)
		return nil
	}
	names, rules := reads(a)
	return &expression{program: p, out: a.OutputType(), names: names, rules: rules}
}

// boolean compiles a condition; an empty one is nil.
func (c *compiler) boolean(s *source, env *cel.Env, n *yaml.Node) *expression {
	if n.Value == "" {
		return nil
	}
	e := c.expression(s, env, n)
	if e != nil && e.out.Kind() != cel.BoolKind {
		s.node(n, "this wants true or false, not %s", e.out)
	}
	return e
}

// text reads a sentence with places.
func (s *source) text(n *yaml.Node) remedy.Text {
	t, err := remedy.ParseText(n.Value)
	if err != nil {
		s.node(n, "%s", err)
	}
	return t
}

// placeOf finds a place in a text: its line from 1 and its column from 0.
func placeOf(text, name string) (line, column int) {
	for i, l := range strings.Split(text, "\n") {
		for _, end := range []string{"}", "|"} {
			if at := strings.Index(l, "{"+name+end); at >= 0 {
				return i + 1, len([]rune(l[:at])) + 1
			}
		}
	}
	return 1, 0
}

// errCost means that an expression was stopped because it became too costly.
var errCost = errors.New("cost limit")

// eval runs an expression. Too costly is errCost; an end of ctx is its error.
func (e *expression) eval(ctx context.Context, vars map[string]any) (ref.Val, error) {
	v, _, err := e.program.ContextEval(ctx, vars)
	if err == nil {
		return v, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if strings.Contains(err.Error(), "cost limit exceeded") {
		return nil, errCost
	}
	return nil, fmt.Errorf("evaluate: %w", err)
}

// holds evaluates a condition; a missing one is otherwise.
func (e *expression) holds(ctx context.Context, vars map[string]any, otherwise bool) (bool, error) {
	if e == nil {
		return otherwise, nil
	}
	v, err := e.eval(ctx, vars)
	if err != nil {
		return false, err
	}
	return native[bool](v)
}
