package usage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

// A Client is one client of an interface, with what it said it is for.
type Client struct {
	ID   string   `yaml:"id" json:"id"`
	For  []string `yaml:"for" json:"for"`             // purposes of the catalogue
	Most Most     `yaml:"most" json:"most,omitempty"` // what it said it needs at most
}

// Most is how much a client said it needs at most in an hour; 0: not said.
type Most struct {
	Requests int `yaml:"requests-per-hour" json:"requests_per_hour,omitempty"`
	Subjects int `yaml:"subjects-per-hour" json:"subjects_per_hour,omitempty"`
}

// ReadClients reads what clients declared:
//
//	clients:
//	  - id: tune-sync
//	    for: [top-artists]
//	    most: {subjects-per-hour: 200}
//
// A mistake wraps diapason.ErrUsage and is named with its line.
func ReadClients(r io.Reader, name string) ([]Client, error) {
	raw, err := io.ReadAll(io.LimitReader(r, 4<<20))
	if err != nil {
		return nil, fmt.Errorf("read clients %s: %w: %w", name, err, diapason.ErrUsage)
	}
	var file struct {
		Clients []yaml.Node `yaml:"clients"`
	}
	const next = "write `clients:` with id, for and most; an example stands in the help of this command"
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, diapason.WithHint(fmt.Errorf("read clients %s: %s: %w", name, strings.TrimPrefix(err.Error(), "yaml: "), diapason.ErrUsage), next)
	}
	wrong := func(line int, format string, args ...any) error {
		return diapason.WithHint(fmt.Errorf("read clients %s:%d: %s: %w", name, line, fmt.Sprintf(format, args...), diapason.ErrUsage), next)
	}
	if len(file.Clients) == 0 {
		return nil, wrong(1, "it names no client")
	}
	seen := map[string]bool{}
	var clients []Client
	for _, n := range file.Clients {
		c, err := readClient(n)
		switch {
		case err != nil:
			return nil, wrong(n.Line, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
		case c.ID == "":
			return nil, wrong(n.Line, "a client has no id")
		case seen[c.ID]:
			return nil, wrong(n.Line, "client %q is named twice", c.ID)
		case len(c.For) == 0:
			return nil, wrong(n.Line, "client %q says nothing of what it is for", c.ID)
		case c.Most.Requests < 0 || c.Most.Subjects < 0:
			return nil, wrong(n.Line, "client %q: most is below zero", c.ID)
		}
		seen[c.ID] = true
		clients = append(clients, c)
	}
	return clients, nil
}

func readClient(n yaml.Node) (c Client, err error) {
	raw, err := yaml.Marshal(&n)
	if err != nil {
		return c, err
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	err = d.Decode(&c)
	var kind *yaml.TypeError
	if errors.As(err, &kind) { // its lines are those of the entry alone
		_, text, _ := strings.Cut(kind.Errors[0], ": ")
		err = errors.New(text)
	}
	return c, err
}
