package says

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// KindGPC is the kind of the file in which a site publishes whether it obeys
// Global Privacy Control. Its practice names no data: it is a promise about a
// signal, and never held against single flows.
const KindGPC = "gpc"

// signalPath is where the file stands on every origin (w3c/gpc, "GPC Support
// Resource").
const signalPath = "/.well-known/gpc.json"

// SignalSource is the file about Global Privacy Control that belongs to a
// page. It is false for what is no address of the web.
func SignalSource(id, page string) (Source, bool) {
	u, err := url.Parse(page)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return Source{}, false
	}
	return Source{ID: id, Kind: KindGPC, URL: u.Scheme + "://" + u.Host + signalPath}, true
}

// readSignal reads what a site says about Global Privacy Control: an object of
// JSON whose member gpc is true, "to indicate that the server intends to abide
// by GPC requests at least to the extent it is legally obligated to do so", or
// false. Any other value, and any other file, says nothing: support is unknown.
// Where there is no such file the document can be read and has no practice.
func readSignal(t Text) (Document, []Practice) {
	at := []diapason.Ref{{Record: "document/" + t.Source.ID, URL: shown(t.URL)}}
	doc := Document{
		ID: t.Source.ID, Kind: KindGPC, Source: t.Source.URL + t.Source.File, Title: "Statement on Global Privacy Control (gpc.json)",
		Current: !t.Source.Earlier, SHA256: t.SHA256, Missing: []string{}, Evidence: at,
	}
	object := bytes.HasPrefix(bytes.TrimSpace(t.Raw), []byte("{"))
	switch {
	case t.Status == http.StatusNotFound || t.Status == http.StatusGone:
		doc.Analysable = true
		return doc, nil
	case t.Status != 0 && t.Status != http.StatusOK:
		doc.Why = fmt.Sprintf("the server answered %d", t.Status)
		return doc, nil
	case t.Status != 0 && !isJSON(t.Mime) && !object: // a page for every address that is not there
		doc.Analysable = true
		return doc, nil
	case t.Status != 0 && !isJSON(t.Mime):
		doc.Why = fmt.Sprintf("it was sent as %q and has to be application/json to count", t.Mime)
		return doc, nil
	}
	doc.Words = len(bytes.Fields(t.Raw))
	var members map[string]json.RawMessage
	if err := json.Unmarshal(t.Raw, &members); err != nil || !object {
		doc.Why = "it is no object of JSON"
		return doc, nil
	}
	doc.Dated = signalDate(members["lastUpdate"])
	p := Practice{
		ID: doc.ID + "/1", Document: doc.ID, Kind: KindGPC, Modality: "performed", Condition: diapason.Unconditional, Actor: "service",
		Purpose: []diapason.Term{}, Subject: diapason.Visitor, Path: []string{}, Rule: KindGPC, Confidence: 1, Evidence: at,
	}
	switch string(members["gpc"]) {
	case "true":
		p.Polarity = diapason.Asserted
	case "false":
		p.Polarity = diapason.Denied
	case "":
		doc.Why = "it has no member “gpc”"
		return doc, nil
	default:
		doc.Why = "its member “gpc” is neither true nor false"
		return doc, nil
	}
	doc.Analysable, doc.Clauses = true, 1
	if span := signalMember.FindIndex(t.Raw); span != nil {
		p.Start, p.End, p.Quote = span[0], span[1], string(t.Raw[span[0]:span[1]])
	} else {
		p.Quote = `"gpc": ` + string(members["gpc"])
	}
	return doc, []Practice{p}
}

var signalMember = regexp.MustCompile(`"gpc"\s*:\s*(true|false)`)

func isJSON(kind string) bool {
	m, _, err := mime.ParseMediaType(kind)
	return err == nil && strings.EqualFold(m, "application/json")
}

// signalDate is the day of lastUpdate, a date or a time of RFC 3339; empty for
// anything else.
func signalDate(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Format(time.DateOnly)
		}
	}
	return ""
}
