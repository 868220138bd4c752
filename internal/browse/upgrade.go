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

// watchUpgrades begins to watch the profile's list, before the browser starts.
func watchUpgrades(p *Profile) readWatch { return watchRead(filepath.Join(p.dir, upgrades)) }

// awaitUpgrades waits until the browser has read its list. Where there is none,
// or on a system that cannot tell, it does not wait.
func (w *walk) awaitUpgrades(list readWatch) {
	if list.wait(upgradesRead) {
		w.pause(upgradesSeen)
	}
}
