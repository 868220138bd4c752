package lab

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"diapason.dev/diapason/lab/export"
)

//go:embed service
var configs embed.FS

// A Service is one fictional service that can be audited while a [Lab] runs.
type Service struct {
	ID     string // "nocturne"
	Name   string // "Nocturne"
	Origin string // "https://nocturne.example"
	// Neighbour is an unrelated site: visited with the same browser, it shows
	// whether one company gets the same identifier on both.
	Neighbour string
	// Truth is everything that its pages, its phone recording and its export
	// state about themselves, in one.
	Truth Truth

	phone  recording
	export export.Options
}

// Nocturne is the service that does everything wrong on purpose.
func Nocturne() Service {
	phone, export := nocturnePhone(), nocturneExport()
	return Service{
		ID: "nocturne", Name: "Nocturne", Origin: "https://" + nocturneHost, Neighbour: "https://" + gazetteHost + "/",
		Truth: gather(nocturneSite(), phone, segments(export)), phone: phone, export: export,
	}
}

// Clean is Serenade, the twin of Nocturne that does nothing wrong.
func Clean() Service {
	phone, export := serenadePhone(), serenadeExport()
	return Service{
		ID: "serenade", Name: "Serenade", Origin: "https://" + serenadeHost, Neighbour: "https://" + almanacHost + "/",
		Truth: gather(serenadeSite(), phone, segments(export)), phone: phone, export: export,
	}
}

// Write writes the folder that an audit of the service wants: diapason.yaml,
// phone.har and export.zip; and truth.json, the record of what must be found in
// the service and of what its export holds, which no audit reads. The same
// service gives the same bytes every time.
func (s Service) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write service %s: %w", s.ID, err)
	}
	config, err := configs.ReadFile("service/" + s.ID + ".yaml")
	if err != nil {
		return fmt.Errorf("write service %s: %w", s.ID, err)
	}
	phone, err := s.phone.har()
	if err != nil {
		return fmt.Errorf("write service %s: %w", s.ID, err)
	}
	archive, holds, err := zipped(s.export)
	if err != nil {
		return fmt.Errorf("write service %s: %w", s.ID, err)
	}
	truth, err := json.MarshalIndent(map[string]any{"service": s.Truth, "export": holds}, "", " ")
	if err != nil {
		return fmt.Errorf("write service %s: %w", s.ID, err)
	}
	for name, content := range map[string][]byte{"diapason.yaml": config, "phone.har": phone, "export.zip": archive, "truth.json": truth} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return fmt.Errorf("write service %s: %w", s.ID, err)
		}
	}
	return nil
}
