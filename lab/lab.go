// Package lab runs Nocturne, a fictional music service that does everything
// wrong on purpose, with its neighbours and an honest twin, on this machine.
// It exists so that an audit can be tried where the truth is known.
//
// Start with [Start]: every name under .example that [Lab.Dial] lists is then
// served over HTTPS on 127.0.0.1, with a key and certificate made for this one
// lab. [Nocturne] and [Clean] describe the two services that can be audited;
// [Service.Write] writes the folder that an audit of one wants: diapason.yaml,
// a phone's recorded traffic and an export. [Respawns] lists small sites whose
// cookie comes back after it was deleted, each in one way, and their clean twin;
// [Consents] lists small sites that ask for a choice, or should, and [Links]
// those on which one company comes to know what another knows a visitor by.
//
// Every page, recording and export states in its own markup or record what
// must be found in it, or that nothing must: see [Truth] and [PageTruth].
// [Lab.Log] lists every request that was really seen, so that an audit's
// completeness can be checked against it.
//
// Nothing here knows a browser by its address or by its clock: identifiers are
// drawn from crypto/rand, and what comes back after deletion comes back because
// the browser kept it. The lab never listens beyond loopback, never dials, and
// holds no real person's data.
package lab

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Lab is a running set of servers.
type Lab struct {
	pair    *keyPair
	log     accessLog
	dial    map[string]string
	servers []*http.Server
	running sync.WaitGroup
}

// closing is how long Close waits for requests that are still being answered.
const closing = 2 * time.Second

// Start makes a key and a certificate and serves every site on ports of its
// own at 127.0.0.1. Any number of labs can run side by side.
func Start() (*Lab, error) {
	s, err := newSites()
	if err != nil {
		return nil, err
	}
	l := &Lab{dial: map[string]string{}}
	if l.pair, err = newKeyPair(s.names()); err != nil {
		return nil, err
	}
	for _, name := range s.names() {
		if err := l.serve(name, s.handlers[name], s.unencrypted(name)); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// serve opens the two ports of one name, 443 and 80.
func (l *Lab) serve(name string, h, unencrypted http.Handler) error {
	secure := &http.Server{Handler: l.log.record("https", name, h), TLSConfig: l.pair.config(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: silent}
	plain := &http.Server{Handler: l.log.record("http", name, unencrypted), ReadHeaderTimeout: 10 * time.Second, ErrorLog: silent}
	if err := l.listen(name+":443", secure, func(at net.Listener) error { return secure.ServeTLS(at, "", "") }); err != nil {
		return err
	}
	return l.listen(name+":80", plain, plain.Serve)
}

func (l *Lab) listen(name string, server *http.Server, serve func(net.Listener) error) error {
	at, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serve %s: %w", name, err)
	}
	l.dial[name] = at.Addr().String()
	l.servers = append(l.servers, server)
	l.running.Go(func() { _ = serve(at) }) // ends with ErrServerClosed when the lab closes
	return nil
}

// Close ends every server and frees its port. Connections that are still busy
// after a moment are cut.
func (l *Lab) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	var all error
	for _, s := range l.servers {
		if err := s.Shutdown(ctx); err != nil {
			all = errors.Join(all, s.Close())
		}
	}
	l.running.Wait()
	return all
}

// Dial maps each name and port to the address that really answers:
// "nocturne.example:443" to "127.0.0.1:41234".
func (l *Lab) Dial() map[string]string { return maps.Clone(l.dial) }

// Roots is the pool that trusts the lab's certificate, and nothing else.
func (l *Lab) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(l.pair.leaf)
	return pool
}

// PinSPKI lists the base64 SHA-256 of the key's SubjectPublicKeyInfo, as
// Chromium's --ignore-certificate-errors-spki-list takes it. That switch leaves
// the browser's cache alone, which a switch that ignores errors does not.
func (l *Lab) PinSPKI() []string { return []string{l.pair.pin()} }

// Log is every request that any server of the lab saw so far, in the order in
// which they came in.
func (l *Lab) Log() []Hit { return l.log.hits() }
