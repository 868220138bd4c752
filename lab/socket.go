package lab

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"time"
)

// socketKey is the constant of RFC 6455, section 4.2.2.
const socketKey = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// socketLife is how long a socket is listened to.
const socketLife = 5 * time.Minute

// stream takes a WebSocket and reads what comes until the browser leaves. It
// answers nothing and keeps nothing.
func stream(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-WebSocket-Key")
	control := http.NewResponseController(w)
	if key == "" {
		http.Error(w, "This is a socket.", http.StatusUpgradeRequired)
		return
	}
	conn, _, err := control.Hijack()
	if err != nil {
		http.Error(w, "This connection cannot become a socket.", http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(key + socketKey))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	_ = conn.SetReadDeadline(time.Now().Add(socketLife))
	_, _ = io.Copy(io.Discard, conn) // ends when the browser does
}
