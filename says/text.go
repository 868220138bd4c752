package says

import (
	"time"
)

// A Source says where a text is to be had.
type Source struct {
	ID      string `json:"id"`             // name of the document: "privacy"
	Kind    string `json:"kind"`           // policy, terms, gpc
	URL     string `json:"url,omitempty"`  // an address, or
	File    string `json:"file,omitempty"` // a path, "-" for standard input
	Earlier bool   `json:"earlier,omitempty"`
}

// A Text is what was fetched: the bytes as they came, and how. Everything that
// is read from it is read from Raw, so that it can be read again later.
type Text struct {
	Source Source    `json:"source"`
	At     time.Time `json:"at"`
	URL    string    `json:"url,omitempty"`    // final address, after redirects
	Mime   string    `json:"mime,omitempty"`   // as the server told it, or from the name of the file
	Status int       `json:"status,omitempty"` // of the answer; 0 for a file
	SHA256 string    `json:"sha256"`
	Raw    []byte    `json:"-"`
}
