package does

import (
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/filter"
)

func TestAContactThatAListNamesWantsConsentAndTheRuleIsQuoted(t *testing.T) {
	engine, skipped, err := filter.Load(filter.NewList("own.txt", "! Title: Our list\n||tally.example^$third-party\n@@||tally.example/allowed^\n"))
	if err != nil || len(skipped) > 0 {
		t.Fatal(err, skipped)
	}
	visit := func(url string) *diapason.Capture {
		return &diapason.Capture{
			ID: "A1", Site: "https://nocturne.example/", Phase: diapason.P0, Run: 1, Source: "chromium", Complete: true,
			Requests: []diapason.Request{
				{ID: "r1", URL: "https://nocturne.example/", Page: "https://nocturne.example/", Type: "document", Method: "GET", From: "page", Status: 200},
				{ID: "r2", URL: url, Page: "https://nocturne.example/", Type: "image", Method: "GET", From: "page", Status: 200},
			},
		}
	}
	for _, c := range []struct {
		name, url, nx, deciding string
		lists                   *filter.Engine
	}{
		{"listed", "https://px.tally.example/hit.gif", "yes", "Our list, line 2: ||tally.example^$third-party", engine},
		{"excepted", "https://tally.example/allowed/hit.gif", "unknown", "no identifier", engine},
		{"on no list", "https://images.example/hit.gif", "unknown", "no identifier", engine},
		{"without lists", "https://px.tally.example/hit.gif", "unknown", "no identifier", nil},
	} {
		r := reader(t)
		r.Lists = c.lists
		found := false
		for _, a := range r.Read([]*diapason.Capture{visit(c.url)}).Accesses {
			if a.Kind == "contact" {
				found = true
				if a.NX != c.nx || !strings.HasPrefix(a.Deciding, c.deciding) {
					t.Errorf("%s: %s because of %q, want %s because of %q", c.name, a.NX, a.Deciding, c.nx, c.deciding)
				}
			}
		}
		if !found {
			t.Errorf("%s: the contact is not told", c.name)
		}
	}
}
