package browse

import (
	"strings"
	"time"
)

type wireSocket struct {
	RequestID string         `json:"requestId"`
	URL       string         `json:"url"`
	Initiator *wireInitiator `json:"initiator"`
}

// socketCreated takes a WebSocket as a request whose messages are its bodies.
func (w *walk) socketCreated(session string, p wireSocket) {
	x := w.exchange(p.RequestID)
	if len(x.hops) > 0 {
		return
	}
	h := &hop{session: session, socket: true}
	h.URL, h.Method, h.Type, h.At = p.URL, "GET", "websocket", time.Now().UTC().Truncate(time.Microsecond)
	h.Page = w.top("", session)
	if p.Initiator != nil {
		h.Initiator = p.Initiator.address()
	}
	if t := w.targets[session]; t != nil {
		h.Target, h.Frame = t.kind, t.url
	}
	w.add(p.RequestID, x, h)
	w.over(p.RequestID) // a socket stays open: it does not keep the page busy
}

type wireSocketAsks struct {
	RequestID string  `json:"requestId"`
	WallTime  float64 `json:"wallTime"`
	Request   struct {
		Headers headers `json:"headers"`
	} `json:"request"`
}

func (w *walk) socketAsks(_ string, p wireSocketAsks) {
	if x := w.exchanges[p.RequestID]; x != nil {
		x.last().Headers = p.Request.Headers
		if p.WallTime > 0 {
			x.last().At = instant(p.WallTime)
		}
	}
}

type wireSocketAnswers struct {
	RequestID string `json:"requestId"`
	Response  struct {
		Status  int     `json:"status"`
		Headers headers `json:"headers"`
		Asked   headers `json:"requestHeaders"`
	} `json:"response"`
}

func (w *walk) socketAnswers(_ string, p wireSocketAnswers) {
	x := w.exchanges[p.RequestID]
	if x == nil {
		return
	}
	h := x.last()
	h.Status, h.ResponseHeaders, h.answered = p.Response.Status, p.Response.Headers, true
	h.extra = len(x.got) > 0 || len(x.sent) > 0
	if len(p.Response.Asked) > 0 {
		h.Headers = p.Response.Asked
	}
}

type wireMessage struct {
	RequestID string `json:"requestId"`
	Response  struct {
		Payload string `json:"payloadData"` // base64 when it is binary
	} `json:"response"`
	Error string `json:"errorMessage"`
	Data  string `json:"data"`
}

func (w *walk) socketSent(_ string, p wireMessage) { w.message(p.RequestID, p.Response.Payload, true) }

func (w *walk) socketReceived(_ string, p wireMessage) {
	w.message(p.RequestID, p.Response.Payload, false)
}

func (w *walk) streamed(_ string, p wireMessage) { w.message(p.RequestID, p.Data, false) }

func (w *walk) socketError(_ string, p wireMessage) {
	if x := w.exchanges[p.RequestID]; x != nil && x.last().Failed == "" {
		x.last().Failed = p.Error
	}
}

// message keeps one message of a socket or stream.
func (w *walk) message(id, text string, sent bool) {
	x := w.exchanges[id]
	if x == nil {
		return
	}
	h := x.last()
	if len(h.Messages)+len(h.heard) >= maxMessages {
		w.cut["socket messages"]++
		return
	}
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "")
		w.cut["socket messages that were shortened"]++
	}
	if sent {
		h.Messages = append(h.Messages, text)
	} else {
		h.heard = append(h.heard, text)
	}
}

// listen makes what came in on a socket or stream the body of its answer, a
// line for each message.
func (w *walk) listen(h *hop) {
	if len(h.heard) > 0 {
		h.ResponseBody = w.keep(responseBody, strings.Join(h.heard, "\n"), h.ResponseBody.Mime, nil)
	}
}
