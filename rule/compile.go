package rule

import (
	"maps"
	"reflect"
	"regexp"
	"slices"

	"cel.dev/cel-go/cel"
	"diapason.dev/diapason"
	"diapason.dev/diapason/remedy"
	"go.yaml.in/yaml/v3"
)

// A compiled rule is ready to judge.
type compiled struct {
	ruleFile
	applies, unknown, confirm *expression
	find                      []finder
	key                       []string
	needsFirst                bool // applies reads facts, so it is asked only once the voices were looked at
	after                     map[string]bool
	means                     remedy.Text
}

// A finder selects witnesses and words them.
type finder struct {
	name    string
	where   *expression
	certain *expression
	words   []wording
	named   []string // the names of words, also of those that are wrong
	fail    remedy.Text
}

// A wording is one word for the sentences, made from a finding's witnesses.
type wording struct {
	name string
	of   *expression
}

type expression struct {
	program cel.Program
	out     *cel.Type
	names   map[string]bool
	rules   map[string]bool
}

// The variables of certain and words: the witness that speaks for a finding,
// and all of its witnesses.
const (
	itName  = "it"
	allName = "all"
)

var (
	ruleID      = regexp.MustCompile(`^[A-Z]{2}-[0-9]{2}$`)
	ruleVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
)

// A compiler turns rule files of one pack into rules.
type compiler struct {
	env   *cel.Env
	book  *remedy.Book
	limit uint64
}

// compile reads one rule file. What is wrong with it is left in the source.
func (c *compiler) compile(s *source, raw []byte) *compiled {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		s.yaml(err)
		return nil
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		s.at(1, 1, "the file holds no rule")
		return nil
	}
	root := doc.Content[0]
	s.checkKeys(root, reflect.TypeFor[ruleFile]())
	r := &compiled{after: map[string]bool{}}
	if err := doc.Decode(&r.ruleFile); err != nil {
		s.yaml(err)
		return nil
	}
	s.checkHead(root, r)
	r.applies = c.boolean(s, c.env, &r.Applies)
	r.unknown = c.boolean(s, c.env, &r.Unknown)
	r.confirm = c.boolean(s, c.env, &r.Confirm)
	for i := range r.Key {
		r.key = append(r.key, r.Key[i].Value)
		if keyFields[r.Key[i].Value] == nil {
			s.node(&r.Key[i], "unknown key field %q%s", r.Key[i].Value, meant(r.Key[i].Value, sortedKeys(keyFields)))
		}
	}
	c.finders(s, root, r)
	c.says(s, root, r)
	for _, e := range []*expression{r.applies, r.unknown, r.confirm} {
		r.depends(e)
	}
	for _, f := range r.find {
		r.depends(f.where)
	}
	if r.applies != nil {
		r.needsFirst = slices.ContainsFunc(variables, func(v variable) bool { return v.name != "service" && r.applies.names[v.name] })
	}
	return r
}

func (r *compiled) depends(e *expression) {
	if e != nil {
		maps.Copy(r.after, e.rules)
	}
}

// checkHead checks everything of a rule that is not an expression.
func (s *source) checkHead(root *yaml.Node, r *compiled) {
	wrong := func(ok bool, key, format string, args ...any) {
		if !ok {
			s.node(child(root, key), format, args...)
		}
	}
	wrong(ruleID.MatchString(r.ID), "id", "id is %q: write two capital letters and two digits, as in CN-01", r.ID)
	wrong(r.ID+".yaml" == s.name, "id", "id %q differs from the file's name", r.ID)
	wrong(ruleVersion.MatchString(r.Version), "version", "version is %q: write three numbers, as in 1.0.0", r.Version)
	wrong(r.Title != "", "title", "the rule has no title")
	wrong(r.Severity.Rank() > 0, "severity", "severity is %q: critical, high, medium or low", r.Severity)
	wrong(r.Mode == "auto" || r.Mode == "confirm", "mode", "mode is %q: auto or confirm", r.Mode)
	wrong(slices.Contains([]diapason.Certainty{diapason.Certain, diapason.Likely, diapason.Uncertain}, r.Certainty), "certainty", "certainty is %q: certain, likely or uncertain", r.Certainty)
	wrong(len(r.Basis) > 0, "basis", "the rule has no basis")
	for _, b := range r.Basis {
		wrong(jurisdictions[b.Where] != "" && b.Cite != "", "basis", "basis {where: %s, cite: %s} wants a known place (EU, FR, UK, CA, US) and a citation", b.Where, b.Cite)
	}
	if r.Runs != nil {
		wrong(r.Runs.Want >= r.Runs.Fail && r.Runs.Fail >= 1 && len(r.Needs.Phases) > 0, "runs", "runs wants fail of want runs, at least one, and a phase under needs")
	}
	for _, ch := range slices.Concat(r.Needs.Channels, r.Needs.Any) {
		wrong(slices.Contains(diapason.Channels, ch), "needs", "unknown channel %q: says, asks, does or holds", ch)
	}
	wrong(len(r.Needs.Channels)+len(r.Needs.Any) > 0, "needs", "the rule says not which channels it needs")
	for _, p := range r.Needs.Phases {
		wrong(p.When() != "", "needs", "unknown phase %q%s", p, meant(string(p), phaseNames()))
	}
	wrong((r.Applies.Value == "") == (r.Otherwise == ""), "applies", "applies and otherwise go together: otherwise says why the rule does not apply")
	wrong((r.Unknown.Value == "") == (r.Say.Unknown == ""), "say", "unknown and say.unknown go together: say.unknown says what could not be told")
}

