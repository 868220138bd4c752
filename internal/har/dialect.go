package har

import (
	"net/http"
	"strings"
)

// fetchTypes are the words of Safari for where an answer came from.
var fetchTypes = map[string]string{"memory cache": "memory", "disk cache": "disk", "service worker": "service-worker"}

func (e *entry) fetchType() error {
	word := ""
	err := e.into(&word)
	if from := fetchTypes[strings.ToLower(word)]; from != "" {
		e.request.FromCache = from
	}
	return err
}

// A setLine is a cookie that an answer set, where a program took the header
// apart and kept only the parts.
type setLine struct{ name, value, domain, path, expires string }

func (e *entry) setCookies() error {
	_, err := e.array(func() error {
		var c setLine
		place := map[string]*string{"name": &c.name, "value": &c.value, "domain": &c.domain, "path": &c.path, "expires": &c.expires}
		_, err := e.object(func(n string) error {
			if p := place[n]; p != nil {
				return e.into(p)
			}
			return e.skip()
		})
		if c.name != "" && len(e.set) < maxHeaders {
			e.set = append(e.set, c)
		}
		return err
	})
	return err
}

// line puts the header together again.
func (c setLine) line() string {
	s := c.name + "=" + c.value
	if c.path != "" {
		s += "; Path=" + c.path
	}
	if c.domain != "" {
		s += "; Domain=" + c.domain
	}
	if at, ok := readTime(c.expires); ok {
		s += "; Expires=" + at.UTC().Format(http.TimeFormat)
	}
	return s
}
