package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/filter"
	"diapason.dev/diapason/internal/gate"
	"github.com/spf13/cobra"
)

func listsUpdateCommand() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "update [NAME|ADDRESS …]",
		Short: "Fetch filter lists from their publishers",
		Long: long(`
Update fetches lists into a folder: by name (easylist, easyprivacy; both if you
name none) or from a web address. Beside each it keeps where the list came from
and when. A list that cannot be had leaves the one that is there as it is.
Nothing else in this program ever fetches a list.`),
		Example: `  diapason lists update
  diapason lists update easyprivacy https://lists.example/mine.txt --to lists`,
		RunE: func(cmd *cobra.Command, args []string) error {
			sources, err := listSources(args)
			if err != nil {
				return err
			}
			if to == "" {
				if to, err = listFolder(); err != nil {
					return err
				}
			}
			done, err := updateLists(cmd.Context(), sources, to, gate.Options{})
			if asJSON(cmd) {
				return errors.Join(err, printJSON(cmd, map[string]any{"folder": to, "lists": done}))
			}
			for _, l := range done {
				fmt.Fprintln(cmd.OutOrStdout(), l)
			}
			return err
		},
	}
	c.Flags().StringVar(&to, "to", "", "the folder to keep them in (default: in the cache folder of your account)")
	return c
}

// listSources reads what lists a person asks for; without words all that have
// a name.
func listSources(words []string) ([]filter.Source, error) {
	if len(words) == 0 {
		return filter.Sources, nil
	}
	var sources []filter.Source
	for _, w := range words {
		s, err := filter.SourceOf(w)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// An updatedList is a list that was fetched, or could not be.
type updatedList struct {
	filter.List
	File    string `json:"file"`
	Changed bool   `json:"changed"`         // another text than before
	Error   string `json:"error,omitempty"` // why it could not be had
}

// String is the line that tells it.
func (l updatedList) String() string {
	switch {
	case l.Error != "":
		return "failed     " + oneLine(l.Error)
	case l.Changed:
		return "new        " + l.File + "  SHA-256 " + l.SHA256
	}
	return "unchanged  " + l.File + "  SHA-256 " + l.SHA256
}

// updateLists fetches lists one after the other. One that cannot be had keeps
// none of the others from being tried; the first such error is returned.
func updateLists(ctx context.Context, sources []filter.Source, folder string, o gate.Options) (done []updatedList, first error) {
	g, err := gate.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	client := &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{DialContext: g.DialContext, ForceAttemptHTTP2: true}}
	p := newProgress()
	defer p.Stop()
	for _, s := range sources {
		p.Tell("fetching " + s.Name)
		u := updatedList{File: filepath.Join(folder, s.Name+".txt")}
		u.List, u.Changed, err = filter.Update(ctx, client, folder, s)
		if err != nil {
			u.List, u.Error = filter.List{Name: s.Name}, diapason.Plain(err)
			if first == nil {
				first = err
			}
		}
		done = append(done, u)
	}
	return done, first
}
