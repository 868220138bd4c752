package browse

import (
	"path/filepath"
	"time"
)

// Chromium reads the list of hosts that asked for https only (HSTS, RFC 6797)
// in a task of its lowest priority (net/http/transport_security_state and
// services/network/network_context.cc). A page that is opened before then is
// asked for in clear, as if the list were empty.
const (
	upgrades     = "Default/TransportSecurity"
	upgradesRead = 10 * time.Second       // at most: a busy machine
	upgradesSeen = 100 * time.Millisecond // from the file's end to the list in use
)

// awaitUpgrades starts to watch the profile's list before the browser starts.
// The returned function waits until the browser has read it. Without a list, or
// on a system that cannot tell, it does not wait.
func awaitUpgrades(p *Profile) func(*walk) {
	read, err := watchRead(filepath.Join(p.dir, upgrades))
	if err != nil {
		return func(*walk) {}
	}
	return func(w *walk) {
		defer read.Close()
		if read.wait(upgradesRead) {
			w.pause(upgradesSeen)
		}
	}
}
