package lab

import (
	"fmt"
	"net/http"
	"strings"
)

// ternHost is a company that names browsers; each fixture has a host of its
// own there, so that what happens on one is not taken for another's doing.
const ternHost = "tern.example"

// vendors serves the companies that stand behind the sites of [Links].
func vendors() map[string]http.Handler {
	all := map[string]http.Handler{
		"brant.example": pictures(nil), "plover.example": pictures(nil), "quay.example": pictures(nil), "gull.example": pictures(nil),
		"owl.example": named("owl.example", forAYear("owl")), "egret.example": named("egret.example", forAYear("egret")),
		"finch.example": named("finch.example", partitioned("finch")), "swift.example": named("swift.example", http.Cookie{Name: "swift"}),
		"wren.example": wren(), "heron.example": heron(), "linnet.example": linnet(), "curlew.example": pictures(nil),
		"dunlin.example": http.HandlerFunc(dunlin), "sanderling.example": http.HandlerFunc(sanderling), "turnstone.example": http.HandlerFunc(turnstone),
	}
	return all
}

// partitioned is a cookie of which the browser keeps one for each site.
func partitioned(name string) http.Cookie {
	c := forAYear(name)
	c.Partitioned = true
	return c
}

// tern names browsers in a cookie, and tells others by what name, if the
// fixture is one that does.
func tern(fixture string) http.Handler {
	own := strings.HasSuffix(fixture, "-own")
	home := "https://" + fixture + "." + ternHost
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sync", func(w http.ResponseWriter, r *http.Request) {
		to := map[bool]string{true: home + "/p.gif?uid=", false: "https://heron.example/m?uid="}[own]
		if r.FormValue("files") != "" {
			to = "https://quay.example/p.gif?uid="
		}
		http.Redirect(w, r, to+name(w, r, forAYear("tern")), http.StatusFound)
	})
	mux.HandleFunc("GET /tag.js", func(w http.ResponseWriter, r *http.Request) {
		to := map[bool]string{true: home + "/p.gif", false: "https://brant.example/m"}[own]
		id := name(w, r, forAYear("tern"))
		sendScript(w, vendorTag(), map[string]any{"To": to, "Query": "uid=" + id})
	})
	mux.HandleFunc("GET /frame", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("id") == "" {
			http.Redirect(w, r, home+"/frame?id="+name(w, r, forAYear("tern")), http.StatusFound)
			return
		}
		if !own {
			w.Header().Set("Referrer-Policy", "unsafe-url")
		}
		onwardPage(w, `<img src="https://brant.example/a.gif" alt="">`)
	})
	mux.HandleFunc("GET /p.gif", pixel)
	return mux
}

// heron hands on what it is told.
func heron() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /m", func(w http.ResponseWriter, r *http.Request) {
		if id := r.FormValue("uid"); nameTag.MatchString(id) {
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, "https://brant.example/m?p="+id, http.StatusFound)
			return
		}
		pixel(w, r)
	})
	return mux
}

// named names browsers in a cookie, and has its script send it.
func named(host string, c http.Cookie) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tag.js", func(w http.ResponseWriter, r *http.Request) {
		name(w, r, c)
		sendScript(w, vendorTag(), map[string]any{"To": "https://" + host + "/p.gif", "Query": "v=1"})
	})
	mux.HandleFunc("GET /p.gif", pixel)
	return mux
}

// wren keeps a cookie where only a frame that does not tell its site gets it;
// the frame's script then tells the site, with the name on one and a hash of
// it on the other.
func wren() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /id/frame", func(w http.ResponseWriter, r *http.Request) {
		c := forAYear("wren")
		c.Path = "/id/"
		id := name(w, r, c)
		onwardPage(w, fmt.Sprintf(`<script>(async () => {
  const s = location.hash.slice(1);
  let v = %q;
  if (s === %q) v = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(v))), (b) => b.toString(16).padStart(2, "0")).join("");
  fetch("/beat?s=" + s + "&v=" + v);
})()</script>`, id, strandHost))
	})
	mux.HandleFunc("GET /beat", pixel)
	return mux
}

// linnet writes a cookie into the jar of the site that embeds it.
func linnet() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ghost.js", script("page/link/ghost.js"))
	mux.HandleFunc("GET /plain.js", script("page/link/plain.js"))
	mux.HandleFunc("GET /p.gif", pixel)
	return mux
}

// dunlin sets a cookie and has its page go on to the next.
func dunlin(w http.ResponseWriter, r *http.Request) {
	name(w, r, forAYear("dun"))
	onwardPage(w, `<meta http-equiv="refresh" content="0; url=https://sanderling.example/b">`)
}

// sanderling has a script set a cookie and go back to where the visitor was.
func sanderling(w http.ResponseWriter, _ *http.Request) {
	onwardPage(w, fmt.Sprintf(`<script>if (!document.cookie.includes("san=")) document.cookie = "san=%s; max-age=31536000; secure; path=/"; location.replace("https://bounce.%s/in")</script>`, newTag(), linkHost))
}

// turnstone sends the visitor back and keeps nothing.
func turnstone(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "https://bounce-own."+linkHost+"/in", http.StatusFound)
}
