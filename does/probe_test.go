package does

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestProbesOfThePersonsOwnNetwork(t *testing.T) {
	all := everyday()
	c := all[0]
	c.Dials = []diapason.Dial{
		{Host: "127.0.0.1", Port: 12387, Address: "127.0.0.1:12387", Refused: "special-purpose address (loopback)"},
		{Host: "router.test", Port: 80, Address: "192.168.1.1:80", Refused: "special-purpose address (private)"},
		{Host: "pulse.example", Port: 443, Address: "127.0.0.1:40001"}, // dialled for this test's service
		{Host: "nowhere.example", Port: 443, Refused: "no such host"},
		{Host: "blocked.example", Port: 443, Address: "0.0.0.0:443", Refused: "special-purpose address (this network)"},
		{Host: "home.adsum.example", Port: 8443, Address: "127.0.0.1:8443", Refused: "special-purpose address (loopback)"},
	}
	q := ask(c, "xhr", "http://127.0.0.1:12387/hello?id="+id(1, 0))
	q.Initiator, q.Status, q.Failed = "https://adsum.example/ad.js", 0, "net::ERR_TUNNEL_CONNECTION_FAILED"
	q = ask(c, "xhr", "https://home.adsum.example:8443/"+id(1, 0))
	q.Initiator, q.Status, q.Failed = "https://adsum.example/ad.js", 0, "net::ERR_TUNNEL_CONNECTION_FAILED"
	q = ask(c, "websocket", "ws://localhost/x")
	q.Initiator, q.Status, q.Failed = "https://nocturne.example/app.js", 0, "net::ERR_FAILED"
	var lines []string
	for _, p := range reader(t).Read(all).Probes {
		lines = append(lines, fmt.Sprintf("%s %s %s by %s id=%t sent=%t blocked=%t", p.Visit, p.Target, p.Host, p.Recipient.ID, p.CarriesID, p.Sent, p.Blocked))
	}
	want := []string{
		"A1 loopback 127.0.0.1:12387 by adsum id=true sent=false blocked=true",
		"A1 loopback home.adsum.example:8443 by adsum id=true sent=false blocked=true",
		"A1 loopback localhost:80 by nocturne id=false sent=false blocked=true",
		"A1 lan router.test:80 by  id=false sent=false blocked=true",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("probes\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}
