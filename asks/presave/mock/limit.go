package mock

import (
	"net/http"
	"strconv"
	"time"
)

// window is what the rate limit counts over.
const window = 30 * time.Second

// held answers a call that a fault, the quota or the rate limit holds up and
// tells whether it did. The caller holds the lock.
func (p *Provider) held(w http.ResponseWriter, client string) bool {
	if len(p.faults) > 0 {
		status := p.faults[0]
		p.faults = p.faults[1:]
		fail(w, status, "the provider has a fault", "")
		return true
	}
	if p.quota == 0 {
		fail(w, http.StatusTooManyRequests, "the developer account's quota is used up", "QUOTA_EXCEEDED")
		return true
	}
	if p.crowded(w, client) {
		return true
	}
	if p.quota > 0 {
		p.quota--
	}
	return false
}

// crowded applies the rate limit: so many calls of one app in 30 seconds.
func (p *Provider) crowded(w http.ResponseWriter, client string) bool {
	if p.options.Rate == 0 {
		return false
	}
	now, recent := p.options.Now(), p.calls[client][:0]
	for _, at := range p.calls[client] {
		if now.Sub(at) < window {
			recent = append(recent, at)
		}
	}
	p.calls[client] = recent
	if len(recent) < p.options.Rate {
		p.calls[client] = append(recent, now)
		return false
	}
	wait := window - now.Sub(recent[0])
	w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	fail(w, http.StatusTooManyRequests, "too many calls", "")
	return true
}
