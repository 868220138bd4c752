package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/internal/har"
	"github.com/spf13/cobra"
)

func asksDiffCommand() *cobra.Command {
	var as asks.Ask
	var limit, recorded string
	c := &cobra.Command{
		Use:   "diff OLD.har NEW.har",
		Short: "Tell what changed about permission requests between two recordings",
		Long: long(`
Diff finds the permission requests in two recordings (HAR files) of the same
page or app and tells what is different: permissions, the words of the link, the
lines of the consent page, client, redirect, state and PKCE. Both are judged with
one catalogue. With the verdict that was recorded on the older one it also tells
what only the catalogue changed.`),
		Example: `  diapason asks diff march.har september.har --for save-release
  diapason asks diff march.har september.har --for save-release --recorded march.json`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			failOn, err := (&auditFlags{failOn: limit}).severity()
			if err != nil {
				return err
			}
			was, err := recordedVerdict(recorded)
			if err != nil {
				return err
			}
			catalogue := catalogueOf(cmd)
			var sightings [2][]asks.Sighting
			var cut error // a recording that breaks off
			for i, name := range args {
				if sightings[i], err = requestsIn(catalogue, name); err != nil && !errors.Is(err, diapason.ErrIncomplete) {
					return err
				}
				cut = errors.Join(cut, err)
			}
			drifts, err := catalogue.Drift(sightings[0], sightings[1], as, was)
			if err != nil {
				return errors.Join(err, cut)
			}
			if asJSON(cmd) {
				err = printJSON(cmd, map[string]any{"drift": drifts})
			} else {
				printDrifts(cmd.OutOrStdout(), drifts)
			}
			if err != nil {
				return err
			}
			if n := wider(drifts, failOn); n > 0 {
				return fmt.Errorf("%d of %d requests ask for more than the purpose needs, which they did not before: %w", n, len(drifts), diapason.ErrFindings)
			}
			return cut
		},
	}
	c.Flags().StringSliceVar(&as.For, "for", nil, "what the permission is for, such as save-release; without it the requests are described, not judged")
	c.Flags().StringSliceVar(&as.Also, "also", nil, "what is offered as a separate choice, such as follow-artist")
	c.Flags().StringVar(&as.Tier, "tier", "", "the provider's tier of the app, such as extended")
	c.Flags().StringVar(&recorded, "recorded", "", "the older verdict, as asks --json printed it then")
	c.Flags().StringVar(&limit, "fail-on", "high", "exit 1 for new excess permissions from this severity: critical, high, medium, low or never")
	return c
}

// requestsIn reads a recording. One that breaks off gives what it holds, and
// an error that wraps diapason.ErrIncomplete.
func requestsIn(c *asks.Catalogue, name string) ([]asks.Sighting, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read recording: %w: %w", err, diapason.ErrUsage)
	}
	defer f.Close()
	capture, _, err := har.Read(f, filepath.Base(name))
	if capture == nil {
		return nil, err
	}
	return c.Sightings(capture), err
}

// recordedVerdict reads the verdict in what asks --json or --batch printed.
func recordedVerdict(name string) (*asks.Verdict, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read recorded verdict: %w: %w", err, diapason.ErrUsage)
	}
	var line struct {
		Request struct{ Verdict *asks.Verdict }
		Verdict *asks.Verdict
	}
	err = json.Unmarshal(data, &line)
	v := cmp.Or(line.Verdict, line.Request.Verdict)
	if err == nil && v == nil {
		err = errors.New("it holds none")
	}
	if err != nil {
		return nil, diapason.WithHint(fmt.Errorf("read recorded verdict %s: %w: %w", name, err, diapason.ErrUsage),
			"give what `diapason asks ADDRESS --json` printed, or one line of --format jsonl")
	}
	return v, nil
}

func wider(drifts []asks.Drift, limit diapason.Severity) int {
	n := 0
	for i := range drifts {
		if limit != "" && drifts[i].Wider(limit) {
			n++
		}
	}
	return n
}

func printDrifts(w io.Writer, drifts []asks.Drift) {
	for i, d := range drifts {
		if i > 0 {
			fmt.Fprintln(w)
		}
		for _, line := range d.Text {
			fmt.Fprintln(w, oneLine(line))
		}
	}
}
