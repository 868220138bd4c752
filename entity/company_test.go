package entity_test

import (
	"testing"

	"diapason.dev/diapason/entity"
)

func TestTwoProductsOfOneCompanyAreTheSame(t *testing.T) {
	b := base(t, entity.Own{Domain: "px.example", Name: "Pixel", Role: "advertiser"}, entity.Own{Domain: "pixel.example", Name: "Pixel", Role: "processor"}, entity.Own{Domain: "other.example"})
	for _, c := range []struct {
		one, other string
		want       bool
	}{
		{"www.google-analytics.com", "ad.doubleclick.net", true},
		{"px.example", "pixel.example", true},
		{"a.shade.example", "b.shade.example", true},
		{"nocturne.example", "www.nocturne.example", true},
		{"www.google-analytics.com", "connect.facebook.net", false},
		{"px.example", "other.example", false},
		{"shade.example", "shadow.example", false},
		{"nocturne.example", "px.example", false},
	} {
		if got := b.Same(b.Party(c.one, nil, nocturne), b.Party(c.other, nil, nocturne)); got != c.want {
			t.Errorf("%s and %s are the same: %t", c.one, c.other, got)
		}
	}
}

func TestWhoOnlyCarriesIsToldFromWhoDoesMore(t *testing.T) {
	b := base(t, entity.Own{Domain: "files.example", Name: "Files", Role: "processor"}, entity.Own{Domain: "px.example", Name: "Pixel", Role: "advertiser"})
	for host, want := range map[string]bool{
		"x.edge.akamaiedge.net": true, "d1.cloudfront.net": true, "files.example": true, "px.example": false, "ad.doubleclick.net": false, "shade.example": false, "nocturne.example": false,
	} {
		if got := b.Carries(b.Party(host, nil, nocturne)); got != want {
			t.Errorf("%s carries: %t", host, got)
		}
	}
}
