package does

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// A place is where a value is kept or carried, the same place in every visit.
type place struct {
	store string // cookie, localStorage, sessionStorage, indexedDB, cacheStorage, serviceWorker, file, bucket, etag, last-modified, dictionary, body, url, form, header
	host  string
	key   string
}

// kept tells whether the place is a store of the browser, and not only a way
// on which a value travels.
func (p place) kept() bool { return p.store != "url" && p.store != "form" && p.store != "header" }

// String is the name of an identifier that lives in the place.
func (p place) String() string { return p.store + " " + p.key + " @ " + p.host }

func (p place) compare(q place) int {
	if d := slices.Index(storeOrder, p.store) - slices.Index(storeOrder, q.store); d != 0 {
		return d
	}
	if d := strings.Compare(p.host, q.host); d != 0 {
		return d
	}
	return strings.Compare(p.key, q.key)
}

// storeOrder puts first where a person would look first. Of several places
// that hold one value the first gives it its name.
var storeOrder = []string{"cookie", "localStorage", "indexedDB", "cacheStorage", "serviceWorker", "file", "bucket", "sessionStorage", "etag", "last-modified", "dictionary", "body", "url", "form", "header"}

// entries lists what a visit left in the browser's stores and put into its
// requests, by place. A place can have several values, in no order.
type entries map[place][]string

func (e entries) add(p place, value string) {
	if value != "" && !slices.Contains(e[p], value) {
		e[p] = append(e[p], value)
	}
}

// entriesOf reads the entries of one visit. Of the files in cached, the words
// in their text are entries too: a file that is kept can hold a value.
func entriesOf(c *diapason.Capture, cached map[place]bool) entries {
	e := entries{}
	for _, k := range c.Cookies {
		e.add(cookiePlace(k), k.Value)
	}
	for _, s := range c.Stores {
		e.add(storePlace(s), s.Value)
	}
	for _, r := range sent(c) {
		e.request(r, cached)
	}
	if c.Source == "har" && len(c.Cookies) == 0 {
		e.recorded(c)
	}
	return e
}

// recorded reads the cookies of a recording, which has no jar: those that were
// sent and those that were set.
func (e entries) recorded(c *diapason.Capture) {
	for _, r := range sent(c) {
		for _, x := range carried(r) {
			if x.place.store == "cookie" {
				e.add(siteWide(x.place), x.value)
			}
		}
	}
	for _, s := range settingsOf(c) {
		if !s.deletes {
			e.add(siteWide(s.place), s.value)
		}
	}
}

// siteWide is the place of a cookie in a recording. When it is sent nothing
// tells for which domain it was set: all hosts of a site are one place.
func siteWide(p place) place {
	p.host = entity.RegistrableDomain(p.host)
	return p
}

// cachedFiles lists the files that a returning visit had from its cache, or
// asked for with what it had there.
func cachedFiles(c *diapason.Capture) map[place]bool {
	files := map[place]bool{}
	for _, r := range sent(c) {
		if r.FromCache == "disk" || r.Revalidated {
			files[place{"body", hostOf(r.URL), fileOf(r.URL)}] = true
		}
	}
	return files
}

func cookiePlace(k diapason.Cookie) place {
	return place{"cookie", strings.TrimPrefix(strings.ToLower(k.Domain), "."), k.Name}
}

func storePlace(s diapason.StoreEntry) place {
	key := s.Key
	if s.Name != "" {
		key = s.Name + "/" + s.Key
	}
	return place{s.Kind, hostOf(s.Origin), key}
}

// request reads what a request carries beside its cookies, and the tags with
// which its answer is kept in the cache.
func (e entries) request(r diapason.Request, cached map[place]bool) {
	for _, x := range carried(r) {
		if x.place.store != "cookie" {
			e.add(x.place, x.value)
		}
	}
	file := fileOf(r.URL)
	for _, h := range r.ResponseHeaders {
		switch strings.ToLower(h.Name) {
		case "etag":
			e.add(place{"etag", hostOf(r.URL), file}, tagOf(h.Value))
		case "last-modified":
			e.add(place{"last-modified", hostOf(r.URL), file}, h.Value)
		}
	}
	if at := (place{"body", hostOf(r.URL), file}); cached[at] {
		for _, w := range words(r.ResponseBody.Text) {
			e.add(at, w)
		}
	}
}

// A carriage is one value in a request and where in it.
type carriage struct {
	place place
	value string
}

