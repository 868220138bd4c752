package asks

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// A surface is how a provider's interface is recognised in a log of calls.
type surface struct {
	API    []string               `json:"api"`    // addresses that the paths of operations follow
	Token  []string               `json:"token"`  // addresses where a grant is exchanged and renewed
	Values map[string]valueSource `json:"values"` // where a need's parameter stands in a call; no entry: in the query, by its name
}

// A valueSource finds the value of a need's parameter: in a query parameter, of
// which every value between commas has its pieces between colons.
type valueSource struct {
	Query string `json:"query"`
	Piece int    `json:"piece"` // from 0
}

// A Place is what a logged address is to a provider.
type Place int

// The places.
const (
	Elsewhere     Place = iota // another company's
	Called                     // an operation of the catalogue
	Authorization              // where permission is asked, given and renewed
	Unmatched                  // the provider's, and no operation of the catalogue
)

// An API recognises calls to one provider in a log. Every operation has one
// cell for each value that a parameter of its need can have, so that a log is
// counted in an array of [API.Cells] numbers. It may be used from many goroutines.
type API struct {
	p      *provider
	bases  []addressForm
	grants []addressForm
	root   *pathNode
	cells  []cell
	home   bool // addresses on this machine are the provider's
}

// AtHome returns the same for a provider that runs on this machine, such as a
// mock: addresses of this machine are then taken for the provider's.
func (a *API) AtHome() *API {
	home := *a
	home.home = true
	return &home
}

// A cell is one operation with one setting of the parameters that matter.
type cell struct {
	op      *operation
	setting map[string]string
	unknown bool // a parameter has a value that the catalogue does not list
	sets    [][]string
	fields  map[string][][]string
}

// maxCells bounds the cells of one operation.
const maxCells = 4096

// API returns what recognises calls to a provider. The error wraps
// diapason.ErrUsage where the catalogue does not have the provider, or not the
// address of its interface.
func (c *Catalogue) API(id string) (*API, error) {
	p := c.byID(strings.ToLower(id))
	if p == nil {
		return nil, badAsk("known providers: "+strings.Join(c.providerIDs(), ", "), "read log: provider %q is not in the catalogue", visible(id))
	}
	if len(p.API) == 0 {
		return nil, badAsk("add `api` with the address of the interface to the catalogue file", "read log: the catalogue does not know where %s is called", p.Name)
	}
	a := &API{p: p, root: newPathNode()}
	for _, text := range p.API {
		a.bases = append(a.bases, newAddressForm(text, false))
	}
	for _, text := range slices.Concat(p.Token, p.Request.Authorize) {
		a.grants = append(a.grants, newAddressForm(text, false))
	}
	for _, o := range p.Operations {
		if err := a.add(o); err != nil {
			return nil, fmt.Errorf("read catalogue of %s: %s: %w: %w", p.Name, o.Op, err, diapason.ErrUsage)
		}
	}
	return a, nil
}

// ProviderOf returns the provider that an address in a log belongs to, and
// whether it is one.
func (c *Catalogue) ProviderOf(address string) (id string, ok bool) {
	host := readAddress(address).host
	for _, p := range c.providers {
		for _, text := range slices.Concat(p.API, p.Token, p.Request.Authorize) {
			if newAddressForm(text, false).host == host && host != "" {
				return p.Provider, true
			}
		}
	}
	return "", false
}

// Recognise tells what an address in a log is and, for a call, appends the
// cells that it counts for: several where one call names things of several
// kinds. An address without a host is read as the provider's: that is how servers
// write it. Nothing is allocated but what appending takes.
func (a *API) Recognise(method, address []byte, cells []int) (Place, []int) {
	host, path, query := splitAddress(address)
	open := len(host) == 0 || a.home && loopbackHost(host)
	for i := range a.grants {
		if (open || equalFold(host, a.grants[i].host)) && hasPath(path, a.grants[i].path) {
			return Authorization, cells
		}
	}
	for i := range a.bases {
		if !open && !equalFold(host, a.bases[i].host) || !hasPath(path, a.bases[i].path) {
			continue
		}
		if m := a.root.find(method, skipSegments(path, len(a.bases[i].path))); m != nil {
			return Called, a.pick(m, query, cells)
		}
		return Unmatched, cells
	}
	if open {
		return Unmatched, cells
	}
	for i := range a.grants {
		if equalFold(host, a.grants[i].host) {
			return Authorization, cells
		}
	}
	if equalFold(host, a.p.Domain) || len(host) > len(a.p.Domain) && host[len(host)-len(a.p.Domain)-1] == '.' && equalFold(host[len(host)-len(a.p.Domain):], a.p.Domain) {
		return Unmatched, cells
	}
	return Elsewhere, cells
}

