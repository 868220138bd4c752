package entity

import (
	"bytes"
	_ "embed" // for the list of companies
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"diapason.dev/diapason"
)

//go:embed third-party-web.csv
var listFile []byte

// roleOf maps the categories of third-party-web to what a company is to the
// service that embeds it. "other" says nothing, so the role stays unknown.
var roleOf = map[string]diapason.Role{
	"ad":               diapason.RoleAdvertiser,
	"marketing":        diapason.RoleAdvertiser, // sells to visitors: newsletters, retargeting, affiliates
	"analytics":        diapason.RoleAnalytics,
	"social":           diapason.RolePartner,
	"content":          diapason.RolePartner, // publishers and players that address the visitor themselves
	"video":            diapason.RolePartner,
	"tag-manager":      diapason.RoleProcessor, // loads what the service tells it to
	"hosting":          diapason.RoleProcessor,
	"cdn":              diapason.RoleProcessor,
	"utility":          diapason.RoleProcessor,
	"customer-success": diapason.RoleProcessor, // help desks and chats
	"consent-provider": diapason.RoleProcessor,
	"other":            diapason.RoleUnknown,
}

// carriers hold or deliver other people's content although their category in
// the list does not say so: an alias that ends there hides nobody.
var carriers = map[string]bool{
	"Amazon CloudFront": true, "Amazon Web Services": true, "Azure Traffic Manager": true, "Cloudflare": true,
	"Elastic Load Balancing": true, "Fastly": true, "GitHub": true, "Heroku": true, "Netlify": true,
}

// A company stands behind one or more domains.
type company struct {
	id, name string
	group    string // the company that owns it, in lower case: equal groups are one entity
	role     diapason.Role
	carries  bool // hosting or content delivery: at the end of an alias it is no party of its own
}

func (c *company) party(r diapason.Relation) diapason.Party {
	return diapason.Party{ID: c.id, Name: c.name, Role: c.role, Relation: r}
}

// A list is the embedded data, indexed.
type list struct {
	version string
	exact   map[string]*company // entries without wildcard: this host only
	below   map[string]*company // "*.x": x and everything below it
	byID    map[string]*company
}

// embedded reads the list once. It panics if the file is broken, which a test
// rules out.
var embedded = sync.OnceValue(func() *list {
	l, err := readList(listFile)
	if err != nil {
		panic("entity: " + err.Error())
	}
	return l
})

// readList reads the release in the comment of the first line, then the table
// name, company, category, domains.
func readList(file []byte) (*list, error) {
	first, rest, _ := bytes.Cut(file, []byte("\n"))
	version, ok := strings.CutPrefix(string(first), "# ")
	if !ok {
		return nil, fmt.Errorf("read third-party-web.csv: the first line does not name the release")
	}
	rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read third-party-web.csv: %w", err)
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != "name,company,category,domains" {
		return nil, fmt.Errorf("read third-party-web.csv: the columns must be name, company, category, domains")
	}
	l := &list{version: version, exact: map[string]*company{}, below: map[string]*company{}, byID: map[string]*company{}}
	for _, row := range rows[1:] {
		if err := l.add(row[0], row[1], row[2], strings.Fields(row[3])); err != nil {
			return nil, fmt.Errorf("read third-party-web.csv: %w", err)
		}
	}
	return l, nil
}

func (l *list) add(name, owner, category string, domains []string) error {
	role, ok := roleOf[category]
	if !ok {
		return fmt.Errorf("%s: category %q has no role", name, category)
	}
	if owner == "" {
		owner = name
	}
	c := &company{
		id: identifier(name), name: name, group: strings.ToLower(owner), role: role,
		carries: category == "hosting" || category == "cdn" || carriers[name],
	}
	if c.id == "" || l.byID[c.id] != nil {
		return fmt.Errorf("%s: the id %q is empty or taken", name, c.id)
	}
	l.byID[c.id] = c
	for _, d := range domains {
		index, key := l.exact, d
		if rest, wild := strings.CutPrefix(d, "*."); wild {
			index, key = l.below, rest
		}
		if key = clean(key); key == "" || index[key] != nil {
			return fmt.Errorf("%s: the domain %q is empty or belongs to another already", name, d)
		}
		index[key] = c
	}
	return nil
}

// identifier writes a name in small letters and digits with single hyphens. It
// has no dot, so that it is never mistaken for a domain.
func identifier(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}

// Version names the release of the embedded list of companies, for reports:
// "third-party-web 0.30.0".
func Version() string { return embedded().version }
