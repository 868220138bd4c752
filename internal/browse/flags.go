package browse

import (
	"net"
	"slices"
	"strings"

	"diapason.dev/diapason/internal/gate"
)

// flags are the switches of one launch. None of them makes the browser accept
// a bad certificate: it then keeps no cache entry, and an identifier that
// lives in the cache would look as if it were not there.
func (b *Browser) flags(bin *binary, profile, proxy string) []string {
	flags := []string{
		"--headless", "--disable-quic", "--no-first-run", "--no-default-browser-check",
		"--disable-sync", "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability",
		// AutofillServerCommunication would tell the browser's maker of each form.
		// Without the next two a document that is left for another of the same
		// site keeps its process, and with it the session that tells what it
		// sends on leaving. Pages cannot see the difference.
		// The last four cost each browser two more processes, for the suggestions
		// of an address bar that nobody sees and for a page that may come next.
		"--disable-features=NetworkTimeServiceQuerying,AutofillServerCommunication,RenderDocument,BackForwardCache," +
			"WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess",
		"--webrtc-ip-handling-policy=disable_non_proxied_udp",
		"--proxy-server=http://" + proxy,
		"--proxy-bypass-list=<-loopback>", // loopback goes through the proxy too
		`--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1`,
		"--disable-blink-features=AutomationControlled",
		"--user-agent=" + bin.agent(),
		"--password-store=basic", "--use-mock-keychain", // never a person's keyring
		"--window-size=1280,900",
		"--user-data-dir=" + profile,
	}
	if len(b.PinSPKI) > 0 && b.Gate.HasDial() {
		flags = append(flags, "--ignore-certificate-errors-spki-list="+strings.Join(b.PinSPKI, ","))
		// Compression dictionaries are used only where a public authority vouches
		// for the key, as none does for these. The switch counts once only.
		i := slices.IndexFunc(flags, func(f string) bool { return strings.HasPrefix(f, "--disable-features=") })
		flags[i] += ",CompressionDictionaryTransportRequireKnownRootCert"
	}
	if smallShm() {
		flags = append(flags, "--disable-dev-shm-usage")
	}
	return append(flags, "about:blank")
}

// told are the flags as a record prints them: what differs between two
// launches for no reason of the audit is replaced by a word.
func told(flags []string, profile string, door *gate.Session) []string {
	_, port, _ := net.SplitHostPort(door.Addr())
	out := append([]string{"--remote-debugging-pipe"}, slices.Clone(flags)...)
	for i, f := range out {
		f = strings.ReplaceAll(f, profile, "DIR")
		out[i] = strings.ReplaceAll(f, "127.0.0.1:"+port, "127.0.0.1:PORT")
	}
	return out
}
