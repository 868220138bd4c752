package does_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/lab"
)

// typing fills in both forms of the lab that are listened to, or not, and sends
// neither of them off.
func typing(t *testing.T) does.Facts {
	t.Helper()
	b := onTheLab(t)
	fields := []browse.Field{{Selector: "#email", Value: "bait.email"}, {Selector: "#name", Value: "bait.name"}, {Selector: "#text", Value: "bait.text"}}
	c, err := b.Visit(t.Context(), browse.Visit{ID: "journey/typing/1", Phase: diapason.P6, Run: 1, Journey: "typing", Steps: []browse.Step{
		{Open: "https://leaks.example/join", Fill: fields}, {Open: "https://leaks.example/quiet", Fill: fields},
	}})
	if err != nil || !c.Complete {
		t.Fatalf("the journey: %+v, %v", c.Gaps, err)
	}
	companies, err := entity.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := does.Reader{Service: diapason.Service{ID: "leaks", Name: "Leaks", Domains: []string{"leaks.example"}}, Entities: companies, Salt: []byte("salt")}
	return r.Read(stored(t, []*diapason.Capture{c}))
}

// told writes a leak as the lab's pages state it. Made-up addresses are in small
// letters without spaces: that a page tidies them does not show.
func told(seed, receiver string, steps []string, submitted bool) string {
	steps = slices.DeleteFunc(slices.Clone(steps), func(s string) bool { return s == "url" || s == "json" || s == "lower" })
	return fmt.Sprintf("#%s to %s: %s, submitted: %t", seed, receiver, strings.ReplaceAll(strings.Join(steps, " "), "hash:", ""), submitted)
}

// What is typed reaches others before it is sent, in whatever disguise, and
// each is told with its receiver, its field and what was done to it. The quiet
// twin, which is filled in on the same way, gives nothing away.
func TestWhatIsTypedIsFoundInEveryDisguise(t *testing.T) {
	t.Parallel()
	facts := typing(t)
	t.Run("leaks", func(t *testing.T) { disguisesAreThoseStated(t, facts) })
	t.Run("recorders", func(t *testing.T) { recordersAreThoseStated(t, facts) })
}

func disguisesAreThoseStated(t *testing.T, facts does.Facts) {
	var want, got []string
	for _, f := range lab.Leaks() {
		for _, l := range f.Truth.Leaks {
			want = append(want, told(strings.TrimPrefix(l.Field, "#"), l.Receiver, l.Transform, l.Submitted))
		}
	}
	for _, l := range facts.Leaks {
		host := strings.TrimSuffix(strings.TrimPrefix(strings.SplitN(l.Evidence[0].URL, "?", 2)[0], "https://"), "/")
		host, _, _ = strings.Cut(strings.TrimPrefix(host, "wss://"), "/")
		got = append(got, told(l.Seed, host, l.Chain, l.Submitted))
		for _, stated := range lab.Leaks()[0].Truth.Leaks {
			if stated.Receiver == host && stated.Parameter != "" && !strings.HasPrefix(l.Evidence[0].Quote, stated.Parameter+"=") {
				t.Errorf("%s in %q, want it in %s", host, l.Evidence[0].Quote, stated.Parameter)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("leaks\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A recorder of the page is found by what it sends, and said to record typing
// only if the text is in it.
func recordersAreThoseStated(t *testing.T, facts does.Facts) {
	var want, got []string
	for _, f := range lab.Leaks() {
		for _, r := range f.Truth.Recorders {
			var fields []string
			for _, s := range r.Typing {
				fields = append(fields, strings.TrimPrefix(s, "#"))
			}
			want = append(want, fmt.Sprint(r.Receiver, fields))
		}
	}
	for _, r := range facts.Recorders {
		got = append(got, fmt.Sprint(r.Recipient.ID, r.Typing))
		if r.Events < 5 || r.Visit != "journey/typing/1" || len(r.Evidence) == 0 {
			t.Errorf("recorder %+v", r)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("recorders %q, want %q", got, want)
	}
}
