package says

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/lab"
)

// inLab starts the lab and is a client that finds its sites.
func inLab(t *testing.T) *http.Client {
	t.Helper()
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	dial := l.Dial()
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: l.Roots()},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, dial[address])
		},
	}}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// visit takes the policies of a service of the lab, the present and the
// earlier one.
func visit(t *testing.T, s lab.Service) (older, newer Text) {
	t.Helper()
	client := inLab(t)
	newer, err := Fetch(context.Background(), client, Source{ID: "privacy", Kind: "policy", URL: s.Origin + "/privacy"})
	if err != nil {
		t.Fatal(err)
	}
	older, err = Fetch(context.Background(), client, Source{ID: "privacy-2025", Kind: "policy", URL: s.Origin + "/privacy/2025", Earlier: true})
	if err != nil {
		t.Fatal(err)
	}
	return older, newer
}

func TestThePoliciesOfTheLabReadAsTheirTruthSays(t *testing.T) {
	for _, s := range []lab.Service{lab.Nocturne(), lab.Clean()} {
		_, text := visit(t, s)
		doc, ps := Read(text)
		truth, ok := lab.PageTruth(string(text.Raw))
		if ok != nil || truth.Policy == nil {
			t.Fatalf("%s: the policy carries no truth: %v", s.ID, ok)
		}
		if !doc.Analysable || doc.Dated != truth.Policy.Dated || !doc.Current {
			t.Errorf("%s: analysable %v (%s), dated %q, want %q", s.ID, doc.Analysable, doc.Why, doc.Dated, truth.Policy.Dated)
		}
		if !slices.Equal(sorted(doc.Missing), sorted(truth.Policy.Missing)) {
			t.Errorf("%s: missing %q, want %q", s.ID, doc.Missing, truth.Policy.Missing)
		}
		for _, d := range truth.Policy.Denied {
			if !slices.ContainsFunc(ps, func(p Practice) bool {
				return p.Polarity == diapason.Denied && !p.Hedged && p.Operation == diapason.Share && string(p.Data) == d.Data && string(p.Recipient) == d.Recipient && p.Quote == d.Quote
			}) {
				t.Errorf("%s: the denial %q is not read", s.ID, d.Quote)
			}
		}
		for _, c := range truth.Policy.Cookies {
			if !slices.ContainsFunc(ps, func(p Practice) bool { return p.Cookie == c.Name && p.Essential == c.Essential }) {
				t.Errorf("%s: the cookie %s is not read", s.ID, c.Name)
			}
		}
		for _, p := range ps {
			if text.Plain()[p.Start:p.End] != p.Quote {
				t.Errorf("%s: %s: the quote %q is not at its place", s.ID, p.ID, p.Quote)
			}
		}
		if len(doc.Unread) > 0 {
			t.Errorf("%s: not understood: %q", s.ID, doc.Unread)
		}
	}
}

func TestTheChangesOfTheLabsPoliciesAreTheOnesThatWereMade(t *testing.T) {
	for _, s := range []lab.Service{lab.Nocturne(), lab.Clean()} {
		older, newer := visit(t, s)
		truth, err := lab.PageTruth(string(newer.Raw))
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, c := range Diff(older, newer) {
			got = append(got, c.Class+" "+string(c.Data))
			if c.DatedBefore == c.DatedAfter {
				t.Errorf("%s: both texts are dated %q", s.ID, c.DatedAfter)
			}
		}
		for _, c := range truth.Policy.Changes {
			want = append(want, c.Class+" "+c.Data)
		}
		if !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("%s: changes %q, want %q", s.ID, got, want)
		}
	}
}

func sorted(words []string) []string {
	out := slices.Clone(words)
	slices.Sort(out)
	return out
}
