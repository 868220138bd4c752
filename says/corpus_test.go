package says

import (
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/vocab"
)

// corpus is the folder of policies that stand beside the checkout, or where
// DIAPASON_CORPUS says. They are other people's texts and are not part of the
// project, so a checkout without them skips what needs them.
func corpus(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("DIAPASON_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "says")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		tb.Skipf("there are no policies at %s", dir)
	}
	return dir
}

func texts(tb testing.TB) map[string]Text {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(corpus(tb), "*", "*.md"))
	if err != nil || len(files) < 38 {
		tb.Fatalf("%d policies, %v", len(files), err)
	}
	out := map[string]Text{}
	for _, f := range files {
		out[filepath.Base(filepath.Dir(f))+"/"+filepath.Base(f)] = fileText(tb, f)
	}
	return out
}

func fileText(tb testing.TB, path string) Text {
	tb.Helper()
	t, err := Fetch(context.Background(), nil, Source{ID: "privacy", Kind: "policy", File: path})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestEveryQuoteStandsInTheStoredText(t *testing.T) {
	for name, text := range texts(t) {
		stored := string(text.Raw)
		doc, ps := Read(text)
		if !doc.Analysable {
			t.Errorf("%s: not analysable: %s", name, doc.Why)
		}
		if len(ps) == 0 {
			t.Errorf("%s: no practice was read", name)
		}
		for _, p := range ps {
			if p.Start < 0 || p.End > len(stored) || stored[p.Start:p.End] != p.Quote {
				t.Fatalf("%s: %s: bytes %d to %d are not %q", name, p.ID, p.Start, p.End, p.Quote)
			}
			if p.Phrase != "" && !strings.Contains(strings.Join(strings.Fields(p.Quote), " "), p.Phrase) {
				t.Errorf("%s: %s: the condition %q is not in the quote %q", name, p.ID, p.Phrase, p.Quote)
			}
		}
		for _, u := range doc.Unread {
			if !strings.Contains(stored, u) {
				t.Errorf("%s: an unread clause is not in the text: %q", name, u)
			}
		}
	}
}

func TestEveryRecordIsMadeOfWordsOfTheVocabulary(t *testing.T) {
	tree := vocab.Default()
	operations := []diapason.Operation{diapason.Collect, diapason.Store, diapason.Use, diapason.Share, diapason.Sell, diapason.Derive, diapason.Act}
	modalities := []string{"required", "performed", "may", "optional", "conditional"}
	for name, text := range texts(t) {
		_, ps := Read(text)
		for _, p := range ps {
			if tree.Kind(p.Data) != "pd" || tree.Kind(p.Recipient) != "party" || !slices.Contains(operations, p.Operation) || !slices.Contains(modalities, p.Modality) {
				t.Errorf("%s: %s is no record: %+v", name, p.ID, p)
			}
			if p.Actor != "service" && tree.Kind(diapason.Term(p.Actor)) != "party" {
				t.Errorf("%s: %s: actor %q", name, p.ID, p.Actor)
			}
			for _, purpose := range p.Purpose {
				if tree.Kind(purpose) != "purpose" {
					t.Errorf("%s: %s: purpose %q", name, p.ID, purpose)
				}
			}
			if p.Confidence <= 0 || p.Confidence > 1 {
				t.Errorf("%s: %s: confidence %g", name, p.ID, p.Confidence)
			}
		}
	}
}

func TestTheSameTextGivesTheSameRecordsTwice(t *testing.T) {
	for name, text := range texts(t) {
		_, a := Read(text)
		_, b := Read(text)
		if !slices.EqualFunc(a, b, func(p, q Practice) bool { return short(p) == short(q) && p.Start == q.Start && p.ID == q.ID }) {
			t.Errorf("%s: two readings differ", name)
		}
	}
}

func TestATextDoesNotDifferFromItself(t *testing.T) {
	for name, text := range texts(t) {
		if cs := Diff(text, text); len(cs) != 0 {
			t.Errorf("%s: %d changes, first: %s", name, len(cs), cs[0].Sentence)
		}
	}
}

// mirror is the class of the same change when the texts are exchanged.
var mirror = map[string]string{
	"added data": "removed data", "removed data": "added data", "recipient recipient": "removed recipient", "removed recipient": "recipient recipient",
	"purpose purpose": "removed purpose", "removed purpose": "purpose purpose", "denial-new denial": "denial-lost denial", "denial-lost denial": "denial-new denial",
	"broadened data": "narrowed data", "narrowed data": "broadened data", "broadened recipient": "narrowed recipient", "narrowed recipient": "broadened recipient",
}

func TestExchangedTextsTellTheSameChangesTheOtherWayRound(t *testing.T) {
	all := texts(t)
	for _, pair := range pairs(t) {
		a, b := all[pair.older], all[pair.newer]
		var forth, back []string
		for _, c := range Diff(a, b) {
			class := c.Class + " " + c.Kind
			if m, ok := mirror[class]; ok {
				class = m
			} else if c.Kind == "modality" {
				class = "modality"
			}
			forth = append(forth, class+" "+sides(c.After, c.Before))
		}
		for _, c := range Diff(b, a) {
			class := c.Class + " " + c.Kind
			if c.Kind == "modality" {
				class = "modality"
			}
			back = append(back, class+" "+sides(c.Before, c.After))
		}
		slices.Sort(forth)
		slices.Sort(back)
		if !slices.Equal(forth, back) {
			t.Errorf("%s: not mirrored\nforth %q\nback  %q", pair.id, forth, back)
		}
	}
}

func sides(a, b *Practice) string {
	s := ""
	for _, p := range []*Practice{a, b} {
		if p == nil {
			s += "- "
			continue
		}
		s += string(p.Data) + " "
	}
	return s
}

type textPair struct{ id, older, newer, kind string }

func pairs(tb testing.TB) []textPair {
	tb.Helper()
	f, err := os.Open(filepath.Join(corpus(tb), "pairs.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var out []textPair
	for _, r := range rows[1:] {
		out = append(out, textPair{r[0], r[1], r[2], r[3]})
	}
	return out
}

func TestPairsWithoutAChangeOfPracticeGiveNone(t *testing.T) {
	all, n := texts(t), 0
	for _, pair := range pairs(t) {
		if pair.kind != "zero" {
			continue
		}
		n++
		for _, c := range Diff(all[pair.older], all[pair.newer]) {
			t.Errorf("%s: %s: %s", pair.id, c.Class, c.Sentence)
		}
	}
	if n != 3 {
		t.Errorf("%d pairs without a change, want 3", n)
	}
}