// finders compiles the find mapping in the order in which it is written.
func (c *compiler) finders(s *source, root *yaml.Node, r *compiled) {
	if r.Find.Kind != yaml.MappingNode || len(r.Find.Content) == 0 {
		s.node(child(root, "find"), "find wants a mapping of names to expressions")
		return
	}
	for i := 0; i+1 < len(r.Find.Content); i += 2 {
		n := r.Find.Content[i+1]
		f := findFile{Where: *n}
		if n.Kind == yaml.MappingNode {
			f = findFile{}
			s.checkKeys(n, reflect.TypeFor[findFile]())
			if err := n.Decode(&f); err != nil {
				s.yaml(err)
				continue
			}
		}
		r.find = append(r.find, c.finder(s, n, r.Find.Content[i].Value, &f))
	}
}

func (c *compiler) finder(s *source, at *yaml.Node, name string, file *findFile) finder {
	f := finder{name: name, fail: s.text(&file.Fail)}
	for i := 0; i+1 < len(file.Words.Content); i += 2 {
		f.named = append(f.named, file.Words.Content[i].Value)
	}
	if file.Where.Value == "" {
		s.node(at, "find %s has no expression under where", name)
		return f
	}
	f.where = c.expression(s, c.env, &file.Where)
	if f.where == nil {
		return f
	}
	if f.where.out.Kind() != cel.ListKind || f.where.out.Parameters()[0].Kind() != cel.StructKind {
		s.node(&file.Where, "find wants a list of facts, this is %s", f.where.out)
		return f
	}
	env, err := c.env.Extend(cel.Variable(itName, f.where.out.Parameters()[0]), cel.Variable(allName, f.where.out))
	if err != nil {
		s.node(&file.Where, "%s", err)
		return f
	}
	f.certain = c.boolean(s, env, &file.Certain)
	for i := 0; i+1 < len(file.Words.Content); i += 2 {
		if e := c.expression(s, env, file.Words.Content[i+1]); e != nil {
			if k := e.out.Kind(); k != cel.StringKind && k != cel.IntKind {
				s.node(file.Words.Content[i+1], "a word is text or a whole number, this is %s", e.out)
			}
			f.words = append(f.words, wording{file.Words.Content[i].Value, e})
		}
	}
	return f
}

// says reads the sentences and checks that every place in them can be filled.
func (c *compiler) says(s *source, root *yaml.Node, r *compiled) {
	say := child(root, "say")
	general := s.text(&r.Say.Fail)
	r.means = s.text(&r.Say.Means)
	if r.means.Empty() {
		s.node(say, "say.means is missing: what does a finding mean for a person?")
	}
	for i := range r.find {
		f := &r.find[i]
		at := &r.Say.Fail
		if f.fail.Empty() {
			f.fail = general
		} else {
			at = child(child(&r.Find, f.name), "fail")
		}
		if f.fail.Empty() {
			s.node(say, "say.fail is missing, and find %s has no fail of its own", f.name)
		}
		s.checkPlaces(at, f.fail, f)
		s.checkPlaces(&r.Say.Means, r.means, f)
	}
	c.remedies(s, root, r)
}

// remedies checks that the recipes exist and that every find makes their words.
func (c *compiler) remedies(s *source, root *yaml.Node, r *compiled) {
	for operator, n := range []*yaml.Node{&r.Remedy.Person, &r.Remedy.Operator} {
		has := c.book.Person
		if operator == 1 {
			has = c.book.Operator
		}
		if n.Value == "" {
			s.node(child(root, "remedy"), "remedy wants a recipe for the person and one for the operator")
			continue
		}
		if !has(n.Value) {
			s.node(n, "unknown remedy %q%s", n.Value, meant(n.Value, slices.DeleteFunc(c.book.IDs(), func(id string) bool { return !has(id) })))
			continue
		}
		for i := range r.find {
			known := r.find[i].places()
			for _, want := range c.book.Wants(n.Value, operator == 1) {
				if !slices.Contains(known, want) {
					s.node(n, "remedy %s wants the word %q, which find %s does not make%s", n.Value, want, r.find[i].name, meant(want, known))
				}
			}
		}
	}
}

// places lists the words that a finder's sentences may use.
func (f *finder) places() []string {
	names := slices.Concat(builtinWords, f.named)
	slices.Sort(names)
	return names
}

func (s *source) checkPlaces(at *yaml.Node, t remedy.Text, f *finder) {
	known := f.places()
	for _, name := range t.Names() {
		if !slices.Contains(known, name) {
			line, column := placeOf(at.Value, name)
			s.within(at, line, column, "unknown placeholder {%s}%s", name, meant(name, known))
		}
	}
}
