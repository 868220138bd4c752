package lab

import "net/http"

// pulse serves pulse.example, a company that measures audiences and is
// embedded in sites that have nothing to do with each other. It names each
// browser in a cookie of its own, which every one of these sites sends it.
func pulse() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tag.js", func(w http.ResponseWriter, r *http.Request) {
		id := cookie(r, "pid")
		if id == "" {
			id = newTag()
		}
		http.SetCookie(w, &http.Cookie{Name: "pid", Value: id, Path: "/", MaxAge: 365 * 24 * 3600, Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})
		w.Header().Set("Cache-Control", "no-store")
		sendScript(w, tagScript(), map[string]any{"ID": id})
	})
	mux.HandleFunc("GET /p.gif", pixel)
	mux.Handle("GET /frame", neighbourSites().show("pulse-frame.html", nil))
	mux.HandleFunc("POST /beat", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

// adsum serves adsum.example, a company that advertises, takes hashes of e-mail
// addresses to find the people behind them, and counts the readers of others.
func adsum() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /match", pixel)
	mux.HandleFunc("GET /seen", counted)
	printer(mux)
	return mux
}

// pixel answers with a picture of one transparent dot.
func pixel(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/gif")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
}
