package does

import (
	"net/http"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// cookieWrites are the calls by which scripts write cookies.
var cookieWrites = []string{"document.cookie=", "cookieStore.set"}

// ghosts tells which cookies a script of another company than that of their
// host wrote, and which company's. A person sees them as the site's own, and
// so does the browser, whatever it does about third-party cookies (Munir et
// al., CookieGraph 2023). A cookie that several companies write is told only
// where one of them wrote what the browser held in the end.
func (r *reading) ghosts() map[place]diapason.Party {
	authors := map[place]map[string]diapason.Party{}
	for _, c := range r.all {
		for p, writers := range r.writersIn(c) {
			if authors[p] == nil {
				authors[p] = map[string]diapason.Party{}
			}
			for id, w := range writers {
				authors[p][id] = w
			}
		}
	}
	all := map[place]diapason.Party{}
	for p, writers := range authors {
		for id, w := range writers {
			if len(writers) == 1 && id != "" && !r.Entities.Same(w, r.party(p.host)) {
				all[p] = w
			}
		}
	}
	return all
}

// writersIn tells whose scripts wrote each cookie of a visit: of those that
// wrote it, the ones whose value lies in the jar, if any does.
func (r *reading) writersIn(c *diapason.Capture) map[place]map[string]diapason.Party {
	all, agreed := map[place]map[string]diapason.Party{}, map[place]bool{}
	for _, call := range c.Calls {
		value, ok := cookieWritten(call)
		if !ok {
			continue
		}
		p := home(c, hostOf(call.Frame), call.Name)
		agrees := inJar(c, p, value)
		if agreed[p] && !agrees {
			continue
		}
		if all[p] == nil || agrees && !agreed[p] {
			all[p] = map[string]diapason.Party{}
		}
		agreed[p] = agrees
		w := r.author(call)
		all[p][w.ID] = w
	}
	return all
}

// author is the company whose script made a call: the innermost of those that
// led to it that does not lie with somebody who only delivers files, as
// libraries do. Its id is empty where nobody can be named.
func (r *reading) author(call diapason.Call) diapason.Party {
	for _, script := range append([]string{call.Script}, call.Stack...) {
		host := hostOf(script)
		if host == "" {
			continue
		}
		if p := r.party(host); !r.Entities.Carries(p) {
			return p
		}
	}
	return diapason.Party{}
}

// cookieWritten reads what a script gave the browser to keep; ok is false for what is
// no cookie, or takes one away.
func cookieWritten(call diapason.Call) (value string, ok bool) {
	if !slices.Contains(cookieWrites, call.API) {
		return "", false
	}
	k, err := http.ParseSetCookie(strings.TrimSpace(call.Value))
	if err != nil {
		return "", call.Name != "" // a name at least, as browsers take more than the standard allows
	}
	past := !k.Expires.IsZero() && k.Expires.Before(call.At)
	return k.Value, call.Name != "" && k.MaxAge >= 0 && !past
}

// inJar tells whether the jar holds a value in the end.
func inJar(c *diapason.Capture, p place, value string) bool {
	return slices.ContainsFunc(c.Cookies, func(k diapason.Cookie) bool { return cookiePlace(k) == p && k.Value == value && value != "" })
}

// company is who stands behind what lies in a place: the company whose script
// wrote it, or that of the host.
func (r *reading) company(p place) diapason.Party {
	if w, ok := r.writers[p]; ok {
		return w
	}
	return r.party(p.host)
}
