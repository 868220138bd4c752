package browse

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// certificateTime is how long the browser has to tell of a certificate.
const certificateTime = 3 * time.Second

type wireSecurity struct {
	State struct {
		Certificate *struct {
			Chain []string `json:"certificate"` // base64 of DER, the server's own first
			Error string   `json:"certificateNetworkError"`
		} `json:"certificateSecurityState"`
	} `json:"visibleSecurityState"`
}

// secured takes what the browser says of the connection of the tab's document.
func (w *walk) secured(_ string, p wireSecurity) {
	if c := p.State.Certificate; c != nil && c.Error != "" {
		w.shown, w.distrust = c.Chain, c.Error
	}
}

// keepCertificate asks for the certificate that the browser did not accept. It
// is asked for only when a page could not be opened, and the connection stays
// refused.
func (w *walk) keepCertificate(host, word string) string {
	if !strings.HasPrefix(word, "net::ERR_CERT_") {
		return "" // it did not come to a certificate
	}
	ctx, cancel := context.WithTimeout(w.ctx, certificateTime)
	defer cancel()
	_ = w.conn.Call(ctx, w.main, "Security.enable", nil, nil) // on a page of errors it tells the certificate, and then answers that there is no page
	w.until(certificateTime, func() bool { return len(w.shown) > 0 })
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.shown) == 0 {
		return ""
	}
	c := certificate(host, w.distrust, w.shown[0])
	w.capture.Certificates = append(w.capture.Certificates, c)
	if c.Until.IsZero() {
		return "; its certificate is kept in the record"
	}
	return fmt.Sprintf("; its certificate, kept in the record, is for %s and valid from %s until %s",
		cmp.Or(strings.Join(c.Names, ", "), "no name"), c.From.Format(time.DateOnly), c.Until.Format(time.DateOnly))
}

// certificate describes a certificate as far as it can be read.
func certificate(host, reason, encoded string) diapason.Certificate {
	c := diapason.Certificate{Host: host, Reason: reason}
	var err error
	if c.DER, err = base64.StdEncoding.DecodeString(encoded); err != nil {
		return c
	}
	sum := sha256.Sum256(c.DER)
	c.SHA256 = hex.EncodeToString(sum[:])
	if x, err := x509.ParseCertificate(c.DER); err == nil {
		c.Names, c.Issuer, c.From, c.Until = x.DNSNames, x.Issuer.String(), x.NotBefore.UTC(), x.NotAfter.UTC()
	}
	return c
}

// A doorkeeper is a service that shows a check for robots in place of a page.
// Its own header is enough; its words count only on an answer that refuses.
type doorkeeper struct {
	name          string
	header, value string   // empty value: any
	words         []string // in the document, small letters
}

// doorkeepers are told by what their own documents name (Cloudflare: detect a
// challenge page response; AWS WAF: captcha and challenge actions) or by what
// their pages load and say. The last speaks for all others.
var doorkeepers = []doorkeeper{
	{name: "Cloudflare", header: "cf-mitigated", value: "challenge", words: []string{"/cdn-cgi/challenge-platform/", "challenges.cloudflare.com", "attention required! | cloudflare"}},
	{name: "AWS WAF", header: "x-amzn-waf-action", words: []string{".awswaf.com/"}},
	{name: "DataDome", words: []string{"captcha-delivery.com"}},
	{name: "HUMAN", words: []string{"px-captcha", "captcha.px-cdn.net", "captcha.px-cloud.net"}},
	{name: "Imperva", words: []string{"_incapsula_resource", "incapsula incident id"}},
	{name: "Akamai", words: []string{"errors.edgesuite.net", "sec-if-cpt-container"}},
	{name: "Kasada", header: "x-kpsdk-ct"},
	{name: "hCaptcha", words: []string{"hcaptcha.com/"}},
	{name: "reCAPTCHA", words: []string{"google.com/recaptcha/", "recaptcha.net/recaptcha/"}},
	{name: "its own words", words: []string{
		"<title>just a moment", "verify you are human", "verify that you are human", "verify you are not a robot", "are you a robot",
		"confirm you are human", "unusual traffic from your", "checking your browser before", "press &amp; hold", "enable javascript and cookies to continue",
	}},
}

// refusing are the answers on which such checks come.
var refusing = []int{202, 403, 405, 429, 503}

// doorkeeperOf names who checks for robots on a document; empty where nobody does.
func doorkeeperOf(status int, list headers, document string) string {
	refused, document := slices.Contains(refusing, status), strings.ToLower(document)
	for _, d := range doorkeepers {
		if d.header != "" {
			if got := list.get(d.header); got != "" && (d.value == "" || got == d.value) && (refused || d.value != "") {
				return d.name
			}
		}
		if refused && slices.ContainsFunc(d.words, func(words string) bool { return strings.Contains(document, words) }) {
			return d.name
		}
	}
	return ""
}

// refusals tells of the documents that were a check for robots in place of the
// page that was asked for. One that let the visit in, so that a later answer
// for the same address was the page, is none.
func (w *walk) refusals() {
	last := map[string]*hop{}
	var order []string
	for _, h := range w.hops {
		if !h.main || h.Status == 0 {
			continue
		}
		if last[h.URL] == nil {
			order = append(order, h.URL)
		}
		last[h.URL] = h
	}
	for _, address := range order {
		h := last[address]
		host := address
		if u, err := url.Parse(address); err == nil {
			host = u.Hostname()
		}
		if who := doorkeeperOf(h.Status, h.ResponseHeaders, h.ResponseBody.Text); who != "" {
			w.incomplete = true
			w.gap(fmt.Sprintf("%s answered with a check for robots (told by %s, status %d) and not with its page; the picture of the visit shows it", host, who, h.Status),
				"ask the service to let the audit in, or record the traffic by hand and give the file")
		}
	}
}

// announced is the size that an answer says it has; 0 where it does not say.
func announced(list headers) int64 {
	n, err := strconv.ParseInt(list.get("Content-Length"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