// pick appends the cells of a call, by its query.
func (a *API) pick(m *matched, query []byte, cells []int) []int {
	from := len(cells)
	cells = append(cells, m.first)
	for i := range m.dims {
		cells = m.dims[i].spread(query, cells, from)
	}
	return cells
}

// splitAddress takes the host, path and query out of an address. CONNECT's
// "host:443" has a host and no path.
func splitAddress(address []byte) (host, path, query []byte) {
	rest := address
	if at := bytes.Index(rest, []byte("://")); at > 0 && bytes.IndexByte(rest[:at], '/') < 0 && bytes.IndexByte(rest[:at], '?') < 0 {
		rest = rest[at+3:]
	} else if len(rest) == 0 || rest[0] != '/' {
		if bytes.IndexByte(rest, '/') < 0 && bytes.IndexByte(rest, ':') > 0 {
			return hostOf(rest), nil, nil
		}
		return nil, cutFragment(rest), nil
	} else {
		path, query, _ = bytes.Cut(cutFragment(rest), []byte("?"))
		return nil, path, query
	}
	rest = cutFragment(rest)
	end := bytes.IndexAny(rest, "/?")
	if end < 0 {
		return hostOf(rest), nil, nil
	}
	path, query, _ = bytes.Cut(rest[end:], []byte("?"))
	return hostOf(rest[:end]), path, query
}

func cutFragment(b []byte) []byte {
	if at := bytes.IndexByte(b, '#'); at >= 0 {
		return b[:at]
	}
	return b
}

// hostOf drops a user part and a port.
func hostOf(authority []byte) []byte {
	if at := bytes.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	if at := bytes.LastIndexByte(authority, ':'); at >= 0 && bytes.IndexByte(authority[at:], ']') < 0 {
		authority = authority[:at]
	}
	return authority
}

func loopbackHost(host []byte) bool {
	if equalFold(host, "localhost") || equalFold(host, "[::1]") {
		return true
	}
	if !bytes.HasPrefix(host, []byte("127.")) || len(host) > len("127.255.255.255") {
		return false
	}
	addr, err := netip.ParseAddr(string(host))
	return err == nil && addr.IsLoopback()
}

// equalFold compares ASCII letters without their case; b is lower case.
func equalFold(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		c := a[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != b[i] {
			return false
		}
	}
	return true
}

// Request returns a permission request that stands in a log as the provider's
// own address, and whether the logged address is one: it has to ask for
// something. A mock provider's is told as the provider's.
func (a *API) Request(address []byte) (string, bool) {
	host, path, query := splitAddress(address)
	open := len(host) == 0 || a.home && loopbackHost(host)
	for _, text := range a.p.Request.Authorize {
		f := newAddressForm(text, false)
		if (open || equalFold(host, f.host)) && hasPath(path, f.path) && bytes.Contains(query, []byte(a.p.Request.ScopeParam+"=")) {
			return "https://" + f.host + string(path) + "?" + string(query), true
		}
	}
	return "", false
}

// Within tells for every cell whether purposes need its calls: those that take
// no permission, or one that the purposes need. The error wraps
// diapason.ErrUsage where the provider has no such purpose.
func (a *API) Within(purposes []string) ([]bool, error) {
	found, err := a.p.purposes(purposes)
	if err != nil {
		return nil, err
	}
	needed := map[string]bool{}
	for _, tier := range a.p.tierNames() {
		var needs [][]alternative
		for _, u := range found {
			needs = append(needs, a.p.plans[tier][u.ID].needs...)
		}
		for _, at := range a.p.smallest(needs, nil, false).scopes {
			needed[a.p.Scopes[at].ID] = true
		}
	}
	within := make([]bool, len(a.cells))
	for i, c := range a.cells {
		within[i] = slices.ContainsFunc(c.sets, func(set []string) bool {
			return !slices.ContainsFunc(set, func(id string) bool { return !needed[id] })
		})
	}
	return within, nil
}
