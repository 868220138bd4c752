package importer

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// alsoRequires reads what a permission needs beside itself, an expression of
// names with & (both), | (either) and parentheses; a comma is an &. nil means
// nothing.
func (g *graphImport) alsoRequires(id, text string) (*need, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	e := &expression{tokens: tokens(text)}
	n, err := e.either(0)
	if err == nil && len(e.tokens) > 0 {
		err = fmt.Errorf("%q is too much", e.tokens[0])
	}
	if err == nil {
		err = g.declare(n)
	}
	if err != nil {
		return nil, diapason.WithHint(g.src.at(g.src.lineOf(id), "alsoRequires %q of %q: %w", text, id, err),
			"write names with &, | and parentheses: (User.Read | User.Read.All) & Group.Read.All")
	}
	return &n, nil
}

// declare adds the names of an expression that the file does not describe, such
// as a permission of another interface: what they open is not known.
func (g *graphImport) declare(n need) error {
	if n.Scope != "" && g.file.Permissions[n.Scope] == nil && !g.named[n.Scope] {
		if !goodName(n.Scope) || len(g.draft.Scopes) >= maxScopes {
			return fmt.Errorf("%q cannot be the name of a permission, or there are more than %d", n.Scope, maxScopes)
		}
		g.named[n.Scope] = true
		s := &scope{ID: n.Scope, Kind: "oauth", Status: "current", Confidence: "low", Sources: []string{"graph"}}
		g.draft.describe(s)
		s.Notes = []string{"Named beside another permission; the file does not describe it."}
		g.draft.Scopes = append(g.draft.Scopes, s)
	}
	for _, part := range slices.Concat(n.All, n.Any) {
		if err := g.declare(part); err != nil {
			return err
		}
	}
	return nil
}

// tokens splits an expression into names and signs.
func tokens(text string) []string {
	for _, sign := range []string{"(", ")", "&", "|", ","} {
		text = strings.ReplaceAll(text, sign, " "+sign+" ")
	}
	return strings.Fields(text)
}

// An expression is read from its first token on.
type expression struct{ tokens []string }

func (e *expression) take(signs ...string) bool {
	if len(e.tokens) == 0 || !slices.Contains(signs, e.tokens[0]) {
		return false
	}
	e.tokens = e.tokens[1:]
	return true
}

// maxExpression bounds parentheses in each other.
const maxExpression = 16

func (e *expression) either(depth int) (need, error) {
	first, err := e.both(depth)
	parts := []need{first}
	for err == nil && e.take("|") {
		var next need
		next, err = e.both(depth)
		parts = append(parts, next)
	}
	return anyOf(parts), err
}

func (e *expression) both(depth int) (need, error) {
	first, err := e.one(depth)
	parts := []need{first}
	for err == nil && e.take("&", ",") {
		var next need
		next, err = e.one(depth)
		parts = append(parts, next)
	}
	return allOf(parts), err
}

func (e *expression) one(depth int) (need, error) {
	switch {
	case depth > maxExpression:
		return need{}, fmt.Errorf("more than %d parentheses in each other", maxExpression)
	case len(e.tokens) == 0:
		return need{}, fmt.Errorf("a name is missing at the end")
	case e.take("("):
		n, err := e.either(depth + 1)
		if err == nil && !e.take(")") {
			err = fmt.Errorf("a closing parenthesis is missing")
		}
		return n, err
	case slices.Contains([]string{")", "&", "|", ","}, e.tokens[0]):
		return need{}, fmt.Errorf("a name is missing before %q", e.tokens[0])
	}
	n := need{Scope: e.tokens[0]}
	e.tokens = e.tokens[1:]
	return n, nil
}
