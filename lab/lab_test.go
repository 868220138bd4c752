package lab_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"diapason.dev/diapason/lab"
)

func start(t *testing.T) *lab.Lab {
	t.Helper()
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// A reader is a client that trusts the lab and dials its ports. It does not
// follow redirects.
func reader(t *testing.T, l *lab.Lab) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dial := l.Dial()
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: l.Roots()}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			at, ok := dial[address]
			if !ok {
				return nil, fmt.Errorf("the lab has no %s", address)
			}
			return (&net.Dialer{}).DialContext(ctx, network, at)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func get(t *testing.T, c *http.Client, address string) (*http.Response, string) {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// pages lists every page of the lab.
var pages = []string{
	"https://nocturne.example/", "https://nocturne.example/join", "https://nocturne.example/welcome", "https://nocturne.example/callback", "https://nocturne.example/plans",
	"https://nocturne.example/buy?plan=midnight", "https://nocturne.example/campaign", "https://nocturne.example/privacy", "https://nocturne.example/privacy/2025",
	"https://serenade.example/", "https://serenade.example/join", "https://serenade.example/welcome", "https://serenade.example/saved", "https://serenade.example/plans",
	"https://serenade.example/buy?plan=member", "https://serenade.example/campaign", "https://serenade.example/privacy", "https://serenade.example/privacy/2025",
	"https://gazette.example/", "https://almanac.example/", "https://pulse.example/frame?s=gazette.example",
	"https://respawn.example/", "https://respawn.example/?with=local,pair", "https://local.respawn.example/", "https://clean.respawn.example/", "https://account.respawn.example/", "https://features.respawn.example/",
	"https://link.example/?with=address,ghost", "https://redirect.link.example/", "https://cname-own.link.example/", "https://bounce.link.example/in", "https://decoration.link.example/", "https://strand.example/",
	"https://obeyed.consent.example/", "https://hidden.consent.example/", "https://frame.consent.example/", "https://shadow.consent.example/", "https://wall.consent.example/", "https://nobanner.consent.example/",
}

func TestEveryPageAnswersOverItsOwnCertificateAndStatesItsTruth(t *testing.T) {
	l := start(t)
	c := reader(t, l)
	for _, address := range pages {
		res, body := get(t, c, address)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s, %s", address, res.Status, res.Header.Get("Content-Type"))
		}
		truth, err := lab.PageTruth(body)
		if err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if clean := strings.Contains(address, "serenade.example/") || strings.Contains(address, "almanac.example") || strings.Contains(address, "-own.link") || strings.HasPrefix(address, "https://link.example") || address == "https://respawn.example/" ||
			strings.Contains(address, "obeyed.consent") || strings.Contains(address, "nobanner.consent"); truth.Clean != clean {
			t.Errorf("%s says that it is clean: %v, want %v", address, truth.Clean, clean)
		}
		if strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", address)
		}
	}
}

func TestAPageWithoutTruthIsToldFromOneWithABrokenTruth(t *testing.T) {
	if _, err := lab.PageTruth("<p>nothing</p>"); !errors.Is(err, lab.ErrNoTruth) {
		t.Errorf("no block: %v, want ErrNoTruth", err)
	}
	_, err := lab.PageTruth(`<script type="application/json" data-truth>{"clean": </script>`)
	if err == nil || errors.Is(err, lab.ErrNoTruth) {
		t.Errorf("broken block: %v, want an error of its own", err)
	}
}

func TestPlainHTTPLeadsToTheSecurePage(t *testing.T) {
	l := start(t)
	res, _ := get(t, reader(t, l), "http://nocturne.example/plans?from=poster")
	if got, want := res.Header.Get("Location"), "https://nocturne.example/plans?from=poster"; res.StatusCode != http.StatusMovedPermanently || got != want {
		t.Errorf("%s to %q, want a permanent redirect to %q", res.Status, got, want)
	}
}

func TestTheAccessLogHoldsEveryRequestWithItsBody(t *testing.T) {
	l := start(t)
	c := reader(t, l)
	for _, address := range pages {
		get(t, c, address)
	}
	big := strings.Repeat("x", 64<<10) + "more"
	res, err := c.Post("https://pulse.example/beat?a=1", "text/plain", strings.NewReader(big))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	hits := l.Log()
	if len(hits) != len(pages)+1 {
		t.Fatalf("the log has %d requests, want %d", len(hits), len(pages)+1)
	}
	for i, address := range pages {
		if hits[i].URL() != address || hits[i].Method != http.MethodGet || hits[i].At.IsZero() {
			t.Errorf("request %d is %s %s, want GET %s", i, hits[i].Method, hits[i].URL(), address)
		}
	}
	last := hits[len(pages)]
	if last.URL() != "https://pulse.example/beat?a=1" || len(last.Body) != 64<<10 || !last.Cut || last.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("posted: %s, %d bytes, cut %v, %q", last.URL(), len(last.Body), last.Cut, last.Header.Get("Content-Type"))
	}
}

func TestTwoLabsDoNotClashAndAClosedOneFreesItsPorts(t *testing.T) {
	one, two := start(t), start(t)
	if one.PinSPKI()[0] == two.PinSPKI()[0] {
		t.Error("two labs share a key")
	}
	get(t, reader(t, one), "https://nocturne.example/")
	get(t, reader(t, two), "https://nocturne.example/")
	if len(one.Log()) != 1 || len(two.Log()) != 1 {
		t.Errorf("the logs have %d and %d requests, want one each", len(one.Log()), len(two.Log()))
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	for name, at := range one.Dial() {
		if !strings.HasPrefix(at, "127.0.0.1:") {
			t.Errorf("%s listens on %s, beyond this machine", name, at)
		}
		again, err := net.Listen("tcp4", at)
		if err != nil {
			t.Errorf("the port of %s is not free after Close: %v", name, err)
			continue
		}
		again.Close()
	}
	get(t, reader(t, two), "https://gazette.example/")
}

func TestTheCertificateIsTrustedByTheLabsOwnPoolOnly(t *testing.T) {
	l := start(t)
	at := l.Dial()["nocturne.example:443"]
	if _, err := tls.Dial("tcp", at, &tls.Config{ServerName: "nocturne.example"}); err == nil {
		t.Error("the system trusts the lab's certificate")
	}
	if _, err := tls.Dial("tcp", at, &tls.Config{ServerName: "elsewhere.example", RootCAs: l.Roots()}); err == nil {
		t.Error("the certificate is good for a name that the lab does not serve")
	}
}
