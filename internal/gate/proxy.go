package gate

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

// proxy serves CONNECT tunnels and plain requests in absolute form.
func (s *Session) proxy() *http.Server {
	plain := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Host = r.In.Host
			for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
				if v, ok := r.In.Header[h]; ok { // the page's own words are passed on
					r.Out.Header[h] = v
				}
			}
		},
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
				return s.dialContext(ctx, addr)
			},
			DisableCompression: true, DisableKeepAlives: true, ResponseHeaderTimeout: 2 * time.Minute,
		},
		FlushInterval: -1,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, err error) { answer(w, err) },
		ErrorLog:      slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodConnect:
				s.tunnel(w, r)
			case r.URL.Scheme == "http" && r.URL.Host != "":
				s.plainly(r)
				plain.ServeHTTP(w, r)
			default:
				http.Error(w, "This port is a proxy.", http.StatusBadRequest)
			}
		}),
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
}

// answer tells the browser that there is no connection: 403 when the rules
// forbid it, 502 when nobody answered.
func answer(w http.ResponseWriter, err error) {
	code := http.StatusBadGateway
	if errors.Is(err, errRefused) {
		code = http.StatusForbidden
	}
	http.Error(w, http.StatusText(code), code)
}

// tunnel connects the browser with the address and copies bytes both ways.
func (s *Session) tunnel(w http.ResponseWriter, r *http.Request) {
	far, err := s.dialContext(r.Context(), r.Host)
	if err != nil {
		answer(w, err)
		return
	}
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		far.Close()
		answer(w, err)
		return
	}
	if !s.keep(near, far) {
		return
	}
	defer s.drop(near, far)
	near.SetDeadline(time.Time{})
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(near, far)
		closeWrite(near)
	}()
	io.Copy(far, s.counted(buffered, r.Host)) // what had been read ahead comes first
	closeWrite(far)
	<-done
}

// closeWrite passes the end of one direction on; the other may still flow.
func closeWrite(c net.Conn) {
	if h, ok := c.(interface{ CloseWrite() error }); ok {
		h.CloseWrite()
	}
}

// keep remembers both ends so that Close can end them; it closes them at once
// and reports false when the session is closed already.
func (s *Session) keep(ends ...net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range ends {
		if s.closed {
			c.Close()
			continue
		}
		s.pipes[c] = true
	}
	return !s.closed
}

func (s *Session) drop(ends ...net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range ends {
		c.Close()
		delete(s.pipes, c)
	}
}
