package importer

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// androidNamespace is the XML namespace of attributes in a manifest.
const androidNamespace = "http://schemas.android.com/apk/res/android"

// androidPrefix stands before most permissions and may be left out in a catalogue.
const androidPrefix = "android.permission."

type androidImport struct {
	src    Source
	draft  draft
	ledger Ledger
	seen   map[string]bool
}

// Android imports the manifest of the Android platform
// (frameworks/base/core/res/AndroidManifest.xml): the permissions that a person
// is asked for ("dangerous"), those that a person switches on under special app
// access, and, as retired, those that the platform has removed. What is granted
// without asking, and what only parts of the system get, is skipped and counted.
// Labels in a manifest are names of texts that stand elsewhere; where no words of
// ours describe a permission, its sentence is built from that name.
func Android(src Source, o Options) (Result, error) {
	if err := src.check(); err != nil {
		return Result{}, err
	}
	if bytes.HasPrefix(src.Data, []byte{3, 0, 8, 0}) {
		return Result{}, diapason.WithHint(src.at(1, "this is a compiled manifest (binary XML), as app packages hold it"),
			"give the manifest as text, from the platform's source")
	}
	im := &androidImport{
		src: src, ledger: Ledger{Format: "Android platform manifest", Unit: "permissions", Files: 1}, seen: map[string]bool{},
		draft: draft{
			Provider: "android", Name: "Android", Domain: "android.com", Version: o.date(""),
			About:   "Permissions of the Android platform that a person is asked for or switches on. Every label and sentence is ours or built from names.",
			Request: raw(request{ScopePrefix: androidPrefix, Separator: " ", CaseSensitive: true}),
			Sources: map[string]string{
				"aosp":    "Android Open Source Project, frameworks/base/core/res/AndroidManifest.xml",
				"special": "https://developer.android.com/training/permissions/requesting-special",
			},
			Terms: map[string]*term{},
		},
	}
	if o.Provider != "" {
		im.draft.Provider = o.Provider
	}
	if err := im.read(); err != nil {
		return Result{}, err
	}
	im.ledger.Scopes = len(im.draft.Scopes)
	return finish(&im.draft, im.ledger, o)
}

// read goes through the elements. A document type is passed over and nothing
// that it defines is ever put in.
func (im *androidImport) read() error {
	d := xml.NewDecoder(bytes.NewReader(im.src.Data))
	for depth := 0; ; {
		token, err := d.Token()
		line, _ := d.InputPos()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return diapason.WithHint(im.src.at(line, "%s", xmlMessage(err)), "give the manifest as text, from the platform's source")
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return im.src.at(line, "elements lie more than %d deep in each other", maxDepth)
			}
			if depth == 1 && e.Name.Local != "manifest" {
				return im.src.at(line, "the first element is <%s> and not <manifest>", e.Name.Local)
			}
			if e.Name.Local == "permission" && depth == 2 {
				if err := im.add(androidPermission(e), line); err != nil {
					return err
				}
			}
		case xml.EndElement:
			depth--
		}
	}
}

func xmlMessage(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Msg
	}
	return err.Error()
}

// A declared is one <permission> element.
type declared struct{ name, group, label, level, flags string }

func androidPermission(e xml.StartElement) declared {
	var p declared
	for _, a := range e.Attr {
		if a.Name.Space != androidNamespace {
			continue
		}
		switch a.Name.Local {
		case "name":
			p.name = a.Value
		case "permissionGroup":
			p.group = a.Value
		case "label":
			p.label = a.Value
		case "protectionLevel":
			p.level = a.Value
		case "permissionFlags":
			p.flags = a.Value
		}
	}
	return p
}

func (im *androidImport) add(p declared, line int) error {
	if im.ledger.Read++; im.ledger.Read > maxScopes {
		return im.src.at(line, "more than %d permissions", maxScopes)
	}
	if !goodName(p.name) {
		return im.src.at(line, "permission %q has no name that a manifest can spell", p.name)
	}
	level := strings.Split(p.level, "|")
	id := strings.TrimPrefix(p.name, androidPrefix)
	special := slices.Contains(level, "appop") || androidSpecial[id]
	status := "current"
	switch {
	case im.seen[id]:
		im.ledger.skip("declared twice")
		return nil
	case slices.Contains(strings.Split(p.flags, "|"), "removed"):
		status = "retired"
	case level[0] == "dangerous" || special:
	case level[0] == "normal" || level[0] == "":
		im.ledger.skip("granted without asking")
		return nil
	default:
		im.ledger.skip("only for parts of the system")
		return nil
	}
	im.seen[id] = true
	im.ledger.Imported++
	s := &scope{ID: id, Kind: "android", Status: status, Confidence: "low", Sources: []string{"aosp"}}
	if special && level[0] != "dangerous" {
		s.Notes = append(s.Notes, "A person switches it on under special app access; there is no dialog.")
		s.Sources = append(s.Sources, "special")
	}
	im.words(s, p)
	im.draft.Scopes = append(im.draft.Scopes, s)
	return nil
}

// words gives a permission its group and what it opens.
func (im *androidImport) words(s *scope, p declared) {
	group := strings.TrimPrefix(p.group, "android.permission-group.")
	if said, ok := androidWords[s.ID]; ok {
		s.Confidence = "medium"
		s.Group, s.See, s.Do, s.Effects = said.group, said.see, said.do, said.effects
		s.Reads = im.terms(said.see, s.ID, said.vocab)
		s.Writes = im.terms(said.do, s.ID+":do", said.vocab)
	} else {
		what, named := strings.CutPrefix(p.label, "@string/permlab_")
		if what = words(what); !named || what == "" {
			what = words(s.ID)
		}
		s.Do, s.Effects = "use what Android calls \""+what+"\"", []string{"act"}
		s.Writes = im.terms(s.Do, s.ID+":do", "")
	}
	if s.Group == "" && group != "" && group != "UNDEFINED" {
		s.Group = words(group)
	}
}

// terms adds the term of a phrase: permissions of one group open different things.
func (im *androidImport) terms(label, id, vocab string) []string {
	if label == "" {
		return nil
	}
	t := &term{Label: label}
	if vocab != "" {
		t.Vocab = &vocab
	}
	id = strings.ToLower(id)
	im.draft.Terms[id] = t
	return []string{id}
}