// carried lists the values that a request takes to its receiver, cookies included.
func carried(r diapason.Request) []carriage {
	host := hostOf(r.URL)
	var out []carriage
	add := func(store, key, value string) { out = append(out, carriage{place{store, host, key}, value}) }
	if u, err := url.Parse(r.URL); err == nil {
		for _, kv := range pairs(u.RawQuery) {
			add("url", kv[0], kv[1])
		}
		for i, s := range strings.Split(strings.Trim(u.Path, "/"), "/") {
			if len(s) >= 8 {
				add("url", "path segment "+string(rune('1'+min(i, 8))), s)
			}
		}
	}
	for _, h := range r.Headers {
		switch name := strings.ToLower(h.Name); {
		case name == "cookie":
			for _, c := range cookiePairs(h.Value) {
				add("cookie", c[0], c[1])
			}
		case name == "if-none-match":
			out = append(out, carriage{place{"etag", host, fileOf(r.URL)}, tagOf(h.Value)})
		case name == "if-modified-since":
			out = append(out, carriage{place{"last-modified", host, fileOf(r.URL)}, h.Value})
		case name == "available-dictionary":
			out = append(out, carriage{place{"dictionary", host, fileOf(r.URL)}, dictionaryHash(h.Value)})
		case name == "dictionary-id":
			out = append(out, carriage{place{"dictionary", host, fileOf(r.URL) + " id"}, strings.Trim(h.Value, `"`)})
		case !usualHeaders[name] && !strings.HasPrefix(name, "sec-") && !strings.HasPrefix(name, ":"):
			add("header", name, h.Value)
		}
	}
	for _, kv := range fields(r.Body) {
		add("form", kv[0], kv[1])
	}
	return out
}

// usualHeaders are written by every browser and cannot be chosen by a page,
// or only tell where a request comes from.
var usualHeaders = map[string]bool{
	"accept": true, "accept-encoding": true, "accept-language": true, "cache-control": true, "connection": true, "content-length": true,
	"content-type": true, "host": true, "origin": true, "pragma": true, "priority": true, "purpose": true, "range": true, "referer": true, "te": true,
	"upgrade": true, "upgrade-insecure-requests": true, "user-agent": true, "x-requested-with": true,
}

// fields reads a request's body: the fields of a form, or the body as a whole.
func fields(b diapason.Body) [][2]string {
	switch {
	case b.Text == "":
		return nil
	case strings.Contains(b.Mime, "x-www-form-urlencoded") || b.Mime == "" && formShaped(b.Text):
		return pairs(b.Text)
	}
	return [][2]string{{"", b.Text}}
}

func formShaped(s string) bool {
	return strings.Contains(s, "=") && !strings.ContainsAny(s, "{}[]<>\n ")
}

// pairs reads key=value&key=value, leniently: trackers do not all encode well.
func pairs(query string) [][2]string {
	var out [][2]string
	for _, part := range strings.Split(query, "&") {
		k, v, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(v); err == nil {
			v = plain
		}
		if plain, err := url.QueryUnescape(k); err == nil {
			k = plain
		}
		if k != "" || v != "" {
			out = append(out, [2]string{k, v})
		}
	}
	return out
}

func cookiePairs(header string) [][2]string {
	var out [][2]string
	for _, part := range strings.Split(header, ";") {
		if k, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			out = append(out, [2]string{k, v})
		}
	}
	return out
}

// tagOf takes the quotes and the weakness mark off an entity tag.
func tagOf(etag string) string { return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`) }

// dictionaryHash writes the hash of the compression dictionary that a browser
// has, :base64: as in RFC 9842 section 2.2, in hexadecimal, which nothing takes
// apart.
func dictionaryHash(header string) string {
	sum, err := base64.StdEncoding.DecodeString(strings.Trim(header, ":"))
	if err != nil {
		return header
	}
	return hex.EncodeToString(sum)
}

// hostOf is the host of an address, without its port.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// fileOf names what an address loads: the last part of its path.
func fileOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if i := strings.LastIndexByte(u.Path, '/'); i >= 0 && i+1 < len(u.Path) {
		return u.Path[i+1:]
	}
	return "/"
}

// mostWords bounds how much of a cached file is compared.
const mostWords = 2000

// words lists the strings of a file that are long enough to be a value.
func words(text string) []string {
	all := strings.FieldsFunc(text, func(r rune) bool { return !isLetter(r) && r != '-' && r != '_' })
	all = slices.DeleteFunc(all, func(w string) bool { return len(w) < 8 || !strings.ContainsAny(w, "0123456789") })
	return all[:min(len(all), mostWords)]
}
