package entity_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

var nocturne = diapason.Service{ID: "nocturne", Name: "Nocturne", Domains: []string{"nocturne.example"}}

func base(t *testing.T, own ...entity.Own) *entity.Base {
	t.Helper()
	b, err := entity.New(own)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAPartyIsTheCompanyBehindTheHost(t *testing.T) {
	b := base(t,
		entity.Own{Domain: "adsum.example", Name: "Adsum", Role: "advertiser"},
		entity.Own{Domain: "cdn.adsum.example", Name: "Adsum Files", Role: "processor"},
		entity.Own{Domain: "*.tally.example", Name: "Tally", Role: "analytics"},
		entity.Own{Domain: "criteo.com", Name: "Renamed", Role: "buyer"},
		entity.Own{Domain: "nameless.example"},
		entity.Own{Domain: "lent.nocturne.example", Name: "Adsum", Role: "advertiser"},
		entity.Own{Domain: "bücher.example", Name: "Bücher"},
	)
	service := diapason.Party{ID: "nocturne", Name: "Nocturne", Role: diapason.RoleService, Relation: diapason.FirstParty}
	party := func(id, name string, role diapason.Role, rel diapason.Relation) diapason.Party {
		return diapason.Party{ID: id, Name: name, Role: role, Relation: rel}
	}
	adsum := party("adsum", "Adsum", diapason.RoleAdvertiser, diapason.ThirdParty)
	cloaked := party("adsum", "Adsum", diapason.RoleAdvertiser, diapason.CloakedParty)
	for _, c := range []struct {
		name, host string
		cname      []string
		want       diapason.Party
	}{
		{"the service's domain", "nocturne.example", nil, service},
		{"a host of the service", "www.nocturne.example", nil, service},
		{"upper case and final dot", "WWW.Nocturne.Example.", nil, service},
		{"a name that merely ends alike", "notnocturne.example", nil, party("notnocturne.example", "notnocturne.example", diapason.RoleUnknown, diapason.ThirdParty)},
		{"the service's domain as a label of another's", "nocturne.example.adsum.example", nil, adsum},
		{"a company of the configuration", "px.adsum.example", nil, adsum},
		{"the longer domain wins", "a.cdn.adsum.example", nil, party("adsum-files", "Adsum Files", diapason.RoleProcessor, diapason.ThirdParty)},
		{"a domain written with a star", "tally.example", nil, party("tally", "Tally", diapason.RoleAnalytics, diapason.ThirdParty)},
		{"the configuration overrides the list", "bidder.criteo.com", nil, party("renamed", "Renamed", diapason.RoleBuyer, diapason.ThirdParty)},
		{"a company without name", "x.nameless.example", nil, party("nameless.example", "nameless.example", diapason.RoleUnknown, diapason.ThirdParty)},
		{"a listed company", "ad.doubleclick.net", nil, party("google-doubleclick-ads", "Google/Doubleclick Ads", diapason.RoleAdvertiser, diapason.ThirdParty)},
		{"a listed social network", "connect.facebook.net", nil, party("facebook", "Facebook", diapason.RolePartner, diapason.ThirdParty)},
		{"below a host that is listed without star", "x.cdnjs.cloudflare.com", nil, party("cloudflare.com", "cloudflare.com", diapason.RoleUnknown, diapason.ThirdParty)},
		{"a domain name in Unicode", "xn--bcher-kva.example", nil, party("b-cher", "Bücher", diapason.RoleUnknown, diapason.ThirdParty)},
		{"nobody knows it", "px.shade.co.uk", nil, party("shade.co.uk", "shade.co.uk", diapason.RoleUnknown, diapason.ThirdParty)},
		{"an address", "192.0.2.7", nil, party("192.0.2.7", "192.0.2.7", diapason.RoleUnknown, diapason.ThirdParty)},

		{"an alias to another company", "metrics.nocturne.example", []string{"nocturne.tally.example", "px.adsum.example"}, cloaked},
		{"an alias to the list's company", "metrics.nocturne.example", []string{"nocturne.omtrdc.net"}, party("adobe-experience-cloud", "Adobe Experience Cloud", diapason.RoleAnalytics, diapason.CloakedParty)},
		{"an alias to a company that hires content delivery", "metrics.nocturne.example", []string{"nocturne.tally.example", "px.adsum.example", "px.edge.akamaiedge.net"}, cloaked},
		{"an alias to a company that uses names nobody knows", "metrics.nocturne.example", []string{"px.adsum.example", "a.shade.example"}, cloaked},
		{"an alias to content delivery", "img.nocturne.example", []string{"nocturne.edge.akamaiedge.net"}, service},
		{"an alias to a cloud that the list files elsewhere", "api.nocturne.example", []string{"lb-1.eu.elasticbeanstalk.com"}, service},
		{"an alias to the configuration's processor", "img.nocturne.example", []string{"n.cdn.adsum.example"}, service},
		{"an alias to nobody known", "img.nocturne.example", []string{"n.shade.example"}, service},
		{"an alias that comes back home", "a.nocturne.example", []string{"px.adsum.example", "b.nocturne.example"}, service},
		{"a host that the configuration gives away", "px.lent.nocturne.example", nil, cloaked},
		{"a third party's alias to a known company", "px.shade.example", []string{"px.adsum.example"}, adsum},
		{"a third party is not hidden by its own alias", "px.adsum.example", []string{"x.omtrdc.net"}, adsum},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.Party(c.host, c.cname, nocturne); got != c.want {
				t.Errorf("Party(%q, %v) = %+v, want %+v", c.host, c.cname, got, c.want)
			}
		})
	}
}

func TestTheServicesOwnCompanyIsFirstParty(t *testing.T) {
	b := base(t, entity.Own{Domain: "nocturne.example", Name: "Nocturne AB"}, entity.Own{Domain: "nct.example", Name: "Nocturne AB", Role: "partner"})
	for _, c := range []struct {
		name, host string
		service    diapason.Service
		first      bool
	}{
		{"a second domain of the same name", "static.nct.example", nocturne, true},
		{"entities of one company", "www.google-analytics.com", diapason.Service{ID: "g", Domains: []string{"maps.google.com"}}, true},
		{"the company named in the configuration", "fonts.gstatic.com", diapason.Service{ID: "g", Entity: "google", Domains: []string{"tunes.example"}}, true},
		{"the host of the service's pages owns nothing", "www.wordpress.com", diapason.Service{ID: "b", Domains: []string{"band.wordpress.com"}}, false},
		{"another company", "px.tally.example", nocturne, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := b.Party(c.host, nil, c.service)
			if first := got.Relation == diapason.FirstParty; first != c.first {
				t.Errorf("Party(%s) = %+v, first %v, want %v", c.host, got, first, c.first)
			}
			if c.first && (got.ID != c.service.ID || got.Role != diapason.RoleService) {
				t.Errorf("Party(%s) = %+v, want the service itself", c.host, got)
			}
		})
	}
}

func TestAMistakeInTheConfigurationIsUsage(t *testing.T) {
	for name, own := range map[string][]entity.Own{
		"unknown role":       {{Domain: "a.example", Name: "A", Role: "advertizer"}},
		"the service's role": {{Domain: "a.example", Name: "A", Role: "service"}},
		"no domain":          {{Name: "A", Role: "buyer"}},
		"given twice":        {{Domain: "a.example", Name: "A"}, {Domain: "A.example.", Name: "B"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := entity.New(own); !errors.Is(err, diapason.ErrUsage) {
				t.Errorf("New(%v) = %v, want ErrUsage", own, err)
			}
		})
	}
	_, err := entity.New([]entity.Own{{Domain: "a.example", Role: "advertizer"}})
	if hint := new(diapason.Hint); !errors.As(err, &hint) || !strings.Contains(hint.Next, "advertiser") {
		t.Errorf("the error %v does not list the roles", err)
	}
}

func TestTheRegistrableDomainFollowsTheSuffixList(t *testing.T) {
	for host, want := range map[string]string{
		"www.nocturne.example": "nocturne.example",
		"a.b.shop.co.uk":       "shop.co.uk",
		"band.github.io":       "band.github.io",
		"x.band.github.io":     "band.github.io",
		"co.uk":                "co.uk",
		"WWW.Example.ORG.":     "example.org",
		"localhost":            "localhost",
		"127.0.0.1":            "127.0.0.1",
		"[2001:db8::1]":        "2001:db8::1",
		"a.bücher.example":     "xn--bcher-kva.example",
		"a..example":           "a..example",
		"":                     "",
	} {
		if got := entity.RegistrableDomain(host); got != want {
			t.Errorf("RegistrableDomain(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestReportsCanNameTheListsThatWereUsed(t *testing.T) {
	if v := entity.Version(); !regexp.MustCompile(`^third-party-web \d+\.\d+\.\d+$`).MatchString(v) {
		t.Errorf("Version() = %q", v)
	}
	if d := entity.SuffixDate(); !regexp.MustCompile(`^20\d\d-\d\d-\d\d$`).MatchString(d) {
		t.Errorf("SuffixDate() = %q", d)
	}
}
